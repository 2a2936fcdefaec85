-- That a holder was told, once, that a certificate ends soon.

CREATE TABLE expiry_notice ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	certificate_id INTEGER NOT NULL UNIQUE REFERENCES certificate,
	told INTEGER NOT NULL CHECK (told IN (0, 1)), -- 0: neither a phone nor a mail address is on file
	told_at INTEGER NOT NULL
) STRICT;
CREATE INDEX certificate_by_end ON certificate (not_after) WHERE state = 'active';
