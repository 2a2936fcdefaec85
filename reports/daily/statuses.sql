SELECT status, count(*) AS orders, sum(amount) AS due FROM orders o WHERE business_date BETWEEN :from AND :to
	AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id)
GROUP BY status ORDER BY orders DESC, status;
