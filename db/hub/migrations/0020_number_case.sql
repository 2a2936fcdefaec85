-- A staff number is looked for in whatever case it was keyed in: by indexes of that.
DROP INDEX person_number;
CREATE INDEX person_number ON person (upper(number));
DROP INDEX laid_name_number;
CREATE INDEX laid_name_number ON laid_name (upper(number));
