-- Money.
-- name: shift_get
SELECT id FROM shift WHERE station = ?1 AND closed_at IS NULL AND business_date = ?2 ORDER BY id DESC LIMIT 1;
-- name: shift_insert
INSERT INTO shift (dk, station, till, staff_id, business_date, opened_at) VALUES (1, ?1, ?1, ?2, ?3, ?4);
-- name: payment_insert
INSERT INTO payment (dk, method, receipt, amount, state, shift_id, staff_id, business_date, taken_at, verified_at)
VALUES (?1, ?2, ?3, ?4, ?5, nullif(?6, 0), ?7, ?8, ?9, ?10);
-- name: payment_allocate
INSERT INTO payment_order (dk, payment_id, order_id, amount) VALUES (?1, ?2, ?3, ?4);
-- name: payment_has_receipt
SELECT p.id, coalesce((SELECT o.no FROM payment_order po JOIN orders o ON o.id = po.order_id WHERE po.payment_id = p.id ORDER BY o.id LIMIT 1), '') AS "order"
FROM payment p WHERE p.receipt = ?1;
-- name: payment_open_of
SELECT p.id, p.amount, p.receipt FROM payment p JOIN payment_order po ON po.payment_id = p.id
WHERE po.order_id = ?1 AND p.state = 'open' AND p.method = 'transfer' ORDER BY p.id LIMIT 1;
-- name: payment_verify
-- Announced on a day that is frozen since: the money counts on the day it was seen.
UPDATE payment SET state = 'verified', verified_at = ?2,
	business_date = CASE WHEN business_date <= (SELECT max(business_date) FROM day_close) THEN ?3 ELSE business_date END WHERE id = ?1;
-- name: payment_find
SELECT p.id, p.state, po.order_id FROM payment p JOIN payment_order po ON po.payment_id = p.id
WHERE p.receipt = ?1 AND po.order_id = ?2 AND p.state IN ('open', 'verified');
-- name: payment_void
UPDATE payment SET state = 'void', void_reason = ?2 WHERE id = ?1;
-- name: payment_unclaimed
-- Not while another order of the same payment waits for it.
UPDATE payment SET state = 'unclaimed' WHERE state = 'open' AND id IN (SELECT payment_id FROM payment_order WHERE order_id = ?1)
	AND NOT EXISTS (SELECT 1 FROM payment_order po JOIN orders o ON o.id = po.order_id
		WHERE po.payment_id = payment.id AND o.id <> ?1 AND o.status = 'awaiting-payment');
-- name: payment_orders
SELECT o.no AS "order", po.amount FROM payment_order po JOIN orders o ON o.id = po.order_id WHERE po.payment_id = ?1 ORDER BY po.id;
-- name: orders_awaiting
SELECT no FROM orders WHERE status = 'awaiting-payment' ORDER BY id;
-- name: orders_unpaid
SELECT no FROM orders WHERE status = 'awaiting-payment' AND pay_due_at <= ?1 ORDER BY pay_due_at;
-- name: statement_has
SELECT id FROM statement WHERE digest = ?1;
-- name: statement_insert
INSERT INTO statement (dk, digest, map, staff_id, imported_at) VALUES (?1, ?2, ?3, ?4, ?5);
-- name: statement_entry_insert
INSERT OR IGNORE INTO statement_entry (dk, statement_id, reference, booked_date, amount, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6);
-- name: statement_entries_open
-- Money that no order has: the bank's entries, and what came by a code (`payment` is what it is in the books).
SELECT id, dk, reference, booked_date, amount, data, 0 AS payment, '' AS remark FROM statement_entry WHERE payment_id IS NULL
UNION ALL
SELECT p.id, p.dk, p.receipt, p.business_date, p.amount, NULL, p.id,
	(SELECT group_concat(o.no, ' ') FROM qr_trade_order t JOIN orders o ON o.id = t.order_id WHERE t.trade_id = q.id)
FROM payment p JOIN qr_trade q ON q.trade_no = substr(p.receipt, 1, instr(p.receipt || '#', '#') - 1) AND q.trade_no <> ''
WHERE p.state = 'unclaimed' AND p.method = 'alipay' AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.payment_id = p.id AND r.state <> 'withdrawn')
ORDER BY payment, id;
-- name: statement_entry_match
UPDATE statement_entry SET payment_id = ?2 WHERE id = ?1 AND payment_id IS NULL;
-- name: statement_open_count
SELECT (SELECT count(*) FROM statement_entry WHERE payment_id IS NULL) +
	(SELECT count(*) FROM payment p WHERE p.state = 'unclaimed' AND p.method = 'alipay'
		AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.payment_id = p.id AND r.state <> 'withdrawn'));
