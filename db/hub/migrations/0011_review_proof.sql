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
