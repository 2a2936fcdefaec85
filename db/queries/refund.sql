-- Refunds, unclaimed money, and the undoing of a hand-over.
-- name: state_refund
SELECT * FROM refund WHERE id = ?1;
-- name: all_refund
SELECT * FROM refund ORDER BY id;
-- name: state_statement_debit
SELECT * FROM statement_debit WHERE id = ?1;
-- name: all_statement_debit
SELECT * FROM statement_debit ORDER BY id;
-- name: state_handover_undo
SELECT * FROM handover_undo WHERE id = ?1;
-- name: all_handover_undo
SELECT * FROM handover_undo ORDER BY id;
-- name: refund_insert
INSERT INTO refund (dk, payment_id, order_id, kind, amount, method, state, from_status, reason, asked_by, asked_at)
VALUES (?1, ?2, nullif(?3, 0), ?4, ?5, ?6, 'asked', ?7, ?8, nullif(?9, 0), ?10);
-- name: refund_remaining
-- The order's verified money that isn't going back yet, the newest payment first.
SELECT p.id, p.method, po.amount - coalesce((SELECT sum(r.amount) FROM refund r
	WHERE r.payment_id = p.id AND r.order_id = po.order_id AND r.state <> 'withdrawn'), 0) AS amount
FROM payment_order po JOIN payment p ON p.id = po.payment_id
WHERE po.order_id = ?1 AND p.state = 'verified' ORDER BY p.id DESC;
-- name: refund_of_order
SELECT r.id, r.kind, r.amount, r.method, r.state, r.from_status, p.receipt, coalesce(r.asked_by, 0) AS asked_by,
	coalesce(p.staff_id, 0) AS taken_by, p.id AS payment, r.reason,
	EXISTS (SELECT 1 FROM qr_refund s WHERE s.refund_id = r.id) AS sent
FROM refund r JOIN payment p ON p.id = r.payment_id WHERE r.order_id = ?1 AND r.state IN ('asked', 'approved') ORDER BY r.id;
-- name: refund_of_entry
SELECT r.id, r.kind, r.amount, r.method, r.state, r.from_status, p.receipt, coalesce(r.asked_by, 0) AS asked_by,
	coalesce(p.staff_id, 0) AS taken_by, p.id AS payment, r.reason,
	EXISTS (SELECT 1 FROM qr_refund s WHERE s.refund_id = r.id) AS sent
FROM payment p JOIN refund r ON r.payment_id = p.id
WHERE p.id IN (SELECT e.payment_id FROM statement_entry e WHERE e.reference = ?1 UNION ALL
		SELECT c.id FROM payment c WHERE c.receipt = ?1 AND c.method = 'alipay')
	AND r.kind = 'unclaimed' AND r.state IN ('asked', 'approved') ORDER BY r.id;
-- name: refund_approve
UPDATE refund SET state = 'approved', approved_by = ?2, approved_at = ?3 WHERE id = ?1 AND state = 'asked';
-- name: refund_done
UPDATE refund SET state = 'done', paid_by = nullif(?2, 0), paid_at = ?3, reference = ?4, shift_id = nullif(?5, 0), business_date = ?6
WHERE id = ?1 AND state = 'approved';
-- name: refund_withdraw
UPDATE refund SET state = 'withdrawn' WHERE id = ?1 AND state IN ('asked', 'approved');
-- name: refund_withdraw_of
UPDATE refund SET state = 'withdrawn' WHERE payment_id = ?1 AND state = 'asked';
-- name: refund_keep_deadline
-- The deadline that runs again is the one that was dropped: what was promised stays promised.
UPDATE deadline SET days = old.days, began_at = old.began_at, due_at = old.due_at
FROM (SELECT step, days, began_at, due_at FROM deadline WHERE order_id = ?1 AND dropped = 1 ORDER BY id DESC LIMIT 1) AS old
WHERE order_id = ?1 AND deadline.step = old.step AND ended_at IS NULL;
-- name: refund_has_reference
SELECT 1 WHERE EXISTS (SELECT 1 FROM refund WHERE method = ?1 AND reference = ?2 AND state = 'done')
	OR (?1 = 'cash' AND EXISTS (SELECT 1 FROM payment WHERE receipt = ?2));
-- name: refund_open_count
SELECT count(*) FROM refund WHERE order_id = ?1 AND state IN ('asked', 'approved');
-- name: refund_sums
SELECT coalesce(sum(amount) FILTER (WHERE state = 'done'), 0) AS refunded,
	coalesce(sum(amount) FILTER (WHERE state IN ('asked', 'approved')), 0) AS refunding,
	coalesce(sum(amount) FILTER (WHERE state IN ('asked', 'approved') AND kind = 'surplus'), 0) AS surplus,
	coalesce(sum(amount) FILTER (WHERE state = 'done' AND kind = 'order'), 0) AS paid_out
FROM refund WHERE order_id = ?1;
-- name: refunds_of_order
SELECT r.kind, r.amount, r.method, r.state, p.receipt, r.reference, r.reason, a.name AS asked_by, r.asked_at, b.name AS approved_by,
	r.approved_at, c.name AS paid_by, r.paid_at
FROM refund r JOIN payment p ON p.id = r.payment_id LEFT JOIN staff a ON a.id = r.asked_by LEFT JOIN staff b ON b.id = r.approved_by
LEFT JOIN staff c ON c.id = r.paid_by WHERE r.order_id = ?1 ORDER BY r.id;
-- name: refund_list
-- What waits, the oldest first; or (?1) all, the newest first. An order that an earlier program put aside has no row yet.
SELECT * FROM (
	SELECT r.id, coalesce(o.no, (SELECT e.reference FROM statement_entry e WHERE e.payment_id = p.id), p.receipt) AS refund_of, o.no AS "order",
		o.name, r.kind, r.amount, r.method, p.receipt, r.state, r.reason, a.name AS asked_by, r.asked_at, b.name AS approved_by,
		r.approved_at, c.name AS paid_by, r.paid_at, r.reference, r.business_date
	FROM refund r JOIN payment p ON p.id = r.payment_id LEFT JOIN orders o ON o.id = r.order_id LEFT JOIN staff a ON a.id = r.asked_by
	LEFT JOIN staff b ON b.id = r.approved_by LEFT JOIN staff c ON c.id = r.paid_by
	WHERE CASE WHEN ?1 THEN 1 ELSE r.state IN ('asked', 'approved') END
	UNION ALL
	SELECT 0, o.no, o.no, o.name, 'order', po.amount, p.method, p.receipt, 'asked', o.decision, NULL, o.decided_at, NULL, NULL, NULL,
		NULL, '', ''
	FROM orders o JOIN payment_order po ON po.order_id = o.id JOIN payment p ON p.id = po.payment_id
	WHERE o.status = 'refunding' AND p.state = 'verified' AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.order_id = o.id)
) ORDER BY CASE WHEN ?1 THEN -id ELSE id END LIMIT 1000;
-- name: refund_waiting_count
SELECT (SELECT count(*) FROM refund WHERE state IN ('asked', 'approved')) + (SELECT count(*) FROM statement_entry WHERE payment_id IS NULL) +
	(SELECT count(*) FROM payment p WHERE p.state = 'unclaimed' AND p.method = 'alipay'
		AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.payment_id = p.id AND r.state <> 'withdrawn'));
-- name: refund_cash_of_shift
-- Cash that left the till of a shift: expected cash is what came in less this.
SELECT coalesce(sum(amount), 0) FROM refund WHERE shift_id = ?1 AND method = 'cash' AND state = 'done';
-- name: refund_gaps
-- No order ends paid and without goods: there must be no row. For the day's end, doctor and audit.
SELECT * FROM (
	SELECT o.no AS "order", o.name, o.status,
		coalesce((SELECT sum(po.amount) FROM payment_order po JOIN payment p ON p.id = po.payment_id
			WHERE po.order_id = o.id AND p.state = 'verified'), 0) -
		coalesce((SELECT sum(r.amount) FROM refund r WHERE r.order_id = o.id AND r.state = 'done'), 0) AS amount
	FROM orders o WHERE o.status IN ('rejected', 'cancelled', 'refunded') LIMIT -1
) WHERE amount > 0 LIMIT 100;
-- name: payment_has_refund
SELECT count(*) FROM refund WHERE payment_id = ?1 AND state IN ('approved', 'done');
-- name: order_amount
SELECT amount FROM orders WHERE id = ?1;
-- name: refund_surplus_of
SELECT id FROM refund WHERE order_id = ?1 AND kind = 'surplus' AND state = 'asked';
-- name: payment_receipts_like
-- How often this entry became a payment before.
SELECT count(*) FROM payment WHERE receipt = ?1 OR (receipt > ?1 || '#' AND receipt < ?1 || '$');
-- name: payment_announced_of
SELECT p.id, p.amount FROM payment p JOIN payment_order po ON po.payment_id = p.id
WHERE po.order_id = ?1 AND p.state IN ('open', 'unclaimed') AND p.method = 'transfer'
	AND NOT EXISTS (SELECT 1 FROM statement_entry e WHERE e.payment_id = p.id) ORDER BY p.state <> 'open', p.id LIMIT 1;
-- name: statement_entry_unbind
UPDATE statement_entry SET payment_id = NULL WHERE payment_id = ?1;
-- name: statement_entry_get
SELECT id, dk, reference, booked_date, amount, data, 0 AS payment, '' AS remark FROM statement_entry WHERE reference = ?1 AND payment_id IS NULL
UNION ALL
SELECT p.id, p.dk, p.receipt, p.business_date, p.amount, NULL, p.id,
	(SELECT group_concat(o.no, ' ') FROM qr_trade_order t JOIN orders o ON o.id = t.order_id WHERE t.trade_id = q.id)
FROM payment p JOIN qr_trade q ON q.trade_no = substr(p.receipt, 1, instr(p.receipt || '#', '#') - 1) AND q.trade_no <> ''
WHERE p.receipt = ?1 AND p.state = 'unclaimed' AND p.method = 'alipay'
	AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.payment_id = p.id AND r.state <> 'withdrawn');
-- name: unclaimed_order
SELECT no AS "order", name, status FROM orders WHERE no = ?1;
-- name: unclaimed_fitting
-- Orders of the payer ?2 that wait for this amount (from another account than they said); and dead ones that had announced a transfer of it.
SELECT * FROM (SELECT no AS "order", name, status FROM orders WHERE status = 'awaiting-payment' AND amount = ?1 AND name = ?2 ORDER BY id DESC LIMIT 1)
UNION ALL
SELECT * FROM (SELECT o.no, o.name, o.status FROM payment p JOIN payment_order po ON po.payment_id = p.id JOIN orders o ON o.id = po.order_id
	WHERE p.state = 'unclaimed' AND p.amount = ?1 AND NOT EXISTS (SELECT 1 FROM statement_entry e WHERE e.payment_id = p.id)
	ORDER BY p.id DESC LIMIT 50);
-- name: debit_insert
INSERT OR IGNORE INTO statement_debit (dk, statement_id, reference, booked_date, amount, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6);
-- name: debits_open
SELECT id, dk, reference, booked_date, amount, data FROM statement_debit WHERE refund_id IS NULL ORDER BY id;
-- name: debit_bind
UPDATE statement_debit SET refund_id = ?2 WHERE id = ?1 AND refund_id IS NULL;
-- name: debit_by_reference
SELECT id, amount, refund_id FROM statement_debit WHERE reference = ?1 OR substr(reference, instr(reference, ':') + 1) = ?1 LIMIT 1;
-- name: refund_transfers
-- Transfers that the bank was or will be told to make, and that no debit proves yet.
SELECT r.id, r.order_id, coalesce(o.no, '') AS "order", coalesce(o.name, '') AS name, r.amount, r.state, r.reference,
	coalesce((SELECT e.reference FROM statement_entry e WHERE e.payment_id = r.payment_id), '') AS entry
FROM refund r LEFT JOIN orders o ON o.id = r.order_id
WHERE r.method = 'transfer' AND r.state IN ('approved', 'done') AND r.amount = ?1
	AND NOT EXISTS (SELECT 1 FROM statement_debit d WHERE d.refund_id = r.id) ORDER BY r.id;
-- name: undo_insert
INSERT INTO handover_undo (dk, handover_id, certificate_id, reason, staff_id, undone_at) VALUES (?1, ?2, nullif(?3, 0), ?4, ?5, ?6);
-- name: undo_handovers
SELECT h.id, h.item_id, h.key_serial, h.to_whom, h.handed_at, i.own_medium,
	coalesce((SELECT c.id FROM certificate c WHERE c.item_id = h.item_id AND c.key_serial = h.key_serial
		AND (c.state = 'active' OR (c.state = 'suspended' AND c.reason = 'own-ground')) ORDER BY c.id DESC LIMIT 1), 0) AS certificate,
	coalesce((SELECT c.state = 'suspended' FROM certificate c WHERE c.item_id = h.item_id AND c.key_serial = h.key_serial
		AND (c.state = 'active' OR (c.state = 'suspended' AND c.reason = 'own-ground')) ORDER BY c.id DESC LIMIT 1), 0) AS own_ground,
	coalesce((SELECT c.state IN ('revoked', 'superseded') FROM certificate c WHERE c.item_id = h.item_id AND c.key_serial = h.key_serial
		ORDER BY c.id DESC LIMIT 1), 0) AS over
FROM handover h JOIN item i ON i.id = h.item_id WHERE h.order_id = ?1 AND h.undone_at IS NULL ORDER BY h.id;
-- name: undo_handover
UPDATE handover SET undone_at = ?2 WHERE id = ?1 AND undone_at IS NULL;
-- name: undo_waiting
-- The certificate of a key that a mistaken hand-over suspended, as long as nothing else was said of it since: by its reason, and by the time where
-- a program before this reason suspended it.
SELECT u.id, c.id AS certificate, c.serial, c.state FROM handover_undo u JOIN handover h ON h.id = u.handover_id
JOIN certificate c ON c.item_id = h.item_id AND c.key_serial = h.key_serial
WHERE h.item_id = ?1 AND h.key_serial = ?2 AND u.resumed_at IS NULL AND c.state = 'suspended'
	AND (c.reason = 'handover-undone' OR (c.reason = 'certificate-hold' AND c.id = u.certificate_id AND c.state_at = u.undone_at))
ORDER BY u.id DESC LIMIT 1;
-- name: undo_waits
-- A certificate whose last hand-over was undone by a manager: nobody is its holder.
SELECT u.id FROM certificate c JOIN handover h ON h.item_id = c.item_id AND h.key_serial = c.key_serial
JOIN handover_undo u ON u.handover_id = h.id
WHERE c.id = ?1 AND u.resumed_at IS NULL AND NOT EXISTS (SELECT 1 FROM handover n WHERE n.item_id = h.item_id AND n.id > h.id);
-- name: handover_certificate
-- What is on a key; `good` to go out: active, or suspended by a mistaken hand-over and nothing else since (undo_waiting).
SELECT c.id, c.serial, c.state, c.reason, c.state = 'active' OR (c.state = 'suspended' AND (c.reason = 'handover-undone' OR c.reason = 'certificate-hold'
	AND EXISTS (SELECT 1 FROM handover_undo u WHERE u.certificate_id = c.id AND u.resumed_at IS NULL AND u.undone_at = c.state_at))) AS good
FROM certificate c WHERE c.item_id = ?1 AND c.key_serial = ?2 ORDER BY good DESC, c.id DESC LIMIT 1;
-- name: undo_resumed
UPDATE handover_undo SET resumed_at = ?2 WHERE id = ?1;
-- name: undo_order_open
UPDATE orders SET done_at = NULL WHERE id = ?1;
