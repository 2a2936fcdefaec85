-- Certificates by what is written on them, and which site holds each. All but the challenges and who was given what
-- follows from entries and states.

CREATE TABLE holding (
	issuer TEXT NOT NULL,
	serial TEXT NOT NULL,
	custodian TEXT NOT NULL REFERENCES site,
	site TEXT NOT NULL REFERENCES site, -- whose record says how it is now: the custodian's, or until that has it the giver's
	record INTEGER NOT NULL,
	PRIMARY KEY (issuer, serial)
) STRICT;
CREATE INDEX holding_record ON holding (site, record);

CREATE TABLE key_record ( -- a site's rows of kind usb_key
	site TEXT NOT NULL REFERENCES site,
	serial TEXT NOT NULL,
	record INTEGER NOT NULL,
	PRIMARY KEY (site, serial)
) STRICT;

CREATE TABLE key_custody ( -- keys that went to another site with a certificate
	serial TEXT NOT NULL PRIMARY KEY,
	custodian TEXT NOT NULL REFERENCES site
) STRICT;

CREATE TABLE about ( -- which orders of a site are about which of its certificates
	site TEXT NOT NULL REFERENCES site,
	certificate INTEGER NOT NULL,
	order_record INTEGER NOT NULL,
	PRIMARY KEY (site, certificate, order_record)
) STRICT;

CREATE TABLE possession ( -- challenges that a key signs, once
	challenge TEXT NOT NULL PRIMARY KEY,
	site TEXT NOT NULL REFERENCES site,
	digest TEXT NOT NULL, -- of the certificate
	until INTEGER NOT NULL
) STRICT;
CREATE INDEX possession_site ON possession (site);

CREATE TABLE holder_code ( -- codes sent to the phone on file of a certificate's holder
	id INTEGER PRIMARY KEY,
	site TEXT NOT NULL REFERENCES site,
	issuer TEXT NOT NULL,
	serial TEXT NOT NULL,
	digest TEXT NOT NULL,
	sent_at INTEGER NOT NULL,
	tries INTEGER NOT NULL DEFAULT 0,
	used INTEGER NOT NULL DEFAULT 0 CHECK (used IN (0, 1))
) STRICT;
CREATE INDEX holder_code_serial ON holder_code (serial, sent_at);
CREATE INDEX holding_serial ON holding (serial);
