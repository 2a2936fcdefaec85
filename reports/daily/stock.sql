-- The balance by drawer and medium. Opening and moves come from the records of moves, what is left from the keys
-- themselves: a key whose records have a gap shows up as a difference, with its serial. A move counts where it brings a key
-- into a drawer (in-stock, reserved, made, returned), takes it out of there, or, with the state unchanged, puts it into
-- another one. Where a key lies is what brought it there last: the record of what takes it out may name the station.
-- LIMIT -1 has a part computed once for each row, however often its columns are named further on.
WITH held (state) AS (VALUES ('in-stock'), ('reserved'), ('made'), ('returned')),
crossing AS (
	SELECT key_id, id, business_date, drawer, order_id, from_state, to_state, to_state IN held AS comes, from_state = to_state AS within
	FROM key_move WHERE business_date BETWEEN :from AND :to
		AND ((to_state IN held) <> (from_state IN held) OR (from_state = to_state AND to_state IN held)) LIMIT -1
),
step (id, drawer, kind) AS ( -- into and out of each drawer; and, of no kind, what lies there although it wasn't moved
	SELECT key_id, drawer, CASE
		WHEN within THEN 'within-in'
		WHEN from_state = '' THEN 'received'
		WHEN from_state = 'in-transit' AND to_state = 'in-stock' THEN 'transferred-in'
		ELSE 'returned' END
	FROM crossing WHERE comes
	UNION ALL
	SELECT key_id, coalesce((SELECT p.drawer FROM key_move p
			WHERE p.key_id = c.key_id AND (p.business_date, p.id) < (c.business_date, c.id)
				AND p.to_state IN held AND (p.from_state NOT IN held OR p.from_state = p.to_state)
			ORDER BY p.business_date DESC, p.id DESC LIMIT 1), drawer), CASE
		WHEN within THEN 'within-out'
		WHEN to_state = 'in-transit' THEN CASE WHEN from_state = 'made' THEN 'mailed' ELSE 'transferred-out' END
		WHEN to_state = 'handed-over' AND EXISTS (SELECT 1 FROM handover h
			WHERE h.order_id = c.order_id AND h.to_whom = 'mail' AND h.undone_at IS NULL) THEN 'mailed'
		WHEN to_state IN ('handed-over', 'customer-owned') THEN 'handed-over'
		ELSE 'spoiled' END
	FROM crossing c WHERE NOT comes OR within
	UNION ALL
	SELECT id, drawer, NULL FROM usb_key WHERE state IN held
	UNION ALL
	SELECT id, (SELECT m.drawer FROM key_move m
			WHERE m.key_id = later.id AND m.business_date <= :to AND m.to_state IN held AND (m.from_state NOT IN held OR m.from_state = m.to_state)
			ORDER BY m.business_date DESC, m.id DESC LIMIT 1), NULL
	FROM (SELECT DISTINCT key_id AS id FROM key_move WHERE business_date > :to) later
),
flow AS (
	SELECT id, drawer, count(*) FILTER (WHERE kind = 'received') AS received,
		count(*) FILTER (WHERE kind = 'transferred-in') AS from_others, count(*) FILTER (WHERE kind = 'within-in') AS within_in,
		count(*) FILTER (WHERE kind = 'returned') AS returned, count(*) FILTER (WHERE kind = 'handed-over') AS handed_over,
		count(*) FILTER (WHERE kind = 'mailed') AS mailed, count(*) FILTER (WHERE kind = 'transferred-out') AS to_others,
		count(*) FILTER (WHERE kind = 'within-out') AS within_out, count(*) FILTER (WHERE kind = 'spoiled') AS spoiled
	FROM step WHERE drawer IS NOT NULL GROUP BY id, drawer
),
life AS (
	SELECT f.*, k.serial, k.medium,
		coalesce((SELECT CASE WHEN m.to_state IN held THEN m.drawer END FROM key_move m
			WHERE m.key_id = f.id AND m.business_date < :from AND ((m.to_state IN held) <> (m.from_state IN held) OR m.from_state = m.to_state)
			ORDER BY m.business_date DESC, m.id DESC LIMIT 1) = f.drawer, 0) AS opening,
		CASE WHEN EXISTS (SELECT 1 FROM key_move m WHERE m.key_id = f.id AND m.business_date > :to)
			THEN CASE WHEN f.drawer = (SELECT m.drawer FROM key_move m
					WHERE m.key_id = f.id AND m.business_date <= :to AND m.to_state IN held AND (m.from_state NOT IN held OR m.from_state = m.to_state)
					ORDER BY m.business_date DESC, m.id DESC LIMIT 1)
				THEN (SELECT m.to_state FROM key_move m WHERE m.key_id = f.id AND m.business_date <= :to
					ORDER BY m.business_date DESC, m.id DESC LIMIT 1) ELSE '' END
			WHEN k.drawer = f.drawer THEN k.state ELSE '' END AS after
	FROM flow f JOIN usb_key k ON k.id = f.id LIMIT -1
),
balance AS (
	SELECT *, opening + received + from_others + within_in + returned - handed_over - mailed - to_others - within_out - spoiled
		- (after IN held) AS gap
	FROM life WHERE opening + received + from_others + within_in + returned + handed_over + mailed + to_others + within_out + spoiled > 0
		OR after IN held LIMIT -1
)
SELECT drawer, medium, sum(opening) AS opening, sum(received) AS received, sum(from_others + within_in) AS transferred_in,
	sum(returned) AS returned, sum(handed_over) AS handed_over, sum(mailed) AS mailed, sum(to_others + within_out) AS transferred_out,
	sum(spoiled) AS spoiled, sum(after = 'made') AS made, sum(after IN held AND after <> 'made') AS remaining, sum(gap) AS difference,
	substr(group_concat(CASE WHEN gap <> 0 THEN serial END, ', '), 1, 500) AS reason,
	sum(within_in) AS within_in, sum(within_out) AS within_out
FROM balance GROUP BY drawer, medium ORDER BY drawer, medium;
