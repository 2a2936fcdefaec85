-- Payment by a code that is scanned.
-- name: state_qr_trade
SELECT * FROM qr_trade WHERE id = ?1;
-- name: all_qr_trade
SELECT * FROM qr_trade ORDER BY id;
-- name: state_qr_trade_order
SELECT * FROM qr_trade_order WHERE id = ?1;
-- name: all_qr_trade_order
SELECT * FROM qr_trade_order ORDER BY id;
-- name: state_qr_refund
SELECT * FROM qr_refund WHERE id = ?1;
-- name: all_qr_refund
SELECT * FROM qr_refund ORDER BY id;
-- name: qr_trade_insert
INSERT INTO qr_trade (dk, trade, subject, amount, state, staff_id, asked_at, expires_at, state_at) VALUES (?1, ?2, ?3, ?4, 'asked', ?5, ?6, ?7, ?6);
-- name: qr_trade_part
INSERT INTO qr_trade_order (dk, trade_id, order_id, amount, pay_due_at) VALUES (?1, ?2, ?3, ?4, ?5);
-- name: qr_trade_get
-- Its money's receipt is the provider's number, or that with "#2" behind it.
SELECT id, dk, trade, subject, amount, state, code, trade_no, staff_id, asked_at, expires_at,
	coalesce((SELECT p.state FROM payment p WHERE q.trade_no <> '' AND p.method = 'alipay'
		AND (p.receipt = q.trade_no OR p.receipt > q.trade_no || '#' AND p.receipt < q.trade_no || '$')), '') AS payment,
	coalesce((SELECT p.receipt FROM payment p WHERE q.trade_no <> '' AND p.method = 'alipay'
		AND (p.receipt = q.trade_no OR p.receipt > q.trade_no || '#' AND p.receipt < q.trade_no || '$')), '') AS receipt
FROM qr_trade q WHERE trade = ?1;
-- name: qr_trade_no_used
SELECT count(*) FROM qr_trade WHERE trade_no = ?1 AND trade_no <> '';
-- name: qr_trade_parts
SELECT o.no AS "order", t.amount, t.pay_due_at, o.status FROM qr_trade_order t JOIN orders o ON o.id = t.order_id WHERE t.trade_id = ?1 ORDER BY t.id;
-- name: qr_trade_move
-- Once paid or closed it stays so. A code that is known stays.
UPDATE qr_trade SET state = ?2, code = CASE WHEN ?3 <> '' THEN ?3 ELSE code END, trade_no = ?4, state_at = ?5
WHERE id = ?1 AND state IN ('asked', 'shown', 'ending');
-- name: qr_trade_of
-- The open one of an order or a visit, by its number.
SELECT trade FROM qr_trade WHERE subject = ?1 AND state IN ('asked', 'shown', 'ending') ORDER BY id DESC LIMIT 1;
-- name: qr_trade_of_order
-- The one that somebody can pay, and that the order waits for.
SELECT q.trade, q.subject, q.state FROM qr_trade_order t JOIN qr_trade q ON q.id = t.trade_id
WHERE t.order_id = ?1 AND q.state IN ('shown', 'ending') ORDER BY q.state DESC, q.id DESC LIMIT 1;
-- name: qr_trades_open
SELECT trade FROM qr_trade WHERE state IN ('asked', 'shown', 'ending') ORDER BY id;
-- name: qr_trades_stuck
-- Nobody can have paid after ?1, and still there is no answer.
SELECT trade, subject, count(*) OVER () AS count FROM qr_trade WHERE state IN ('asked', 'shown', 'ending') AND expires_at < ?1 ORDER BY id LIMIT 1;
-- name: qr_day
SELECT (SELECT count(*) FROM payment WHERE business_date = ?1 AND method = 'alipay' AND state = 'verified') AS payments,
	(SELECT coalesce(sum(amount), 0) FROM payment WHERE business_date = ?1 AND method = 'alipay' AND state = 'verified') AS paid,
	(SELECT count(*) FROM refund WHERE business_date = ?1 AND method = 'alipay' AND state = 'done') AS refunds,
	(SELECT coalesce(sum(amount), 0) FROM refund WHERE business_date = ?1 AND method = 'alipay' AND state = 'done') AS refunded,
	(SELECT count(*) FROM qr_trade WHERE state IN ('asked', 'shown', 'ending') AND state <> 'asked') AS waiting,
	(SELECT count(*) FROM refund WHERE state = 'approved' AND method = 'alipay') AS to_refund,
	(SELECT count(*) FROM payment p WHERE p.state = 'unclaimed' AND p.method = 'alipay'
		AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.payment_id = p.id AND r.state <> 'withdrawn')) AS unclaimed;
-- name: qr_refund_get
SELECT request_no, sent_at FROM qr_refund WHERE refund_id = ?1;
-- name: qr_refund_insert
INSERT INTO qr_refund (dk, refund_id, request_no, sent_at) VALUES (?1, ?2, ?3, ?4);
-- name: qr_refund_row
SELECT r.id, r.dk, coalesce(r.order_id, 0) AS order_id, r.amount, r.reason, r.kind, p.receipt, coalesce(o.no, p.receipt) AS subject,
	substr(p.receipt, 1, instr(p.receipt || '#', '#') - 1) AS trade_no
FROM refund r JOIN payment p ON p.id = r.payment_id LEFT JOIN orders o ON o.id = r.order_id WHERE r.id = ?1 AND r.state = 'approved' AND r.method = 'alipay';
-- name: qr_refunds_approved
-- What the provider is to be asked for: all, or one subject's.
SELECT r.id, coalesce(r.order_id, 0) AS order_id, r.kind, coalesce(o.no, p.receipt) AS subject
FROM refund r JOIN payment p ON p.id = r.payment_id LEFT JOIN orders o ON o.id = r.order_id
WHERE r.state = 'approved' AND r.method = 'alipay' AND (?1 = '' OR ?1 = coalesce(o.no, p.receipt)) ORDER BY r.id;
-- name: qr_payment_claim
-- Money that came by a code becomes an order's; on a day that is frozen since it counts on the day it is claimed.
UPDATE payment SET state = 'verified', verified_at = ?2,
	business_date = CASE WHEN business_date <= (SELECT max(business_date) FROM day_close) THEN ?3 ELSE business_date END
WHERE id = ?1 AND state = 'unclaimed' AND method = 'alipay'
	AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.payment_id = payment.id AND r.state <> 'withdrawn');
