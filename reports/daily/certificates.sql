-- Certificates issued in these days, each with its key and who took it.
SELECT o.no AS order_no, o.name,
	(SELECT CASE :lang WHEN 'zh' THEN p.zh ELSE p.en END FROM product p WHERE p.code = c.product AND p.valid_from <= c.not_before
		ORDER BY p.valid_from DESC LIMIT 1) AS product,
	c.serial, c.state, c.not_before, c.not_after, c.key_serial, k.medium, k.state AS key_state, i.name AS issuer, h.to_whom,
	h.receipt, h.handed_at
FROM certificate c JOIN orders o ON o.id = c.order_id LEFT JOIN usb_key k ON k.serial = c.key_serial
LEFT JOIN staff i ON i.id = o.issuer_id
LEFT JOIN handover h ON h.order_id = c.order_id AND h.item_id = c.item_id AND h.undone_at IS NULL
WHERE c.not_before >= :from_time AND c.not_before < :to_time
	AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id)
ORDER BY c.not_before, c.id;
