-- Which backups were made: what is purged here lies in them still, under keys that the store key opens, until they are destroyed.

CREATE TABLE backup_made ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	file TEXT NOT NULL CHECK (file <> ''),
	seq INTEGER NOT NULL, -- the newest entry that is in it
	made_at INTEGER NOT NULL,
	staff_id INTEGER REFERENCES staff, -- NULL: a timer
	destroyed_at INTEGER, -- as somebody declared
	destroyed_by INTEGER REFERENCES staff,
	CHECK ((destroyed_at IS NULL) = (destroyed_by IS NULL))
) STRICT;
CREATE INDEX backup_there ON backup_made (seq) WHERE destroyed_at IS NULL;

CREATE INDEX entry_of_statement ON statement_entry (statement_id);
CREATE INDEX debit_of_statement ON statement_debit (statement_id);

CREATE TABLE purge_last ( -- no step: the newest purge whose keys were destroyed here
	id INTEGER PRIMARY KEY CHECK (id = 1),
	seq INTEGER NOT NULL,
	at INTEGER NOT NULL
) STRICT;
