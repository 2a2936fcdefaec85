-- Which backups of headquarters were made: what is purged lies in them still, until they are destroyed.

CREATE TABLE backup_made (
	id INTEGER PRIMARY KEY,
	file TEXT NOT NULL,
	made_at INTEGER NOT NULL,
	destroyed_at INTEGER NOT NULL DEFAULT 0 -- 0: it is there, as far as anybody said
) STRICT;
