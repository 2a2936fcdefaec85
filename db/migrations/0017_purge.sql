-- Five years after a certificate ends nobody may read whose it was: keys and bodies are destroyed, the chain stays.

CREATE TABLE purge ( -- data keys that a purge's entry names; destroyed once headquarters (if there is one) has that entry
	dk INTEGER PRIMARY KEY REFERENCES data_key,
	seq INTEGER NOT NULL CHECK (seq > 0)
) STRICT;
CREATE INDEX purge_by_seq ON purge (seq);
