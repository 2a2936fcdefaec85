-- The review queue.
-- name: review_queue
-- Who waits at the desk comes first, then what is due first (a revocation, in a day). Who signed before today (China time) has gone home, and waits no longer at the desk.
SELECT o.id, o.no AS "order", o.name, o.business, o.status, o.amount,
	o.waiting AND coalesce(o.signed_at, o.created_at) >= ?2 - (?2 + 28800) % 86400 AS waiting, o.created_at, s.name AS staff, c.name AS claimed_by,
	o.submitted_at, o.review_due_at, EXISTS (SELECT 1 FROM staff k WHERE instr(o.keyers, ',' || k.id || ',') > 0
		AND (k.id = ?1 OR (k.number <> '' AND upper(k.number) = (SELECT upper(number) FROM staff WHERE id = ?1)))) AS own, o.claimed_by AS claimer, o.claimed_at,
	coalesce(f.site, '') AS site, coalesce(p.site, '') AS passed_from, coalesce(p.reason, '') AS passed_reason
FROM orders o JOIN staff s ON s.id = o.staff_id LEFT JOIN staff c ON c.id = o.claimed_by
LEFT JOIN foreign_record f ON f.kind = 'orders' AND f.local = o.id LEFT JOIN review_passed p ON p.order_id = o.id
WHERE o.status = 'in-review' AND o.custodian = ?3 ORDER BY 7 DESC, o.review_due_at IS NULL, o.review_due_at, o.submitted_at LIMIT 1000;
-- name: review_claim_get
SELECT coalesce(o.claimed_by, 0), coalesce(o.claimed_at, 0), coalesce(s.name, '') FROM orders o LEFT JOIN staff s ON s.id = o.claimed_by
WHERE o.id = ?1;
-- name: review_claim_set
UPDATE orders SET claimed_by = ?2, claimed_at = ?3 WHERE id = ?1;
-- name: review_decide
UPDATE orders SET reviewer_id = ?2, decided_at = ?3, decision = ?4, claimed_by = NULL, claimed_at = NULL WHERE id = ?1;
-- name: state_review_passed
SELECT * FROM review_passed WHERE id = ?1;
-- name: all_review_passed
SELECT * FROM review_passed ORDER BY id;
-- name: review_passed_forget
DELETE FROM review_passed WHERE order_id = ?1;
-- name: review_passed_add
INSERT INTO review_passed (dk, order_id, site, person, reason, passed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6);
-- name: review_passed_get
SELECT site, person AS staff, reason, passed_at FROM review_passed WHERE order_id = ?1;
-- name: review_site_clear
DELETE FROM review_site;
-- name: review_site_put
INSERT INTO review_site (code, name) VALUES (?1, ?2) ON CONFLICT (code) DO UPDATE SET name = excluded.name;
-- name: review_site_list
SELECT code AS site, name FROM review_site WHERE code <> ?1 ORDER BY code;
-- name: review_site_is
SELECT NOT EXISTS (SELECT 1 FROM review_site) OR EXISTS (SELECT 1 FROM review_site WHERE code = ?1);
-- name: site_name_put
INSERT INTO site_name (code, name) VALUES (?1, ?2) ON CONFLICT (code) DO UPDATE SET name = excluded.name;
-- name: site_name_get
SELECT name FROM site_name WHERE code = ?1 UNION ALL SELECT name FROM review_site WHERE code = ?1 AND name <> '' LIMIT 1;
