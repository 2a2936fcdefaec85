-- Keys that are staff's own: they don't count where exactly one customer's key may be in.
ALTER TABLE staff ADD COLUMN key_serial TEXT NOT NULL DEFAULT '' CHECK (length(key_serial) < 48);
-- people of other sites come without
CREATE UNIQUE INDEX staff_key ON staff (key_serial) WHERE key_serial <> '';
