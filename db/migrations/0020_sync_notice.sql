-- What was not taken or not accepted between here and headquarters: it stays until somebody says that it was seen to.

CREATE TABLE sync_notice ( -- no step: it follows from what headquarters says; who saw to it is in the journal
	id INTEGER PRIMARY KEY,
	text TEXT NOT NULL CHECK (text <> ''),
	at INTEGER NOT NULL,
	seen_at INTEGER
) STRICT;
CREATE INDEX notice_open ON sync_notice (id) WHERE seen_at IS NULL;
