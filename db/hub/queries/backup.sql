-- Backups of headquarters, and those that still hold what was purged since.
-- name: backup_add
INSERT INTO backup_made (file, made_at) VALUES (?1, ?2);
-- name: backup_list
SELECT id AS number, file, made_at, destroyed_at,
	CASE WHEN destroyed_at = 0 AND made_at <= CAST(?1 AS INTEGER) THEN 1 ELSE 0 END AS holds_purged
FROM backup_made ORDER BY id DESC;
-- name: backup_old_count
SELECT count(*) FROM backup_made WHERE destroyed_at = 0 AND made_at <= CAST(?1 AS INTEGER);
-- name: backup_destroyed
UPDATE backup_made SET destroyed_at = ?2 WHERE id = ?1 AND destroyed_at = 0;
