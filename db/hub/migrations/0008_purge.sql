-- What a purge looks for.
CREATE INDEX state_by_key ON state (site, dk);
