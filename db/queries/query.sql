-- What a customer asked for.
-- name: query_customer
SELECT id, dk, name, data FROM customer WHERE number_digest = ?1 AND kind = ?2;
-- name: query_orders
-- What makes no certificate names the one that it is about.
SELECT o.no AS "order", o.name, o.business, o.status, o.amount, o.signed_at AS applied_at, coalesce(i.product, c.product) AS product,
	CASE WHEN i.id IS NULL THEN c.key_serial ELSE i.key_serial END AS key_serial, CASE WHEN i.id IS NULL THEN c.serial ELSE i.serial END AS certificate,
	p.channel AS pin_channel, p.state AS pin_state, p.sent_at AS pin_sent_at, o.id AS order_id
FROM orders o LEFT JOIN item i ON i.id = (SELECT id FROM item WHERE order_id = o.id ORDER BY position LIMIT 1)
LEFT JOIN order_subject s ON s.order_id = o.id LEFT JOIN certificate c ON c.id = s.certificate_id
LEFT JOIN pin_delivery p ON p.id = (SELECT id FROM pin_delivery WHERE item_id = i.id AND state <> 'failed' ORDER BY id DESC LIMIT 1)
WHERE o.customer_id = ?1 ORDER BY o.id DESC LIMIT 500;
-- name: query_drafts
SELECT no AS "order", business, form, touched_at FROM draft WHERE name = ?1 AND customer = ?2 AND order_id IS NULL
ORDER BY touched_at DESC LIMIT 100;
