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
