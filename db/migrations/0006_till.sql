-- Shifts counted and closed, days ended and frozen. A shift (0001) has one float, any number of counts, and one end.

CREATE TABLE till_float ( -- J: what lay in the till when the shift began, where somebody said so
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	shift_id INTEGER NOT NULL UNIQUE REFERENCES shift,
	amount INTEGER NOT NULL CHECK (amount >= 0),
	staff_id INTEGER NOT NULL REFERENCES staff,
	given_at INTEGER NOT NULL
) STRICT;

CREATE TABLE till_count ( -- J: one count of a till, and what was expected at that moment
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	shift_id INTEGER NOT NULL REFERENCES shift,
	pieces TEXT NOT NULL CHECK (pieces LIKE '{%}'), -- {"100": 3, "0.5": 1}: of each denomination
	cash INTEGER NOT NULL CHECK (cash >= 0),
	pos INTEGER NOT NULL CHECK (pos >= 0),
	cheques INTEGER NOT NULL CHECK (cheques >= 0), -- sheets
	expected_cash INTEGER NOT NULL,
	expected_pos INTEGER NOT NULL,
	expected_cheques INTEGER NOT NULL,
	events INTEGER NOT NULL, -- payments, voids and moves until then: one more, and the count is out of date
	staff_id INTEGER NOT NULL REFERENCES staff,
	counted_at INTEGER NOT NULL
) STRICT;
CREATE INDEX count_by_shift ON till_count (shift_id, id);

CREATE TABLE till_end ( -- J: how a shift was closed
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	shift_id INTEGER NOT NULL UNIQUE REFERENCES shift,
	count_id INTEGER NOT NULL UNIQUE REFERENCES till_count,
	explanation TEXT NOT NULL DEFAULT '', -- of a difference
	staff_id INTEGER NOT NULL REFERENCES staff,
	taker_id INTEGER REFERENCES staff,          -- handed over to …
	next_shift_id INTEGER UNIQUE REFERENCES shift, -- … whose shift this is
	ended_at INTEGER NOT NULL,
	CHECK ((taker_id IS NULL) = (next_shift_id IS NULL))
) STRICT;

CREATE TABLE till_move ( -- J: money that left a till other than by a void within the shift that took it
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	shift_id INTEGER NOT NULL REFERENCES shift, -- the one that paid it out
	payment_id INTEGER NOT NULL REFERENCES payment,
	kind TEXT NOT NULL CHECK (kind <> ''), -- void: a correction after the close; refund
	method TEXT NOT NULL CHECK (method IN ('cash', 'pos', 'cheque')),
	amount INTEGER NOT NULL CHECK (amount < 0),
	staff_id INTEGER NOT NULL REFERENCES staff,
	business_date TEXT NOT NULL,
	moved_at INTEGER NOT NULL,
	reason TEXT NOT NULL
) STRICT;
CREATE INDEX till_move_by_shift ON till_move (shift_id);
CREATE INDEX till_move_by_payment ON till_move (payment_id);
CREATE INDEX till_move_by_date ON till_move (business_date);

CREATE TABLE day_item ( -- J: what a manager said of a line of the day's checklist; the newest counts
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	business_date TEXT NOT NULL,
	item TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('confirmed', 'waived')),
	figure INTEGER CHECK (figure >= 0), -- POS in fen, keys in pieces
	expected INTEGER,
	events INTEGER, -- as in till_count
	reason TEXT NOT NULL DEFAULT '',
	staff_id INTEGER NOT NULL REFERENCES staff,
	said_at INTEGER NOT NULL,
	CHECK ((state = 'confirmed') = (figure IS NOT NULL)),
	CHECK (reason <> '' OR (state = 'confirmed' AND figure = expected))
) STRICT;
CREATE INDEX day_item_by_date ON day_item (business_date, item, id);

CREATE TABLE day_close ( -- J: a business date that is frozen, and all before it
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	business_date TEXT NOT NULL UNIQUE CHECK (business_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
	report TEXT NOT NULL,        -- its name under reports/ of the site
	report_digest TEXT NOT NULL,
	head_seq INTEGER NOT NULL,   -- the journal's newest entry when the report was made
	head_hash TEXT NOT NULL,
	checklist TEXT NOT NULL CHECK (checklist LIKE '[%]'), -- as it was
	staff_id INTEGER NOT NULL REFERENCES staff,
	closed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX payment_by_shift ON payment (shift_id) WHERE shift_id IS NOT NULL;
CREATE INDEX shift_by_date ON shift (business_date);
