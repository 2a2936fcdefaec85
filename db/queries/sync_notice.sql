-- name: sync_notice_add
INSERT INTO sync_notice (text, at) SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM sync_notice WHERE seen_at IS NULL AND text = ?1);
-- name: sync_notice_open
SELECT id AS number, text, at FROM sync_notice WHERE seen_at IS NULL ORDER BY id LIMIT 100;
-- name: sync_notice_seen
UPDATE sync_notice SET seen_at = ?2 WHERE seen_at IS NULL AND (id = ?1 OR ?1 = 0);
