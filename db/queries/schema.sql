-- How old a program may be to work on the store.
-- name: schema_works_from
SELECT schema FROM works_from WHERE id = 1;
-- name: schema_works_from_set
UPDATE works_from SET schema = ?1 WHERE id = 1;
