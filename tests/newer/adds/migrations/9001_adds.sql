-- What the next version may bring: columns of journalled tables that begin unset, a table, an index.

ALTER TABLE orders ADD COLUMN shade TEXT NOT NULL DEFAULT '';
ALTER TABLE payment ADD COLUMN fee INTEGER NOT NULL DEFAULT 0;
ALTER TABLE staff ADD COLUMN desk TEXT;
CREATE INDEX orders_shade ON orders (shade) WHERE shade <> '';

CREATE TABLE keepsake ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	order_id INTEGER NOT NULL REFERENCES orders,
	said TEXT NOT NULL
) STRICT;
