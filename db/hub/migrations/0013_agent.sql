-- Which rows of kind agent are of which customer of a site: they go along with a certificate of that customer.

CREATE TABLE agent_record (
	site TEXT NOT NULL REFERENCES site,
	customer INTEGER NOT NULL,
	record INTEGER NOT NULL,
	PRIMARY KEY (site, customer, record)
) STRICT;
