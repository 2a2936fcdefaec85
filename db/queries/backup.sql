-- Backups that were made, and those that still hold what was purged since.
-- name: state_backup_made
SELECT * FROM backup_made WHERE id = ?1;
-- name: all_backup_made
SELECT * FROM backup_made ORDER BY id;
-- name: backup_add
INSERT INTO backup_made (dk, file, seq, made_at, staff_id) VALUES (1, ?1, (SELECT coalesce(max(seq), 0) FROM journal), ?2, ?3);
-- name: backup_list
SELECT b.id AS number, b.file, b.made_at, s.name AS staff, b.destroyed_at, e.name AS destroyed_by,
	b.destroyed_at IS NULL AND EXISTS (SELECT 1 FROM purge_last p WHERE p.seq > b.seq) AS holds_purged
FROM backup_made b LEFT JOIN staff s ON s.id = b.staff_id LEFT JOIN staff e ON e.id = b.destroyed_by ORDER BY b.id DESC;
-- name: backup_old_count
SELECT count(*) FROM backup_made WHERE destroyed_at IS NULL AND seq < (SELECT seq FROM purge_last);
-- name: backup_destroyed
UPDATE backup_made SET destroyed_at = ?2, destroyed_by = ?3 WHERE id = ?1 AND destroyed_at IS NULL;
-- name: purge_last_at
SELECT at FROM purge_last;
-- name: purge_last_set
INSERT INTO purge_last (id, seq, at) VALUES (1, ?1, ?2) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, at = excluded.at;
