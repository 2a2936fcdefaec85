-- What an order is about: the certificate that it renews, unlocks, replaces, changes, revokes, suspends or resumes.

CREATE TABLE draft_subject (
	draft_id INTEGER PRIMARY KEY REFERENCES draft ON DELETE CASCADE,
	certificate_id INTEGER NOT NULL REFERENCES certificate,
	key_serial TEXT NOT NULL,
	proof TEXT NOT NULL CHECK (proof IN ('', 'key')), -- key: its PIN and a signature proved the holder
	before BLOB NOT NULL -- what was on file when the draft was begun
) STRICT;

CREATE INDEX draft_subject_by_certificate ON draft_subject (certificate_id);

CREATE TABLE order_subject ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	order_id INTEGER NOT NULL UNIQUE REFERENCES orders,
	certificate_id INTEGER NOT NULL REFERENCES certificate,
	key_serial TEXT NOT NULL,
	proof TEXT NOT NULL CHECK (proof IN ('', 'key')),
	review INTEGER NOT NULL CHECK (review IN (0, 1)), -- what was signed needs a review
	makes INTEGER NOT NULL CHECK (makes IN (0, 1)),   -- … a certificate
	changed TEXT NOT NULL, -- names of the changed fields
	before BLOB NOT NULL
) STRICT;
CREATE INDEX subject_by_certificate ON order_subject (certificate_id, order_id);

CREATE INDEX certificate_hold ON certificate (state_at) WHERE state = 'suspended';
