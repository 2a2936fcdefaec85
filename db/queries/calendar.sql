-- The calendar, how long a step may take, and the deadlines of orders.
-- name: calendar_insert
INSERT INTO calendar_day (dk, valid_from, date, kind, zh, en) VALUES (1, ?1, ?2, ?3, ?4, ?5);
-- name: calendar_rows
SELECT date, kind, zh, en FROM calendar_day
WHERE valid_from = (SELECT max(valid_from) FROM calendar_day WHERE valid_from <= ?1) ORDER BY date;
-- name: calendar_versions
SELECT DISTINCT valid_from FROM calendar_day ORDER BY 1;
-- name: calendar_clear
DELETE FROM calendar_day WHERE valid_from = ?1;
-- name: calendar_days
SELECT date, kind = 'workday' FROM calendar_day
WHERE valid_from = (SELECT max(valid_from) FROM calendar_day WHERE valid_from <= ?1) AND date BETWEEN ?2 AND ?3 ORDER BY date;
-- name: calendar_year
SELECT count(*) AS days, coalesce(sum(kind = 'workday'), 0) AS workdays FROM calendar_day
WHERE valid_from = (SELECT max(valid_from) FROM calendar_day WHERE valid_from <= ?1) AND date BETWEEN ?2 || '-01-01' AND ?2 || '-12-31';
-- name: deadline_rule_insert
INSERT INTO deadline_rule (dk, valid_from, business, step, days, zh, en) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6);
-- name: deadline_rule_rows
SELECT business, step, days, zh, en FROM deadline_rule
WHERE valid_from = (SELECT max(valid_from) FROM deadline_rule WHERE valid_from <= ?1) ORDER BY id;
-- name: deadline_rule_versions
SELECT DISTINCT valid_from FROM deadline_rule ORDER BY 1;
-- name: deadline_rule_clear
DELETE FROM deadline_rule WHERE valid_from = ?1;
-- name: deadline_rule_days
SELECT days FROM deadline_rule WHERE valid_from = (SELECT max(valid_from) FROM deadline_rule WHERE valid_from <= ?1)
	AND step = ?3 AND business IN ('', ?2) ORDER BY business DESC LIMIT 1;
-- name: tables_lack
SELECT NOT EXISTS (SELECT 1 FROM calendar_day) OR NOT EXISTS (SELECT 1 FROM deadline_rule)
	OR NOT EXISTS (SELECT 1 FROM tax_class) OR NOT EXISTS (SELECT 1 FROM retention);
-- name: deadline_begin
INSERT INTO deadline (dk, order_id, step, days, began_at, due_at) SELECT ?1, ?2, ?3, ?4, ?5, ?6
WHERE NOT EXISTS (SELECT 1 FROM deadline WHERE order_id = ?2 AND step = ?3 AND ended_at IS NULL);
-- name: deadline_end
UPDATE deadline SET ended_at = ?3, dropped = ?4 WHERE order_id = ?1 AND step = ?2 AND ended_at IS NULL;
-- name: deadline_late_count
SELECT count(*) FROM deadline WHERE ended_at IS NULL AND due_at < ?1;
-- name: deadline_orders_open
SELECT id, dk, business, status, delivery, submitted_at, review_due_at, coalesce(decided_at, submitted_at, signed_at) AS decided_at
FROM orders WHERE status IN ('in-review', 'approved', 'issuing', 'issued')
	AND NOT EXISTS (SELECT 1 FROM deadline d WHERE d.order_id = orders.id) ORDER BY id;
