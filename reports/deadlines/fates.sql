WITH fated AS (
	SELECT o.business,
		CASE WHEN l.due_at < coalesce(l.ended_at, :now) THEN 'missed' WHEN l.ended_at IS NULL THEN 'running'
			WHEN l.dropped THEN 'dropped' ELSE 'kept' END AS fate
	FROM deadline l JOIN orders o ON o.id = l.order_id
	WHERE min(l.due_at, coalesce(l.ended_at, l.due_at)) >= :from_time AND min(l.due_at, coalesce(l.ended_at, l.due_at)) < :to_time
		AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id)
)
SELECT business, sum(fate = 'kept') AS kept, sum(fate = 'missed') AS missed FROM fated WHERE fate IN ('kept', 'missed') GROUP BY business ORDER BY business;
