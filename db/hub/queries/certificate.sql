-- Certificates: who holds them, and how it is proven.
-- name: holding_get
SELECT custodian, site, record FROM holding WHERE issuer = ?1 AND serial = ?2;
-- name: holding_put
INSERT INTO holding (issuer, serial, custodian, site, record) VALUES (?1, ?2, ?3, ?3, ?4)
ON CONFLICT (issuer, serial) DO UPDATE SET site = excluded.site, record = excluded.record WHERE holding.custodian = excluded.site;
-- name: holding_give
UPDATE holding SET custodian = ?3 WHERE issuer = ?1 AND serial = ?2;
-- name: key_record_get
SELECT record FROM key_record WHERE site = ?1 AND serial = ?2;
-- name: key_record_put
INSERT INTO key_record (site, serial, record) VALUES (?1, ?2, ?3) ON CONFLICT (site, serial) DO UPDATE SET record = excluded.record;
-- name: key_custody_get
SELECT custodian FROM key_custody WHERE serial = ?1;
-- name: key_custody_put
INSERT INTO key_custody (serial, custodian) VALUES (?1, ?2) ON CONFLICT (serial) DO UPDATE SET custodian = excluded.custodian;
-- name: about_put
INSERT INTO about (site, certificate, order_record) VALUES (?1, ?2, ?3) ON CONFLICT (site, certificate, order_record) DO NOTHING;
-- name: about_of
SELECT order_record FROM about WHERE site = ?1 AND certificate = ?2 ORDER BY order_record DESC;
-- name: possession_add
INSERT INTO possession (challenge, site, digest, until) VALUES (?1, ?2, ?3, ?4);
-- name: possession_use
DELETE FROM possession WHERE challenge = ?1 AND site = ?2 AND digest = ?3 AND until >= ?4;
-- name: possession_forget
DELETE FROM possession WHERE until < ?1;
-- name: possession_open
SELECT count(*) FROM possession WHERE site = ?1;
-- name: feed_item
SELECT kind, body FROM feed WHERE site = ?1 AND n = ?2;
-- name: holding_of_serial
SELECT issuer FROM holding WHERE serial = ?1 ORDER BY issuer LIMIT 2;
-- name: holder_code_add
INSERT INTO holder_code (site, issuer, serial, digest, sent_at) VALUES (?1, ?2, ?3, ?4, ?5);
-- name: holder_code_newest
SELECT id, issuer, digest, sent_at, tries, used FROM holder_code WHERE site = ?1 AND serial = ?2 ORDER BY id DESC LIMIT 1;
-- name: holder_code_since
SELECT count(*) FROM holder_code WHERE serial = ?1 AND sent_at > ?2;
-- name: holder_code_tried
UPDATE holder_code SET tries = tries + 1 WHERE id = ?1;
-- name: review_proof_get
SELECT issuer, serial, site FROM review_proof WHERE order_no = ?1;
-- name: review_proof_add
INSERT INTO review_proof (order_no, issuer, serial, site, reviewer, seq, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (order_no) DO NOTHING;
-- name: fetched_record_put
INSERT INTO fetched_record (site, kind, of, remote, record) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (site, kind, of, remote) DO UPDATE SET record = excluded.record;
-- name: fetched_record_get
SELECT record FROM fetched_record WHERE site = ?1 AND kind = ?2 AND of = ?3 AND remote = ?4;
-- name: entry_said
SELECT entry, refused, received_at FROM entry WHERE site = ?1 AND seq = ?2;
-- name: holder_code_use
UPDATE holder_code SET used = 1 WHERE id = ?1 AND used = 0;
-- name: agent_record_put
INSERT INTO agent_record (site, customer, record) VALUES (?1, ?2, ?3) ON CONFLICT (site, customer, record) DO NOTHING;
-- name: agents_of
SELECT record FROM agent_record WHERE site = ?1 AND customer = ?2 ORDER BY record;
