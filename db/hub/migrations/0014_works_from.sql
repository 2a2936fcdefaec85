-- breaks: programs before this one take no database of a newer schema at all.
-- As the site's 0030_works_from.sql.

CREATE TABLE works_from ( -- the oldest schema (its number of migrations) whose program may work on this database
	id INTEGER PRIMARY KEY CHECK (id = 1),
	schema INTEGER NOT NULL CHECK (schema >= 0)
) STRICT;
INSERT INTO works_from (id, schema) VALUES (1, 0);
