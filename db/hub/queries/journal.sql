-- Entries of the sites, their states and data keys.
-- name: entry_head
SELECT seq, hash, epoch, at FROM entry WHERE site = ?1 ORDER BY seq DESC LIMIT 1;
-- name: entry_get
SELECT hash, refused FROM entry WHERE site = ?1 AND seq = ?2;
-- name: entry_insert
INSERT INTO entry (site, seq, epoch, entry, hash, signature, at, received_at, refused) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);
-- name: entry_after
SELECT seq, entry, hash, signature, refused, epoch, at FROM entry WHERE site = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3;
-- name: entry_refused_count
SELECT count(*) FROM entry WHERE site = ?1 AND refused <> '';
-- name: state_insert
INSERT INTO state (site, kind, record, version, seq, dk, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);
-- name: state_first
INSERT INTO state (site, kind, record, version, seq, dk, body) VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6)
ON CONFLICT (site, kind, record, version) DO NOTHING;
-- name: state_next
INSERT INTO state (site, kind, record, version, seq, dk, body) SELECT s.site, s.kind, s.record, ?4, ?5, ?6, ?7 FROM state s
WHERE s.site = ?1 AND s.kind = ?2 AND s.record = ?3 AND s.version = CAST(?4 AS INTEGER) - 1
ON CONFLICT (site, kind, record, version) DO NOTHING;
-- name: state_of_entry
-- By an expression, as verify_states.
SELECT kind, record, version, dk, body FROM state WHERE site = ?1 AND seq = ?2 ORDER BY kind || '', record, version;
-- name: state_last_version
SELECT max(version) FROM state WHERE site = ?1 AND kind = ?2 AND record = ?3;
-- name: state_newest
SELECT s.version, s.dk, s.body, s.seq FROM state s JOIN entry e ON e.site = s.site AND e.seq = s.seq
WHERE s.site = ?1 AND s.kind = ?2 AND s.record = ?3 AND e.refused = '' ORDER BY s.version DESC LIMIT 1;
-- name: state_as_of
-- … as it was with this entry.
SELECT s.version, s.dk, s.body, s.seq FROM state s JOIN entry e ON e.site = s.site AND e.seq = s.seq
WHERE s.site = ?1 AND s.kind = ?2 AND s.record = ?3 AND e.refused = '' AND s.seq <= ?4 ORDER BY s.version DESC LIMIT 1;
-- name: state_newest_seq
SELECT s.seq FROM state s JOIN entry e ON e.site = s.site AND e.seq = s.seq
WHERE s.site = ?1 AND s.kind = ?2 AND s.record = ?3 AND e.refused = '' ORDER BY s.version DESC LIMIT 1;
-- name: state_seqs
-- Where a record changed lately, the newest first.
SELECT s.seq FROM state s JOIN entry e ON e.site = s.site AND e.seq = s.seq
WHERE s.site = ?1 AND s.kind = ?2 AND s.record = ?3 AND e.refused = '' ORDER BY s.version DESC LIMIT 50;
-- name: state_of_kind
SELECT s.record, s.version, s.dk, s.body FROM state s JOIN entry e ON e.site = s.site AND e.seq = s.seq
WHERE s.site = ?1 AND s.kind = ?2 AND s.seq = ?3 AND e.refused = '';
-- name: data_key_get
SELECT cms FROM data_key WHERE site = ?1 AND dk = ?2;
-- name: data_key_insert
INSERT INTO data_key (site, dk, cms) VALUES (?1, ?2, ?3) ON CONFLICT (site, dk) DO NOTHING;
-- name: data_key_of_entries
SELECT DISTINCT s.dk, k.cms FROM state s JOIN data_key k ON k.site = s.site AND k.dk = s.dk
WHERE s.site = ?1 AND s.seq > ?2 AND s.seq <= ?3 AND k.cms IS NOT NULL ORDER BY s.dk;
-- name: alarm_known
-- One that was seen to and comes again is told again.
SELECT count(*) FROM alarm WHERE site = ?1 AND kind = ?2 AND detail = ?3 AND seen_at = 0;
-- name: alarm_since
SELECT count(*) FROM alarm WHERE site = ?1 AND kind = ?2 AND at > ?3;
