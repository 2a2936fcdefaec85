-- Headquarters: what the site is to it, how far both have heard each other, and whose rows came from elsewhere.

CREATE TABLE headquarters ( -- J: joined once; certificates are PEM
	id INTEGER PRIMARY KEY CHECK (id = 1),
	dk INTEGER NOT NULL REFERENCES data_key,
	url TEXT NOT NULL CHECK (url LIKE 'https://%'),
	name TEXT NOT NULL,
	root TEXT NOT NULL,
	hub_sign TEXT NOT NULL,
	hub_encrypt TEXT NOT NULL,
	tls_certificate TEXT NOT NULL,
	sign_certificate TEXT NOT NULL,
	encrypt_certificate TEXT NOT NULL,
	tls_private BLOB NOT NULL, -- PKCS#8, sealed under the store key
	encrypt_private BLOB NOT NULL,
	joined_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sync_state ( -- no step: it follows from the journal and from what headquarters says
	id INTEGER PRIMARY KEY CHECK (id = 1),
	acknowledged INTEGER NOT NULL DEFAULT 0, -- the newest entry that headquarters has
	acknowledged_hash TEXT NOT NULL DEFAULT '',
	feed INTEGER NOT NULL DEFAULT 0,         -- the newest item that is done with
	review INTEGER NOT NULL DEFAULT 0 CHECK (review IN (0, 1)), -- orders in review go to headquarters
	line TEXT NOT NULL DEFAULT '' CHECK (line IN ('', 'up', 'down')),
	line_at INTEGER NOT NULL DEFAULT 0,      -- since when
	contact_at INTEGER NOT NULL DEFAULT 0,   -- the last answer
	clock_off INTEGER NOT NULL DEFAULT 0,    -- headquarters' clock less this one's, in seconds, as it was asked last
	replaying INTEGER NOT NULL DEFAULT 0 CHECK (replaying IN (0, 1)), -- entries are coming back from headquarters
	trouble TEXT NOT NULL DEFAULT ''         -- the sentence of the last failure
) STRICT;
INSERT INTO sync_state (id) VALUES (1);

CREATE TABLE foreign_record ( -- rows here that another site made, and its numbers for them
	site TEXT NOT NULL,
	kind TEXT NOT NULL,
	remote INTEGER NOT NULL,
	local INTEGER NOT NULL,
	PRIMARY KEY (site, kind, remote)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX foreign_by_local ON foreign_record (kind, local);

CREATE TABLE custody_refusal ( -- what headquarters would not take: a person has to look
	order_id INTEGER PRIMARY KEY REFERENCES orders,
	seq INTEGER NOT NULL,
	why TEXT NOT NULL
) STRICT;

CREATE TABLE file_sent ( -- whole at headquarters, by the digest of what lies on the disk
	digest TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE INDEX state_by_key ON journal_state (dk, seq);
CREATE INDEX orders_away ON orders (custodian) WHERE status = 'in-review';
