SELECT count(*) FROM orders o WHERE o.business_date BETWEEN :from AND :to
	AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id);
