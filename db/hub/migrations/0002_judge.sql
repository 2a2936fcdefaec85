-- What the accepted entries of the sites say, as far as the next ones are judged by it. All of it follows from entries and states.

CREATE TABLE order_record ( -- a site's rows of kind orders
	site TEXT NOT NULL REFERENCES site,
	record INTEGER NOT NULL,
	order_no TEXT NOT NULL,
	PRIMARY KEY (site, record)
) STRICT;
CREATE UNIQUE INDEX order_record_no ON order_record (order_no, site);

CREATE TABLE part ( -- which of its rows belong to which order
	site TEXT NOT NULL REFERENCES site,
	kind TEXT NOT NULL,
	record INTEGER NOT NULL,
	order_record INTEGER NOT NULL,
	PRIMARY KEY (site, kind, record)
) STRICT;
CREATE INDEX part_order ON part (site, order_record, kind);

CREATE TABLE person ( -- a site's staff, by its own word
	site TEXT NOT NULL REFERENCES site,
	record INTEGER NOT NULL,
	login TEXT NOT NULL,
	roles TEXT NOT NULL,
	disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
	PRIMARY KEY (site, record)
) STRICT;
CREATE INDEX person_login ON person (site, login);

CREATE TABLE review_share ( -- which review site gets which orders: '' fits any, the most particular rows count, by weight
	region TEXT NOT NULL DEFAULT '',
	product TEXT NOT NULL DEFAULT '',
	site TEXT NOT NULL REFERENCES site,
	weight INTEGER NOT NULL CHECK (weight BETWEEN 1 AND 1000),
	PRIMARY KEY (region, product, site)
) STRICT;
