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
-- name: purge_reds
SELECT DISTINCT record FROM state WHERE site = ?1 AND dk = ?2 AND kind = 'invoice_red' ORDER BY record;
-- name: purge_certificate
UPDATE ca_certificate SET der = CAST('' AS BLOB) WHERE serial = ?1;
-- name: purge_holder
UPDATE ca_holder SET holder = '' WHERE serial = ?1;
-- name: purge_allocations
-- Shares of payments whose keys are there.
SELECT DISTINCT s.record, s.dk FROM state s JOIN data_key k ON k.site = s.site AND k.dk = s.dk
WHERE s.site = ?1 AND s.kind = 'payment_order' AND k.cms IS NOT NULL ORDER BY s.record;
-- name: purge_retention
SELECT DISTINCT record FROM state WHERE site = ?1 AND kind = 'retention' ORDER BY record;
