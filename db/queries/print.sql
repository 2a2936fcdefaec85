-- Prints, and what only they ask for.
-- name: print_count
SELECT count(*) FROM print_job WHERE subject = ?1 AND kind = ?2 AND state = 'done';
-- name: print_last_data
SELECT data_code FROM print_job WHERE subject = ?1 AND kind = ?2 AND state = 'done' ORDER BY number DESC LIMIT 1;
-- name: print_insert
INSERT INTO print_job (dk, subject, kind, number, state, target, template, digest, data_code, pages, staff_id, station, printed_at)
VALUES (1, ?1, ?2, ?3, 'done', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);
-- name: print_failed
UPDATE print_job SET state = 'failed' WHERE id = ?1;
-- name: print_items
SELECT i.position, i.role, i.product, i.medium, i.key_serial, i.serial, c.subject, coalesce(c.not_before, i.not_before, 0) AS not_before,
	coalesce(c.not_after, i.not_after, 0) AS not_after, i.own_medium, coalesce(h.receipt, '') AS receipt, coalesce(h.handed_at, 0) AS handed_at
FROM item i LEFT JOIN certificate c ON c.item_id = i.id AND c.serial = i.serial
LEFT JOIN handover h ON h.id = (SELECT max(id) FROM handover WHERE item_id = i.id AND undone_at IS NULL)
WHERE i.order_id = ?1 ORDER BY i.position;
-- name: print_parcels_of_order
SELECT o.no, h.key_serial, h.receipt AS tracking, h.handed_at, o.dk, h.data FROM handover h JOIN orders o ON o.id = h.order_id
WHERE h.order_id = ?1 AND h.to_whom = 'mail' AND h.undone_at IS NULL ORDER BY h.id;
-- name: print_parcels_of_day
SELECT o.no, h.key_serial, h.receipt AS tracking, h.handed_at, o.dk, h.data FROM handover h JOIN orders o ON o.id = h.order_id
WHERE h.handed_at >= ?1 AND h.handed_at < ?2 AND h.to_whom = 'mail' AND h.undone_at IS NULL ORDER BY h.id;
-- name: state_print_job
SELECT * FROM print_job WHERE id = ?1;
-- name: all_print_job
SELECT * FROM print_job ORDER BY id;
