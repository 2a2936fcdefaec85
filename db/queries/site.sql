-- The site, its windows, its staff.
-- name: site_insert
INSERT INTO site (id, dk, code, name, kind, epoch, demonstration, sign_public, sign_private, created_at)
VALUES (1, ?1, ?2, ?3, 'counter', 1, 1, ?4, ?5, ?6);
-- name: site_get
SELECT dk, code, name, kind, epoch, demonstration FROM site WHERE id = 1;
-- name: counter_first
-- Changes one row the first time, and writes nothing later.
INSERT INTO counter (name, value) VALUES (?1, 1) ON CONFLICT (name) DO NOTHING;
-- name: counter_next
-- Each life of the store has ?2 numbers of its own: an earlier one may have given out those below.
INSERT INTO counter (name, value) SELECT ?1, (epoch - 1) * ?2 + 1 FROM site WHERE id = 1
ON CONFLICT (name) DO UPDATE SET value = max(counter.value + 1, excluded.value) RETURNING value;
-- name: station_has
SELECT id FROM station WHERE code = ?1;
-- name: station_insert
INSERT INTO station (dk, code, name) VALUES (1, ?1, ?2);
-- name: staff_insert
INSERT INTO staff (dk, login, name, roles, password, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6);
-- People of other sites, who came with an order, are nobody here.
-- name: staff_by_login
SELECT s.id, s.login, s.name, s.roles, s.password, s.disabled, coalesce(a.failed, 0), coalesce(a.locked_until, 0)
FROM staff s LEFT JOIN login_attempt a ON a.staff_id = s.id WHERE s.login = ?1
	AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'staff' AND f.local = s.id);
-- name: staff_by_id
SELECT s.id, s.login, s.name, s.roles, s.password, s.disabled, coalesce(a.failed, 0), coalesce(a.locked_until, 0)
FROM staff s LEFT JOIN login_attempt a ON a.staff_id = s.id WHERE s.id = ?1;
-- name: staff_all
SELECT s.login, s.name, s.number, s.key_serial, s.roles, s.disabled, coalesce(a.locked_until, 0) AS locked_until
FROM staff s LEFT JOIN login_attempt a ON a.staff_id = s.id
WHERE NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'staff' AND f.local = s.id) ORDER BY s.login;
-- name: staff_count_role
SELECT count(*) FROM staff WHERE disabled = 0 AND instr(',' || roles || ',', ',' || ?1 || ',') > 0;
-- name: staff_count_admins_able
-- Who can log in and let others in: a published one has no password before another gives it one.
SELECT count(*) FROM staff WHERE disabled = 0 AND password <> 'scrypt:-' AND instr(',' || roles || ',', ',admin,') > 0;
-- name: staff_count_besides
-- Who has the role: without ?2, and with ?3 also where that login is disabled now, and with whom one person alone disabled after ?4.
SELECT count(*) FROM staff s WHERE (s.disabled = 0 OR s.login = ?3 OR s.disabled_at > ?4) AND s.login <> ?2 AND instr(',' || s.roles || ',', ',' || ?1 || ',') > 0
	AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'staff' AND f.local = s.id);
-- name: staff_set_disabled
UPDATE staff SET disabled = 1, disabled_at = ?2 WHERE login = ?1 AND disabled = 0 AND id NOT IN (SELECT local FROM foreign_record WHERE kind = 'staff');
-- name: staff_set_roles
UPDATE staff SET roles = ?2, disabled = 0, disabled_at = 0 WHERE login = ?1 AND id NOT IN (SELECT local FROM foreign_record WHERE kind = 'staff');
-- name: staff_set_password
UPDATE staff SET password = ?2 WHERE login = ?1 AND id NOT IN (SELECT local FROM foreign_record WHERE kind = 'staff');
-- name: attempt_failed
INSERT INTO login_attempt (staff_id, failed) VALUES (?1, 1) ON CONFLICT (staff_id) DO UPDATE SET failed = failed + 1
RETURNING failed;
-- name: attempt_lock
UPDATE login_attempt SET failed = 0, locked_until = ?2 WHERE staff_id = ?1;
-- name: attempt_clear
DELETE FROM login_attempt WHERE staff_id = ?1;
-- name: session_set
INSERT INTO session (terminal, staff_id, station, started_at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (terminal) DO UPDATE SET staff_id = excluded.staff_id, station = excluded.station, started_at = excluded.started_at;
-- name: session_get
SELECT staff_id, station FROM session WHERE terminal = ?1;
-- name: session_delete
DELETE FROM session WHERE terminal = ?1;
-- name: session_clear_staff
DELETE FROM session WHERE staff_id = (SELECT id FROM staff WHERE login = ?1);
-- name: staff_number_taken
-- In whatever case it was keyed in: e-7 is E-7.
SELECT 1 FROM staff WHERE upper(number) = upper(?2) AND number <> '' AND login <> ?1 AND instr(login, '/') = 0;
-- name: staff_set_number
UPDATE staff SET number = ?2 WHERE login = ?1 AND id NOT IN (SELECT local FROM foreign_record WHERE kind = 'staff');
-- name: staff_number_get
SELECT number FROM staff WHERE id = ?1;
-- name: staff_same
SELECT 1 FROM staff a JOIN staff b ON upper(b.number) = upper(a.number) WHERE a.id = ?1 AND b.id = ?2 AND a.number <> '';
-- name: staff_key_owner
-- As key_serial_same compares: a serial was typed by hand here.
SELECT login FROM staff WHERE key_serial <> '' AND upper(ltrim(key_serial, '0')) = upper(ltrim(?1, '0')) LIMIT 1;
-- name: staff_key_any
SELECT EXISTS (SELECT 1 FROM staff WHERE key_serial <> '');
-- name: staff_key_known
-- Of the stock, or a customer's; looked for through the whole of both, once for each key of staff.
SELECT EXISTS (SELECT 1 FROM usb_key WHERE upper(ltrim(serial, '0')) = upper(ltrim(?1, '0')))
	OR EXISTS (SELECT 1 FROM certificate WHERE upper(ltrim(key_serial, '0')) = upper(ltrim(?1, '0')));
-- name: staff_set_key
UPDATE staff SET key_serial = ?2 WHERE login = ?1 AND id NOT IN (SELECT local FROM foreign_record WHERE kind = 'staff');
