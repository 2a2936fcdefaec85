SELECT i.kind, l.rate, count(*) AS lines, sum(l.net) AS net, sum(l.gross - l.net) AS tax, sum(l.gross) AS gross
FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id WHERE i.batch = :batch GROUP BY 1, 2 ORDER BY 1, 2;
