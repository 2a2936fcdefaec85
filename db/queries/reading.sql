-- Reading stores at headquarters.
-- name: reading_head
SELECT acknowledged, acknowledged_hash FROM sync_state;
-- name: reading_purged
SELECT feed FROM sync_state;
-- name: reading_columns
SELECT name, type, "notnull" FROM pragma_table_info(?1);
-- name: reading_demonstration
SELECT max(demonstration) FROM site;
