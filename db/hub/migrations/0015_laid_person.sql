-- Staff as headquarters laid them down last: who decides about orders at a review site is compared with it.

CREATE TABLE laid_person ( -- made of the publications (src/hub/laid.c); the setting "laid_people" says up to which
	site TEXT NOT NULL,    -- '': every site
	login TEXT NOT NULL,
	number INTEGER NOT NULL, -- the newest publication that names them
	reviewer INTEGER NOT NULL, -- 1: a reviewer by that one, and not disabled
	ever INTEGER NOT NULL,     -- 1: … by it or an earlier one
	PRIMARY KEY (site, login)
) STRICT;
