-- What happened to invoices in these days, and what is still to be done now.
SELECT 'requested' AS what, count(*) AS invoices, coalesce(sum(amount), 0) AS amount FROM invoice
	WHERE requested_at >= :from_time AND requested_at < :to_time
UNION ALL SELECT 'issued', count(*), coalesce(sum(amount), 0) FROM invoice WHERE issued_date BETWEEN :from AND :to
UNION ALL SELECT 'sent', count(*), coalesce(sum(amount), 0) FROM invoice WHERE sent_at >= :from_time AND sent_at < :to_time
UNION ALL SELECT 'red', count(*), coalesce(sum(amount), 0) FROM invoice WHERE red_date BETWEEN :from AND :to
UNION ALL SELECT 'open', count(*), coalesce(sum(amount), 0) FROM invoice WHERE state IN ('requested', 'exported')
UNION ALL SELECT 'red-due', count(*), coalesce(sum(amount), 0) FROM invoice_shown WHERE state IN ('issued', 'sent') AND red_due;
