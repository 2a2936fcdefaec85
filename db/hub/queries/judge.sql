-- What the accepted entries say, for judging the next.
-- name: order_record_get
SELECT order_no FROM order_record WHERE site = ?1 AND record = ?2;
-- name: order_record_find
SELECT record FROM order_record WHERE site = ?1 AND order_no = ?2;
-- name: order_record_insert
INSERT INTO order_record (site, record, order_no) VALUES (?1, ?2, ?3) ON CONFLICT (site, record) DO NOTHING;
-- name: part_get
SELECT order_record FROM part WHERE site = ?1 AND kind = ?2 AND record = ?3;
-- name: part_insert
INSERT INTO part (site, kind, record, order_record) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (site, kind, record) DO NOTHING;
-- name: part_of_order
SELECT record FROM part WHERE site = ?1 AND order_record = ?2 AND kind = ?3 ORDER BY record LIMIT ?4;
-- name: person_get
SELECT roles, disabled, able FROM person WHERE site = ?1 AND login = ?2;
-- name: person_put
INSERT INTO person (site, record, login, roles, disabled, number, name, able, disabled_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (site, record) DO UPDATE SET login = excluded.login, roles = excluded.roles, disabled = excluded.disabled,
	number = excluded.number, name = excluded.name, able = excluded.able,
	disabled_at = CASE WHEN excluded.disabled = 0 THEN 0 WHEN person.disabled = 1 THEN person.disabled_at ELSE excluded.disabled_at END;
-- name: person_number_taken
-- By another login of the site, or somewhere else by somebody of another name.
SELECT count(*) FROM person WHERE upper(number) = upper(?3) AND roles <> '' AND ((site = ?1 AND record <> ?2) OR (site <> ?1 AND name <> ?4));
-- name: person_admins_besides
-- With those whom one person alone disabled after ?4.
SELECT count(*) FROM person WHERE site = ?1 AND (disabled = 0 OR disabled_at > ?4) AND login <> ?2 AND login <> ?3 AND roles = 'admin';
