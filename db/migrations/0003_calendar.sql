-- Working days and deadlines. calendar_day and deadline_rule are tables by version (a whole set of rows with one
-- valid_from), deadline is what was promised for an order and whether it was kept.

CREATE TABLE calendar_day ( -- J: days that are not as their weekday says
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	date TEXT NOT NULL CHECK (date IS date(date, '+0 days')), -- a day that there is
	kind TEXT NOT NULL CHECK (kind IN ('holiday', 'workday')),
	zh TEXT NOT NULL,
	en TEXT NOT NULL,
	valid_from INTEGER NOT NULL,
	UNIQUE (valid_from, date)
) STRICT;

CREATE TABLE deadline_rule ( -- J: in how many working days; '' fits any business, the one that is named goes before it
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	business TEXT NOT NULL,
	step TEXT NOT NULL CHECK (step IN ('review', 'issue', 'payment')),
	days INTEGER NOT NULL CHECK (days BETWEEN 1 AND 60),
	zh TEXT NOT NULL,
	en TEXT NOT NULL,
	valid_from INTEGER NOT NULL,
	UNIQUE (valid_from, business, step)
) STRICT;

CREATE TABLE deadline ( -- J: one step of an order; runs until it ends
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	order_id INTEGER NOT NULL REFERENCES orders,
	step TEXT NOT NULL CHECK (step IN ('review', 'issue')),
	days INTEGER NOT NULL CHECK (days >= 1),
	began_at INTEGER NOT NULL,
	due_at INTEGER NOT NULL,
	ended_at INTEGER,
	dropped INTEGER NOT NULL DEFAULT 0 CHECK (dropped IN (0, 1)), -- ended without being done: a void, a refund
	CHECK (dropped = 0 OR ended_at IS NOT NULL)
) STRICT;
CREATE INDEX deadline_by_order ON deadline (order_id, step);
CREATE UNIQUE INDEX deadline_running ON deadline (order_id, step) WHERE ended_at IS NULL;
CREATE INDEX deadline_by_due ON deadline (due_at);
CREATE INDEX deadline_next ON deadline (due_at) WHERE ended_at IS NULL;
-- the moment at which it turned out whether it was kept: done in time, or over
CREATE INDEX deadline_by_fate ON deadline (min(due_at, coalesce(ended_at, due_at)));

-- until when the order's present step is to be done
CREATE VIEW order_due AS
SELECT o.id, coalesce((SELECT min(d.due_at) FROM deadline d WHERE d.order_id = o.id AND d.ended_at IS NULL),
	CASE o.status WHEN 'awaiting-payment' THEN o.pay_due_at WHEN 'in-review' THEN o.review_due_at END) AS due_at
FROM orders o;
