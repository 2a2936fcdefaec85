-- Headquarters' own: settings, alarms.
-- name: setting_get
SELECT value FROM setting WHERE name = ?1;
-- name: setting_set
INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
-- name: alarm_insert
INSERT INTO alarm (site, kind, detail, at) VALUES (?1, ?2, ?3, ?4);
-- name: alarm_count
-- Those that nobody has seen to.
SELECT count(*) FROM alarm WHERE seen_at = 0;
-- name: alarm_list
SELECT id, site, kind, detail, at, seen_at, seen_by FROM alarm WHERE id > ?1 ORDER BY id LIMIT 1000;
-- name: alarm_open
SELECT id, site, kind, detail, at, seen_at, seen_by FROM alarm WHERE id > ?1 AND seen_at = 0 ORDER BY id LIMIT 1000;
-- name: alarm_seen
UPDATE alarm SET seen_at = ?2, seen_by = ?3 WHERE id <= ?1 AND seen_at = 0;
-- name: health
SELECT count(*) FROM setting;
