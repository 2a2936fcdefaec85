-- The stock of keys: where each one is, and counting.
-- name: stock_list
SELECT k.serial, k.medium, k.state, k.drawer, o.no AS "order", k.updated_at
FROM usb_key k LEFT JOIN orders o ON o.id = k.order_id
WHERE CASE ?1 WHEN '' THEN k.state <> 'customer-owned' WHEN 'held' THEN k.state IN ('in-stock', 'reserved', 'made', 'returned')
	ELSE k.state = ?1 END AND (?2 = '' OR k.drawer = ?2) ORDER BY k.serial;
-- name: stock_drawers
SELECT code AS drawer FROM station UNION SELECT DISTINCT drawer FROM usb_key ORDER BY 1;
-- name: stock_drawer_known
SELECT EXISTS (SELECT 1 FROM station WHERE code = ?1) OR EXISTS (SELECT 1 FROM usb_key WHERE drawer = ?1);
-- name: stock_book
SELECT serial, medium, state FROM usb_key
WHERE drawer = ?1 AND state IN ('in-stock', 'reserved', 'made', 'returned') ORDER BY serial;
-- name: stock_living
SELECT c.serial FROM certificate c WHERE c.key_serial = ?1 AND c.state IN ('active', 'suspended') AND c.not_after >= ?2 LIMIT 1;
-- name: stock_before
SELECT from_state, reason FROM key_move WHERE key_id = ?1 AND to_state = ?2 ORDER BY id DESC LIMIT 1;
-- name: stock_announced
-- A key that this site sent away has another custodian.
SELECT 1 FROM usb_key WHERE id = ?1 AND custodian = ?2 AND state = 'in-transit' AND order_id IS NULL;
-- name: stock_set_custodian
UPDATE usb_key SET custodian = ?2 WHERE id = ?1;
-- name: stock_count_insert
INSERT INTO key_count (dk, drawer, expected, counted, missing, surplus, staff_id, business_date, counted_at, reason)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, 0), ?8, ?9, ?10);
-- name: stock_difference_insert
INSERT INTO key_count_difference (dk, count_id, serial, kind, medium, state, drawer) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);
-- name: stock_counts
SELECT c.id, c.drawer, c.expected, c.counted, c.missing, c.surplus, s.name AS staff, c.business_date AS date, c.counted_at, c.reason
FROM key_count c LEFT JOIN staff s ON s.id = c.staff_id WHERE ?1 = '' OR c.business_date = ?1 ORDER BY c.id DESC LIMIT 500;
-- name: stock_differences
SELECT serial, kind, medium, state, drawer FROM key_count_difference WHERE count_id = ?1 ORDER BY kind, serial;
-- name: stock_media
SELECT DISTINCT medium FROM channel WHERE valid_from = (SELECT max(valid_from) FROM channel WHERE valid_from <= ?1) ORDER BY medium;
