-- The model from the first day on. Conventions: times are UTC seconds, money is fen, *_date is a China-time
-- date as text, dk names the data key that encrypts a row's personal columns (blobs named data/secrets/pin) and its
-- states in the journal. Tables marked J are journalled: no row changes without an entry (see src/store/journal.h).

CREATE TABLE data_key (
	id INTEGER PRIMARY KEY,
	cipher INTEGER NOT NULL CHECK (cipher = 1),
	wrapped BLOB CHECK (wrapped IS NULL OR length(wrapped) = 40) -- NULL: destroyed by a purge
) STRICT;

CREATE TABLE site ( -- J
	id INTEGER PRIMARY KEY CHECK (id = 1),
	dk INTEGER NOT NULL REFERENCES data_key,
	code TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 32),
	name TEXT NOT NULL CHECK (name <> ''),
	kind TEXT NOT NULL CHECK (kind IN ('counter', 'review', 'hub')),
	epoch INTEGER NOT NULL CHECK (epoch >= 1),
	demonstration INTEGER NOT NULL CHECK (demonstration IN (0, 1)),
	sign_public BLOB NOT NULL,  -- SubjectPublicKeyInfo of the key that signs journal heads
	sign_private BLOB NOT NULL, -- its PKCS#8, sealed under the store key
	created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE station ( -- J: a window; its till, drawer and journal carry its name
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	code TEXT NOT NULL UNIQUE CHECK (code <> ''),
	name TEXT NOT NULL
) STRICT;

CREATE TABLE staff ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	login TEXT NOT NULL UNIQUE CHECK (length(login) BETWEEN 1 AND 32),
	name TEXT NOT NULL CHECK (name <> ''),
	roles TEXT NOT NULL, -- comma-separated, in the order of the role table
	password TEXT NOT NULL CHECK (password LIKE 'scrypt:%'),
	disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
	created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE login_attempt ( -- wrong tries since the last right one; each try is a journal entry besides
	staff_id INTEGER PRIMARY KEY REFERENCES staff,
	failed INTEGER NOT NULL CHECK (failed >= 0),
	locked_until INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE session ( -- `certdesk login`: belongs to one terminal session
	terminal TEXT PRIMARY KEY,
	staff_id INTEGER NOT NULL REFERENCES staff,
	station TEXT NOT NULL,
	started_at INTEGER NOT NULL
) STRICT;

-- What is sold and asked for -------------------------------------------------------------------------------

CREATE TABLE product ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	code TEXT NOT NULL,
	zh TEXT NOT NULL,
	en TEXT NOT NULL,
	customer TEXT NOT NULL CHECK (customer IN ('unit', 'person')),
	term_months INTEGER NOT NULL CHECK (term_months BETWEEN 1 AND 120),
	profile TEXT NOT NULL,
	slot TEXT NOT NULL DEFAULT '9a',
	rekey INTEGER NOT NULL DEFAULT 0 CHECK (rekey IN (0, 1)),
	valid_from INTEGER NOT NULL,
	UNIQUE (code, valid_from)
) STRICT;

CREATE TABLE channel ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	code TEXT NOT NULL,
	zh TEXT NOT NULL,
	en TEXT NOT NULL,
	medium TEXT NOT NULL,    -- UKEY-RS asks for RSA …
	algorithm TEXT NOT NULL, -- … rsa-2048
	valid_from INTEGER NOT NULL,
	UNIQUE (code, medium, valid_from)
) STRICT;

CREATE TABLE price ( -- J: '' fits any; the most particular row that is valid counts
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	business TEXT NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('certificate', 'medium', 'service', 'postage')),
	product TEXT NOT NULL DEFAULT '',
	item_role TEXT NOT NULL DEFAULT '' CHECK (item_role IN ('', 'main', 'secondary')),
	code TEXT NOT NULL DEFAULT '', -- medium or service
	channel TEXT NOT NULL DEFAULT '',
	reason TEXT NOT NULL DEFAULT '',
	amount INTEGER NOT NULL CHECK (amount >= 0),
	zh TEXT NOT NULL,
	en TEXT NOT NULL,
	valid_from INTEGER NOT NULL,
	version INTEGER NOT NULL
) STRICT;
CREATE INDEX price_by ON price (business, kind, valid_from);

CREATE TABLE document_rule ( -- J: which documents a business asks for
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	business TEXT NOT NULL,
	channel TEXT NOT NULL DEFAULT '',
	customer TEXT NOT NULL DEFAULT '',
	item_role TEXT NOT NULL DEFAULT '',
	reason TEXT NOT NULL DEFAULT '',
	kind TEXT NOT NULL,
	position INTEGER NOT NULL,
	required INTEGER NOT NULL CHECK (required IN (0, 1)),
	form TEXT NOT NULL CHECK (form IN ('original-seen', 'sealed-copy', 'original')),
	zh TEXT NOT NULL,
	en TEXT NOT NULL,
	valid_from INTEGER NOT NULL
) STRICT;

-- Customers: what the last signed order said ---------------------------------------------------------------

CREATE TABLE customer ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	kind TEXT NOT NULL CHECK (kind IN ('unit', 'person')),
	number_digest TEXT NOT NULL UNIQUE, -- keyed digest of the credit code or the identity number
	name TEXT NOT NULL,
	data BLOB NOT NULL, -- the last order's fields
	last_order TEXT NOT NULL,
	updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE agent ( -- J: agents on file of a customer
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	customer_id INTEGER NOT NULL REFERENCES customer,
	number_digest TEXT NOT NULL,
	data BLOB NOT NULL,
	last_order TEXT NOT NULL,
	UNIQUE (customer_id, number_digest)
) STRICT;
CREATE INDEX agent_by_number ON agent (number_digest);

-- Orders ---------------------------------------------------------------------------------------------------

CREATE TABLE counter ( -- numbers given out, by kind and day
	name TEXT PRIMARY KEY,
	value INTEGER NOT NULL
) STRICT;

CREATE TABLE visit ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	no TEXT NOT NULL UNIQUE,
	queue_no TEXT NOT NULL DEFAULT '',
	station TEXT NOT NULL,
	opened_at INTEGER NOT NULL,
	business_date TEXT NOT NULL
) STRICT;

CREATE TABLE draft ( -- what is being keyed; no step, so not journalled until it is signed
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	no TEXT NOT NULL UNIQUE,
	order_id INTEGER REFERENCES orders, -- the order that was returned for correction
	form TEXT NOT NULL,
	form_digest TEXT NOT NULL,
	business TEXT NOT NULL,
	customer TEXT NOT NULL CHECK (customer IN ('unit', 'person')),
	name TEXT NOT NULL,  -- the customer's, for lists
	staff_id INTEGER NOT NULL REFERENCES staff,
	keyers TEXT NOT NULL, -- everybody who keyed or changed it: ",3,5,"; none of them approves it
	station TEXT NOT NULL,
	data BLOB NOT NULL,
	focus TEXT NOT NULL DEFAULT '',
	cursor INTEGER NOT NULL DEFAULT 0,
	created_at INTEGER NOT NULL,
	touched_at INTEGER NOT NULL
) STRICT;
CREATE INDEX draft_by_touch ON draft (touched_at);

CREATE TABLE draft_document (
	id INTEGER PRIMARY KEY,
	draft_id INTEGER NOT NULL REFERENCES draft ON DELETE CASCADE,
	kind TEXT NOT NULL,
	file TEXT NOT NULL, -- name under files/: keyed digest of the content
	digest TEXT NOT NULL, -- of the stored (encrypted) file
	mime TEXT NOT NULL,
	size INTEGER NOT NULL,
	width INTEGER NOT NULL,
	height INTEGER NOT NULL,
	refit INTEGER NOT NULL CHECK (refit IN (0, 1)),
	data BLOB NOT NULL, -- content digest and original name
	staff_id INTEGER NOT NULL REFERENCES staff,
	attached_at INTEGER NOT NULL,
	UNIQUE (draft_id, kind)
) STRICT;

CREATE TABLE challenge ( -- a code sent to somebody; the digest says what it confirms
	id INTEGER PRIMARY KEY,
	subject TEXT NOT NULL,
	purpose TEXT NOT NULL,
	code TEXT NOT NULL,   -- keyed digest
	content TEXT NOT NULL,
	target TEXT NOT NULL, -- masked
	sent_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	tries INTEGER NOT NULL DEFAULT 0,
	used INTEGER NOT NULL DEFAULT 0 CHECK (used IN (0, 1))
) STRICT;
CREATE INDEX challenge_by_subject ON challenge (subject, purpose, id);

CREATE TABLE orders ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	no TEXT NOT NULL UNIQUE,
	visit_id INTEGER NOT NULL REFERENCES visit,
	business TEXT NOT NULL,
	form TEXT NOT NULL,
	form_digest TEXT NOT NULL,
	customer_id INTEGER NOT NULL REFERENCES customer,
	customer TEXT NOT NULL CHECK (customer IN ('unit', 'person')),
	name TEXT NOT NULL,
	channel TEXT NOT NULL,
	reason TEXT NOT NULL DEFAULT '',
	delivery TEXT NOT NULL CHECK (delivery IN ('counter', 'mail')),
	status TEXT NOT NULL CHECK (status IN ('signed', 'awaiting-payment', 'paid', 'in-review', 'approved', 'issuing', 'issued',
		'handed-over', 'mailed', 'done', 'returned', 'rejected', 'cancelled', 'refunding', 'refunded')),
	amount INTEGER NOT NULL CHECK (amount >= 0),
	waiting INTEGER NOT NULL DEFAULT 0 CHECK (waiting IN (0, 1)), -- the customer waits at the desk
	custodian TEXT NOT NULL,
	staff_id INTEGER NOT NULL REFERENCES staff, -- who keyed it in
	keyers TEXT NOT NULL, -- as of the draft
	station TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	signed_at INTEGER NOT NULL,
	pay_due_at INTEGER,
	submitted_at INTEGER,
	review_due_at INTEGER,
	claimed_by INTEGER REFERENCES staff,
	claimed_at INTEGER,
	reviewer_id INTEGER REFERENCES staff,
	decided_at INTEGER,
	decision TEXT NOT NULL DEFAULT '',
	issuer_id INTEGER REFERENCES staff,
	issued_at INTEGER,
	done_at INTEGER,
	business_date TEXT NOT NULL,
	data BLOB NOT NULL
) STRICT;
CREATE INDEX orders_by_status ON orders (status, id);
CREATE INDEX orders_by_customer ON orders (customer_id, id);
CREATE INDEX orders_by_date ON orders (business_date, id);
CREATE INDEX orders_by_pay_due ON orders (pay_due_at) WHERE status = 'awaiting-payment';
CREATE INDEX orders_by_queue ON orders (waiting DESC, submitted_at) WHERE status = 'in-review';

CREATE VIRTUAL TABLE name_index USING fts5 (pairs, content = '', tokenize = "unicode61 remove_diacritics 0");

CREATE TABLE item ( -- J: one certificate on one key
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	order_id INTEGER NOT NULL REFERENCES orders,
	position INTEGER NOT NULL,
	role TEXT NOT NULL CHECK (role IN ('main', 'secondary')),
	product TEXT NOT NULL,
	medium TEXT NOT NULL,
	own_medium INTEGER NOT NULL CHECK (own_medium IN (0, 1)),
	algorithm TEXT NOT NULL,
	key_serial TEXT,
	step TEXT NOT NULL DEFAULT '' CHECK (step IN ('', 'reserved', 'secured', 'generated', 'requested', 'certified', 'written',
		'proven', 'pin-set', 'sent', 'issued')),
	step_at INTEGER,
	request BLOB,
	serial TEXT, -- of the certificate, chosen before the CA is asked
	not_before INTEGER,
	not_after INTEGER,
	UNIQUE (order_id, position)
) STRICT;
CREATE INDEX item_by_key ON item (key_serial);

CREATE TABLE line ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	order_id INTEGER NOT NULL REFERENCES orders,
	item_id INTEGER REFERENCES item,
	kind TEXT NOT NULL CHECK (kind IN ('certificate', 'medium', 'service', 'postage')),
	code TEXT NOT NULL,
	amount INTEGER NOT NULL CHECK (amount >= 0),
	price_id INTEGER NOT NULL REFERENCES price
) STRICT;
CREATE INDEX line_by_order ON line (order_id);

CREATE TABLE document ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	order_id INTEGER NOT NULL REFERENCES orders,
	kind TEXT NOT NULL,
	file TEXT NOT NULL,
	digest TEXT NOT NULL,
	mime TEXT NOT NULL,
	size INTEGER NOT NULL,
	width INTEGER NOT NULL,
	height INTEGER NOT NULL,
	refit INTEGER NOT NULL,
	data BLOB NOT NULL,
	staff_id INTEGER NOT NULL REFERENCES staff,
	attached_at INTEGER NOT NULL
) STRICT;
CREATE INDEX document_by_order ON document (order_id);

CREATE TABLE text_shown ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	order_id INTEGER NOT NULL REFERENCES orders,
	text TEXT NOT NULL,
	version TEXT NOT NULL,
	digest TEXT NOT NULL,
	how TEXT NOT NULL
) STRICT;
CREATE INDEX text_by_order ON text_shown (order_id);

CREATE TABLE identity_check ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	order_id INTEGER NOT NULL REFERENCES orders,
	of TEXT NOT NULL CHECK (of IN ('unit', 'legal', 'agent', 'person')),
	method TEXT NOT NULL,
	provider TEXT NOT NULL,
	staff_id INTEGER REFERENCES staff,
	request TEXT NOT NULL,
	result TEXT NOT NULL CHECK (result IN ('passed', 'failed', 'open')),
	evidence TEXT NOT NULL,
	checked_at INTEGER NOT NULL
) STRICT;
CREATE INDEX identity_by_order ON identity_check (order_id);

CREATE TABLE signature ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	method TEXT NOT NULL CHECK (method IN ('sms', 'key', 'paper')),
	state TEXT NOT NULL CHECK (state IN ('valid', 'void')),
	staff_id INTEGER NOT NULL REFERENCES staff,
	second_id INTEGER REFERENCES staff,
	evidence TEXT NOT NULL,
	signed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE signature_order ( -- J: what was signed, by digest; `data` is the signed object itself
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	signature_id INTEGER NOT NULL REFERENCES signature,
	order_id INTEGER NOT NULL REFERENCES orders,
	digest TEXT NOT NULL,
	data BLOB NOT NULL
) STRICT;
CREATE INDEX signature_by_order ON signature_order (order_id);

-- Money ----------------------------------------------------------------------------------------------------

CREATE TABLE shift ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	station TEXT NOT NULL,
	till TEXT NOT NULL,
	staff_id INTEGER NOT NULL REFERENCES staff,
	business_date TEXT NOT NULL,
	opened_at INTEGER NOT NULL,
	closed_at INTEGER
) STRICT;
CREATE INDEX shift_open ON shift (station) WHERE closed_at IS NULL;

CREATE TABLE payment ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	method TEXT NOT NULL CHECK (method IN ('cash', 'pos', 'cheque', 'transfer', 'alipay')),
	receipt TEXT NOT NULL UNIQUE CHECK (receipt <> ''),
	amount INTEGER NOT NULL CHECK (amount > 0),
	state TEXT NOT NULL CHECK (state IN ('open', 'verified', 'void', 'unclaimed')),
	shift_id INTEGER REFERENCES shift,
	staff_id INTEGER REFERENCES staff,
	business_date TEXT NOT NULL,
	taken_at INTEGER NOT NULL,
	verified_at INTEGER,
	void_reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX payment_by_date ON payment (business_date, id);

CREATE TABLE payment_order ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	payment_id INTEGER NOT NULL REFERENCES payment,
	order_id INTEGER NOT NULL REFERENCES orders,
	amount INTEGER NOT NULL CHECK (amount > 0)
) STRICT;
CREATE INDEX allocation_by_order ON payment_order (order_id);
CREATE INDEX allocation_by_payment ON payment_order (payment_id);

CREATE TABLE statement ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	digest TEXT NOT NULL UNIQUE,
	map TEXT NOT NULL,
	staff_id INTEGER NOT NULL REFERENCES staff,
	imported_at INTEGER NOT NULL
) STRICT;

CREATE TABLE statement_entry ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	statement_id INTEGER NOT NULL REFERENCES statement,
	reference TEXT NOT NULL UNIQUE,
	booked_date TEXT NOT NULL,
	amount INTEGER NOT NULL CHECK (amount > 0),
	payment_id INTEGER REFERENCES payment,
	data BLOB NOT NULL -- payer, account, remark
) STRICT;
CREATE INDEX entry_by_payment ON statement_entry (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX entry_unmatched ON statement_entry (amount) WHERE payment_id IS NULL;

-- Keys, certificates ---------------------------------------------------------------------------------------

CREATE TABLE usb_key ( -- J: one medium
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	serial TEXT NOT NULL UNIQUE CHECK (serial <> ''),
	medium TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('in-stock', 'reserved', 'made', 'handed-over', 'in-transit', 'locked', 'lost', 'damaged',
		'returned', 'destroyed', 'customer-owned')),
	drawer TEXT NOT NULL,
	order_id INTEGER REFERENCES orders,
	secrets BLOB, -- PUK and management key, those before them and those to come
	custodian TEXT NOT NULL,
	updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX key_by_state ON usb_key (state, medium);

CREATE TABLE key_move ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	key_id INTEGER NOT NULL REFERENCES usb_key,
	from_state TEXT NOT NULL,
	to_state TEXT NOT NULL,
	drawer TEXT NOT NULL,
	order_id INTEGER REFERENCES orders,
	staff_id INTEGER REFERENCES staff,
	business_date TEXT NOT NULL,
	moved_at INTEGER NOT NULL,
	reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX move_by_date ON key_move (business_date);
CREATE INDEX move_by_key ON key_move (key_id, business_date);

CREATE TABLE certificate ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	issuer TEXT NOT NULL,
	serial TEXT NOT NULL,
	order_id INTEGER NOT NULL REFERENCES orders,
	item_id INTEGER NOT NULL REFERENCES item,
	customer_id INTEGER NOT NULL REFERENCES customer,
	key_serial TEXT NOT NULL,
	product TEXT NOT NULL,
	subject TEXT NOT NULL,
	not_before INTEGER NOT NULL,
	not_after INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'revoked', 'superseded')),
	state_at INTEGER NOT NULL,
	reason TEXT NOT NULL DEFAULT '',
	custodian TEXT NOT NULL,
	der BLOB NOT NULL,
	UNIQUE (issuer, serial)
) STRICT;
CREATE INDEX certificate_by_order ON certificate (order_id);
CREATE INDEX certificate_by_begin ON certificate (not_before);
CREATE INDEX certificate_by_key ON certificate (key_serial);
CREATE INDEX certificate_by_serial ON certificate (serial);
CREATE INDEX certificate_by_change ON certificate (state_at);
CREATE INDEX certificate_by_customer ON certificate (customer_id);
CREATE INDEX certificate_unusable ON certificate (state_at) WHERE state IN ('suspended', 'revoked');

CREATE TABLE crl ( -- J
	id INTEGER PRIMARY KEY, -- its number
	dk INTEGER NOT NULL REFERENCES data_key,
	this_update INTEGER NOT NULL,
	next_update INTEGER NOT NULL,
	der BLOB NOT NULL
) STRICT;

CREATE TABLE pin_delivery ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	item_id INTEGER NOT NULL REFERENCES item,
	key_serial TEXT NOT NULL,
	channel TEXT NOT NULL CHECK (channel IN ('sms', 'remark')),
	state TEXT NOT NULL CHECK (state IN ('recorded', 'set', 'sent', 'delivered', 'failed')),
	target BLOB NOT NULL, -- encrypted
	pin BLOB,             -- encrypted; gone when delivered or after seven days
	message TEXT NOT NULL DEFAULT '',
	recorded_at INTEGER NOT NULL,
	sent_at INTEGER
) STRICT;
CREATE INDEX delivery_by_item ON pin_delivery (item_id);

CREATE TABLE handover ( -- J
	id INTEGER PRIMARY KEY,
	dk INTEGER NOT NULL REFERENCES data_key,
	order_id INTEGER NOT NULL REFERENCES orders,
	item_id INTEGER NOT NULL REFERENCES item,
	key_serial TEXT NOT NULL,
	to_whom TEXT NOT NULL CHECK (to_whom IN ('agent', 'legal', 'other', 'mail')),
	receipt TEXT NOT NULL,
	accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)),
	data BLOB NOT NULL, -- who took it, recipient, tracking number
	staff_id INTEGER NOT NULL REFERENCES staff,
	handed_at INTEGER NOT NULL,
	undone_at INTEGER
) STRICT;
CREATE INDEX handover_by_order ON handover (order_id);

-- The journal ----------------------------------------------------------------------------------------------

CREATE TABLE journal (
	seq INTEGER PRIMARY KEY,
	entry TEXT NOT NULL, -- canonical JSON, see src/store/journal.h
	hash TEXT NOT NULL,
	signature BLOB NOT NULL,
	at INTEGER NOT NULL,    -- the entry's time and subject again, for the indexes; audit verify compares them
	subject TEXT NOT NULL
) STRICT;
CREATE INDEX journal_by_subject ON journal (subject, seq);

CREATE TABLE journal_state (
	kind TEXT NOT NULL,
	record INTEGER NOT NULL,
	version INTEGER NOT NULL,
	seq INTEGER NOT NULL REFERENCES journal DEFERRABLE INITIALLY DEFERRED, -- written before its entry
	dk INTEGER NOT NULL,
	body BLOB, -- sealed canonical JSON; NULL: purged
	PRIMARY KEY (kind, record, version)
) STRICT; -- with rowids: a body over a kilobyte would take an overflow page in an index tree
CREATE INDEX state_by_seq ON journal_state (seq);
