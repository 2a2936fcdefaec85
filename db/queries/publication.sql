-- What headquarters has laid down.
-- name: publication_has
SELECT 1 FROM publication WHERE id = ?1;
-- name: publication_insert
INSERT INTO publication (id, dk, digest, program, taken_at) VALUES (?1, 1, ?2, ?3, ?4);
-- name: publication_definitions
SELECT coalesce(max(id), 0) FROM publication WHERE program = ?1;
-- name: publication_programs
SELECT program, max(id) AS number FROM publication WHERE program <> '' GROUP BY program ORDER BY program;
-- name: publication_staff_has
SELECT s.id FROM staff s WHERE s.login = ?1;
-- name: publication_staff_set
UPDATE staff SET name = ?2, roles = ?3, disabled = ?4, disabled_at = disabled_at * ?4 WHERE login = ?1 AND id NOT IN (SELECT local FROM foreign_record WHERE kind = 'staff');
