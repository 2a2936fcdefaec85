-- Counting of drawers: what was counted against what the book says, and each key that differs by its serial.

CREATE TABLE key_count ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	drawer TEXT NOT NULL CHECK (drawer <> ''),
	expected INTEGER NOT NULL CHECK (expected >= 0), -- keys that the book has in the drawer
	counted INTEGER NOT NULL CHECK (counted >= 0),
	missing INTEGER NOT NULL CHECK (missing BETWEEN 0 AND expected),
	surplus INTEGER NOT NULL CHECK (surplus BETWEEN 0 AND counted),
	staff_id INTEGER REFERENCES staff,
	business_date TEXT NOT NULL,
	counted_at INTEGER NOT NULL,
	reason TEXT NOT NULL DEFAULT '', -- what the one who counted says to the differences
	CHECK (expected - missing = counted - surplus)
) STRICT;
CREATE INDEX count_by_date ON key_count (business_date, drawer);

CREATE TABLE key_count_difference ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	count_id INTEGER NOT NULL REFERENCES key_count,
	serial TEXT NOT NULL CHECK (serial <> ''),
	kind TEXT NOT NULL CHECK (kind IN ('missing', 'surplus')),
	medium TEXT NOT NULL, -- as the book had them when it was counted; '' where it had none
	state TEXT NOT NULL,
	drawer TEXT NOT NULL,
	UNIQUE (count_id, serial)
) STRICT;

CREATE INDEX key_by_drawer ON usb_key (drawer, state);
