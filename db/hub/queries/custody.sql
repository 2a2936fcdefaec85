-- Who holds which order, and what is addressed to whom.
-- name: custody_get
SELECT home, custodian, site, seq FROM custody WHERE order_no = ?1;
-- name: custody_put
INSERT INTO custody (order_no, home, custodian, site, seq) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (order_no) DO UPDATE SET custodian = excluded.custodian, site = excluded.site, seq = excluded.seq;
-- name: custody_file_insert
INSERT INTO custody_file (receiver, site, digest, order_no) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (receiver, site, digest, order_no) DO NOTHING;
-- name: custody_file_forget
DELETE FROM custody_file WHERE order_no = ?1 AND receiver <> ?2;
-- name: custody_file_has
SELECT count(*) FROM custody_file WHERE receiver = ?1 AND site = ?2 AND digest = ?3;
-- name: review_sites
SELECT s.code, (SELECT count(*) FROM custody c WHERE c.custodian = s.code) AS held FROM site s
WHERE s.kind = 'review' AND s.state = 'joined' ORDER BY 2, s.code;
-- name: reviewed_elsewhere
SELECT count(*) FROM site s WHERE s.code = ?1 AND s.kind = 'counter' AND EXISTS (SELECT 1 FROM site r WHERE r.kind = 'review' AND r.state = 'joined');
-- name: site_routed
SELECT routed, routed_line, routed_from, (SELECT coalesce(max(seq), 0) FROM entry WHERE site = ?1) AS seq FROM site WHERE code = ?1;
-- name: site_route
UPDATE site SET routed = CASE WHEN ?2 = 0 THEN 0 ELSE (SELECT max(n) FROM feed WHERE site = ?1) END, routed_line = 0, routed_from = 0 WHERE code = ?1;
-- name: site_routed_line
UPDATE site SET routed_line = 1 WHERE code = ?1 AND routed = ?2;
-- name: site_routed_from
UPDATE site SET routed_from = ?3 WHERE code = ?1 AND routed = ?2 AND routed_from = 0;
-- name: review_sites_named
SELECT code, name FROM site WHERE kind = 'review' AND state = 'joined' ORDER BY code;
-- name: review_share_sites
SELECT h.site, h.region, h.product, h.weight, (SELECT count(*) FROM custody c WHERE c.custodian = h.site) AS held
FROM review_share h JOIN site s ON s.code = h.site
WHERE s.kind = 'review' AND s.state = 'joined' ORDER BY h.site;
-- name: review_share_put
INSERT INTO review_share (region, product, site, weight) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (region, product, site) DO UPDATE SET weight = excluded.weight;
-- name: review_share_remove
DELETE FROM review_share WHERE region = ?1 AND product = ?2 AND site = ?3;
-- name: review_share_list
-- One that was revoked gets nothing; its rows count again with its next certificates.
SELECT h.region, h.product, h.site, h.weight FROM review_share h JOIN site s ON s.code = h.site
WHERE s.state <> 'revoked' ORDER BY h.region, h.product, h.site;
-- name: counter_sites
SELECT code FROM site WHERE kind = 'counter' AND state = 'joined' ORDER BY code;
-- name: feed_last
SELECT max(n) FROM (SELECT max(n) AS n FROM feed WHERE site = ?1 UNION ALL SELECT n FROM feed_floor WHERE site = ?1) AS known;
-- name: feed_insert
INSERT INTO feed (site, n, kind, body, signature, at, order_no) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);
-- name: feed_after
SELECT n, kind, body, signature FROM feed WHERE site = ?1 AND n > ?2 AND done = 0 ORDER BY n LIMIT ?3;
-- name: feed_newest_of_kind
SELECT body FROM feed WHERE site = ?1 AND kind = ?2 ORDER BY n DESC LIMIT 1;
-- name: feed_custody_of
SELECT n, body FROM feed WHERE site = ?1 AND order_no = ?2 AND kind = 'custody' AND done = 0 ORDER BY n;
-- name: feed_done
UPDATE feed SET done = 1, body = '' WHERE site = ?1 AND n = ?2;
-- name: custody_stranded
SELECT c.order_no, c.home, c.site, c.seq, c.custodian FROM custody c JOIN site s ON s.code = c.custodian
WHERE s.kind = 'review' AND s.state = 'revoked' ORDER BY c.order_no;
