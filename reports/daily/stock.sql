-- The balance by drawer and medium. Opening and moves come from the records of moves, what is left from the keys
-- themselves: a key whose records have a gap shows up as a difference, with its serial. LIMIT -1 has a part computed once for
-- each row, however often its columns are named further on.
WITH held (state) AS (VALUES ('in-stock'), ('reserved'), ('made'), ('returned')),
step AS (
	SELECT key_id, CASE
		WHEN to_state IN held THEN CASE
			WHEN from_state IN held THEN NULL
			WHEN from_state IN ('', 'customer-owned') THEN 'received'
			WHEN from_state = 'in-transit' AND order_id IS NULL THEN 'transferred-in'
			ELSE 'returned' END
		WHEN from_state NOT IN held THEN NULL
		WHEN to_state = 'in-transit' THEN CASE WHEN order_id IS NULL THEN 'transferred-out' ELSE 'mailed' END
		WHEN to_state = 'handed-over' AND EXISTS (SELECT 1 FROM handover h
			WHERE h.order_id = m.order_id AND h.to_whom = 'mail' AND h.undone_at IS NULL) THEN 'mailed'
		WHEN to_state IN ('handed-over', 'customer-owned') THEN 'handed-over'
		ELSE 'spoiled' END AS kind
	FROM key_move m WHERE business_date BETWEEN :from AND :to LIMIT -1
),
flow AS MATERIALIZED (
	SELECT key_id AS id, sum(kind = 'received') AS received, sum(kind = 'transferred-in') AS transferred_in,
		sum(kind = 'returned') AS returned, sum(kind = 'handed-over') AS handed_over, sum(kind = 'mailed') AS mailed,
		sum(kind = 'transferred-out') AS transferred_out, sum(kind = 'spoiled') AS spoiled
	FROM step WHERE kind IS NOT NULL GROUP BY key_id
),
candidate (id) AS (
	SELECT id FROM flow
	UNION
	SELECT id FROM usb_key WHERE state IN held
	UNION
	SELECT key_id FROM key_move WHERE business_date > :to
),
life AS (
	SELECT k.id, k.serial, k.drawer, k.medium,
		coalesce((SELECT m.to_state FROM key_move m WHERE m.key_id = k.id AND m.business_date < :from
			ORDER BY m.business_date DESC, m.id DESC LIMIT 1), '') AS before,
		CASE WHEN EXISTS (SELECT 1 FROM key_move m WHERE m.key_id = k.id AND m.business_date > :to)
			THEN coalesce((SELECT m.to_state FROM key_move m WHERE m.key_id = k.id AND m.business_date <= :to
				ORDER BY m.business_date DESC, m.id DESC LIMIT 1), '')
			ELSE k.state END AS after
	FROM candidate c JOIN usb_key k ON k.id = c.id LIMIT -1
),
per_key AS (
	SELECT l.drawer, l.medium, l.serial, l.before IN held AS opening, coalesce(f.received, 0) AS received,
		coalesce(f.transferred_in, 0) AS transferred_in, coalesce(f.returned, 0) AS returned,
		coalesce(f.handed_over, 0) AS handed_over, coalesce(f.mailed, 0) AS mailed,
		coalesce(f.transferred_out, 0) AS transferred_out, coalesce(f.spoiled, 0) AS spoiled, l.after = 'made' AS made,
		l.after IN held AND l.after <> 'made' AS remaining
	FROM life l LEFT JOIN flow f ON f.id = l.id LIMIT -1
),
balance AS (
	SELECT *, opening + received + transferred_in + returned - handed_over - mailed - transferred_out - spoiled - made - remaining AS gap
	FROM per_key WHERE opening + received + transferred_in + returned + made + remaining > 0 LIMIT -1
)
SELECT drawer, medium, sum(opening) AS opening, sum(received) AS received, sum(transferred_in) AS transferred_in,
	sum(returned) AS returned, sum(handed_over) AS handed_over, sum(mailed) AS mailed, sum(transferred_out) AS transferred_out,
	sum(spoiled) AS spoiled, sum(made) AS made, sum(remaining) AS remaining, sum(gap) AS difference,
	substr(group_concat(CASE WHEN gap <> 0 THEN serial END, ', '), 1, 500) AS reason
FROM balance GROUP BY drawer, medium ORDER BY drawer, medium;
