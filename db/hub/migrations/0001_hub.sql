-- Headquarters. Every site's journal as it was sent, what is addressed to each site, who holds each order. Written for
-- SQLite and PostgreSQL alike: the latter's driver reads BLOB as BYTEA, INTEGER as BIGINT and leaves STRICT out. Times
-- are UTC seconds, digests "sha256:" and hex.

CREATE TABLE setting (
	name TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
) STRICT;

CREATE TABLE site ( -- who may talk to headquarters; it stays when its certificates are revoked
	code TEXT NOT NULL PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 32),
	kind TEXT NOT NULL CHECK (kind IN ('counter', 'review')),
	name TEXT NOT NULL,
	region TEXT NOT NULL DEFAULT '',
	state TEXT NOT NULL CHECK (state IN ('enrolled', 'joined', 'revoked')),
	code_digest TEXT NOT NULL DEFAULT '', -- of the enrolment code's secret part; '' where none is open
	code_until INTEGER NOT NULL DEFAULT 0,
	code_keys TEXT NOT NULL DEFAULT '', -- digest of the three keys that the code was used for
	enrolled_at INTEGER NOT NULL,
	joined_at INTEGER, -- first time
	program TEXT NOT NULL DEFAULT '',
	last_seen INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE certificate ( -- that headquarters issued to a site
	serial TEXT NOT NULL PRIMARY KEY, -- upper-case hex
	site TEXT NOT NULL REFERENCES site,
	kind TEXT NOT NULL CHECK (kind IN ('tls', 'sign', 'encrypt')),
	pem TEXT NOT NULL,
	issued_at INTEGER NOT NULL,
	not_after INTEGER NOT NULL,
	revoked_at INTEGER NOT NULL DEFAULT 0, -- 0: it isn't
	replaced INTEGER NOT NULL DEFAULT 0 CHECK (replaced IN (0, 1)) -- a newer one of the kind is the site's current one
) STRICT;
CREATE INDEX certificate_site ON certificate (site, kind, replaced);

CREATE TABLE entry (
	site TEXT NOT NULL REFERENCES site,
	seq INTEGER NOT NULL CHECK (seq > 0),
	epoch INTEGER NOT NULL,
	entry TEXT NOT NULL,
	hash TEXT NOT NULL,
	signature BLOB NOT NULL,
	at INTEGER NOT NULL, -- the site's time
	received_at INTEGER NOT NULL,
	refused TEXT NOT NULL DEFAULT '', -- why the site was not allowed to; '' where it was
	PRIMARY KEY (site, seq)
) STRICT;

CREATE TABLE state ( -- a record's state as a site's entry left it, sealed under a data key of the site
	site TEXT NOT NULL,
	kind TEXT NOT NULL,
	record INTEGER NOT NULL,
	version INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	dk INTEGER NOT NULL,
	body BLOB, -- NULL: purged
	PRIMARY KEY (site, kind, record, version),
	FOREIGN KEY (site, seq) REFERENCES entry (site, seq)
) STRICT;
CREATE INDEX state_entry ON state (site, seq);

CREATE TABLE data_key (
	site TEXT NOT NULL REFERENCES site,
	dk INTEGER NOT NULL,
	cms BLOB, -- EnvelopedData to headquarters' encryption certificate; NULL: purged
	PRIMARY KEY (site, dk)
) STRICT;

CREATE TABLE file (
	site TEXT NOT NULL REFERENCES site,
	digest TEXT NOT NULL,
	size INTEGER NOT NULL CHECK (size >= 0),
	received INTEGER NOT NULL CHECK (received BETWEEN 0 AND size),
	whole INTEGER NOT NULL DEFAULT 0 CHECK (whole IN (0, 1)),
	at INTEGER NOT NULL,
	PRIMARY KEY (site, digest)
) STRICT;

CREATE TABLE feed ( -- what is addressed to a site
	site TEXT NOT NULL REFERENCES site,
	n INTEGER NOT NULL CHECK (n > 0),
	kind TEXT NOT NULL,
	body TEXT NOT NULL,
	signature BLOB NOT NULL,
	at INTEGER NOT NULL,
	order_no TEXT NOT NULL DEFAULT '', -- a custody item's
	done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)), -- taken over: its body is forgotten
	PRIMARY KEY (site, n)
) STRICT;
CREATE INDEX feed_order ON feed (order_no, site);

CREATE TABLE custody ( -- one row for each order that ever moved: who holds it now
	order_no TEXT NOT NULL PRIMARY KEY,
	home TEXT NOT NULL REFERENCES site, -- where it was signed
	custodian TEXT NOT NULL REFERENCES site,
	site TEXT NOT NULL, -- whose entry moved it last, and which
	seq INTEGER NOT NULL,
	FOREIGN KEY (site, seq) REFERENCES entry (site, seq)
) STRICT;
CREATE INDEX custody_custodian ON custody (custodian);

CREATE TABLE custody_file ( -- which files a custody item named: the receiver may fetch them of their site
	receiver TEXT NOT NULL REFERENCES site,
	site TEXT NOT NULL REFERENCES site,
	digest TEXT NOT NULL,
	order_no TEXT NOT NULL,
	PRIMARY KEY (receiver, site, digest, order_no)
) STRICT;

CREATE TABLE alarm (
	id INTEGER PRIMARY KEY,
	site TEXT NOT NULL, -- '' for headquarters itself
	kind TEXT NOT NULL,
	detail TEXT NOT NULL,
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX alarm_site ON alarm (site, at);

CREATE TABLE wrong_code ( -- enrolment codes that were none
	id INTEGER PRIMARY KEY,
	at INTEGER NOT NULL
) STRICT;
