-- What orders are about.
-- name: draft_subject_set
INSERT INTO draft_subject (draft_id, certificate_id, key_serial, proof, before) VALUES (?1, ?2, ?3, ?4, ?5);
-- name: draft_subject_get
SELECT certificate_id, key_serial, proof, 0, 0, before, NULL FROM draft_subject WHERE draft_id = ?1;
-- name: order_subject_get
SELECT certificate_id, key_serial, proof, review, makes, before, changed FROM order_subject WHERE order_id = ?1;
-- name: order_subject_set
INSERT INTO order_subject (dk, order_id, certificate_id, key_serial, proof, review, makes, changed, before)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (order_id) DO UPDATE SET proof = excluded.proof, review = excluded.review, makes = excluded.makes,
	changed = excluded.changed, before = excluded.before;
-- name: draft_subject_from_order
INSERT INTO draft_subject (draft_id, certificate_id, key_serial, proof, before)
SELECT ?1, certificate_id, key_serial, proof, before FROM order_subject WHERE order_id = ?2;
-- name: subject_certificate
-- By id, or with 0 by serial.
SELECT c.id, c.customer_id, c.order_id, c.not_before, c.not_after, c.state, c.custodian,
	c.serial, c.subject, c.key_serial, k.state, c.reason, c.product, i.medium, i.algorithm, i.role, o.channel, u.kind, u.name
FROM certificate c JOIN item i ON i.id = c.item_id JOIN orders o ON o.id = c.order_id JOIN customer u ON u.id = c.customer_id
LEFT JOIN usb_key k ON k.serial = c.key_serial
WHERE c.id = iif(?1, ?1, (SELECT id FROM certificate WHERE serial = ?2 ORDER BY id DESC LIMIT 1));
-- name: subject_order_no
SELECT no FROM orders WHERE id = ?1;
-- name: subject_by_serial
SELECT id FROM certificate WHERE serial = ?1 ORDER BY id DESC LIMIT 1;
-- name: subject_successor
-- The last of those that took its place, one after another.
WITH RECURSIVE after(id) AS (SELECT ?1 UNION
	SELECT n.id FROM after a JOIN order_subject s ON s.certificate_id = a.id AND s.makes = 1 JOIN certificate n ON n.order_id = s.order_id)
SELECT c.serial, c.key_serial FROM after a JOIN certificate c ON c.id = a.id
WHERE c.id <> ?1 AND c.state IN ('active', 'suspended') ORDER BY c.id DESC LIMIT 1;
-- name: subject_data
SELECT dk, data FROM customer WHERE id = ?1;
-- name: subject_order_data
SELECT dk, data FROM orders WHERE id = ?1;
-- name: subject_rival
SELECT o.no FROM order_subject s JOIN orders o ON o.id = s.order_id
WHERE s.certificate_id = ?1 AND s.order_id <> ?2 AND o.business IN ('renew', 'replace', 'change', 'revoke')
	AND o.status IN ('signed', 'awaiting-payment', 'paid', 'in-review', 'approved', 'issuing') LIMIT 1;
-- name: subject_under_way
SELECT no AS "order", business, status FROM (
	SELECT o.no, o.business, o.status, o.created_at FROM order_subject s JOIN orders o ON o.id = s.order_id WHERE s.certificate_id = ?1
	UNION SELECT o.no, o.business, o.status, o.created_at FROM certificate c JOIN orders o ON o.id = c.order_id WHERE c.id = ?1
	UNION SELECT d.no, d.business, 'draft', d.created_at FROM draft_subject s JOIN draft d ON d.id = s.draft_id
		WHERE s.certificate_id = ?1 AND d.order_id IS NULL)
WHERE status NOT IN ('done', 'rejected', 'cancelled', 'refunding', 'refunded') ORDER BY created_at DESC LIMIT 20;
-- name: subject_unlocked
-- By this holder: a key can have had another one before.
SELECT 1 FROM certificate c JOIN order_subject s ON s.certificate_id = c.id JOIN orders o ON o.id = s.order_id
WHERE c.key_serial = ?1 AND c.customer_id = ?2 AND o.business = 'unlock' AND o.status = 'done' AND s.review = 1 LIMIT 1;
-- name: subject_key_made
SELECT min(not_before) FROM certificate WHERE key_serial = ?1;
-- name: customer_set
UPDATE customer SET number_digest = ?2, name = ?3, data = ?4, last_order = ?5, updated_at = ?6 WHERE id = ?1;
-- name: cert_held_too_long
-- Only a replacement that goes on revokes: what is left of a cancelled or rejected one may still be lifted. What the CA suspended is the CA's.
SELECT DISTINCT c.id, c.serial, c.key_serial, o.no AS "order", o.reason FROM certificate c JOIN order_subject s ON s.certificate_id = c.id
JOIN orders o ON o.id = s.order_id
WHERE c.state = 'suspended' AND c.reason NOT IN ('own-ground', 'own-ground-held', 'own-ground-undone') AND c.state_at < ?1 AND o.business = 'replace' AND o.reason IN ('lost', 'stolen') AND o.signed_at < ?1
	AND o.status IN ('signed', 'awaiting-payment', 'paid', 'in-review', 'returned', 'approved', 'issuing') AND c.id > ?2 ORDER BY c.id LIMIT 1;
-- name: subject_main
SELECT c.key_serial FROM customer u JOIN certificate c ON c.customer_id = u.id JOIN item i ON i.id = c.item_id
JOIN orders o ON o.id = c.order_id
WHERE u.number_digest = ?1 AND c.product = ?2 AND o.channel = ?3 AND c.not_after >= ?4 AND c.state IN ('active', 'suspended')
	AND i.role = 'main' LIMIT 1;
