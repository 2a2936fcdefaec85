-- What a site has purged: its keys and states, and what lay here of the same orders.
-- name: purge_certificates
SELECT DISTINCT record FROM state WHERE site = ?1 AND dk = ?2 AND kind = 'certificate' ORDER BY record;
-- name: purge_key
UPDATE data_key SET cms = NULL WHERE site = ?1 AND dk = ?2;
-- name: purge_key_gone
SELECT count(*) FROM data_key WHERE site = ?1 AND dk = ?2 AND cms IS NULL;
-- name: purge_bodies
UPDATE state SET body = NULL WHERE site = ?1 AND dk = ?2;
-- name: purge_feed
UPDATE feed SET done = 1, body = '' WHERE order_no = ?1;
-- name: purge_feed_of
UPDATE feed SET done = 1, body = '' WHERE order_no = ?1 AND site = ?2;
-- name: purge_custody_files
DELETE FROM custody_file WHERE order_no = ?1;
-- name: purge_file
DELETE FROM file WHERE site = ?1 AND digest = ?2;
