-- Sites, their enrolment codes and certificates.
-- name: site_get
SELECT code, kind, name, region, state, code_until, enrolled_at, joined_at, program, last_seen FROM site WHERE code = ?1;
-- name: site_list
SELECT s.code, s.kind, s.name, s.region, s.state, s.code_until, s.joined_at, s.program, s.last_seen,
	coalesce((SELECT max(e.seq) FROM entry e WHERE e.site = s.code), 0) AS seq,
	coalesce((SELECT e.hash FROM entry e WHERE e.site = s.code ORDER BY e.seq DESC LIMIT 1), '') AS head,
	coalesce((SELECT e.epoch FROM entry e WHERE e.site = s.code ORDER BY e.seq DESC LIMIT 1), 0) AS epoch
FROM site s ORDER BY s.code;
-- name: site_enrol
INSERT INTO site (code, kind, name, region, state, code_digest, code_until, enrolled_at) VALUES (?1, ?2, ?3, ?4, 'enrolled', ?5, ?6, ?7)
ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, name = excluded.name, region = excluded.region, code_digest = excluded.code_digest,
	code_until = excluded.code_until, code_keys = '' WHERE site.state = 'enrolled';
-- name: site_describe
UPDATE site SET name = ?2, region = ?3 WHERE code = ?1;
-- name: site_new_code
UPDATE site SET code_digest = ?2, code_until = ?3, code_keys = '' WHERE code = ?1;
-- name: site_codes
SELECT code, kind, code_digest, code_keys FROM site WHERE code_digest <> '' AND code_until > ?1 ORDER BY code;
-- name: site_join
UPDATE site SET state = 'joined', joined_at = coalesce(joined_at, ?2), code_keys = ?3, program = ?4,
	name = CASE WHEN name = '' THEN ?5 ELSE name END WHERE code = ?1;
-- name: site_seen
UPDATE site SET last_seen = ?2, program = CASE WHEN CAST(?3 AS TEXT) = '' THEN program ELSE CAST(?3 AS TEXT) END,
	code_digest = CASE WHEN code_keys = '' THEN code_digest ELSE '' END WHERE code = ?1;
-- name: site_revoke
UPDATE site SET state = 'revoked', code_digest = '', code_until = 0 WHERE code = ?1;
-- name: certificate_insert
INSERT INTO certificate (serial, site, kind, pem, issued_at, not_after) VALUES (?1, ?2, ?3, ?4, ?5, ?6);
-- name: certificate_replace
UPDATE certificate SET replaced = 1 WHERE site = ?1 AND kind = ?2 AND replaced = 0;
-- name: certificate_get
SELECT c.site, c.kind, c.revoked_at, s.state, c.replaced, s.kind, s.last_seen,
	CASE WHEN s.code_digest <> '' AND s.code_keys <> '' THEN 1
		WHEN EXISTS (SELECT 1 FROM certificate o WHERE o.site = c.site AND o.kind = 'tls' AND o.replaced = 1 AND o.revoked_at = 0) THEN 1
		ELSE 0 END, (SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'restored_at') FROM certificate c JOIN site s ON s.code = c.site
WHERE c.serial = ?1;
-- name: certificate_current
SELECT pem, serial, not_after FROM certificate WHERE site = ?1 AND kind = ?2 AND replaced = 0;
-- name: certificate_all
SELECT pem, serial, revoked_at FROM certificate WHERE site = ?1 AND kind = ?2 ORDER BY replaced, issued_at DESC;
-- name: certificate_retire
UPDATE certificate SET revoked_at = ?2 WHERE site = ?1 AND kind = 'tls' AND replaced = 1 AND revoked_at = 0;
-- name: certificate_revoke
UPDATE certificate SET revoked_at = ?2 WHERE site = ?1 AND revoked_at = 0;
-- name: certificate_revoked
SELECT serial, revoked_at FROM certificate WHERE revoked_at > 0 ORDER BY serial;
-- name: certificate_revoked_count
SELECT count(*) FROM certificate WHERE revoked_at > 0;
-- name: wrong_code_insert
INSERT INTO wrong_code (at, address) VALUES (?1, ?2);
-- name: wrong_code_since
SELECT count(*) FROM wrong_code WHERE at > ?1 AND address = ?2;
-- name: wrong_code_all_since
SELECT count(*) FROM wrong_code WHERE at > ?1;
-- name: wrong_code_forget
DELETE FROM wrong_code WHERE at <= ?1;
