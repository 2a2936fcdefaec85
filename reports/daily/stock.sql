-- The balance by drawer and medium. Opening and moves come from the records of moves, what is left from the keys
-- themselves: a key whose records have a gap shows up as a difference, with its serial.
WITH held (state) AS (VALUES ('in-stock'), ('reserved'), ('made'), ('returned')),
candidate (id) AS (
	SELECT id FROM usb_key WHERE state IN held
	UNION
	SELECT key_id FROM key_move WHERE business_date >= :from
),
life AS (
	SELECT k.id, k.serial, k.drawer, k.medium,
		coalesce((SELECT m.to_state FROM key_move m WHERE m.key_id = k.id AND m.business_date < :from
			ORDER BY m.id DESC LIMIT 1), '') AS before,
		CASE WHEN EXISTS (SELECT 1 FROM key_move m WHERE m.key_id = k.id AND m.business_date > :to)
			THEN coalesce((SELECT m.to_state FROM key_move m WHERE m.key_id = k.id AND m.business_date <= :to
				ORDER BY m.id DESC LIMIT 1), '')
			ELSE k.state END AS after
	FROM candidate c JOIN usb_key k ON k.id = c.id
),
part (id, opening, received, transferred_in, returned, handed_over, mailed, transferred_out, spoiled, made, remaining) AS (
	SELECT id, before IN held, 0, 0, 0, 0, 0, 0, 0, after = 'made', after IN held AND after <> 'made' FROM life
	WHERE before IN held OR after IN held
	UNION ALL
	SELECT m.key_id, 0, m.from_state IN ('', 'customer-owned'), m.from_state = 'in-transit' AND m.order_id IS NULL,
		m.from_state NOT IN ('', 'customer-owned') AND NOT (m.from_state = 'in-transit' AND m.order_id IS NULL), 0, 0, 0, 0, 0, 0
	FROM key_move m
	WHERE m.business_date BETWEEN :from AND :to AND m.from_state NOT IN held AND m.to_state IN held
	UNION ALL
	SELECT m.key_id, 0, 0, 0, 0, m.to_state IN ('handed-over', 'customer-owned') AND NOT by_mail,
		m.to_state IN ('handed-over', 'in-transit') AND by_mail, m.to_state = 'in-transit' AND NOT by_mail,
		m.to_state NOT IN ('handed-over', 'customer-owned', 'in-transit'), 0, 0
	FROM (SELECT key_id, from_state, to_state, business_date, order_id IS NOT NULL AND (to_state = 'in-transit' OR EXISTS
			(SELECT 1 FROM handover h WHERE h.order_id = km.order_id AND h.to_whom = 'mail' AND h.undone_at IS NULL)) AS by_mail
		FROM key_move km WHERE business_date BETWEEN :from AND :to) m
	WHERE m.from_state IN held AND m.to_state NOT IN held
),
per_key AS (
	SELECT id, sum(opening) AS opening, sum(received) AS received, sum(transferred_in) AS transferred_in, sum(returned) AS returned,
		sum(handed_over) AS handed_over, sum(mailed) AS mailed, sum(transferred_out) AS transferred_out, sum(spoiled) AS spoiled,
		sum(made) AS made, sum(remaining) AS remaining,
		sum(opening + received + transferred_in + returned - handed_over - mailed - transferred_out - spoiled - made - remaining) AS gap
	FROM part GROUP BY id
)
SELECT k.drawer, k.medium, sum(opening) AS opening, sum(received) AS received, sum(transferred_in) AS transferred_in,
	sum(returned) AS returned, sum(handed_over) AS handed_over, sum(mailed) AS mailed, sum(transferred_out) AS transferred_out,
	sum(spoiled) AS spoiled, sum(made) AS made, sum(remaining) AS remaining, sum(gap) AS difference,
	substr(group_concat(CASE WHEN gap <> 0 THEN k.serial END, ', '), 1, 500) AS reason
FROM per_key p JOIN usb_key k ON k.id = p.id GROUP BY k.drawer, k.medium ORDER BY k.drawer, k.medium;
