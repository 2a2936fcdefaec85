-- Certificates and revocation lists.
-- name: cert_insert
INSERT INTO certificate (dk, issuer, serial, order_id, item_id, customer_id, key_serial, product, subject, not_before, not_after,
	state, state_at, custodian, der)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'active', ?12, ?13, ?14);
-- name: cert_set_state
-- Active again is never of the second in which it began: cert_changed_since would take it for new.
UPDATE certificate SET state = ?2, state_at = max(?3, CASE ?2 WHEN 'active' THEN not_before + 1 ELSE ?3 END), reason = ?4 WHERE id = ?1;
-- name: cert_list
SELECT c.id, c.serial, c.issuer, c.subject, o.no AS "order", c.key_serial, c.product, c.not_before, c.not_after, c.state, c.state_at,
	c.reason
FROM certificate c JOIN orders o ON o.id = c.order_id ORDER BY c.id DESC LIMIT 1000;
-- name: cert_by_order
SELECT c.id, c.serial, c.issuer, c.subject, o.no AS "order", c.key_serial, c.product, c.not_before, c.not_after, c.state, c.state_at,
	c.reason, c.custodian
FROM certificate c JOIN orders o ON o.id = c.order_id WHERE o.no = ?1 ORDER BY c.id DESC;
-- name: cert_by_key
SELECT c.id, c.serial, c.issuer, c.subject, o.no AS "order", c.key_serial, c.product, c.not_before, c.not_after, c.state, c.state_at,
	c.reason, c.custodian
FROM certificate c JOIN orders o ON o.id = c.order_id WHERE c.key_serial = ?1 ORDER BY c.id DESC;
-- name: cert_by_serial
SELECT c.id, c.serial, c.issuer, c.subject, o.no AS "order", c.key_serial, c.product, c.not_before, c.not_after, c.state, c.state_at,
	c.reason, c.custodian
FROM certificate c JOIN orders o ON o.id = c.order_id WHERE c.serial = ?1 ORDER BY c.id DESC;
-- name: cert_order_has
SELECT id FROM orders WHERE no = ?1;
-- name: cert_of_item
SELECT id, serial FROM certificate WHERE item_id = ?1 AND key_serial = ?2 AND state = 'active' ORDER BY id DESC LIMIT 1;
-- name: cert_der
SELECT der FROM certificate WHERE id = ?1;
-- name: cert_revoked
-- Renewal and change keep the key's pair: with the one that counts, those which it superseded are no longer to be trusted either.
SELECT serial, state, reason, state_at FROM certificate WHERE state IN ('suspended', 'revoked') AND not_after >= ?1
	AND (?2 = '' OR issuer = ?2)
UNION ALL
SELECT p.serial, c.state, c.reason, min(c.state_at) FROM certificate c
JOIN certificate p ON p.key_serial = c.key_serial AND p.customer_id = c.customer_id AND p.id < c.id AND p.state = 'superseded'
WHERE c.state IN ('suspended', 'revoked') AND p.not_after >= ?1 AND (?2 = '' OR p.issuer = ?2) GROUP BY p.id;
-- name: cert_crl_newest
SELECT id, this_update, next_update FROM crl ORDER BY id DESC LIMIT 1;
-- name: cert_crl_insert
INSERT INTO crl (id, dk, this_update, next_update, der) VALUES (?1, (SELECT dk FROM site WHERE id = 1), ?2, ?3, ?4);
-- name: cert_changed_since
SELECT 1 FROM certificate WHERE state_at >= ?1 AND NOT (state = 'active' AND state_at = not_before)
	AND (?2 = '' OR issuer = ?2) LIMIT 1;
-- name: cert_crl_der
SELECT der FROM crl WHERE id = ?1;
