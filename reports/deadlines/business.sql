WITH fated AS (
	SELECT o.business, l.step, date(min(l.due_at, coalesce(l.ended_at, l.due_at)) + 8 * 3600, 'unixepoch') AS day,
		CASE WHEN l.due_at < coalesce(l.ended_at, :now) THEN 'missed' WHEN l.ended_at IS NULL THEN 'running'
			WHEN l.dropped THEN 'dropped' ELSE 'kept' END AS fate
	FROM deadline l JOIN orders o ON o.id = l.order_id
	WHERE min(l.due_at, coalesce(l.ended_at, l.due_at)) >= :from_time AND min(l.due_at, coalesce(l.ended_at, l.due_at)) < :to_time
		AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id)
)
SELECT business, step, sum(fate = 'kept') AS kept, sum(fate = 'missed') AS missed, sum(fate = 'running') AS running, sum(fate = 'dropped') AS dropped,
	sum(fate = 'kept') * 100 / nullif(sum(fate IN ('kept', 'missed')), 0) AS rate
FROM fated GROUP BY business, step ORDER BY business, step = 'issue';
