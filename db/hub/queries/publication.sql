-- What headquarters lays down.
-- name: publication_last
SELECT max(number) FROM publication;
-- name: publication_insert
INSERT INTO publication (number, body, contents, sites, at) VALUES (?1, ?2, ?3, ?4, ?5);
-- name: publication_for
SELECT number, body, at FROM publication
WHERE sites = '' OR ',' || sites || ',' LIKE '%,' || CAST(?1 AS TEXT) || ',%' ORDER BY number;
-- name: publication_list
SELECT p.number, p.at, p.contents, p.sites,
	(SELECT count(*) FROM publication_site s WHERE s.number = p.number AND s.state = 'taken') AS taken,
	(SELECT count(*) FROM publication_site s WHERE s.number = p.number AND s.state = 'refused') AS refused,
	(SELECT count(*) FROM publication_site s WHERE s.number = p.number AND s.state = 'sent') AS pending
FROM publication p ORDER BY p.number DESC LIMIT 1000;
-- name: publication_get
SELECT contents FROM publication WHERE number = ?1;
-- name: publication_sites
SELECT site, state, at, why FROM publication_site WHERE number = ?1 ORDER BY site;
-- name: publication_receivers
SELECT code FROM site WHERE state = 'joined' ORDER BY code;
-- name: publication_site_insert
INSERT INTO publication_site (number, site, n, digest, state, at) VALUES (?1, ?2, ?3, ?4, 'sent', ?5);
-- name: publication_site_get
SELECT n, digest, state FROM publication_site WHERE number = ?1 AND site = ?2;
-- name: publication_site_set
UPDATE publication_site SET state = ?3, why = ?4, at = ?5 WHERE number = ?1 AND site = ?2;
-- name: publication_behind
SELECT number, body, sites FROM publication WHERE number > ?1 ORDER BY number LIMIT 1;
-- name: laid_put
INSERT INTO laid_person (site, login, number, reviewer, ever) VALUES (?1, ?2, ?3, ?4, ?4)
ON CONFLICT (site, login) DO UPDATE SET number = excluded.number, reviewer = excluded.reviewer,
	ever = CASE WHEN laid_person.ever > excluded.ever THEN laid_person.ever ELSE excluded.ever END;
-- name: laid_any
-- Review sites alone: a counter's own reviewers are its own affair.
SELECT count(*) FROM laid_person l JOIN site s ON s.kind = 'review' WHERE s.code = ?1 AND (l.site = s.code OR l.site = '') AND l.ever = 1;
-- name: laid_reviewer
SELECT reviewer, site FROM laid_person WHERE (site = ?1 OR site = '') AND login = ?2 ORDER BY number DESC LIMIT 1;
-- name: laid_name_put
INSERT INTO laid_name (site, login, name, number, publication) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (site, login, name, number) DO UPDATE SET publication = excluded.publication;
-- name: laid_named
-- By this name, and by this staff number where headquarters ever gave the login one.
SELECT count(*) FROM laid_name n WHERE (n.site = ?1 OR n.site = '') AND n.login = ?2 AND n.name = ?3 AND (CAST(?4 AS TEXT) = ''
	OR EXISTS (SELECT 1 FROM laid_name o WHERE (o.site = ?1 OR o.site = '') AND o.login = ?2 AND o.number = ?4)
	OR NOT EXISTS (SELECT 1 FROM laid_name o WHERE (o.site = ?1 OR o.site = '') AND o.login = ?2 AND o.number <> ''));
-- name: laid_number
SELECT number FROM laid_name WHERE (site = ?1 OR site = '') AND login = ?2 AND number <> '' ORDER BY publication DESC LIMIT 1;
-- name: laid_number_elsewhere
-- A reviewer of other review sites by this staff number.
SELECT count(*) FROM laid_name n JOIN laid_person l ON l.site = n.site AND l.login = n.login JOIN site s ON s.code = n.site AND s.kind = 'review'
WHERE upper(n.number) = upper(?2) AND n.site <> ?1 AND l.ever = 1;
-- name: laid_elsewhere
SELECT count(*) FROM laid_person l JOIN site s ON s.code = l.site AND s.kind = 'review' WHERE l.site <> ?1 AND l.ever = 1;
