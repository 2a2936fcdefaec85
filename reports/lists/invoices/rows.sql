-- One row for each line of each invoice of a list. The buyer's columns are filled by the export.
SELECT i.id AS invoice_id, dense_rank() OVER (ORDER BY i.id) AS seq, i.kind, '' AS title, '' AS tax_number, '' AS address_phone,
	'' AS bank_account, l.name, l.tax_code, l.unit, 1 AS quantity, l.net AS price, l.net, l.rate, l.gross - l.net AS tax, l.gross,
	o.no AS "order"
FROM invoice i JOIN orders o ON o.id = i.order_id JOIN invoice_line l ON l.invoice_id = i.id WHERE i.batch = :batch
ORDER BY i.id, l.position;
