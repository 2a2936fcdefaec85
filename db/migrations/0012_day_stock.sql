-- The PDF of a red invoice: one for each invoice that was taken back, sent as an ordinary one is.

CREATE TABLE invoice_red ( -- J: number and date are the invoice's own row's
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key, -- the order's
	invoice_id INTEGER NOT NULL UNIQUE REFERENCES invoice,
	file TEXT NOT NULL CHECK (file <> ''), -- name under files/
	digest TEXT NOT NULL CHECK (digest <> ''), -- of the stored (encrypted) file
	size INTEGER NOT NULL CHECK (size > 0),
	filed_at INTEGER NOT NULL,
	sent_at INTEGER, -- NULL: the mail didn't go out yet
	staff_id INTEGER REFERENCES staff
) STRICT;
CREATE INDEX invoice_red_by_file ON invoice_red (file);

-- As in 0008, with what there is of the red one.
DROP VIEW invoice_shown;
CREATE VIEW invoice_shown AS
SELECT i.id, i.order_id, o.no AS "order", o.name, o.status, i.kind, i.amount, i.state, i.number, i.issued_date, i.file IS NOT NULL AS pdf,
	i.size, i.batch, i.red_number, i.red_date, p.id IS NOT NULL AS red_pdf, p.sent_at AS red_sent_at, i.requested_at, i.exported_at,
	i.issued_at AS filed_at, i.sent_at, i.ended_at, s.name AS staff,
	i.state IN ('issued', 'sent') AND (o.status IN ('rejected', 'cancelled', 'refunding', 'refunded') OR o.amount <> i.amount) AS red_due
FROM invoice i JOIN orders o ON o.id = i.order_id LEFT JOIN staff s ON s.id = i.staff_id LEFT JOIN invoice_red p ON p.invoice_id = i.id;
