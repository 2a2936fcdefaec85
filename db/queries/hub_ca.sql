-- Issuing under the CA that headquarters holds.
-- name: state_ca_request
SELECT * FROM ca_request WHERE id = ?1;
-- name: all_ca_request
SELECT * FROM ca_request ORDER BY id;
-- name: ca_request_add
INSERT INTO ca_request (dk, item_id, key_serial, key, not_before, not_after, state, asked_at, state_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'asked', ?7, ?7);
-- name: ca_request_open
SELECT id, key, not_before, not_after FROM ca_request WHERE item_id = ?1 AND key_serial = ?2 AND state = 'asked' ORDER BY id DESC LIMIT 1;
-- name: ca_request_answered
UPDATE ca_request SET state = 'answered', state_at = ?2 WHERE id = ?1 AND state = 'asked';
-- name: ca_request_give_up
UPDATE ca_request SET state = 'void', state_at = ?2 WHERE item_id = ?1 AND state = 'asked';
-- name: hub_ca_get
SELECT chain FROM hub_ca WHERE id = 1;
-- name: hub_ca_put
INSERT INTO hub_ca (id, chain, taken_at) VALUES (1, ?1, ?2) ON CONFLICT (id) DO UPDATE SET chain = ?1, taken_at = ?2;
-- name: hub_crl_get
SELECT number, this_update, next_update, der FROM hub_crl WHERE id = 1;
-- name: hub_crl_put
INSERT INTO hub_crl (id, number, this_update, next_update, der) VALUES (1, ?1, ?2, ?3, ?4)
ON CONFLICT (id) DO UPDATE SET number = ?1, this_update = ?2, next_update = ?3, der = ?4 WHERE number < ?1;
-- name: hub_crl_forget
DELETE FROM hub_crl;
