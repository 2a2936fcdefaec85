-- Keys that are staff's own: they don't count where exactly one customer's key may be in.
ALTER TABLE staff ADD COLUMN key_serial TEXT NOT NULL DEFAULT '' CHECK (length(key_serial) < 48);
-- people of other sites come without
CREATE UNIQUE INDEX staff_key ON staff (key_serial) WHERE key_serial <> '';

CREATE TABLE retention ( -- J: how many years a kind of record is kept; a version is a whole set of rows with one valid_from
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	kind TEXT NOT NULL CHECK (kind IN ('order', 'copy', 'customer', 'statement', 'identity', 'message')),
	years INTEGER NOT NULL CHECK (years BETWEEN 5 AND 99), -- the law's least, Electronic Signature Law article 24
	zh TEXT NOT NULL,
	en TEXT NOT NULL,
	valid_from INTEGER NOT NULL,
	UNIQUE (valid_from, kind)
) STRICT;
