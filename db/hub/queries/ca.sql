-- The certificate authority that headquarters holds.
-- name: ca_request_get
SELECT r.digest, r.void, c.serial, c.der FROM ca_request r LEFT JOIN ca_certificate c ON c.site = r.site AND c.key = r.key
WHERE r.site = ?1 AND r.key = ?2;
-- name: ca_request_insert
INSERT INTO ca_request (site, key, digest, order_no, item, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6);
-- name: ca_request_void
INSERT INTO ca_request (site, key, digest, order_no, item, at, void) VALUES (?1, ?2, '', '', ?3, ?4, 1)
ON CONFLICT (site, key) DO UPDATE SET void = 1;
-- name: ca_item_living
SELECT count(*) FROM ca_request r JOIN ca_certificate c ON c.site = r.site AND c.key = r.key
WHERE r.site = ?1 AND r.order_no = ?2 AND r.item = ?3 AND r.key <> ?4 AND c.state IN ('active', 'suspended');
-- name: ca_certificate_insert
INSERT INTO ca_certificate (serial, site, key, custodian, profile, not_before, not_after, state_at, der, pair)
VALUES (?1, ?2, ?3, ?2, ?4, ?5, ?6, ?7, ?8, ?9);
-- name: ca_certificate_get
SELECT site, custodian, state, state_at, reason FROM ca_certificate WHERE serial = ?1;
-- name: ca_certificate_of_key
SELECT serial, state, custodian FROM ca_certificate WHERE site = ?1 AND key = ?2;
-- name: ca_certificate_der
SELECT der FROM ca_certificate WHERE serial = ?1;
-- name: ca_certificate_set_custodian
UPDATE ca_certificate SET custodian = ?2 WHERE serial = ?1;
-- name: ca_certificate_set_state
UPDATE ca_certificate SET state = ?2, state_at = ?3, reason = ?4, unlisted = 1 WHERE serial = ?1;
-- name: ca_certificate_list
SELECT c.serial, c.site, r.order_no AS "order", c.profile, c.not_before, c.not_after, c.state, c.state_at, c.reason
FROM ca_certificate c JOIN ca_request r ON r.site = c.site AND r.key = c.key ORDER BY r.at DESC, c.serial LIMIT 1000;
-- name: ca_certificate_count
SELECT count(*) FROM ca_certificate;
-- name: ca_revoked
-- With the one that counts, those of its pair which it superseded are no longer to be trusted either.
SELECT serial, state, reason, state_at FROM ca_certificate WHERE state IN ('suspended', 'revoked') AND not_after >= ?1
UNION ALL
SELECT p.serial, c.state, c.reason, c.state_at FROM ca_certificate p JOIN ca_certificate c ON c.pair = p.pair AND c.state IN ('suspended', 'revoked')
WHERE p.state = 'superseded' AND p.pair <> '' AND p.not_after >= ?1
	AND NOT EXISTS (SELECT 1 FROM ca_certificate o WHERE o.pair = c.pair AND o.state IN ('suspended', 'revoked')
		AND (o.state_at < c.state_at OR (o.state_at = c.state_at AND o.serial < c.serial)))
ORDER BY serial;
-- name: ca_unlisted_count
SELECT count(*) FROM ca_certificate WHERE unlisted = 1;
-- name: ca_listed
UPDATE ca_certificate SET unlisted = 0 WHERE unlisted = 1;
-- name: ca_crl_newest
SELECT number, this_update, next_update, entries, der FROM ca_crl ORDER BY number DESC LIMIT 1;
-- name: ca_crl_count
SELECT count(*) FROM ca_crl;
-- name: ca_crl_insert
INSERT INTO ca_crl (number, this_update, next_update, entries, der) VALUES (?1, ?2, ?3, ?4, ?5);
-- name: ca_joined_sites
SELECT code FROM site WHERE state = 'joined' ORDER BY code;
-- name: ca_feed_forget
UPDATE feed SET done = 1, body = '' WHERE site = ?1 AND kind = 'crl' AND done = 0;
-- name: ca_records
SELECT DISTINCT record FROM state WHERE site = ?1 AND kind = ?2 ORDER BY record;
-- name: ca_certificate_end
SELECT not_after FROM ca_certificate WHERE serial = ?1;
-- name: ca_publication_taken
SELECT count(*) FROM publication_site WHERE number = ?1 AND site = ?2 AND state = 'taken' AND at <= ?3;
-- name: ca_holder_living
-- A unit's main certificates that count, but for those of one order.
SELECT c.serial FROM ca_holder h JOIN ca_certificate c ON c.serial = h.serial JOIN ca_request r ON r.site = c.site AND r.key = c.key
WHERE h.holder = ?1 AND h.product = ?2 AND h.channel = ?3 AND c.state IN ('active', 'suspended') AND c.not_after >= ?6
	AND NOT (r.site = ?4 AND r.order_no = ?5);
-- name: ca_holder_put
INSERT INTO ca_holder (serial, holder, product, channel) SELECT serial, CAST(?3 AS TEXT), CAST(?4 AS TEXT), CAST(?5 AS TEXT) FROM ca_certificate
WHERE site = ?1 AND key = ?2 ON CONFLICT (serial) DO NOTHING;
-- name: ca_holder_missing
SELECT c.serial, c.site, c.key, r.order_no, r.item FROM ca_certificate c JOIN ca_request r ON r.site = c.site AND r.key = c.key
WHERE c.serial > ?1 AND NOT EXISTS (SELECT 1 FROM ca_holder h WHERE h.serial = c.serial) ORDER BY c.serial LIMIT 200;
-- name: ca_pair_missing
SELECT serial FROM ca_certificate WHERE serial > ?1 AND pair = '' ORDER BY serial LIMIT 200;
-- name: ca_certificate_set_pair
UPDATE ca_certificate SET pair = ?2, unlisted = 1 WHERE serial = ?1 AND pair = '';
