-- Identity checks that failed: while there is no order yet they stand by themselves, under a key of their own, since a draft that is
-- dropped takes its key along. A signed order has them among its identity checks.

CREATE TABLE identity_refusal ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	subject TEXT NOT NULL CHECK (subject <> ''), -- the draft's number, or the certificate's serial where no draft came of it
	of TEXT NOT NULL CHECK (of IN ('unit', 'legal', 'agent', 'person')),
	method TEXT NOT NULL,
	provider TEXT NOT NULL,
	staff_id INTEGER NOT NULL REFERENCES staff,
	request TEXT NOT NULL,
	reason TEXT NOT NULL,
	evidence TEXT NOT NULL,
	carried INTEGER NOT NULL DEFAULT 0 CHECK (carried IN (0, 1)), -- the order that came of it has it too
	checked_at INTEGER NOT NULL
) STRICT;
CREATE INDEX refusal_by_subject ON identity_refusal (subject);

ALTER TABLE identity_check ADD COLUMN reason TEXT NOT NULL DEFAULT ''; -- why it failed: a code of rules/identity.h
