-- Invoices: what an order's lines are to the tax office, and one row for each invoice asked for.

CREATE TABLE tax_class ( -- J: '' fits any code; a version is a whole set of rows with one valid_from
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	kind TEXT NOT NULL CHECK (kind IN ('certificate', 'medium', 'service', 'postage')),
	code TEXT NOT NULL DEFAULT '', -- product, medium or service, as in a line
	name TEXT NOT NULL CHECK (name <> ''),
	tax_code TEXT NOT NULL CHECK (length(tax_code) = 19 AND tax_code NOT GLOB '*[^0-9]*'),
	unit TEXT NOT NULL CHECK (unit <> ''),
	rate INTEGER NOT NULL CHECK (rate BETWEEN 0 AND 9999), -- in hundredths of a percent
	valid_from INTEGER NOT NULL,
	UNIQUE (kind, code, valid_from)
) STRICT;

CREATE TABLE invoice ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key, -- the order's
	order_id INTEGER NOT NULL REFERENCES orders,
	kind TEXT NOT NULL CHECK (kind IN ('ordinary', 'special')),
	amount INTEGER NOT NULL CHECK (amount > 0), -- with tax
	state TEXT NOT NULL CHECK (state IN ('requested', 'exported', 'issued', 'sent', 'red', 'cancelled')),
	number TEXT UNIQUE CHECK (number NOT GLOB '*[^0-9]*'),
	issued_date TEXT,
	file TEXT,   -- the PDF: name under files/, a keyed digest of the content
	digest TEXT, -- of the stored (encrypted) file
	size INTEGER,
	batch INTEGER, -- number of the list for the tax system it was last in
	red_number TEXT UNIQUE CHECK (red_number NOT GLOB '*[^0-9]*'),
	red_date TEXT,
	requested_at INTEGER NOT NULL,
	exported_at INTEGER,
	issued_at INTEGER,
	sent_at INTEGER,
	ended_at INTEGER, -- red or cancelled
	staff_id INTEGER REFERENCES staff, -- who did the last step; NULL: it followed from another
	data BLOB NOT NULL, -- title, tax_number, address_phone, bank_account
	CHECK (state NOT IN ('issued', 'sent', 'red') OR (number IS NOT NULL AND issued_date IS NOT NULL AND issued_at IS NOT NULL)),
	CHECK (state <> 'sent' OR (file IS NOT NULL AND sent_at IS NOT NULL)),
	CHECK ((state = 'red') = (red_number IS NOT NULL) AND (red_number IS NULL) = (red_date IS NULL)),
	CHECK ((file IS NULL) = (digest IS NULL) AND (file IS NULL) = (size IS NULL)),
	CHECK ((batch IS NULL) = (exported_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX invoice_live ON invoice (order_id) WHERE state NOT IN ('red', 'cancelled');
CREATE INDEX invoice_by_order ON invoice (order_id, id);
CREATE INDEX invoice_by_state ON invoice (state, id);
CREATE INDEX invoice_by_batch ON invoice (batch) WHERE batch IS NOT NULL;
CREATE INDEX invoice_by_date ON invoice (issued_date) WHERE issued_date IS NOT NULL;
CREATE INDEX invoice_by_request ON invoice (requested_at);
CREATE INDEX invoice_by_file ON invoice (file) WHERE file IS NOT NULL;

CREATE TABLE invoice_line ( -- J: what the list for the tax system said; tax is gross - net
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	invoice_id INTEGER NOT NULL REFERENCES invoice,
	position INTEGER NOT NULL,
	name TEXT NOT NULL,
	tax_code TEXT NOT NULL,
	unit TEXT NOT NULL,
	rate INTEGER NOT NULL,
	net INTEGER NOT NULL CHECK (net BETWEEN 0 AND gross),
	gross INTEGER NOT NULL CHECK (gross > 0),
	UNIQUE (invoice_id, position)
) STRICT;

-- As people see it. red_due: issued, and the money has gone back or the order costs something else now.
CREATE VIEW invoice_shown AS
SELECT i.id, i.order_id, o.no AS "order", o.name, o.status, i.kind, i.amount, i.state, i.number, i.issued_date, i.file IS NOT NULL AS pdf,
	i.size, i.batch, i.red_number, i.red_date, i.requested_at, i.exported_at, i.issued_at AS filed_at, i.sent_at, i.ended_at, s.name AS staff,
	i.state IN ('issued', 'sent') AND (o.status IN ('rejected', 'cancelled', 'refunding', 'refunded') OR o.amount <> i.amount) AS red_due
FROM invoice i JOIN orders o ON o.id = i.order_id LEFT JOIN staff s ON s.id = i.staff_id;
