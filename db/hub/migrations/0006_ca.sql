-- The certificate authority that headquarters holds for the sites: what they asked for, what was made of it, its revocation lists.

CREATE TABLE ca_request ( -- a site's request under its idempotency key; it stays
	site TEXT NOT NULL REFERENCES site,
	key TEXT NOT NULL CHECK (length(key) BETWEEN 16 AND 64),
	digest TEXT NOT NULL, -- of all that was asked for; '': given up before it came here
	order_no TEXT NOT NULL,
	item INTEGER NOT NULL, -- the site's number
	at INTEGER NOT NULL,
	void INTEGER NOT NULL DEFAULT 0 CHECK (void IN (0, 1)), -- given up by the site: nothing is issued under it any more
	PRIMARY KEY (site, key)
) STRICT;
CREATE INDEX ca_request_item ON ca_request (site, order_no, item);

CREATE TABLE ca_certificate ( -- one for each request, made in its transaction
	serial TEXT NOT NULL PRIMARY KEY, -- upper-case hex
	site TEXT NOT NULL,
	key TEXT NOT NULL,
	custodian TEXT NOT NULL REFERENCES site, -- whose entries change its state
	profile TEXT NOT NULL,
	not_before INTEGER NOT NULL,
	not_after INTEGER NOT NULL CHECK (not_after > not_before),
	state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended', 'revoked', 'superseded')),
	state_at INTEGER NOT NULL,
	reason TEXT NOT NULL DEFAULT '',
	unlisted INTEGER NOT NULL DEFAULT 0 CHECK (unlisted IN (0, 1)), -- changed since the newest list
	der BLOB NOT NULL, -- sealed under the authority's own key: it names people
	UNIQUE (site, key),
	FOREIGN KEY (site, key) REFERENCES ca_request (site, key)
) STRICT;
CREATE INDEX ca_certificate_bad ON ca_certificate (not_after) WHERE state IN ('suspended', 'revoked');
CREATE INDEX ca_certificate_unlisted ON ca_certificate (serial) WHERE unlisted = 1;

CREATE TABLE ca_crl (
	number INTEGER NOT NULL PRIMARY KEY CHECK (number > 0),
	this_update INTEGER NOT NULL,
	next_update INTEGER NOT NULL CHECK (next_update > this_update),
	entries INTEGER NOT NULL,
	der BLOB NOT NULL
) STRICT;
