-- One row for each payment: against the till's shift, or against the bank's entries; what came by a code the provider itself has
-- confirmed. A difference is named.
-- LIMIT -1: the sums are computed once for each row, however often they are named, and in the order wanted.
WITH taken AS (
	SELECT p.id, p.receipt, p.method, p.state, p.amount, p.shift_id, p.staff_id, p.business_date, p.taken_at,
		p.state = 'verified' AS good, p.method IN ('cash', 'pos', 'cheque') AS by_till, p.method = 'alipay' AS by_provider,
		group_concat(o.no, ', ') AS orders, coalesce(sum(po.amount), 0) AS allocated,
		CASE WHEN p.method = 'transfer' THEN
			(SELECT group_concat(se.reference, ', ') FROM statement_entry se WHERE se.payment_id = p.id) END AS reference,
		CASE WHEN p.method = 'transfer' THEN
			(SELECT min(se.booked_date) FROM statement_entry se WHERE se.payment_id = p.id) END AS booked_date,
		CASE WHEN p.method = 'transfer' THEN
			(SELECT sum(se.amount) FROM statement_entry se WHERE se.payment_id = p.id) END AS booked
	FROM payment p LEFT JOIN payment_order po ON po.payment_id = p.id LEFT JOIN orders o ON o.id = po.order_id
	WHERE p.business_date BETWEEN :from AND :to
	GROUP BY p.business_date, p.id ORDER BY p.business_date, p.id LIMIT -1
)
SELECT t.receipt, t.method, t.state, CASE WHEN good THEN t.amount END AS verified, CASE WHEN NOT good THEN t.amount END AS other,
	t.orders, sh.till, sh.business_date || ' ' || sh.station AS shift, s.name AS staff, t.business_date, t.taken_at, t.reference,
	t.booked_date, t.booked,
	CASE WHEN NOT good THEN NULL
		WHEN by_till OR by_provider THEN nullif(t.amount - t.allocated, 0)
		WHEN coalesce(t.booked, 0) <> t.amount THEN coalesce(t.booked, 0) - t.amount
		ELSE nullif(t.amount - t.allocated, 0) END AS difference,
	CASE WHEN NOT good THEN t.state
		WHEN NOT by_till AND NOT by_provider AND t.booked IS NULL THEN 'no-entry'
		WHEN NOT by_till AND NOT by_provider AND t.booked <> t.amount THEN 'amount'
		WHEN t.amount <> t.allocated THEN 'unallocated'
		WHEN by_till AND t.shift_id IS NULL THEN 'no-shift' END AS reason
FROM taken t LEFT JOIN shift sh ON sh.id = t.shift_id LEFT JOIN staff s ON s.id = t.staff_id;
