-- The balance by drawer and medium. Opening and moves come from the records of moves, what is left from the keys
-- themselves: a key whose records have a gap shows up as a difference, with its serial. LIMIT -1 has a part computed once for
-- each row, however often its columns are named further on.
WITH held (state) AS (VALUES ('in-stock'), ('reserved'), ('made'), ('returned')),
step (id, kind) AS ( -- into and out of what is held; and, of no kind, the other keys that may have to be counted
	SELECT key_id, CASE
		WHEN to_state IN held THEN CASE
			WHEN from_state IN ('', 'customer-owned') THEN 'received'
			WHEN from_state = 'in-transit' AND order_id IS NULL THEN 'transferred-in'
			ELSE 'returned' END
		WHEN to_state = 'in-transit' THEN CASE WHEN order_id IS NULL THEN 'transferred-out' ELSE 'mailed' END
		WHEN to_state = 'handed-over' AND EXISTS (SELECT 1 FROM handover h
			WHERE h.order_id = m.order_id AND h.to_whom = 'mail' AND h.undone_at IS NULL) THEN 'mailed'
		WHEN to_state IN ('handed-over', 'customer-owned') THEN 'handed-over'
		ELSE 'spoiled' END
	FROM key_move m WHERE business_date BETWEEN :from AND :to AND (from_state IN held) <> (to_state IN held)
	UNION ALL
	SELECT id, NULL FROM usb_key WHERE state IN held
	UNION ALL
	SELECT key_id, NULL FROM key_move WHERE business_date > :to
),
flow AS (
	SELECT id, count(*) FILTER (WHERE kind = 'received') AS received,
		count(*) FILTER (WHERE kind = 'transferred-in') AS transferred_in, count(*) FILTER (WHERE kind = 'returned') AS returned,
		count(*) FILTER (WHERE kind = 'handed-over') AS handed_over, count(*) FILTER (WHERE kind = 'mailed') AS mailed,
		count(*) FILTER (WHERE kind = 'transferred-out') AS transferred_out, count(*) FILTER (WHERE kind = 'spoiled') AS spoiled
	FROM step GROUP BY id
),
life AS (
	SELECT k.serial, k.drawer, k.medium, received, transferred_in, returned, handed_over, mailed, transferred_out, spoiled,
		coalesce((SELECT m.to_state FROM key_move m WHERE m.key_id = k.id AND m.business_date < :from
			ORDER BY m.business_date DESC, m.id DESC LIMIT 1), '') IN held AS opening,
		CASE WHEN EXISTS (SELECT 1 FROM key_move m WHERE m.key_id = k.id AND m.business_date > :to)
			THEN coalesce((SELECT m.to_state FROM key_move m WHERE m.key_id = k.id AND m.business_date <= :to
				ORDER BY m.business_date DESC, m.id DESC LIMIT 1), '')
			ELSE k.state END AS after
	FROM flow f JOIN usb_key k ON k.id = f.id LIMIT -1
),
balance AS (
	SELECT *, opening + received + transferred_in + returned - handed_over - mailed - transferred_out - spoiled - (after IN held) AS gap
	FROM life WHERE opening + received + transferred_in + returned > 0 OR after IN held LIMIT -1
)
SELECT drawer, medium, sum(opening) AS opening, sum(received) AS received, sum(transferred_in) AS transferred_in,
	sum(returned) AS returned, sum(handed_over) AS handed_over, sum(mailed) AS mailed, sum(transferred_out) AS transferred_out,
	sum(spoiled) AS spoiled, sum(after = 'made') AS made, sum(after IN held AND after <> 'made') AS remaining, sum(gap) AS difference,
	substr(group_concat(CASE WHEN gap <> 0 THEN serial END, ', '), 1, 500) AS reason
FROM balance GROUP BY drawer, medium ORDER BY drawer, medium;
