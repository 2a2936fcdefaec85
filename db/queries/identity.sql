-- Identity checks that failed.
-- name: state_identity_refusal
SELECT * FROM identity_refusal WHERE id = ?1;
-- name: all_identity_refusal
SELECT * FROM identity_refusal ORDER BY id;
-- name: identity_refusal_insert
INSERT INTO identity_refusal (dk, subject, of, method, provider, staff_id, request, reason, evidence, checked_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);
-- name: identity_failed_insert
INSERT INTO identity_check (dk, order_id, of, method, provider, staff_id, request, result, reason, evidence, checked_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'failed', ?8, ?9, ?10);
-- name: identity_refusal_carry
INSERT INTO identity_check (dk, order_id, of, method, provider, staff_id, request, result, reason, evidence, checked_at)
SELECT ?1, ?2, of, method, provider, staff_id, request, 'failed', reason, evidence, checked_at FROM identity_refusal
WHERE subject = ?3 AND carried = 0 ORDER BY id;
-- name: identity_refusal_carried
UPDATE identity_refusal SET carried = 1 WHERE subject = ?1 AND carried = 0;
-- name: identity_of
-- Of an order, and of what is no order yet.
SELECT of, method, provider, result, reason, checked_at FROM
	(SELECT i.id, i.of, i.method, i.provider, i.result, i.reason, i.checked_at FROM identity_check i JOIN orders o ON o.id = i.order_id WHERE o.no = ?1
	UNION ALL SELECT id, of, method, provider, 'failed', reason, checked_at FROM identity_refusal WHERE subject = ?1 AND carried = 0)
ORDER BY checked_at, id;
-- name: identity_open
-- Of whom a check failed after the signature, as staff or a provider say, and none passed since: wrong codes and PINs end a signature
-- themselves.
SELECT f.of FROM identity_check f WHERE f.order_id = ?1 AND f.result = 'failed' AND f.provider NOT IN ('sms', 'key') AND f.checked_at >= ?2
	AND NOT EXISTS (SELECT 1 FROM identity_check p WHERE p.order_id = ?1 AND p.result = 'passed' AND p.id > f.id AND p.of = f.of)
	ORDER BY f.id DESC LIMIT 1;
-- name: draft_set_data
UPDATE draft SET data = ?2 WHERE id = ?1;
