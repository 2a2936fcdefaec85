-- Money that waits to go back, as it stands now.
SELECT o.no AS order_no, o.name, r.kind, r.method, p.receipt, r.amount, r.state, a.name AS asked_by, b.name AS approved_by, r.asked_at,
	r.approved_at
FROM refund r JOIN payment p ON p.id = r.payment_id LEFT JOIN orders o ON o.id = r.order_id LEFT JOIN staff a ON a.id = r.asked_by
LEFT JOIN staff b ON b.id = r.approved_by WHERE r.state IN ('asked', 'approved') ORDER BY r.id;
