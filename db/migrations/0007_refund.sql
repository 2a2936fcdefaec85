-- Money on its way back, what went out by the bank's own word, and hand-overs that were a mistake.

CREATE TABLE refund ( -- J: one payment's money, or a part of it, that goes back the way it came
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	payment_id INTEGER NOT NULL REFERENCES payment,
	order_id INTEGER REFERENCES orders, -- NULL: money that no order has claimed
	kind TEXT NOT NULL CHECK (kind IN ('order', 'surplus', 'unclaimed')),
	amount INTEGER NOT NULL CHECK (amount > 0),
	method TEXT NOT NULL CHECK (method IN ('cash', 'pos', 'cheque', 'transfer', 'alipay')), -- the payment's
	state TEXT NOT NULL CHECK (state IN ('asked', 'approved', 'done', 'withdrawn')),
	from_status TEXT NOT NULL DEFAULT '', -- where the order stood when its money was asked back
	reason TEXT NOT NULL CHECK (reason <> ''),
	asked_by INTEGER REFERENCES staff, -- NULL: by a rule
	asked_at INTEGER NOT NULL,
	approved_by INTEGER REFERENCES staff,
	approved_at INTEGER,
	paid_by INTEGER REFERENCES staff,
	paid_at INTEGER,
	reference TEXT NOT NULL DEFAULT '', -- receipt, POS reversal slip, cheque, the bank's reference
	shift_id INTEGER REFERENCES shift,  -- whose till it left
	business_date TEXT NOT NULL DEFAULT '',
	CHECK ((kind = 'unclaimed') = (order_id IS NULL)),
	CHECK (state NOT IN ('approved', 'done') OR (approved_by IS NOT NULL AND approved_at IS NOT NULL)),
	CHECK ((state = 'done') = (paid_at IS NOT NULL AND reference <> '' AND business_date <> ''))
) STRICT;
CREATE INDEX refund_by_order ON refund (order_id);
CREATE INDEX refund_by_payment ON refund (payment_id);
CREATE INDEX refund_by_date ON refund (business_date, id);
CREATE INDEX refund_by_shift ON refund (shift_id) WHERE shift_id IS NOT NULL;
CREATE INDEX refund_open ON refund (id) WHERE state IN ('asked', 'approved');
CREATE UNIQUE INDEX refund_reference ON refund (method, reference) WHERE state = 'done';
CREATE INDEX payment_unclaimed ON payment (amount) WHERE state = 'unclaimed';

CREATE TABLE statement_debit ( -- J: money that left the account; what no refund explains stays for a person
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	statement_id INTEGER NOT NULL REFERENCES statement,
	reference TEXT NOT NULL UNIQUE,
	booked_date TEXT NOT NULL,
	amount INTEGER NOT NULL CHECK (amount > 0),
	refund_id INTEGER UNIQUE REFERENCES refund,
	data BLOB NOT NULL -- payee, account, remark
) STRICT;
CREATE INDEX debit_unmatched ON statement_debit (amount) WHERE refund_id IS NULL;

CREATE TABLE handover_undo ( -- J: a mistaken hand-over, and the certificate that is suspended until the right one
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	handover_id INTEGER NOT NULL UNIQUE REFERENCES handover,
	certificate_id INTEGER REFERENCES certificate, -- NULL: none was active
	reason TEXT NOT NULL CHECK (reason <> ''),
	staff_id INTEGER NOT NULL REFERENCES staff,
	undone_at INTEGER NOT NULL,
	resumed_at INTEGER
) STRICT;
CREATE INDEX undo_open ON handover_undo (certificate_id) WHERE resumed_at IS NULL;

CREATE INDEX handover_by_item ON handover (item_id);
CREATE INDEX handover_by_receipt ON handover (receipt);
