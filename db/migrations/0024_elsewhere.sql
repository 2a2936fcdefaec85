-- Orders about a certificate that another counter holds, which an approved review is to bring here.

CREATE TABLE elsewhere_ask ( -- no step: what headquarters said when it was asked last
	order_id INTEGER PRIMARY KEY REFERENCES orders,
	at INTEGER NOT NULL,
	why TEXT NOT NULL -- the sentence why not; '': it is on its way
) STRICT;
