-- Prints: one row for each paper that was asked for, so that a second one says so.
CREATE TABLE print_job ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	subject TEXT NOT NULL CHECK (subject <> ''), -- order number (of a draft too), or the business date of a day's list, or '-'
	kind TEXT NOT NULL CHECK (kind <> ''),
	number INTEGER NOT NULL CHECK (number >= 1), -- from the second on it is a reprint
	state TEXT NOT NULL CHECK (state IN ('done', 'failed')),
	target TEXT NOT NULL CHECK (target IN ('file', 'printer')),
	template TEXT NOT NULL, -- digest of the definition
	digest TEXT NOT NULL,   -- of the PDF
	data_code TEXT NOT NULL DEFAULT '', -- short digest of what was filled in: a signed paper is of these data
	pages INTEGER NOT NULL CHECK (pages >= 1),
	staff_id INTEGER NOT NULL REFERENCES staff,
	station TEXT NOT NULL,
	printed_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX print_by_subject ON print_job (subject, kind, number) WHERE state = 'done';
CREATE INDEX handover_by_mail ON handover (handed_at) WHERE to_whom = 'mail';
