-- When one person alone disabled a login: for a while it still counts where two persons are needed. 0: it doesn't.
ALTER TABLE staff ADD COLUMN disabled_at INTEGER NOT NULL DEFAULT 0;

-- Which failure `trouble` tells of ("SYNC_REVOKED"): what is no fault of the network isn't called one.
ALTER TABLE sync_state ADD COLUMN trouble_code TEXT NOT NULL DEFAULT '';

CREATE TABLE review_site ( -- no step: of a review site, which there are, by headquarters' newest word
	code TEXT PRIMARY KEY CHECK (code <> ''),
	name TEXT NOT NULL
) STRICT, WITHOUT ROWID;
