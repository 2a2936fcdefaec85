-- What headquarters lays down for its sites: a numbered publication, and who has taken or refused it.

CREATE TABLE publication (
	number INTEGER NOT NULL PRIMARY KEY CHECK (number > 0),
	body TEXT NOT NULL,     -- what goes out, without its number
	contents TEXT NOT NULL, -- in a few words: "prices, staff"
	sites TEXT NOT NULL,    -- codes with commas between; '': every site
	at INTEGER NOT NULL
) STRICT;

CREATE TABLE publication_site ( -- to whom it was addressed, and what became of it
	number INTEGER NOT NULL REFERENCES publication,
	site TEXT NOT NULL REFERENCES site,
	n INTEGER NOT NULL,     -- of its feed item
	digest TEXT NOT NULL,   -- of the item's body: to a site that joined later only what is still in force goes
	state TEXT NOT NULL CHECK (state IN ('sent', 'taken', 'refused')),
	why TEXT NOT NULL DEFAULT '', -- as the site says it
	at INTEGER NOT NULL,
	PRIMARY KEY (number, site)
) STRICT;
CREATE INDEX publication_site_state ON publication_site (site, state);
