SELECT count(*) FROM deadline l JOIN orders o ON o.id = l.order_id
WHERE l.due_at >= :from_time AND l.due_at < :to_time AND l.due_at < coalesce(l.ended_at, :now)
	AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id);
