-- What a site's rows still say after a purge has destroyed their states: numbers, dates, amounts, as the site itself keeps them. A
-- reading store (reports) that is made anew gets them from here.

CREATE TABLE purged_key (
	site TEXT NOT NULL REFERENCES site,
	dk INTEGER NOT NULL,
	seq INTEGER NOT NULL, -- the purge's entry
	PRIMARY KEY (site, dk),
	FOREIGN KEY (site, seq) REFERENCES entry (site, seq)
) STRICT;
CREATE INDEX purged_key_entry ON purged_key (site, seq);

CREATE TABLE purged_row (
	site TEXT NOT NULL REFERENCES site,
	kind TEXT NOT NULL,
	record INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	row TEXT NOT NULL, -- JSON without personal data and without sealed values
	PRIMARY KEY (site, kind, record),
	FOREIGN KEY (site, seq) REFERENCES entry (site, seq)
) STRICT;
CREATE INDEX purged_row_entry ON purged_row (site, seq);
