-- Reading stores, and what is said of the sites whose reports are made from them.
-- name: remains_states
-- Ordered by an expression, as verify_states.
SELECT s.kind, s.record, s.version, s.body FROM state s WHERE s.site = ?1 AND s.dk = ?2 AND s.body IS NOT NULL AND NOT EXISTS
	(SELECT 1 FROM state n WHERE n.site = s.site AND n.kind = s.kind AND n.record = s.record AND n.version > s.version)
ORDER BY s.kind || '', s.record;
-- name: remains_key_add
INSERT INTO purged_key (site, dk, seq) VALUES (?1, ?2, ?3) ON CONFLICT (site, dk) DO NOTHING;
-- name: remains_row_add
INSERT INTO purged_row (site, kind, record, seq, row) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (site, kind, record) DO UPDATE SET seq = excluded.seq, row = excluded.row;
-- name: remains_entries
SELECT DISTINCT seq FROM purged_key WHERE site = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq;
-- name: remains_sites
SELECT site, max(seq) AS seq FROM purged_key GROUP BY site ORDER BY site;
-- name: remains_last
SELECT max(seq) FROM purged_key WHERE site = ?1;
-- name: remains_keys
SELECT dk FROM purged_key WHERE site = ?1 AND seq = ?2 ORDER BY dk;
-- name: remains_rows
SELECT kind, record, row FROM purged_row WHERE site = ?1 AND seq = ?2 ORDER BY kind, record;
-- name: reading_sites
SELECT s.code, s.kind, s.name, s.region, s.state, s.last_seen,
	coalesce((SELECT max(e.seq) FROM entry e WHERE e.site = s.code), 0) AS seq,
	coalesce((SELECT max(e.received_at) FROM entry e WHERE e.site = s.code), 0) AS received_at,
	(SELECT count(*) FROM entry e WHERE e.site = s.code AND e.refused <> '') AS refused,
	coalesce((SELECT min(e.seq) FROM entry e WHERE e.site = s.code AND e.refused <> ''), 0) AS first_refused,
	coalesce((SELECT max(a.at) FROM alarm a WHERE a.site = s.code AND a.kind = 'fork'), 0) AS fork_at,
	coalesce((SELECT max(a.at) FROM alarm a WHERE a.site = s.code AND a.kind = 'broken'), 0) AS broken_at
FROM site s ORDER BY s.region, s.code;
-- name: reading_entry_at
SELECT hash, at FROM entry WHERE site = ?1 AND seq = ?2;
