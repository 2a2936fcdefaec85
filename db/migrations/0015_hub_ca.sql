-- Issuing under the CA that headquarters holds.

CREATE TABLE ca_request ( -- J: recorded before it is sent; its key is what headquarters knows it by
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key, -- the order's
	item_id INTEGER NOT NULL REFERENCES item,
	key_serial TEXT NOT NULL, -- of the key whose pair is asked for
	key TEXT NOT NULL UNIQUE,
	not_before INTEGER NOT NULL,
	not_after INTEGER NOT NULL CHECK (not_after > not_before),
	state TEXT NOT NULL CHECK (state IN ('asked', 'answered', 'void')), -- void: given up; headquarters revokes what it made of it
	asked_at INTEGER NOT NULL,
	state_at INTEGER NOT NULL
) STRICT;
CREATE INDEX ca_request_by_item ON ca_request (item_id, state);

CREATE TABLE hub_ca ( -- no step: headquarters says it again
	id INTEGER PRIMARY KEY CHECK (id = 1),
	chain TEXT NOT NULL, -- PEM, the issuing certificate first
	taken_at INTEGER NOT NULL
) STRICT;

CREATE TABLE hub_crl ( -- its newest list alone
	id INTEGER PRIMARY KEY CHECK (id = 1),
	number INTEGER NOT NULL,
	this_update INTEGER NOT NULL,
	next_update INTEGER NOT NULL,
	der BLOB NOT NULL
) STRICT;
