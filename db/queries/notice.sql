-- What the timer tells customers.
-- name: state_expiry_notice
SELECT * FROM expiry_notice WHERE id = ?1;
-- name: all_expiry_notice
SELECT * FROM expiry_notice ORDER BY id;
-- name: expiry_notice_insert
INSERT INTO expiry_notice (dk, certificate_id, told, told_at) VALUES (?1, ?2, ?3, ?4);
-- name: expiry_due
-- Certificates of this site that end between ?1 and ?2, of whose end nobody was told, and that no order under way replaces.
SELECT c.id FROM certificate c
WHERE c.state = 'active' AND c.not_after >= ?1 AND c.not_after < ?2 AND c.custodian = (SELECT code FROM site)
	AND NOT EXISTS (SELECT 1 FROM expiry_notice n WHERE n.certificate_id = c.id)
	AND NOT EXISTS (SELECT 1 FROM order_subject s JOIN orders o ON o.id = s.order_id WHERE s.certificate_id = c.id
		AND o.business IN ('renew', 'replace', 'revoke')
		AND o.status IN ('signed', 'awaiting-payment', 'paid', 'in-review', 'approved', 'issuing'))
ORDER BY c.not_after;
-- name: expiry_one
-- The same, of one, as it stands now.
SELECT c.dk, c.serial, c.key_serial, c.not_after, c.customer_id, u.name FROM certificate c JOIN customer u ON u.id = c.customer_id
WHERE c.id = ?1 AND c.state = 'active' AND NOT EXISTS (SELECT 1 FROM expiry_notice n WHERE n.certificate_id = c.id);
