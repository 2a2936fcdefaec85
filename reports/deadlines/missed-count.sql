SELECT count(*) FROM deadline l
WHERE l.due_at >= :from_time AND l.due_at < :to_time AND l.due_at < coalesce(l.ended_at, :now);
