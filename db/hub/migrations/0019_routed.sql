-- From which entry on a counter knows that headquarters has a review site (src/hub/feed.h): what it approves itself behind that is refused.
ALTER TABLE site ADD COLUMN routed INTEGER NOT NULL DEFAULT 0; -- the number of the item of its feed that says so; 0: none is in force
ALTER TABLE site ADD COLUMN routed_line INTEGER NOT NULL DEFAULT 0 CHECK (routed_line IN (0, 1)); -- it has begun a line with that item behind it
ALTER TABLE site ADD COLUMN routed_from INTEGER NOT NULL DEFAULT 0; -- its newest entry when all from before that item had come; 0: they may not have
UPDATE site SET routed = coalesce((SELECT f.n FROM feed f WHERE f.site = site.code AND f.kind = 'route' AND f.body = '{"review":true}'
	AND NOT EXISTS (SELECT 1 FROM feed g WHERE g.site = f.site AND g.kind = 'route' AND g.n > f.n)), 0);
