-- One number, one person: it may have logins at several sites.
ALTER TABLE person ADD COLUMN number TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN name TEXT NOT NULL DEFAULT '';
CREATE INDEX person_number ON person (number);
