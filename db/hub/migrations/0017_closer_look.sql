-- What headquarters looks at more closely: who a person is, whether they could have acted, and which certificates are a unit's; and which alarms
-- somebody has seen to.

CREATE TABLE laid_name ( -- every name and staff number by which headquarters laid a login down (src/hub/laid.c; the setting "laid_names" says up to where)
	site TEXT NOT NULL, -- '': every site
	login TEXT NOT NULL,
	name TEXT NOT NULL,
	number TEXT NOT NULL, -- '': nothing was said of one
	publication INTEGER NOT NULL, -- the newest that says so
	PRIMARY KEY (site, login, name, number)
) STRICT;
CREATE INDEX laid_name_number ON laid_name (number);

ALTER TABLE person ADD COLUMN able INTEGER NOT NULL DEFAULT 1 CHECK (able IN (0, 1)); -- 0: nobody has set a password yet
ALTER TABLE person ADD COLUMN disabled_at INTEGER NOT NULL DEFAULT 0; -- when one person alone disabled them; 0: as they are, two did, or headquarters

CREATE TABLE ca_holder ( -- whose each certificate of headquarters' authority is, so that no unit gets two main ones at two counters
	serial TEXT NOT NULL PRIMARY KEY REFERENCES ca_certificate,
	holder TEXT NOT NULL, -- keyed digest of its number; '': a person's, a secondary one, or it can't be told any more
	product TEXT NOT NULL,
	channel TEXT NOT NULL
) STRICT;
CREATE INDEX ca_holder_main ON ca_holder (holder, product, channel) WHERE holder <> '';

ALTER TABLE alarm ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0; -- 0: nobody has seen to it
ALTER TABLE alarm ADD COLUMN seen_by TEXT NOT NULL DEFAULT '';
CREATE INDEX alarm_unseen ON alarm (id) WHERE seen_at = 0;

ALTER TABLE wrong_code ADD COLUMN address TEXT NOT NULL DEFAULT ''; -- whose it was: nobody else waits for them
