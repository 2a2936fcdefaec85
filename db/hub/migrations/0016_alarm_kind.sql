-- Alarms that come up again are looked for, and counted, by their kind.
CREATE INDEX alarm_by_kind ON alarm (site, kind, at);
