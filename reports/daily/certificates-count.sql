SELECT count(*) FROM certificate c JOIN orders o ON o.id = c.order_id
WHERE c.not_before >= :from_time AND c.not_before < :to_time
	AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id);
