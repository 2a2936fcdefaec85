-- Other sites' names, as headquarters said them last beside what named a site.
CREATE TABLE site_name ( -- no step
	code TEXT PRIMARY KEY CHECK (code <> ''),
	name TEXT NOT NULL CHECK (name <> '')
) STRICT, WITHOUT ROWID;
