-- A site of headquarters that was made from a backup: what is recorded of that once headquarters has said what came after the backup. Until then
-- nothing is, for it would be a second history.

CREATE TABLE restored ( -- no step: it waits for its own
	id INTEGER PRIMARY KEY CHECK (id = 1),
	login TEXT NOT NULL CHECK (login <> ''), -- who restored it
	second TEXT NOT NULL,                    -- … together with whom
	facts TEXT NOT NULL CHECK (facts <> '')
) STRICT;

CREATE TABLE headquarters_new ( -- no step: joined again meanwhile; goes over headquarters' row with the same step
	id INTEGER PRIMARY KEY CHECK (id = 1),
	url TEXT NOT NULL CHECK (url LIKE 'https://%'),
	name TEXT NOT NULL,
	root TEXT NOT NULL,
	hub_sign TEXT NOT NULL,
	hub_encrypt TEXT NOT NULL,
	tls_certificate TEXT NOT NULL,
	sign_certificate TEXT NOT NULL,
	encrypt_certificate TEXT NOT NULL,
	tls_private BLOB NOT NULL, -- sealed as there
	encrypt_private BLOB NOT NULL,
	joined_at INTEGER NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('counter', 'review'))
) STRICT;
