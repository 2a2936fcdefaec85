-- Shifts and tills.
-- name: shift_open_at
SELECT id FROM shift WHERE station = ?1 AND closed_at IS NULL AND business_date = coalesce(?2, business_date)
	AND business_date > coalesce((SELECT max(business_date) FROM day_close), '') ORDER BY business_date DESC, id DESC LIMIT 1;
-- name: shift_any
SELECT id FROM shift WHERE station = ?1 AND business_date = ?2 LIMIT 1;
-- name: shift_owner
SELECT staff_id FROM shift WHERE id = ?1;
-- name: shift_close
UPDATE shift SET closed_at = ?2 WHERE id = ?1 AND closed_at IS NULL;
-- name: shift_list
SELECT sh.id, sh.station, sh.business_date AS date, s.name AS staff, s.login, sh.opened_at, sh.closed_at, f.amount AS float, c.id AS count_id,
	c.pieces, c.cash, c.pos, c.cheques, c.expected_cash, c.expected_pos, c.expected_cheques, c.events, c.counted_at, cs.name AS counted_by,
	e.explanation, es.name AS closed_by, t.name AS taken_by
FROM shift sh JOIN staff s ON s.id = sh.staff_id LEFT JOIN till_float f ON f.shift_id = sh.id
	LEFT JOIN till_count c ON c.id = (SELECT max(id) FROM till_count WHERE shift_id = sh.id) LEFT JOIN staff cs ON cs.id = c.staff_id
	LEFT JOIN till_end e ON e.shift_id = sh.id LEFT JOIN staff es ON es.id = e.staff_id LEFT JOIN staff t ON t.id = e.taker_id
WHERE sh.id = coalesce(?3, sh.id) AND sh.station = coalesce(?2, sh.station) AND (?3 IS NOT NULL OR sh.business_date = ?1
	OR (sh.closed_at IS NULL AND sh.business_date > coalesce((SELECT max(business_date) FROM day_close), '')))
ORDER BY sh.business_date, sh.id;
-- name: shifts_late
SELECT sh.station, sh.business_date AS date, s.name AS staff FROM shift sh JOIN staff s ON s.id = sh.staff_id
WHERE sh.closed_at IS NULL AND sh.business_date < ?1 AND sh.business_date > coalesce((SELECT max(business_date) FROM day_close), '')
ORDER BY sh.business_date DESC, sh.id DESC;
-- name: till_float_get
SELECT amount FROM till_float WHERE shift_id = ?1;
-- name: till_float_insert
INSERT INTO till_float (dk, shift_id, amount, staff_id, given_at) VALUES (1, ?1, ?2, ?3, ?4);
-- name: till_expected
-- A void after the close of its shift leaves the sums of that shift alone: it is a move of the one that paid it out.
SELECT coalesce((SELECT amount FROM till_float WHERE shift_id = ?1), 0)
		+ coalesce(sum(CASE WHEN method = 'cash' AND counts THEN amount END), 0) AS cash,
	coalesce(sum(CASE WHEN method = 'pos' AND counts THEN amount END), 0) AS pos,
	coalesce(sum(CASE WHEN method = 'cheque' AND counts THEN pieces END), 0) AS cheques,
	count(*) + coalesce(sum(NOT counts), 0) + (SELECT count(*) FROM till_float WHERE shift_id = ?1) AS events
FROM (
	SELECT method, amount, 1 AS pieces, p.state <> 'void' OR EXISTS (SELECT 1 FROM till_move m WHERE m.payment_id = p.id
		AND m.kind = 'void') AS counts
	FROM payment p WHERE p.shift_id = ?1 AND p.method IN ('cash', 'pos', 'cheque')
	UNION ALL
	SELECT method, amount, -1, 1 FROM till_move WHERE shift_id = ?1
);
-- name: till_count_insert
INSERT INTO till_count (dk, shift_id, pieces, cash, pos, cheques, expected_cash, expected_pos, expected_cheques, events, staff_id, counted_at)
VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);
-- name: till_end_insert
INSERT INTO till_end (dk, shift_id, count_id, explanation, staff_id, taker_id, next_shift_id, ended_at)
VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7);
-- name: till_move_insert
INSERT INTO till_move (dk, shift_id, payment_id, kind, method, amount, staff_id, business_date, moved_at, reason)
VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);
-- name: till_payment
SELECT p.method, p.amount, p.state, p.business_date, p.shift_id IS NOT NULL AND sh.closed_at IS NOT NULL AS closed
FROM payment p LEFT JOIN shift sh ON sh.id = p.shift_id WHERE p.id = ?1;
