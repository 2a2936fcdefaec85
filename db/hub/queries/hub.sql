-- Headquarters' own: settings, alarms.
-- name: setting_get
SELECT value FROM setting WHERE name = ?1;
-- name: setting_set
INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
-- name: alarm_insert
INSERT INTO alarm (site, kind, detail, at) VALUES (?1, ?2, ?3, ?4);
-- name: alarm_count
SELECT count(*) FROM alarm;
-- name: alarm_list
SELECT id, site, kind, detail, at FROM alarm WHERE id > ?1 ORDER BY id LIMIT 1000;
-- name: health
SELECT count(*) FROM setting;
