-- A site of headquarters that was made from a backup, before headquarters has answered.
-- name: restored_note
INSERT INTO restored (id, login, second, facts) VALUES (1, ?1, ?2, ?3) ON CONFLICT (id) DO NOTHING;
-- name: restored_get
SELECT login, second, facts FROM restored WHERE id = 1;
-- name: restored_waits
SELECT count(*) FROM restored;
-- name: restored_told
DELETE FROM restored;
-- name: headquarters_new_put
INSERT INTO headquarters_new (id, url, name, root, hub_sign, hub_encrypt, tls_certificate, sign_certificate, encrypt_certificate, tls_private,
	encrypt_private, joined_at, kind) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
ON CONFLICT (id) DO UPDATE SET url = excluded.url, name = excluded.name, root = excluded.root, hub_sign = excluded.hub_sign,
	hub_encrypt = excluded.hub_encrypt, tls_certificate = excluded.tls_certificate, sign_certificate = excluded.sign_certificate,
	encrypt_certificate = excluded.encrypt_certificate, tls_private = excluded.tls_private, encrypt_private = excluded.encrypt_private,
	joined_at = excluded.joined_at, kind = excluded.kind;
-- name: headquarters_new_kind
SELECT kind FROM headquarters_new WHERE id = 1;
-- name: headquarters_adopt
UPDATE headquarters SET dk = ?1, url = n.url, name = n.name, root = n.root, hub_sign = n.hub_sign, hub_encrypt = n.hub_encrypt,
	tls_certificate = n.tls_certificate, sign_certificate = n.sign_certificate, encrypt_certificate = n.encrypt_certificate,
	tls_private = n.tls_private, encrypt_private = n.encrypt_private, joined_at = n.joined_at
FROM headquarters_new n WHERE headquarters.id = 1 AND n.id = 1;
-- name: headquarters_new_done
DELETE FROM headquarters_new;
