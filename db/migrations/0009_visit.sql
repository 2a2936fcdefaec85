-- Visits 来访: several orders for one agent in one go, signed, paid and handed over together.

CREATE TABLE draft_visit ( -- the visit that a draft was begun in; an order says so itself
	draft_id INTEGER PRIMARY KEY REFERENCES draft ON DELETE CASCADE,
	visit_id INTEGER NOT NULL REFERENCES visit
) STRICT;
CREATE INDEX draft_by_visit ON draft_visit (visit_id);

CREATE TABLE signature_void ( -- J: an order that changed after it was signed together with others: theirs counts on
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	signature_order_id INTEGER NOT NULL UNIQUE REFERENCES signature_order,
	voided_at INTEGER NOT NULL
) STRICT;

CREATE INDEX orders_by_visit ON orders (visit_id);
CREATE INDEX visit_by_date ON visit (business_date, id);
CREATE INDEX order_by_signature ON signature_order (signature_id);
