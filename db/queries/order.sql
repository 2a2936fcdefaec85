-- Drafts and orders.
-- name: draft_insert
INSERT INTO draft (dk, no, order_id, form, form_digest, business, customer, name, staff_id, station, data, created_at, touched_at, keyers)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12,
	coalesce((SELECT keyers FROM orders WHERE id = ?3), ',' || ?9 || ','));
-- name: draft_get
SELECT id, dk, no, order_id, form, business, customer, name, staff_id, data, focus, cursor, created_at, touched_at, form_digest,
	coalesce((SELECT certificate_id FROM draft_subject WHERE draft_id = draft.id), 0)
FROM draft WHERE no = ?1;
-- name: draft_update
UPDATE draft SET name = ?2, data = ?3, focus = ?4, cursor = ?5, touched_at = ?6,
	keyers = keyers || CASE WHEN instr(keyers, ',' || ?7 || ',') THEN '' ELSE ?7 || ',' END WHERE no = ?1;
-- name: order_add_keyer
UPDATE orders SET keyers = keyers || CASE WHEN instr(keyers, ',' || ?2 || ',') THEN '' ELSE ?2 || ',' END WHERE id = ?1;
-- name: order_keyed_by
-- Whoever has the same number is the same person.
SELECT 1 FROM (SELECT keyers FROM draft WHERE no = ?1 AND ?2 UNION ALL SELECT keyers FROM orders WHERE no = ?1 AND NOT ?2) k
WHERE EXISTS (SELECT 1 FROM staff s WHERE instr(k.keyers, ',' || s.id || ',') > 0
	AND (s.id = ?3 OR (s.number <> '' AND upper(s.number) = (SELECT upper(number) FROM staff WHERE id = ?3))));
-- name: draft_delete
DELETE FROM draft WHERE id = ?1;
-- name: draft_all
SELECT d.no AS "order", d.name, d.business, d.form, CASE WHEN d.order_id IS NULL THEN 'draft' ELSE 'returned' END AS status,
	d.touched_at, s.name AS staff, coalesce(o.decision, '') AS reasons
FROM draft d JOIN staff s ON s.id = d.staff_id LEFT JOIN orders o ON o.id = d.order_id ORDER BY d.touched_at DESC LIMIT 5000;
-- name: draft_old
SELECT no FROM draft WHERE touched_at < ?1 AND order_id IS NULL;
-- name: challenge_purge
DELETE FROM challenge WHERE expires_at < ?1;
-- name: draft_document_all
SELECT kind, file, digest, mime, size, width, height, refit, attached_at, data, staff_id FROM draft_document WHERE draft_id = ?1
ORDER BY kind;
-- name: draft_document_set
INSERT INTO draft_document (draft_id, kind, file, digest, mime, size, width, height, refit, data, staff_id, attached_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
ON CONFLICT (draft_id, kind) DO UPDATE SET file = excluded.file, digest = excluded.digest, mime = excluded.mime, size = excluded.size,
	width = excluded.width, height = excluded.height, refit = excluded.refit, data = excluded.data, staff_id = excluded.staff_id,
	attached_at = excluded.attached_at;
-- name: draft_document_delete
DELETE FROM draft_document WHERE draft_id = ?1 AND kind = ?2;
-- name: draft_document_from_order
INSERT INTO draft_document (draft_id, kind, file, digest, mime, size, width, height, refit, data, staff_id, attached_at)
SELECT ?1, kind, file, digest, mime, size, width, height, refit, data, staff_id, attached_at FROM document
WHERE id IN (SELECT max(id) FROM document WHERE order_id = ?2 GROUP BY kind);
-- name: document_from_draft
INSERT INTO document (dk, order_id, kind, file, digest, mime, size, width, height, refit, data, staff_id, attached_at)
SELECT ?3, ?2, kind, file, digest, mime, size, width, height, refit, data, staff_id, attached_at FROM draft_document
WHERE draft_id = ?1;
-- name: document_all
SELECT kind, file, digest, mime, size, width, height, refit, attached_at, data, staff_id FROM document WHERE order_id = ?1
ORDER BY kind;
-- name: document_insert
INSERT INTO document (dk, order_id, kind, file, digest, mime, size, width, height, refit, data, staff_id, attached_at)
SELECT dk, id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 FROM orders WHERE id = ?1;
-- name: document_clear
DELETE FROM document WHERE order_id = ?1;
-- name: document_uses_file
SELECT (SELECT count(*) FROM document WHERE file = ?1) + (SELECT count(*) FROM draft_document WHERE file = ?1)
	+ (SELECT count(*) FROM invoice WHERE file = ?1) + (SELECT count(*) FROM invoice_red WHERE file = ?1);
-- name: document_files
SELECT file FROM document UNION ALL SELECT file FROM draft_document UNION ALL SELECT file FROM invoice WHERE file IS NOT NULL
UNION ALL SELECT file FROM invoice_red;
-- name: customer_by_number
SELECT id, dk, name FROM customer WHERE number_digest = ?1;
-- name: customer_data
SELECT dk, data FROM customer WHERE number_digest = ?1 AND kind = ?2;
-- name: customer_insert
INSERT INTO customer (dk, kind, number_digest, name, data, last_order, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);
-- name: customer_holds
SELECT 1 FROM certificate WHERE customer_id = ?1 LIMIT 1;
-- name: customer_unchanged_since
SELECT 1 FROM customer WHERE id = ?1 AND updated_at <= ?2;
-- name: customer_update
UPDATE customer SET name = ?2, data = ?3, last_order = ?4, updated_at = ?5 WHERE id = ?1;
-- name: order_insert
INSERT INTO orders (dk, no, visit_id, business, form, form_digest, customer_id, customer, name, channel, reason, delivery, status,
	amount, waiting, custodian, staff_id, station, created_at, signed_at, business_date, data, keyers)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
	coalesce((SELECT keyers FROM draft WHERE no = ?2), ',' || ?17 || ','));
-- name: order_resign
UPDATE orders SET form_digest = ?2, customer_id = ?3, name = ?4, channel = ?5, reason = ?6, delivery = ?7, status = ?8, amount = ?9,
	waiting = ?10, signed_at = ?11, data = ?12, pay_due_at = NULL, submitted_at = NULL, review_due_at = NULL, claimed_by = NULL,
	claimed_at = NULL, reviewer_id = NULL, decided_at = NULL, decision = '',
	keyers = (SELECT keyers FROM draft WHERE order_id = ?1), visit_id = coalesce(nullif(?13, 0), visit_id) WHERE id = ?1;
-- name: order_get
SELECT o.id, o.dk, o.no, o.form, o.business, o.customer, o.status, o.name, o.channel, o.reason, o.delivery, o.customer_id, o.staff_id,
	coalesce(o.reviewer_id, 0), coalesce(o.claimed_by, 0), o.amount, o.signed_at, coalesce(o.pay_due_at, 0),
	coalesce(o.submitted_at, 0), o.data, o.form_digest, coalesce(s.certificate_id, 0), s.review, s.makes,
	o.custodian, coalesce(f.site, ''),
	o.status = 'in-review' AND f.site IS NULL AND EXISTS (SELECT 1 FROM sync_state WHERE review) AND EXISTS (SELECT 1 FROM headquarters),
	EXISTS (SELECT 1 FROM custody_refusal c WHERE c.order_id = o.id)
FROM orders o LEFT JOIN order_subject s ON s.order_id = o.id
LEFT JOIN foreign_record f ON f.kind = 'orders' AND f.local = o.id WHERE o.no = ?1;
-- name: order_set_status
UPDATE orders SET status = ?2 WHERE id = ?1 AND status = ?3;
-- name: order_set_data
UPDATE orders SET data = ?2 WHERE id = ?1;
-- name: order_set_pay_due
UPDATE orders SET pay_due_at = ?2 WHERE id = ?1;
-- name: order_set_submitted
UPDATE orders SET submitted_at = ?2, pay_due_at = NULL,
	review_due_at = (SELECT due_at FROM deadline WHERE order_id = ?1 AND step = 'review' AND ended_at IS NULL) WHERE id = ?1;
-- name: order_set_done
UPDATE orders SET done_at = ?2 WHERE id = ?1;
-- name: order_facts
SELECT o.business, o.form, o.status, o.name, o.customer, o.channel, o.amount, o.delivery, o.waiting, o.decision, s.name AS staff,
	r.name AS reviewer, i.name AS issuer, c.name AS claimed_by, o.created_at, o.signed_at, o.pay_due_at, o.submitted_at,
	o.review_due_at, (SELECT due_at FROM deadline l WHERE l.order_id = o.id AND l.step = 'issue' ORDER BY l.id DESC LIMIT 1)
	AS issue_due_at, (SELECT due_at FROM order_due u WHERE u.id = o.id) AS due_at, o.decided_at, o.issued_at, o.done_at, v.no AS visit, o.business_date,
	(SELECT why FROM custody_refusal f WHERE f.order_id = o.id) AS not_taken
FROM orders o JOIN staff s ON s.id = o.staff_id JOIN visit v ON v.id = o.visit_id LEFT JOIN staff r ON r.id = o.reviewer_id
LEFT JOIN staff i ON i.id = o.issuer_id LEFT JOIN staff c ON c.id = o.claimed_by WHERE o.id = ?1;
-- name: item_insert
INSERT INTO item (dk, order_id, position, role, product, medium, own_medium, algorithm) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);
-- name: item_clear
DELETE FROM item WHERE order_id = ?1;
-- name: item_all
SELECT i.position, i.role, i.product, i.medium, i.own_medium, i.key_serial, i.step, i.serial AS certificate
FROM item i WHERE i.order_id = ?1 AND i.position >= 0 ORDER BY i.position;
-- name: line_insert
INSERT INTO line (dk, order_id, item_id, kind, code, amount, price_id) VALUES (?1, ?2, nullif(?3, 0), ?4, ?5, ?6, ?7);
-- name: line_clear
DELETE FROM line WHERE order_id = ?1;
-- name: line_all
SELECT l.kind, l.code, l.amount, p.zh, p.en, p.version AS price_version FROM line l JOIN price p ON p.id = l.price_id
WHERE l.order_id = ?1 ORDER BY l.id;
-- name: text_insert
INSERT INTO text_shown (dk, order_id, text, version, digest, how) VALUES (?1, ?2, ?3, ?4, ?5, ?6);
-- name: text_clear
DELETE FROM text_shown WHERE order_id = ?1;
-- name: text_all
SELECT text AS id, version, digest, how FROM text_shown WHERE order_id = ?1 ORDER BY id;
-- name: identity_insert
INSERT INTO identity_check (dk, order_id, of, method, provider, staff_id, request, result, evidence, checked_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'passed', ?8, ?9);
-- name: signature_insert
INSERT INTO signature (dk, method, state, staff_id, second_id, evidence, signed_at) VALUES (?1, ?2, 'valid', ?3, ?4, ?5, ?6);
-- name: signature_order_insert
INSERT INTO signature_order (dk, signature_id, order_id, digest, data) VALUES (?1, ?2, ?3, ?4, ?5);
-- name: signature_void
-- The order's own; one that it shares with others counts on for those: signature_leave.
UPDATE signature SET state = 'void' WHERE state = 'valid' AND id IN (SELECT signature_id FROM signature_order WHERE order_id = ?1)
	AND (SELECT count(*) FROM signature_order so WHERE so.signature_id = signature.id) = 1;
-- name: signature_leave
INSERT INTO signature_void (dk, signature_order_id, voided_at) SELECT so.dk, so.id, ?2 FROM signature_order so
JOIN signature g ON g.id = so.signature_id WHERE so.order_id = ?1 AND g.state = 'valid'
	AND NOT EXISTS (SELECT 1 FROM signature_void v WHERE v.signature_order_id = so.id);
-- name: signature_get
SELECT g.method, CASE WHEN EXISTS (SELECT 1 FROM signature_void v WHERE v.signature_order_id = so.id) THEN 'void' ELSE g.state END AS state,
	g.signed_at, so.digest FROM signature_order so JOIN signature g ON g.id = so.signature_id
WHERE so.order_id = ?1 ORDER BY so.id DESC LIMIT 1;
-- name: challenge_insert
INSERT INTO challenge (subject, purpose, code, content, target, sent_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);
-- name: challenge_last
SELECT id, code, content, sent_at, expires_at, tries, used, target FROM challenge WHERE subject = ?1 AND purpose = ?2
ORDER BY id DESC LIMIT 1;
-- name: challenge_count
SELECT count(*) FROM challenge WHERE subject = ?1 AND purpose = ?2 AND sent_at > ?3;
-- name: challenge_tried
UPDATE challenge SET tries = tries + 1 WHERE id = ?1 AND tries < ?2 AND used = 0;
-- name: challenge_used
UPDATE challenge SET used = 1 WHERE id = ?1 AND used = 0;
-- name: order_paid
SELECT coalesce(sum(po.amount), 0) - (SELECT coalesce(sum(r.amount), 0) FROM refund r
	WHERE r.order_id = ?1 AND r.state <> 'withdrawn') FROM payment_order po JOIN payment p ON p.id = po.payment_id
WHERE po.order_id = ?1 AND p.state = 'verified';
-- name: payments_of_order
SELECT p.method, p.receipt, po.amount, p.state, p.taken_at, s.name AS staff FROM payment_order po
JOIN payment p ON p.id = po.payment_id LEFT JOIN staff s ON s.id = p.staff_id WHERE po.order_id = ?1 ORDER BY p.id;
-- name: handover_of_order
SELECT key_serial, to_whom, receipt, handed_at FROM handover WHERE order_id = ?1 AND undone_at IS NULL ORDER BY id DESC LIMIT 1;
-- name: handover_taken_by
SELECT dk, data FROM handover WHERE order_id = ?1 AND undone_at IS NULL ORDER BY id DESC LIMIT 1;
-- name: order_counts
-- What another site signed and holds again is no work here.
SELECT status, count(*) AS count FROM orders o WHERE status IN ('signed', 'awaiting-payment', 'paid', 'in-review', 'approved', 'issuing',
	'issued', 'handed-over', 'mailed', 'returned', 'refunding')
	AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id AND o.custodian <> (SELECT code FROM site))
GROUP BY status; -- named one by one: the ended ones are not walked over
-- name: order_count_unlock
SELECT count(*) FROM orders o WHERE status = 'approved' AND business = 'unlock'
	AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id AND o.custodian <> (SELECT code FROM site));
-- name: order_count_mail
SELECT count(*) FROM orders o WHERE status = 'issued' AND delivery = 'mail'
	AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id AND o.custodian <> (SELECT code FROM site));
-- name: draft_count
SELECT count(*) FROM draft WHERE order_id IS NULL;
-- name: list_by_status
-- In all lists `waiting` is since when the customer waits, 0: it is nobody's wait.
SELECT o.id, o.no AS "order", o.name, o.business, o.status, o.amount, o.waiting * coalesce(o.signed_at, o.created_at) AS waiting, o.created_at, s.name AS staff, c.name AS claimed_by,
	(SELECT due_at FROM order_due u WHERE u.id = o.id) AS due_at
FROM orders o JOIN staff s ON s.id = o.staff_id LEFT JOIN staff c ON c.id = o.claimed_by
WHERE o.status = ?1 AND o.id < ?2 AND (?3 = '' OR o.business = ?3)
	AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id AND o.custodian <> (SELECT code FROM site))
ORDER BY o.id DESC LIMIT ?4;
-- name: list_drafts
SELECT d.id, d.no AS "order", d.name, d.business, 'draft' AS status, 0 AS amount, 0 AS waiting, d.created_at, s.name AS staff,
	NULL AS claimed_by, NULL AS due_at
FROM draft d JOIN staff s ON s.id = d.staff_id WHERE d.order_id IS NULL AND d.id < ?1 AND (?2 = '' OR d.business = ?2)
ORDER BY d.id DESC LIMIT ?3;
-- name: list_by_date
SELECT o.id, o.no AS "order", o.name, o.business, o.status, o.amount, o.waiting * coalesce(o.signed_at, o.created_at) AS waiting, o.created_at, s.name AS staff, c.name AS claimed_by,
	(SELECT due_at FROM order_due u WHERE u.id = o.id) AS due_at
FROM orders o JOIN staff s ON s.id = o.staff_id LEFT JOIN staff c ON c.id = o.claimed_by
WHERE o.business_date BETWEEN ?1 AND ?2 AND o.id < ?3 AND (?4 = '' OR o.business = ?4) AND (?5 = '' OR o.status = ?5)
ORDER BY o.id DESC LIMIT ?6;
-- name: list_by_name
SELECT o.id, o.no AS "order", o.name, o.business, o.status, o.amount, o.waiting * coalesce(o.signed_at, o.created_at) AS waiting, o.created_at, s.name AS staff, c.name AS claimed_by,
	(SELECT due_at FROM order_due u WHERE u.id = o.id) AS due_at
FROM name_index n JOIN orders o ON o.id = n.rowid JOIN staff s ON s.id = o.staff_id LEFT JOIN staff c ON c.id = o.claimed_by
WHERE name_index MATCH ?1 AND o.id < ?2 ORDER BY n.rowid DESC LIMIT ?3;
-- name: list_by_number
SELECT o.id, o.no AS "order", o.name, o.business, o.status, o.amount, o.waiting * coalesce(o.signed_at, o.created_at) AS waiting, o.created_at, s.name AS staff, c.name AS claimed_by,
	(SELECT due_at FROM order_due u WHERE u.id = o.id) AS due_at
FROM orders o JOIN staff s ON s.id = o.staff_id LEFT JOIN staff c ON c.id = o.claimed_by
WHERE o.id < ?3 AND o.id IN (SELECT id FROM orders WHERE no = ?1 UNION SELECT order_id FROM item WHERE key_serial = ?1
	UNION SELECT id FROM orders WHERE customer_id = (SELECT id FROM customer WHERE number_digest = ?2))
ORDER BY o.id DESC LIMIT ?4;
-- name: list_drafts_by_text
SELECT d.id, d.no AS "order", d.name, d.business, 'draft' AS status, 0 AS amount, 0 AS waiting, d.created_at, s.name AS staff,
	NULL AS claimed_by, NULL AS due_at
FROM draft d JOIN staff s ON s.id = d.staff_id WHERE d.order_id IS NULL AND (d.no = ?1 OR instr(d.name, ?1) > 0)
ORDER BY d.id DESC LIMIT ?2;
-- name: list_all
SELECT o.id, o.no AS "order", o.name, o.business, o.status, o.amount, o.waiting * coalesce(o.signed_at, o.created_at) AS waiting, o.created_at, s.name AS staff, c.name AS claimed_by,
	(SELECT due_at FROM order_due u WHERE u.id = o.id) AS due_at
FROM orders o JOIN staff s ON s.id = o.staff_id LEFT JOIN staff c ON c.id = o.claimed_by
WHERE o.id < ?1 AND (?2 = '' OR o.business = ?2) ORDER BY o.id DESC LIMIT ?3;
-- name: list_queue
-- Who waits at the desk comes first, then what is late. Who signed before today (China time) has gone home, and waits no longer.
WITH q AS (
	SELECT o.id, o.no AS "order", o.name, o.business, o.status, o.amount,
		(o.waiting AND coalesce(o.signed_at, o.created_at) >= ?3 - (?3 + 28800) % 86400) * coalesce(o.signed_at, o.created_at) AS waiting, o.created_at, s.name AS staff,
		c.name AS claimed_by, (SELECT due_at FROM order_due u WHERE u.id = o.id) AS due_at
	FROM orders o JOIN staff s ON s.id = o.staff_id LEFT JOIN staff c ON c.id = o.claimed_by
	WHERE o.status = ?1 AND (?2 = '' OR o.business = ?2 OR (?2 GLOB '!*' AND o.business <> substr(?2, 2)))
		AND (?6 = '' OR o.delivery = ?6)
		AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id AND o.custodian <> (SELECT code FROM site))
)
SELECT * FROM q ORDER BY waiting > 0 DESC, coalesce(due_at < ?3, 0) DESC, due_at IS NULL, due_at, id DESC LIMIT ?4 OFFSET ?5;
-- name: name_index_add
INSERT INTO name_index (rowid, pairs) VALUES (?1, ?2);
-- name: name_index_remove
INSERT INTO name_index (name_index, rowid, pairs) VALUES ('delete', ?1, ?2);
