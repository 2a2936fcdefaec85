-- Files as the sites have sent them.
-- name: file_get
SELECT size, received, whole FROM file WHERE site = ?1 AND digest = ?2;
-- name: file_begin
INSERT INTO file (site, digest, size, received, at) VALUES (?1, ?2, ?3, 0, ?4)
ON CONFLICT (site, digest) DO UPDATE SET size = excluded.size, received = 0, at = excluded.at WHERE file.whole = 0;
-- name: file_received
UPDATE file SET received = ?3, at = ?4 WHERE site = ?1 AND digest = ?2 AND whole = 0;
-- name: file_whole
INSERT INTO file (site, digest, size, received, whole, at) VALUES (?1, ?2, ?3, ?3, 1, ?4)
ON CONFLICT (site, digest) DO UPDATE SET size = excluded.size, received = excluded.size, whole = 1, at = excluded.at;
-- name: file_forget
DELETE FROM file WHERE site = ?1 AND digest = ?2 AND whole = 0;
-- name: file_whole_all
SELECT digest, size FROM file WHERE site = ?1 AND whole = 1 ORDER BY digest;
-- name: file_lost
DELETE FROM file WHERE site = ?1 AND digest = ?2 AND whole = 1;
