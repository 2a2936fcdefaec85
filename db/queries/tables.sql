-- Products, channels, prices, documents: the newest version that has begun counts.
-- name: product_insert
INSERT INTO product (dk, valid_from, code, zh, en, customer, term_months, profile, slot, rekey)
VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);
-- name: channel_insert
INSERT INTO channel (dk, valid_from, code, zh, en, medium, algorithm) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6);
-- name: price_insert
INSERT INTO price (dk, valid_from, business, kind, product, item_role, code, channel, reason, amount, zh, en, version)
VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1 + coalesce((SELECT max(version) FROM price WHERE valid_from <> ?1), 0));
-- name: document_rule_insert
INSERT INTO document_rule (dk, valid_from, business, channel, customer, item_role, reason, kind, position, required, form, zh, en)
VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12);
-- name: product_rows
SELECT code, zh, en, customer, term_months, profile, slot, rekey FROM product
WHERE valid_from = (SELECT max(valid_from) FROM product WHERE valid_from <= ?1) ORDER BY id;
-- name: channel_rows
SELECT code, zh, en, medium, algorithm FROM channel
WHERE valid_from = (SELECT max(valid_from) FROM channel WHERE valid_from <= ?1) ORDER BY id;
-- name: price_rows
SELECT business, kind, product, item_role, code, channel, reason, amount, zh, en FROM price
WHERE valid_from = (SELECT max(valid_from) FROM price WHERE valid_from <= ?1) ORDER BY id;
-- name: document_rule_rows
SELECT business, channel, customer, item_role, reason, kind, position, required, form, zh, en FROM document_rule
WHERE valid_from = (SELECT max(valid_from) FROM document_rule WHERE valid_from <= ?1) ORDER BY id;
-- name: product_versions
SELECT DISTINCT valid_from FROM product ORDER BY 1;
-- name: channel_versions
SELECT DISTINCT valid_from FROM channel ORDER BY 1;
-- name: price_versions
SELECT DISTINCT valid_from FROM price ORDER BY 1;
-- name: document_rule_versions
SELECT DISTINCT valid_from FROM document_rule ORDER BY 1;
-- name: product_get
SELECT code, zh, en, customer, term_months, profile, slot, rekey FROM product
WHERE code = ?2 AND valid_from = (SELECT max(valid_from) FROM product WHERE valid_from <= ?1);
-- name: channel_algorithm
SELECT algorithm FROM channel
WHERE code = ?2 AND medium = ?3 AND valid_from = (SELECT max(valid_from) FROM channel WHERE valid_from <= ?1);
-- name: price_get
SELECT id AS price_id, amount, zh, en FROM price
WHERE valid_from = (SELECT max(valid_from) FROM price WHERE valid_from <= ?1) AND business = ?2 AND kind = ?3
	AND product IN ('', ?4) AND item_role IN ('', ?5) AND code IN ('', ?6) AND channel IN ('', ?7) AND reason IN ('', ?8)
ORDER BY (reason <> '') + (channel <> '') + (code <> '') + (item_role <> '') + (product <> '') DESC, id DESC LIMIT 1;
-- name: document_rules_for
-- An order may have several reasons at once (the certificate's data change, the old phone can't be reached, an agent came): the
-- documents of all are asked for, each kind once.
SELECT kind, min(position) AS position, max(required) AS required, form, zh, en FROM document_rule
WHERE valid_from = (SELECT max(valid_from) FROM document_rule WHERE valid_from <= ?1) AND business = ?2
	AND customer IN ('', ?3) AND channel IN ('', ?4) AND item_role IN ('', ?5) AND reason IN ('', ?6, ?7, ?8)
GROUP BY kind ORDER BY 2;
-- name: product_clear
DELETE FROM product WHERE valid_from = ?1;
-- name: channel_clear
DELETE FROM channel WHERE valid_from = ?1;
-- name: price_clear
DELETE FROM price WHERE valid_from = ?1;
-- name: document_rule_clear
DELETE FROM document_rule WHERE valid_from = ?1;
