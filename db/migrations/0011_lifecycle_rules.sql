-- What a manager was told, once, and indexes for what the timer and the day's end ask.

CREATE TABLE late_notice ( -- J: a step of an order that a manager was told of when it was late
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	order_id INTEGER NOT NULL REFERENCES orders,
	deadline_id INTEGER NOT NULL UNIQUE REFERENCES deadline,
	told INTEGER NOT NULL CHECK (told IN (0, 1)), -- 0: nobody is named in the configuration, or the message couldn't go
	told_at INTEGER NOT NULL
) STRICT;
CREATE INDEX late_notice_by_order ON late_notice (order_id);

CREATE INDEX delivery_kept ON pin_delivery (coalesce(sent_at, recorded_at)) WHERE pin IS NOT NULL;
CREATE INDEX statement_by_import ON statement (imported_at);
CREATE INDEX entry_by_date ON statement_entry (booked_date);
CREATE INDEX payment_transfer_open ON payment (id) WHERE state = 'open' AND method = 'transfer';
CREATE INDEX debit_by_bare_reference ON statement_debit (substr(reference, instr(reference, ':') + 1));
CREATE INDEX refund_transfer ON refund (amount) WHERE method = 'transfer' AND state IN ('approved', 'done');
