-- Orders about a certificate that isn't here yet.
-- name: elsewhere_approved
SELECT o.no, n.order_id AS asked FROM orders o LEFT JOIN elsewhere_ask n ON n.order_id = o.id
WHERE o.status = 'approved' AND o.business <> 'new' AND o.custodian = ?1
	AND NOT EXISTS (SELECT 1 FROM order_subject s WHERE s.order_id = o.id) ORDER BY o.id LIMIT 200;
-- name: elsewhere_note
INSERT INTO elsewhere_ask (order_id, at, why) VALUES (?1, ?2, ?3) ON CONFLICT (order_id) DO UPDATE SET at = excluded.at, why = excluded.why;
-- name: elsewhere_noted
SELECT at, why FROM elsewhere_ask WHERE order_id = ?1;
-- name: elsewhere_holder
SELECT id, custodian FROM certificate WHERE serial = ?1 ORDER BY id DESC LIMIT 1;
-- name: elsewhere_set_role
UPDATE item SET role = ?2 WHERE order_id = ?1 AND position > 0;
-- name: elsewhere_set_customer
UPDATE orders SET customer_id = ?2 WHERE id = ?1 AND customer_id <> ?2;
