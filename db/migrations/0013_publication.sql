-- What headquarters has laid down: tables, staff, definitions. One row for each publication that was carried out here.

CREATE TABLE publication ( -- J
	id INTEGER PRIMARY KEY, -- headquarters' number
	dk INTEGER NOT NULL REFERENCES data_key,
	digest TEXT NOT NULL,   -- of its body
	program TEXT NOT NULL,  -- the version whose forms and reports it holds; '': none
	taken_at INTEGER NOT NULL
) STRICT;
CREATE INDEX publication_by_program ON publication (program, id) WHERE program <> '';
