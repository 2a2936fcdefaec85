-- Money paid back in these days; a transfer back that the bank's statement doesn't show yet is named.
SELECT o.no AS order_no, o.name, r.kind, r.method, p.receipt, r.amount, r.reference, a.name AS asked_by, b.name AS approved_by,
	c.name AS paid_by, sh.till, sh.business_date || ' ' || sh.station AS shift, r.business_date, r.asked_at, r.approved_at, r.paid_at,
	d.booked_date, CASE WHEN r.method = 'transfer' AND d.id IS NULL THEN 'no-entry' END AS difference
FROM refund r JOIN payment p ON p.id = r.payment_id LEFT JOIN orders o ON o.id = r.order_id LEFT JOIN staff a ON a.id = r.asked_by
LEFT JOIN staff b ON b.id = r.approved_by LEFT JOIN staff c ON c.id = r.paid_by LEFT JOIN shift sh ON sh.id = r.shift_id
LEFT JOIN statement_debit d ON d.refund_id = r.id
WHERE r.business_date BETWEEN :from AND :to ORDER BY r.business_date, r.id;
