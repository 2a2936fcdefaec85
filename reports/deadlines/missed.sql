SELECT o.no AS order_no, o.name, o.business, l.step, o.status, l.days, l.began_at, l.due_at, l.ended_at,
	(coalesce(l.ended_at, :now) - l.due_at + 86399) / 86400 AS late_days, r.name AS reviewer, i.name AS issuer
FROM deadline l JOIN orders o ON o.id = l.order_id LEFT JOIN staff r ON r.id = o.reviewer_id LEFT JOIN staff i ON i.id = o.issuer_id
WHERE l.due_at >= :from_time AND l.due_at < :to_time AND l.due_at < coalesce(l.ended_at, :now)
	AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id)
ORDER BY l.due_at, l.id;
