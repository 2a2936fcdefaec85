-- Keys, the items they are for, first PINs, hand-over.
-- name: key_get
SELECT k.id, k.dk, k.serial, k.medium, k.state, k.drawer, k.order_id, o.no AS "order", o.status AS order_status, k.updated_at,
	k.custodian
FROM usb_key k LEFT JOIN orders o ON o.id = k.order_id WHERE k.serial = ?1;
-- name: key_secrets
SELECT secrets FROM usb_key WHERE id = ?1;
-- name: key_set_secrets
UPDATE usb_key SET secrets = ?2, updated_at = ?3 WHERE id = ?1;
-- name: key_insert
INSERT INTO usb_key (dk, serial, medium, state, drawer, order_id, custodian, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, nullif(?6, 0), ?7, ?8);
-- name: key_set_state
UPDATE usb_key SET state = ?2, drawer = ?3, order_id = nullif(?4, 0), updated_at = ?5 WHERE id = ?1;
-- name: key_move_insert
INSERT INTO key_move (dk, key_id, from_state, to_state, drawer, order_id, staff_id, business_date, moved_at, reason)
VALUES (?1, ?2, ?3, ?4, ?5, nullif(?6, 0), nullif(?7, 0), ?8, ?9, ?10);
-- name: key_moves
SELECT m.from_state, m.to_state, m.drawer, o.no AS "order", s.name AS staff, m.business_date, m.moved_at, m.reason
FROM key_move m LEFT JOIN orders o ON o.id = m.order_id LEFT JOIN staff s ON s.id = m.staff_id WHERE m.key_id = ?1 ORDER BY m.id;
-- name: key_before_order
SELECT from_state FROM key_move WHERE key_id = ?1 AND order_id = ?2 ORDER BY id DESC LIMIT 1;
-- name: key_medium_known
SELECT 1 FROM channel WHERE medium = ?1 AND valid_from = (SELECT max(valid_from) FROM channel WHERE valid_from <= ?2);
-- name: key_live_certificate
SELECT c.serial FROM certificate c WHERE c.key_serial = ?1 AND c.state IN ('active', 'suspended') AND c.not_after >= ?2
	AND c.order_id <> ?3 LIMIT 1;
-- name: key_live_item
SELECT o.no FROM item i JOIN orders o ON o.id = i.order_id WHERE i.key_serial = ?1 AND i.id <> ?2
	AND o.status IN ('approved', 'issuing', 'issued') LIMIT 1;
-- name: item_of_order
SELECT id, position, role, product, medium, own_medium, algorithm, key_serial, step, serial, not_before, not_after
FROM item WHERE order_id = ?1 ORDER BY position;
-- name: item_request
SELECT request FROM item WHERE id = ?1;
-- name: item_reserve
UPDATE item SET key_serial = ?2, step = 'reserved', step_at = ?3, request = NULL, serial = NULL, not_before = NULL, not_after = NULL
WHERE id = ?1 AND step = '';
-- name: item_release
UPDATE item SET key_serial = NULL, step = '', step_at = ?3, request = NULL, serial = NULL, not_before = NULL, not_after = NULL
WHERE id = ?1 AND step = ?2;
-- name: item_rewind
UPDATE item SET step = 'secured', step_at = ?3, request = NULL, serial = NULL, not_before = NULL, not_after = NULL
WHERE id = ?1 AND step = ?2;
-- name: item_set_step
UPDATE item SET step = ?3, step_at = ?4 WHERE id = ?1 AND step = ?2;
-- name: item_set_request
UPDATE item SET request = ?2 WHERE id = ?1;
-- name: item_set_certificate
UPDATE item SET serial = ?2, not_before = ?3, not_after = ?4 WHERE id = ?1;
-- name: item_open_count
SELECT count(*) FROM item WHERE order_id = ?1 AND step <> 'issued' AND id <> ?2;
-- name: item_order_issued
UPDATE orders SET issuer_id = nullif(?2, 0), issued_at = ?3 WHERE id = ?1;
-- name: item_order_done
UPDATE orders SET done_at = ?2 WHERE id = ?1;
-- name: pin_insert
INSERT INTO pin_delivery (dk, item_id, key_serial, channel, state, target, pin, recorded_at) VALUES (?1, ?2, ?3, ?4, 'recorded', ?5, ?6, ?7);
-- name: pin_of_item
SELECT id, state, channel, target, pin, sent_at, recorded_at FROM pin_delivery WHERE item_id = ?1 AND key_serial = ?2 AND state <> 'failed'
ORDER BY id DESC LIMIT 1;
-- name: pin_set_state
UPDATE pin_delivery SET state = ?2 WHERE id = ?1;
-- name: pin_set_sent
UPDATE pin_delivery SET state = 'sent', message = ?2, sent_at = ?3 WHERE id = ?1;
-- name: pin_set_message
UPDATE pin_delivery SET message = ?2 WHERE id = ?1;
-- name: pin_fail
UPDATE pin_delivery SET state = 'failed', pin = NULL WHERE id = ?1;
-- name: pin_received
UPDATE pin_delivery SET state = 'delivered', pin = NULL WHERE id = ?1;
-- name: pin_blob
SELECT pin FROM pin_delivery WHERE id = ?1;
-- name: pin_wipe
UPDATE pin_delivery SET pin = NULL WHERE id = ?1;
-- name: pin_key_destroy
UPDATE data_key SET wrapped = NULL WHERE id = ?1;
-- name: pin_of_order
SELECT p.item_id, p.key_serial, coalesce(p.sent_at, 0) AS sent_at
FROM pin_delivery p JOIN item i ON i.id = p.item_id AND i.key_serial = p.key_serial
WHERE i.order_id = ?1 AND p.state <> 'failed' ORDER BY i.position, p.id;
-- name: pin_shown
-- One that was given up is replaced where the same certificate got another.
SELECT p.key_serial, p.channel, p.sent_at,
	CASE WHEN p.state = 'failed' AND EXISTS (SELECT 1 FROM pin_delivery n WHERE n.item_id = p.item_id AND n.id > p.id) THEN 'replaced'
		ELSE p.state END AS state
FROM pin_delivery p JOIN item i ON i.id = p.item_id
WHERE i.order_id = ?1 ORDER BY p.id;
-- name: pin_late
SELECT id, pin FROM pin_delivery WHERE pin IS NOT NULL AND state IN ('sent', 'delivered', 'failed')
	AND coalesce(sent_at, recorded_at) < ?1 ORDER BY coalesce(sent_at, recorded_at) LIMIT 500;
-- name: pin_late_count
SELECT count(*) FROM pin_delivery WHERE pin IS NOT NULL AND state IN ('sent', 'delivered', 'failed')
	AND coalesce(sent_at, recorded_at) < ?1;
-- name: handover_insert
INSERT INTO handover (dk, order_id, item_id, key_serial, to_whom, receipt, accepted, data, staff_id, handed_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?8, ?9);
-- name: handover_of_item
SELECT id FROM handover WHERE item_id = ?1 AND undone_at IS NULL;
-- name: handover_on_receipt
-- The newest on this receipt, undone or not: the taker has signed it. `here`: of the visit of order ?2.
SELECT h.dk, h.data, h.to_whom, o.no, o.visit_id = (SELECT visit_id FROM orders WHERE id = ?2) AS here
FROM handover h JOIN orders o ON o.id = h.order_id WHERE h.receipt = ?1 AND h.to_whom <> 'mail' ORDER BY h.id DESC LIMIT 1;
-- name: handover_open_count
SELECT count(*) FROM item i WHERE i.order_id = ?1
	AND NOT EXISTS (SELECT 1 FROM handover h WHERE h.item_id = i.id AND h.undone_at IS NULL);
-- name: pin_waiting
-- For the bank's list: set on a key whose issue is done.
SELECT p.id, o.no AS "order", o.name, p.key_serial, p.recorded_at, p.item_id
FROM pin_delivery p JOIN item i ON i.id = p.item_id AND i.key_serial = p.key_serial AND i.step = 'issued' JOIN orders o ON o.id = i.order_id
WHERE p.channel = 'remark' AND p.state = 'set' AND p.pin IS NOT NULL ORDER BY p.id;
-- name: pin_waiting_count
SELECT count(*) FROM pin_delivery p JOIN item i ON i.id = p.item_id AND i.key_serial = p.key_serial AND i.step = 'issued'
WHERE p.channel = 'remark' AND p.state = 'set' AND p.pin IS NOT NULL;
-- name: pin_listed
SELECT p.id, o.no AS "order", o.name, p.key_serial, p.recorded_at, p.item_id
FROM pin_delivery p JOIN item i ON i.id = p.item_id AND i.key_serial = p.key_serial JOIN orders o ON o.id = i.order_id
WHERE p.channel = 'remark' AND p.state = 'sent' AND p.message = ?1 AND p.pin IS NOT NULL ORDER BY p.id;
