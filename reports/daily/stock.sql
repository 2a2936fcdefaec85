-- The balance by drawer and medium. Opening and moves come from the records of moves, what is left from the keys
-- themselves: a key whose records have a gap shows up as a difference, with its serial. A move counts where it brings a key
-- into a drawer (in-stock, reserved, made, returned), takes it out of there, or, with the state unchanged, puts it into
-- another one. Where a key lies is what brought it there last: the record of what takes it out names the station.
-- LIMIT -1 has a part computed once for each row, however often its columns are named further on.
WITH held (state) AS (VALUES ('in-stock'), ('reserved'), ('made'), ('returned')),
crossing AS (
	SELECT key_id, id, business_date, drawer, order_id, from_state, to_state, to_state IN held AS comes, from_state IN held AS leaves,
		from_state = to_state AS within
	FROM key_move WHERE business_date BETWEEN :from AND :to LIMIT -1
),
flow (key_id, drawer, kind) AS (
	SELECT key_id, drawer, CASE
		WHEN within THEN 'within-in'
		WHEN from_state = '' THEN 'received'
		WHEN from_state = 'in-transit' AND order_id IS NULL THEN 'transferred-in'
		ELSE 'returned' END
	FROM crossing WHERE comes AND (NOT leaves OR within)
	UNION ALL
	SELECT key_id, coalesce((SELECT p.drawer FROM key_move p
			WHERE p.key_id = c.key_id AND (p.business_date, p.id) < (c.business_date, c.id)
				AND p.to_state IN held AND (p.from_state NOT IN held OR p.from_state = p.to_state)
			ORDER BY p.business_date DESC, p.id DESC LIMIT 1), drawer), CASE
		WHEN within THEN 'within-out'
		WHEN to_state = 'in-transit' THEN CASE WHEN order_id IS NULL THEN 'transferred-out' ELSE 'mailed' END
		WHEN to_state = 'handed-over' AND EXISTS (SELECT 1 FROM handover h
			WHERE h.order_id = c.order_id AND h.to_whom = 'mail' AND h.undone_at IS NULL) THEN 'mailed'
		WHEN to_state IN ('handed-over', 'customer-owned') THEN 'handed-over'
		ELSE 'spoiled' END
	FROM crossing c WHERE leaves AND (NOT comes OR within)
	LIMIT -1
),
candidate (id) AS (
	SELECT key_id FROM flow
	UNION
	SELECT id FROM usb_key WHERE state IN held
	UNION
	SELECT key_id FROM key_move WHERE business_date > :to
),
life AS (
	SELECT c.id,
		(SELECT CASE WHEN m.to_state IN held THEN m.drawer END FROM key_move m
			WHERE m.key_id = c.id AND m.business_date < :from AND ((m.to_state IN held) <> (m.from_state IN held) OR m.from_state = m.to_state)
			ORDER BY m.business_date DESC, m.id DESC LIMIT 1) AS before,
		EXISTS (SELECT 1 FROM key_move m WHERE m.key_id = c.id AND m.business_date > :to) AS moved
	FROM candidate c LIMIT -1
),
closing (key_id, drawer, state) AS (
	SELECT l.id, k.drawer, k.state FROM life l JOIN usb_key k ON k.id = l.id WHERE NOT l.moved AND k.state IN held
	UNION ALL
	SELECT id, drawer, state FROM (
		SELECT l.id, (SELECT m.drawer FROM key_move m
				WHERE m.key_id = l.id AND m.business_date <= :to AND m.to_state IN held AND (m.from_state NOT IN held OR m.from_state = m.to_state)
				ORDER BY m.business_date DESC, m.id DESC LIMIT 1) AS drawer,
			(SELECT m.to_state FROM key_move m WHERE m.key_id = l.id AND m.business_date <= :to
				ORDER BY m.business_date DESC, m.id DESC LIMIT 1) AS state
		FROM life l WHERE l.moved LIMIT -1
	) WHERE state IN held AND drawer IS NOT NULL
),
ledger (key_id, drawer, kind) AS (
	SELECT id, before, 'opening' FROM life WHERE before IS NOT NULL
	UNION ALL
	SELECT * FROM flow
	UNION ALL
	SELECT key_id, drawer, CASE WHEN state = 'made' THEN 'made' ELSE 'remaining' END FROM closing
),
per_key AS (
	SELECT key_id, drawer, sum(kind = 'opening') AS opening, sum(kind = 'received') AS received,
		sum(kind = 'transferred-in') AS from_others, sum(kind = 'within-in') AS within_in, sum(kind = 'returned') AS returned,
		sum(kind = 'handed-over') AS handed_over, sum(kind = 'mailed') AS mailed, sum(kind = 'transferred-out') AS to_others,
		sum(kind = 'within-out') AS within_out, sum(kind = 'spoiled') AS spoiled, sum(kind = 'made') AS made,
		sum(kind = 'remaining') AS remaining
	FROM ledger GROUP BY key_id, drawer
),
balance AS (
	SELECT *, opening + received + from_others + within_in + returned - handed_over - mailed - to_others - within_out - spoiled - made
		- remaining AS gap
	FROM per_key LIMIT -1
)
SELECT b.drawer, k.medium, sum(opening) AS opening, sum(received) AS received, sum(from_others + within_in) AS transferred_in,
	sum(returned) AS returned, sum(handed_over) AS handed_over, sum(mailed) AS mailed, sum(to_others + within_out) AS transferred_out,
	sum(spoiled) AS spoiled, sum(made) AS made, sum(remaining) AS remaining, sum(gap) AS difference,
	substr(group_concat(CASE WHEN gap <> 0 THEN k.serial END, ', '), 1, 500) AS reason,
	sum(within_in) AS within_in, sum(within_out) AS within_out
FROM balance b JOIN usb_key k ON k.id = b.key_id GROUP BY b.drawer, k.medium ORDER BY b.drawer, k.medium;
