-- Invoices, and what lines are to the tax office.
-- name: tax_class_insert
INSERT INTO tax_class (dk, valid_from, kind, code, name, tax_code, unit, rate) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7);
-- name: tax_class_rows
SELECT kind, code, name, tax_code, unit, rate FROM tax_class
WHERE valid_from = (SELECT max(valid_from) FROM tax_class WHERE valid_from <= ?1) ORDER BY id;
-- name: tax_class_versions
SELECT DISTINCT valid_from FROM tax_class ORDER BY 1;
-- name: tax_class_clear
DELETE FROM tax_class WHERE valid_from = ?1;
-- name: invoice_insert
INSERT INTO invoice (dk, order_id, kind, amount, state, requested_at, staff_id, data)
SELECT dk, id, ?2, amount, 'requested', ?3, ?4, ?5 FROM orders WHERE id = ?1;
-- name: invoice_renew
UPDATE invoice SET kind = ?2, amount = (SELECT amount FROM orders WHERE id = order_id), data = ?3 WHERE id = ?1 AND state = 'requested';
-- name: invoice_live
SELECT id, kind, state, data, amount = (SELECT amount FROM orders WHERE id = order_id) FROM invoice
WHERE order_id = ?1 AND state NOT IN ('red', 'cancelled');
-- name: invoice_of_order
SELECT * FROM invoice_shown WHERE order_id = ?1 ORDER BY id DESC;
-- name: invoice_private
SELECT dk, data, coalesce(file, ''), coalesce(digest, '') FROM invoice WHERE id = ?1;
-- name: invoice_list
SELECT * FROM invoice_shown i
WHERE i.id < ?1 AND (?2 = '' OR i.state = ?2 OR (?2 = 'open' AND (i.state IN ('requested', 'exported', 'issued') OR i.red_due))
	OR (?2 = 'red-due' AND i.red_due))
	AND (?3 = '' OR i.issued_date = ?3 OR i.requested_at BETWEEN ?4 AND ?5)
ORDER BY i.id DESC LIMIT ?6;
-- name: invoice_drop
UPDATE invoice SET state = 'cancelled', ended_at = ?2, staff_id = NULL
WHERE order_id = ?1 AND (state = 'requested' OR (?3 AND state = 'exported'));
-- name: invoice_cancel
UPDATE invoice SET state = 'cancelled', ended_at = ?2, staff_id = NULL WHERE id = ?1;
-- name: invoice_withdraw
UPDATE invoice SET state = 'cancelled', ended_at = ?2, staff_id = ?3 WHERE id = ?1 AND state IN ('requested', 'exported');
-- name: invoice_waiting
-- Asked for before ?1 and never issued, the oldest first: it keeps its order's data too.
SELECT o.no AS "order", i.requested_at, count(*) OVER () AS count FROM invoice i JOIN orders o ON o.id = i.order_id
WHERE i.state IN ('requested', 'exported') AND i.requested_at < ?1 ORDER BY i.requested_at LIMIT 1;
-- name: invoice_number_used
SELECT count(*) FROM invoice WHERE (number = ?1 AND id <> ?2) OR red_number = ?1;
-- name: invoice_issue
UPDATE invoice SET state = 'issued', number = ?2, issued_date = ?3, issued_at = coalesce(issued_at, ?4), sent_at = NULL, ended_at = NULL,
	staff_id = ?5 WHERE id = ?1;
-- name: invoice_set_file
UPDATE invoice SET file = ?2, digest = ?3, size = ?4 WHERE id = ?1;
-- name: invoice_sent
UPDATE invoice SET state = 'sent', sent_at = ?3, staff_id = ?4 WHERE id = ?1 AND file = ?2 AND state IN ('issued', 'sent');
-- name: invoice_redden
UPDATE invoice SET state = 'red', red_number = ?2, red_date = ?3, ended_at = ?4, staff_id = ?5 WHERE id = ?1;
-- name: invoice_to_export
SELECT i.id, i.dk, i.data, i.amount FROM invoice i JOIN orders o ON o.id = i.order_id
WHERE (i.state = 'requested' OR (?1 AND i.state = 'exported'))
	AND o.status NOT IN ('signed', 'awaiting-payment', 'returned', 'rejected', 'cancelled', 'refunding', 'refunded') ORDER BY i.id;
-- name: invoice_untaxed
SELECT o.no || ' ' || l.kind || '/' || l.code FROM invoice i JOIN orders o ON o.id = i.order_id JOIN line l ON l.order_id = i.order_id
WHERE i.id = ?1 AND NOT EXISTS (SELECT 1 FROM tax_class t WHERE t.kind = l.kind AND t.code IN ('', l.code)
	AND t.valid_from = (SELECT max(valid_from) FROM tax_class WHERE valid_from <= ?2)) LIMIT 1;
-- name: invoice_batch_next
SELECT coalesce(max(batch), 0) + 1 FROM invoice WHERE batch IS NOT NULL;
-- name: invoice_export
UPDATE invoice SET state = 'exported', batch = ?2, exported_at = ?3, staff_id = ?4 WHERE id = ?1;
-- name: invoice_lines_clear
DELETE FROM invoice_line WHERE invoice_id = ?1;
-- net is rounded to the fen, tax is what is left: the two are always the gross amount
-- name: invoice_lines_insert
INSERT INTO invoice_line (dk, invoice_id, position, name, tax_code, unit, rate, net, gross)
SELECT i.dk, i.id, row_number() OVER (ORDER BY l.id), t.name, t.tax_code, t.unit, t.rate,
	(l.amount * 10000 + (10000 + t.rate) / 2) / (10000 + t.rate), l.amount
FROM invoice i JOIN line l ON l.order_id = i.order_id AND l.amount > 0 JOIN tax_class t ON t.id = (
	SELECT x.id FROM tax_class x WHERE x.kind = l.kind AND x.code IN ('', l.code)
		AND x.valid_from = (SELECT max(valid_from) FROM tax_class WHERE valid_from <= i.exported_at)
	ORDER BY x.code <> '' DESC LIMIT 1)
WHERE i.id = ?1;
-- name: invoice_lines
SELECT name AS title, tax_code, unit, rate, net, gross - net AS tax, gross AS amount FROM invoice_line WHERE invoice_id = ?1 ORDER BY position;
-- name: invoice_order_amount
SELECT amount FROM orders WHERE id = ?1;
-- name: invoice_issued
SELECT number FROM invoice WHERE order_id = ?1 AND state IN ('issued', 'sent');
-- name: invoice_day
-- to be listed is what invoice_to_export takes: what isn't paid for yet waits for its money
SELECT (SELECT count(*) FROM invoice i JOIN orders o ON o.id = i.order_id WHERE i.state = 'requested'
		AND o.status NOT IN ('signed', 'awaiting-payment', 'returned', 'rejected', 'cancelled', 'refunding', 'refunded')) AS requested, (SELECT count(*) FROM invoice WHERE state = 'exported') AS exported,
	(SELECT count(*) FROM invoice_shown WHERE state = 'issued' AND NOT red_due) AS unsent,
	(SELECT count(*) FROM invoice_shown WHERE state IN ('issued', 'sent') AND red_due) AS red;
-- name: invoice_red_of_order
SELECT i.id, i.amount, i.red_number AS number, i.red_date AS date, coalesce(p.file, '') AS file, coalesce(p.digest, '') AS digest
FROM invoice i LEFT JOIN invoice_red p ON p.invoice_id = i.id
WHERE i.order_id = ?1 AND i.state = 'red' AND (?2 = '' OR i.red_number = ?2) ORDER BY i.id DESC LIMIT 1;
-- name: invoice_red_file
INSERT INTO invoice_red (dk, invoice_id, file, digest, size, filed_at, staff_id)
SELECT dk, id, ?2, ?3, ?4, ?5, ?6 FROM invoice WHERE id = ?1
ON CONFLICT (invoice_id) DO UPDATE SET file = ?2, digest = ?3, size = ?4, filed_at = ?5, sent_at = NULL, staff_id = ?6;
-- name: invoice_red_sent
UPDATE invoice_red SET sent_at = ?3, staff_id = ?4 WHERE invoice_id = ?1 AND file = ?2;
