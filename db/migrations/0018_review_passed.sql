-- An order that another review site handed on: who did, and why, for whoever reviews it here.

CREATE TABLE review_passed ( -- J: of its last coming; one that came from its own site has none
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key, -- the order's
	order_id INTEGER NOT NULL UNIQUE REFERENCES orders,
	site TEXT NOT NULL CHECK (site <> ''),
	person TEXT NOT NULL,
	reason TEXT NOT NULL, -- may be empty
	passed_at INTEGER NOT NULL -- when it came
) STRICT;
