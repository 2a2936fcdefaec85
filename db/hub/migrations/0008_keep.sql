-- What a purge looks for, and where feeds go on behind a restore.
CREATE INDEX state_by_key ON state (site, dk);

CREATE TABLE feed_floor ( -- numbers up to n may have been given out by a headquarters that was lost since
	site TEXT NOT NULL PRIMARY KEY REFERENCES site,
	n INTEGER NOT NULL CHECK (n > 0)
) STRICT;
