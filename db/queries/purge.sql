-- What is purged: orders of ours whose certificates all ended before ?1 and that have nothing open; copies of other sites' orders that
-- left here before ?4. A key that is destroyed, or is about to be, has been here already.
-- name: purge_orders
SELECT o.id, o.dk, o.name FROM orders o JOIN data_key k ON k.id = o.dk
WHERE k.wrapped IS NOT NULL AND NOT EXISTS (SELECT 1 FROM purge p WHERE p.dk = o.dk)
	AND max(o.created_at, o.signed_at, coalesce(o.submitted_at, 0), coalesce(o.decided_at, 0), coalesce(o.issued_at, 0), coalesce(o.done_at, 0))
		< CASE WHEN EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id) THEN ?4 ELSE ?1 END
	AND CASE WHEN EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id) THEN o.custodian <> ?2
	ELSE o.custodian = ?2
		AND (o.status IN ('done', 'rejected', 'cancelled', 'refunded')
			OR (o.status IN ('handed-over', 'mailed') AND EXISTS (SELECT 1 FROM certificate c WHERE c.order_id = o.id)))
		AND NOT EXISTS (SELECT 1 FROM certificate c
			WHERE (c.order_id = o.id OR c.id = (SELECT s.certificate_id FROM order_subject s WHERE s.order_id = o.id))
			AND CASE WHEN c.state IN ('revoked', 'superseded') THEN min(c.not_after, c.state_at) ELSE c.not_after END >= ?1)
		AND NOT EXISTS (SELECT 1 FROM certificate c JOIN order_subject s ON s.certificate_id = c.id JOIN orders n ON n.id = s.order_id
			WHERE c.order_id = o.id AND n.status NOT IN ('done', 'rejected', 'cancelled', 'refunded', 'handed-over', 'mailed'))
		AND NOT EXISTS (SELECT 1 FROM certificate c JOIN draft_subject s ON s.certificate_id = c.id WHERE c.order_id = o.id)
		AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.order_id = o.id AND r.state IN ('asked', 'approved'))
		AND NOT EXISTS (SELECT 1 FROM invoice i WHERE i.order_id = o.id AND i.state IN ('requested', 'exported'))
	END
ORDER BY o.id LIMIT ?3;
-- name: purge_add
INSERT OR IGNORE INTO purge (dk, seq) SELECT ?1, 1 + coalesce(max(seq), 0) FROM journal;
-- name: purge_customers
-- Of whom nothing is left, and those on file for them.
INSERT OR IGNORE INTO purge (dk, seq)
WITH gone AS (SELECT c.id, c.dk FROM customer c JOIN data_key k ON k.id = c.dk
	WHERE k.wrapped IS NOT NULL AND c.updated_at < ?1
	AND NOT EXISTS (SELECT 1 FROM orders o JOIN data_key ok ON ok.id = o.dk
		WHERE o.customer_id = c.id AND ok.wrapped IS NOT NULL AND NOT EXISTS (SELECT 1 FROM purge p WHERE p.dk = o.dk)))
SELECT dk, (SELECT 1 + coalesce(max(seq), 0) FROM journal) FROM
	(SELECT dk FROM gone UNION SELECT a.dk FROM agent a JOIN gone g ON g.id = a.customer_id);
-- name: purge_statements
-- Old ones that paid for nothing that is kept. A line that nobody claimed in five years keeps date, amount and reference, by which the bank knows.
INSERT OR IGNORE INTO purge (dk, seq)
SELECT s.dk, (SELECT 1 + coalesce(max(seq), 0) FROM journal) FROM statement s JOIN data_key k ON k.id = s.dk
WHERE k.wrapped IS NOT NULL AND s.imported_at < ?1
	AND (EXISTS (SELECT 1 FROM statement_entry e WHERE e.statement_id = s.id) OR EXISTS (SELECT 1 FROM statement_debit b WHERE b.statement_id = s.id))
	AND NOT EXISTS (SELECT 1 FROM statement_entry e JOIN payment_order po ON po.payment_id = e.payment_id JOIN orders o ON o.id = po.order_id
		JOIN data_key ok ON ok.id = o.dk
		WHERE e.statement_id = s.id AND ok.wrapped IS NOT NULL AND NOT EXISTS (SELECT 1 FROM purge p WHERE p.dk = o.dk))
	AND NOT EXISTS (SELECT 1 FROM statement_debit b JOIN refund r ON r.id = b.refund_id JOIN orders o ON o.id = r.order_id
		JOIN data_key ok ON ok.id = o.dk
		WHERE b.statement_id = s.id AND ok.wrapped IS NOT NULL AND NOT EXISTS (SELECT 1 FROM purge p WHERE p.dk = o.dk))
	AND NOT EXISTS (SELECT 1 FROM statement_entry e JOIN refund r ON r.payment_id = e.payment_id
		WHERE e.statement_id = s.id AND r.state IN ('asked', 'approved'));
-- name: purge_refusals
-- Identity checks that failed, whatever came of it: what became of an order has its own copy.
INSERT OR IGNORE INTO purge (dk, seq)
SELECT i.dk, (SELECT 1 + coalesce(max(seq), 0) FROM journal) FROM identity_refusal i JOIN data_key k ON k.id = i.dk
WHERE k.wrapped IS NOT NULL AND i.checked_at < ?1;
-- name: purge_keys
SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal) ORDER BY dk;
-- The rows keep numbers, dates, amounts and digests.
-- name: purge_row_orders
UPDATE orders SET name = '', data = x'', decision = '' WHERE dk IN (SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal));
-- name: purge_row_customer
UPDATE customer SET number_digest = 'purged:' || id, name = '', data = x''
	WHERE dk IN (SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal));
-- name: purge_row_agent
UPDATE agent SET number_digest = 'purged:' || id, data = x'' WHERE dk IN (SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal));
-- name: purge_row_certificate
UPDATE certificate SET subject = '', der = x'' WHERE dk IN (SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal));
-- name: purge_row_document
UPDATE document SET data = x'' WHERE dk IN (SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal));
-- name: purge_row_identity
UPDATE identity_check SET request = '', evidence = '' WHERE dk IN (SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal));
-- name: purge_row_refusal
UPDATE identity_refusal SET request = '', evidence = '' WHERE dk IN (SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal));
-- name: purge_row_signature
UPDATE signature SET evidence = '' WHERE dk IN (SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal));
-- name: purge_row_signature_order
UPDATE signature_order SET data = x'' WHERE dk IN (SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal));
-- name: purge_row_subject
UPDATE order_subject SET "before" = x'' WHERE dk IN (SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal));
-- name: purge_row_handover
UPDATE handover SET data = x'' WHERE dk IN (SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal));
-- name: purge_row_pin
UPDATE pin_delivery SET target = x'', pin = NULL WHERE dk IN (SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal));
-- name: purge_row_invoice
UPDATE invoice SET data = x'' WHERE dk IN (SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal));
-- name: purge_row_item
UPDATE item SET request = NULL WHERE dk IN (SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal));
-- name: purge_row_entry
UPDATE statement_entry SET data = x'' WHERE dk IN (SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal));
-- name: purge_row_debit
UPDATE statement_debit SET data = x'' WHERE dk IN (SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal));
-- name: purge_row_passed
UPDATE review_passed SET person = '', reason = '' WHERE dk IN (SELECT dk FROM purge WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal));
-- name: purge_drafts
DELETE FROM draft WHERE order_id IN (SELECT id FROM orders WHERE dk IN (SELECT dk FROM purge));
-- name: purge_index_optimize
INSERT INTO name_index (name_index) VALUES ('optimize');
-- name: purge_due
-- How far may be destroyed: headquarters has to open the entry's states once.
SELECT max(seq) FROM purge WHERE NOT EXISTS (SELECT 1 FROM headquarters) OR seq <= (SELECT acknowledged FROM sync_state);
-- name: purge_files
-- Their files, unless another order's document lies in the same one.
SELECT file FROM (SELECT file, dk FROM document UNION SELECT file, dk FROM invoice WHERE file IS NOT NULL UNION SELECT file, dk FROM invoice_red)
GROUP BY file HAVING min(dk IN (SELECT dk FROM purge WHERE seq <= ?1)) = 1;
-- name: purge_sent
DELETE FROM file_sent WHERE digest IN (SELECT digest FROM (SELECT digest, dk FROM document UNION ALL SELECT digest, dk FROM invoice UNION ALL
	SELECT digest, dk FROM invoice_red) WHERE dk IN (SELECT dk FROM purge WHERE seq <= ?1));
-- name: purge_bodies
UPDATE journal_state SET body = NULL WHERE body IS NOT NULL AND dk IN (SELECT dk FROM purge WHERE seq <= ?1);
-- name: purge_wrapped
UPDATE data_key SET wrapped = NULL WHERE id IN (SELECT dk FROM purge WHERE seq <= ?1);
-- name: purge_numbers
SELECT no FROM orders WHERE dk IN (SELECT dk FROM purge WHERE seq <= ?1) ORDER BY no;
-- name: purge_done
DELETE FROM purge WHERE seq <= ?1;
-- name: purge_checkpoint
PRAGMA wal_checkpoint(TRUNCATE);
