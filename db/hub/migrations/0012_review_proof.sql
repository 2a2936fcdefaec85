-- The third proof of a certificate: an order of another counter that a review site approved. Each proves once.

CREATE TABLE review_proof (
	order_no TEXT NOT NULL PRIMARY KEY,
	issuer TEXT NOT NULL,
	serial TEXT NOT NULL,
	site TEXT NOT NULL REFERENCES site, -- who asked
	reviewer TEXT NOT NULL REFERENCES site, -- whose entry approved it, and which
	seq INTEGER NOT NULL,
	at INTEGER NOT NULL,
	FOREIGN KEY (reviewer, seq) REFERENCES entry (site, seq)
) STRICT;

CREATE TABLE fetched_record ( -- rows of a site that came with a certificate, and whose they were: by the map of the entry that took it
	site TEXT NOT NULL REFERENCES site,
	kind TEXT NOT NULL,
	of TEXT NOT NULL, -- whose number `remote` is
	remote INTEGER NOT NULL,
	record INTEGER NOT NULL,
	PRIMARY KEY (site, kind, of, remote)
) STRICT;
