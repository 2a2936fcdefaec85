-- How long what is kept: the newest version that has begun counts.
-- name: state_retention
SELECT * FROM retention WHERE id = ?1;
-- name: all_retention
SELECT * FROM retention ORDER BY id;
-- name: retention_insert
INSERT INTO retention (dk, valid_from, kind, years, zh, en) VALUES (1, ?1, ?2, ?3, ?4, ?5);
-- name: retention_rows
SELECT kind, years, zh, en FROM retention WHERE valid_from = (SELECT max(valid_from) FROM retention WHERE valid_from <= ?1) ORDER BY id;
-- name: retention_versions
SELECT DISTINCT valid_from FROM retention ORDER BY 1;
-- name: retention_clear
DELETE FROM retention WHERE valid_from = ?1;
