-- breaks: programs before this one take no store of a newer schema at all.
-- A migration that only adds leaves the number alone; one whose store an older program must not work on says "-- breaks: WHY"
-- in a line of its own, and opening raises it to that migration's place.

CREATE TABLE works_from ( -- no step: the oldest schema (its number of migrations) whose program may work on this store
	id INTEGER PRIMARY KEY CHECK (id = 1),
	schema INTEGER NOT NULL CHECK (schema >= 0)
) STRICT;
INSERT INTO works_from (id, schema) VALUES (1, 0);
