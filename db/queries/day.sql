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
-- name: day_key_stock
SELECT EXISTS (SELECT 1 FROM usb_key WHERE state <> 'customer-owned');
-- name: day_key_drawers
-- Each drawer that moved or was counted on the date ?1, and with ?2 those that hold keys now: its moves (also those out of it),
-- how many came after its last count, and that count.
WITH step AS (
	SELECT m.drawer, m.moved_at, (SELECT p.drawer FROM key_move p WHERE p.key_id = m.key_id AND p.id < m.id ORDER BY p.id DESC LIMIT 1) AS before
	FROM key_move m JOIN usb_key k ON k.id = m.key_id WHERE m.business_date = ?1 AND k.state <> 'customer-owned'
), moved AS (
	SELECT drawer, moved_at FROM step UNION ALL SELECT before, moved_at FROM step WHERE before <> drawer
), newest AS (
	SELECT drawer, max(id) AS id FROM key_count WHERE business_date = ?1 GROUP BY drawer
), drawers AS (
	SELECT drawer FROM moved UNION SELECT drawer FROM newest
	UNION SELECT drawer FROM usb_key WHERE ?2 AND state IN ('in-stock', 'reserved', 'made', 'returned')
)
SELECT a.drawer, (SELECT count(*) FROM usb_key k WHERE k.drawer = a.drawer AND k.state IN ('in-stock', 'reserved', 'made', 'returned')) AS book,
	(SELECT count(*) FROM moved m WHERE m.drawer = a.drawer) AS moves,
	(SELECT count(*) FROM moved m WHERE m.drawer = a.drawer AND m.moved_at > c.counted_at) AS since,
	c.id, c.expected, c.counted, c.missing, c.surplus, c.reason
FROM drawers a LEFT JOIN newest n ON n.drawer = a.drawer LEFT JOIN key_count c ON c.id = n.id WHERE a.drawer <> '' ORDER BY a.drawer;
