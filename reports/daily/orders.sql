SELECT o.no AS order_no, o.name, o.customer, o.business, o.status, o.amount,
	coalesce((SELECT sum(po.amount) FROM payment_order po JOIN payment p ON p.id = po.payment_id
		WHERE po.order_id = o.id AND p.state = 'verified'), 0) AS paid,
	o.delivery, s.name AS staff, r.name AS reviewer, i.name AS issuer, o.station, o.business_date, o.signed_at, o.decided_at,
	o.issued_at, o.done_at
FROM orders o JOIN staff s ON s.id = o.staff_id LEFT JOIN staff r ON r.id = o.reviewer_id LEFT JOIN staff i ON i.id = o.issuer_id
WHERE o.business_date BETWEEN :from AND :to AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id)
ORDER BY o.business_date, o.id;
