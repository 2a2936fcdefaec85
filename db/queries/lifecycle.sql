-- What two orders, two windows or the clock do to each other.
-- name: subject_main_other
-- A main key of the unit that isn't this order's own work.
SELECT c.key_serial FROM certificate c JOIN item i ON i.id = c.item_id JOIN orders o ON o.id = c.order_id
WHERE c.customer_id = ?1 AND c.product = ?2 AND o.channel = ?3 AND c.not_after >= ?4 AND c.state IN ('active', 'suspended')
	AND i.role = 'main' AND c.order_id <> ?5 LIMIT 1;
-- name: subject_main_asked
-- A signed order that isn't over and will make a main key which takes no living one's place.
SELECT o.no FROM customer u JOIN orders o ON o.customer_id = u.id JOIN item i ON i.order_id = o.id
WHERE u.number_digest = ?1 AND i.product = ?2 AND o.channel = ?3 AND i.role = 'main' AND o.id <> ?5
	AND o.status IN ('signed', 'awaiting-payment', 'paid', 'in-review', 'approved', 'issuing')
	AND (o.business = 'new' OR EXISTS (SELECT 1 FROM order_subject s JOIN certificate c ON c.id = s.certificate_id
		WHERE s.order_id = o.id AND s.makes = 1 AND c.state <> 'suspended' AND (c.state <> 'active' OR c.not_after < ?4)))
LIMIT 1;
-- name: order_proof_count
-- What says that money is on its way: the voucher, a transfer that was announced, a code whose answer is open.
SELECT (SELECT count(*) FROM document WHERE order_id = ?1 AND kind = 'payment-voucher') +
	(SELECT count(*) FROM payment_order po JOIN payment p ON p.id = po.payment_id
		WHERE po.order_id = ?1 AND p.state = 'open' AND p.method = 'transfer') +
	(SELECT count(*) FROM qr_trade_order t JOIN qr_trade q ON q.id = t.trade_id WHERE t.order_id = ?1 AND q.state IN ('shown', 'ending'));
-- name: document_replace
-- A better scan takes the place of the one before; the journal keeps both.
DELETE FROM document WHERE order_id = ?1 AND kind = ?2;
-- name: state_late_notice
SELECT * FROM late_notice WHERE id = ?1;
-- name: all_late_notice
SELECT * FROM late_notice ORDER BY id;
-- name: late_notice_insert
INSERT INTO late_notice (dk, order_id, deadline_id, told, told_at) VALUES (?1, ?2, ?3, ?4, ?5);
-- name: late_revocations
-- Those that weren't carried out in their 24 hours, and of which nobody was told.
SELECT d.id FROM deadline d JOIN orders o ON o.id = d.order_id
WHERE d.ended_at IS NULL AND d.due_at < ?1 AND o.business = 'revoke'
	AND NOT EXISTS (SELECT 1 FROM late_notice n WHERE n.deadline_id = d.id) ORDER BY d.due_at;
-- name: late_revocation_one
-- The same, of one, as it stands now.
SELECT o.id, o.dk, o.no AS "order", o.name FROM deadline d JOIN orders o ON o.id = d.order_id
WHERE d.id = ?1 AND d.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM late_notice n WHERE n.deadline_id = d.id);
