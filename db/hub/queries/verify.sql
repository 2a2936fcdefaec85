-- What verify walks.
-- name: verify_sites
SELECT code FROM site ORDER BY code;
-- name: verify_entries
SELECT seq, entry, hash, signature FROM entry WHERE site = ?1 AND seq > ?2 ORDER BY seq LIMIT 200;
-- name: verify_states
-- By an expression: SQLite would walk all of the site's states for their order instead of taking the entry's few.
SELECT kind, record, version, body, dk FROM state WHERE site = ?1 AND seq = ?2 ORDER BY kind || '', record;
-- name: verify_states_count
SELECT count(*) FROM state WHERE site = ?1;
-- name: verify_files
SELECT digest, size FROM file WHERE site = ?1 AND whole = 1 AND digest > ?2 ORDER BY digest LIMIT 200;
-- name: verify_keys
-- Each, and whether a destroyed one left states behind: a purge takes both.
SELECT dk, cms, CASE WHEN cms IS NULL AND EXISTS (SELECT 1 FROM state s WHERE s.site = k.site AND s.dk = k.dk AND s.body IS NOT NULL) THEN 1 ELSE 0 END AS left_behind
FROM data_key k WHERE site = ?1 AND dk > ?2 ORDER BY dk LIMIT 200;
