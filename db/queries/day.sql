-- The day's end.
-- name: day_frozen
SELECT max(business_date) FROM day_close;
-- name: day_is_frozen
SELECT 1 FROM day_close WHERE business_date >= ?1 LIMIT 1;
-- name: day_close_get
SELECT c.business_date AS date, c.report, c.report_digest, c.head_seq, c.head_hash, c.checklist, c.closed_at, s.name AS closed_by
FROM day_close c JOIN staff s ON s.id = c.staff_id WHERE c.business_date = ?1;
-- name: day_close_insert
INSERT INTO day_close (dk, business_date, report, report_digest, head_seq, head_hash, checklist, staff_id, closed_at)
VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);
-- name: day_item_get
SELECT state, figure, expected, events, reason FROM day_item WHERE business_date = ?1 AND item = ?2 ORDER BY id DESC LIMIT 1;
-- name: day_item_insert
INSERT INTO day_item (dk, business_date, item, state, figure, expected, events, reason, staff_id, said_at)
VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);
-- name: day_first_open
-- The first business date before ?1 with money or a shift that isn't frozen.
SELECT min(d) AS first FROM (
	SELECT min(business_date) AS d FROM payment WHERE business_date > coalesce((SELECT max(business_date) FROM day_close), '')
	UNION ALL
	SELECT min(business_date) FROM shift WHERE business_date > coalesce((SELECT max(business_date) FROM day_close), '')
) WHERE d < ?1;
-- name: day_orders_unfinished
SELECT status, count(*) AS n FROM orders WHERE business_date = ?1 AND status IN ('signed', 'awaiting-payment', 'paid', 'in-review',
	'approved', 'issuing', 'issued', 'refunding') GROUP BY status ORDER BY min(id);
-- name: day_shifts_open
SELECT sh.station, sh.business_date AS date, s.name AS staff FROM shift sh JOIN staff s ON s.id = sh.staff_id
WHERE sh.closed_at IS NULL AND sh.business_date <= ?1 AND sh.business_date >= ?2
	AND sh.business_date > coalesce((SELECT max(business_date) FROM day_close), '') ORDER BY sh.business_date, sh.id;
-- name: day_cash
SELECT count(*) AS shifts, coalesce(sum(sh.closed_at IS NULL), 0) AS open, coalesce(sum(c.cash - c.expected_cash), 0) AS cash,
	coalesce(sum(c.pos - c.expected_pos), 0) AS pos, coalesce(sum(c.cheques - c.expected_cheques), 0) AS cheques,
	coalesce(sum(c.cash <> c.expected_cash OR c.pos <> c.expected_pos OR c.cheques <> c.expected_cheques), 0) AS differing,
	(SELECT count(*) FROM payment WHERE business_date = ?1 AND shift_id IS NULL AND method IN ('cash', 'pos', 'cheque')
		AND state <> 'void') AS loose
FROM shift sh LEFT JOIN till_end e ON e.shift_id = sh.id LEFT JOIN till_count c ON c.id = e.count_id WHERE sh.business_date = ?1;
-- name: day_pos
SELECT coalesce(sum(CASE WHEN counts THEN amount END), 0) AS expected, count(*) + coalesce(sum(NOT counts), 0) AS events
FROM (
	SELECT amount, p.state <> 'void' OR EXISTS (SELECT 1 FROM till_move m WHERE m.payment_id = p.id AND m.kind = 'void') AS counts
	FROM payment p WHERE p.business_date = ?1 AND p.method = 'pos'
	UNION ALL
	SELECT amount, 1 FROM till_move WHERE business_date = ?1 AND method = 'pos'
);
-- name: day_statement
SELECT (SELECT count(*) FROM statement WHERE imported_at >= ?2) AS imported,
	(SELECT count(*) FROM statement_entry WHERE booked_date >= ?1) AS booked,
	(SELECT count(*) FROM payment WHERE state = 'open' AND method = 'transfer') AS waiting,
	(SELECT count(*) FROM statement_entry WHERE payment_id IS NULL) AS unmatched;
-- name: day_keys
SELECT (SELECT count(*) FROM usb_key WHERE state IN ('in-stock', 'reserved', 'made', 'returned')) AS expected,
	(SELECT count(*) FROM key_move WHERE business_date = ?1) AS events;
