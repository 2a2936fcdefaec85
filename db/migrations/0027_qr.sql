-- Payment by a code that the customer scans: each attempt, and each refund, is recorded before it is sent to the provider.

CREATE TABLE qr_trade ( -- J: one code
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key, -- its first order's
	trade TEXT NOT NULL UNIQUE CHECK (trade <> ''), -- our number for it at the provider
	subject TEXT NOT NULL, -- the order, or the visit, that it is for
	amount INTEGER NOT NULL CHECK (amount > 0),
	state TEXT NOT NULL CHECK (state IN ('asked', 'shown', 'ending', 'paid', 'closed')), -- ending: to be closed at the provider
	code TEXT NOT NULL DEFAULT '', -- what is scanned
	trade_no TEXT NOT NULL DEFAULT '', -- the provider's number, once paid
	staff_id INTEGER NOT NULL REFERENCES staff, -- who takes the money
	asked_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL CHECK (expires_at > asked_at), -- nobody can pay after
	state_at INTEGER NOT NULL,
	CHECK ((state = 'paid') = (trade_no <> ''))
) STRICT;
CREATE INDEX qr_trade_open ON qr_trade (id) WHERE state IN ('asked', 'shown', 'ending');
CREATE UNIQUE INDEX qr_trade_no ON qr_trade (trade_no) WHERE trade_no <> '';

CREATE TABLE qr_trade_order ( -- J: what of it each order gets
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	trade_id INTEGER NOT NULL REFERENCES qr_trade,
	order_id INTEGER NOT NULL REFERENCES orders,
	amount INTEGER NOT NULL CHECK (amount > 0),
	pay_due_at INTEGER NOT NULL DEFAULT 0 -- until when the order waited before: it counts again when the code is closed unpaid
) STRICT;
CREATE INDEX qr_trade_order_by_trade ON qr_trade_order (trade_id);
CREATE INDEX qr_trade_order_by_order ON qr_trade_order (order_id);

CREATE TABLE qr_refund ( -- J: an approved refund under the number by which the provider knows it
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	refund_id INTEGER NOT NULL UNIQUE REFERENCES refund,
	request_no TEXT NOT NULL UNIQUE CHECK (request_no <> ''),
	sent_at INTEGER NOT NULL
) STRICT;

-- money that came by a code and that no order has
CREATE INDEX payment_qr_unclaimed ON payment (id) WHERE state = 'unclaimed' AND method = 'alipay';
CREATE INDEX refund_by_provider ON refund (id) WHERE state = 'approved' AND method = 'alipay';
