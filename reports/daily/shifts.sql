-- One row for each shift; what was counted is its last count, which a closed one was closed with.
SELECT sh.station, s.name AS staff, sh.business_date, sh.opened_at, sh.closed_at, es.name AS closed_by, t.name AS taker, f.amount AS float,
	c.expected_cash, c.cash, nullif(c.cash - c.expected_cash, 0) AS difference_cash, c.pos, nullif(c.pos - c.expected_pos, 0) AS difference_pos,
	c.cheques, nullif(c.cheques - c.expected_cheques, 0) AS difference_cheques, e.explanation
FROM shift sh JOIN staff s ON s.id = sh.staff_id LEFT JOIN till_float f ON f.shift_id = sh.id LEFT JOIN till_end e ON e.shift_id = sh.id
	LEFT JOIN till_count c ON c.id = coalesce(e.count_id, (SELECT max(id) FROM till_count WHERE shift_id = sh.id))
	LEFT JOIN staff es ON es.id = e.staff_id LEFT JOIN staff t ON t.id = e.taker_id
WHERE sh.business_date BETWEEN :from AND :to ORDER BY sh.business_date, sh.id;
