-- Headquarters from a backup.
-- name: restore_floor
INSERT INTO feed_floor (site, n) SELECT s.code, 1000000 + coalesce((SELECT max(f.n) FROM feed f WHERE f.site = s.code), 0)
	+ coalesce((SELECT max(w.n) FROM feed_floor w WHERE w.site = s.code), 0) FROM site s WHERE 1 = 1
ON CONFLICT (site) DO UPDATE SET n = excluded.n;
-- name: restore_floor_new
-- A site that is enrolled after a restore may have joined behind the copy: its feed goes on behind every number that it can have been told.
INSERT INTO feed_floor (site, n) SELECT ?1, f.n FROM feed_floor f WHERE f.n = (SELECT max(w.n) FROM feed_floor w) LIMIT 1
ON CONFLICT (site) DO NOTHING;
-- name: restore_since
SELECT CAST(value AS INTEGER) FROM setting WHERE name = ?1;
