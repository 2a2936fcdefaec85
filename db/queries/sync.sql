-- What headquarters and this site are to each other, and orders that move between sites.
-- name: headquarters_get
-- With what the site got when it joined again after a restore, before that is recorded.
SELECT h.id, h.dk, coalesce(n.url, h.url) AS url, coalesce(n.name, h.name) AS name, coalesce(n.root, h.root) AS root,
	coalesce(n.hub_sign, h.hub_sign) AS hub_sign, coalesce(n.hub_encrypt, h.hub_encrypt) AS hub_encrypt,
	coalesce(n.tls_certificate, h.tls_certificate) AS tls_certificate, coalesce(n.sign_certificate, h.sign_certificate) AS sign_certificate,
	coalesce(n.encrypt_certificate, h.encrypt_certificate) AS encrypt_certificate, coalesce(n.tls_private, h.tls_private) AS tls_private,
	coalesce(n.encrypt_private, h.encrypt_private) AS encrypt_private, coalesce(n.joined_at, h.joined_at) AS joined_at
FROM headquarters h LEFT JOIN headquarters_new n ON n.id = h.id WHERE h.id = 1;
-- name: headquarters_insert
INSERT INTO headquarters (id, dk, url, name, root, hub_sign, hub_encrypt, tls_certificate, sign_certificate, encrypt_certificate,
	tls_private, encrypt_private, joined_at) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12);
-- name: headquarters_replace
UPDATE headquarters SET dk = ?1, url = ?2, name = ?3, root = ?4, hub_sign = ?5, hub_encrypt = ?6, tls_certificate = ?7,
	sign_certificate = ?8, encrypt_certificate = ?9, tls_private = ?10, encrypt_private = ?11, joined_at = ?12 WHERE id = 1;
-- name: headquarters_renewed
UPDATE headquarters SET tls_certificate = ?1, sign_certificate = ?2, encrypt_certificate = ?3 WHERE id = 1;
-- name: site_set_kind
UPDATE site SET kind = ?1 WHERE id = 1;
-- name: sync_state_get
SELECT s.acknowledged, s.acknowledged_hash, s.feed, s.review, s.replaying, s.clock_off, s.line, s.line_at, s.contact_at, s.trouble, s.trouble_code,
	coalesce((SELECT max(seq) FROM journal), 0) AS seq, coalesce((SELECT hash FROM journal ORDER BY seq DESC LIMIT 1), '') AS head,
	EXISTS (SELECT 1 FROM headquarters) AS joined, (SELECT count(*) FROM custody_refusal c JOIN orders o ON o.id = c.order_id WHERE o.status = 'in-review' AND o.custodian = (SELECT code FROM site)) AS refused
FROM sync_state s;
-- name: sync_state_line
UPDATE sync_state SET line_at = CASE WHEN line = ?1 THEN line_at ELSE ?2 END, line = ?1,
	contact_at = CASE WHEN ?1 = 'up' THEN ?2 ELSE contact_at END, trouble = ?3, trouble_code = ?4
	WHERE line <> ?1 OR trouble <> ?3 OR trouble_code <> ?4 OR (line = 'up' AND contact_at NOT BETWEEN ?2 - 9 AND ?2); -- not a write each second
-- name: sync_state_clock
UPDATE sync_state SET clock_off = ?1;
-- name: sync_clock
SELECT clock_off FROM sync_state;
-- name: sync_state_acknowledged
UPDATE sync_state SET acknowledged = ?1, acknowledged_hash = ?2;
-- name: sync_state_feed
UPDATE sync_state SET feed = ?1 WHERE feed < ?1;
-- name: sync_state_review
UPDATE sync_state SET review = ?1;
-- name: push_entries
SELECT seq, entry, hash, signature FROM journal WHERE seq > ?1 ORDER BY seq LIMIT ?2;
-- name: push_states
SELECT kind, record, version, dk, body FROM journal_state WHERE seq = ?1 ORDER BY kind, record, version;
-- name: push_key_known
SELECT 1 FROM journal_state WHERE dk = ?1 AND seq <= ?2 LIMIT 1;
-- name: file_sent_has
SELECT 1 FROM file_sent WHERE digest = ?1;
-- name: file_sent_add
INSERT OR IGNORE INTO file_sent (digest) VALUES (?1);
-- name: file_sent_remove
DELETE FROM file_sent WHERE digest = ?1;
-- name: file_by_digest
SELECT file FROM document WHERE digest = ?1 UNION ALL SELECT file FROM draft_document WHERE digest = ?1
UNION ALL SELECT file FROM invoice WHERE digest = ?1 UNION ALL SELECT file FROM invoice_red WHERE digest = ?1 LIMIT 1;
-- name: foreign_get
SELECT local FROM foreign_record WHERE site = ?1 AND kind = ?2 AND remote = ?3;
-- name: foreign_of
SELECT site, remote FROM foreign_record WHERE kind = ?1 AND local = ?2;
-- name: foreign_add
INSERT INTO foreign_record (site, kind, remote, local) VALUES (?1, ?2, ?3, ?4);
-- name: foreign_remove
DELETE FROM foreign_record WHERE kind = ?1 AND local = ?2;
-- name: custody_waiting
SELECT o.no FROM orders o WHERE o.status = 'in-review' AND o.custodian = ?1
	AND (o.claimed_by IS NULL OR o.claimed_at < ?2) AND NOT EXISTS (SELECT 1 FROM custody_refusal c WHERE c.order_id = o.id)
	AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id)
ORDER BY o.waiting DESC, o.submitted_at LIMIT 100;
-- name: custody_set
UPDATE orders SET custodian = ?2, claimed_by = NULL, claimed_at = NULL WHERE id = ?1 AND custodian = ?3;
-- name: custody_foreign_here
SELECT o.id FROM orders o JOIN foreign_record f ON f.kind = 'orders' AND f.local = o.id WHERE o.no = ?1 AND o.custodian = ?2;
-- name: custody_refused
INSERT INTO custody_refusal (order_id, seq, why) VALUES (?1, ?2, ?3) ON CONFLICT (order_id) DO UPDATE SET seq = ?2, why = ?3;
-- name: custody_decide_again
UPDATE orders SET status = 'in-review', reviewer_id = NULL, decided_at = NULL, decision = '' WHERE id = ?1 AND status IN ('approved', 'returned', 'rejected');
-- name: custody_deadline_again
UPDATE deadline SET ended_at = NULL, dropped = 0 WHERE id = (SELECT max(id) FROM deadline WHERE order_id = ?1 AND step = ?2);
-- name: custody_ask_again
-- Signed anew, come anew, or handed on anew: headquarters judges it once more.
DELETE FROM custody_refusal WHERE order_id = ?1;
-- name: custody_parts
SELECT 'item' AS kind, id FROM item WHERE order_id = ?1 AND position >= 0
UNION ALL SELECT 'line', id FROM line WHERE order_id = ?1
UNION ALL SELECT 'document', id FROM document WHERE order_id = ?1
UNION ALL SELECT 'text_shown', id FROM text_shown WHERE order_id = ?1
UNION ALL SELECT 'identity_check', id FROM identity_check WHERE order_id = ?1
UNION ALL SELECT 'signature_order', id FROM signature_order WHERE order_id = ?1
UNION ALL SELECT 'signature_void', v.id FROM signature_void v JOIN signature_order s ON s.id = v.signature_order_id WHERE s.order_id = ?1
UNION ALL SELECT 'order_subject', id FROM order_subject WHERE order_id = ?1
UNION ALL SELECT 'deadline', id FROM deadline WHERE order_id = ?1;
-- name: custody_files
SELECT digest FROM document WHERE order_id = ?1 ORDER BY digest;
-- name: staff_by_login_any
SELECT id FROM staff WHERE login = ?1;
-- name: replay_mark
UPDATE sync_state SET replaying = ?1;
-- name: replay_foreign
INSERT OR IGNORE INTO foreign_record (site, kind, remote, local) VALUES (?1, ?2, ?3, ?4);
-- name: replay_key_has
SELECT 1 FROM data_key WHERE id = ?1;
-- name: replay_key_add
INSERT INTO data_key (id, cipher, wrapped) VALUES (?1, 1, ?2);
-- name: replay_key_journalled
SELECT 1 FROM journal_state WHERE dk = ?1 LIMIT 1;
-- name: replay_key_move
-- A draft of the new life sits where a key of the old one was: it makes room, far from what is still to come.
UPDATE data_key SET id = (SELECT max(id) + 100000 FROM data_key) WHERE id = ?1 RETURNING id;
-- name: replay_draft_key
UPDATE draft SET dk = ?2 WHERE dk = ?1;
-- name: replay_drafts_twice
SELECT d.id, d.no FROM draft d JOIN orders o ON o.no = d.no WHERE d.order_id IS NULL;
-- name: replay_draft_number
UPDATE draft SET no = ?2 WHERE id = ?1;
-- name: replay_drafts_past
DELETE FROM draft WHERE order_id IS NOT NULL AND (SELECT status FROM orders o WHERE o.id = draft.order_id) <> 'returned';
-- name: replay_returned
SELECT no FROM orders o WHERE o.status = 'returned' AND o.custodian = ?1 AND NOT EXISTS (SELECT 1 FROM draft d WHERE d.order_id = o.id);
-- name: replay_taken
SELECT entry FROM journal WHERE instr(entry, '"taken"') OR instr(entry, '"fetched"') ORDER BY seq;
-- name: replica_types
SELECT name, type FROM pragma_table_info(?1);
-- name: replica_known
SELECT count(*) = 2 FROM pragma_table_info(?1) WHERE name IN ('id', 'dk');
-- name: replica_references
SELECT "from", "table" FROM pragma_foreign_key_list(?1) WHERE "table" <> 'data_key';
-- name: replay_defer
PRAGMA defer_foreign_keys = ON;
-- name: replay_names
SELECT id, name FROM orders;
-- name: replay_index_clear
INSERT INTO name_index (name_index) VALUES ('delete-all');
-- name: site_set_epoch
UPDATE site SET epoch = epoch + 1 WHERE id = 1;
-- name: files_named
SELECT file, digest, size FROM document UNION SELECT file, digest, size FROM invoice WHERE file IS NOT NULL
UNION SELECT file, digest, size FROM invoice_red;
