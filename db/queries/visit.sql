-- Visits.
-- name: visit_insert
INSERT INTO visit (dk, no, queue_no, station, opened_at, business_date) VALUES (?1, ?2, ?3, ?4, ?5, ?6);
-- name: visit_get
SELECT id, dk, no, queue_no, station, opened_at, business_date FROM visit WHERE no = ?1;
-- name: visit_of_order
-- Of a draft or an order, by its number. A returned order's draft that was put into no other visit is still in its first.
SELECT v.no, v.business_date FROM visit v WHERE v.id = (SELECT coalesce((SELECT visit_id FROM draft_visit WHERE draft_id =
	(SELECT id FROM draft WHERE no = ?1)), (SELECT visit_id FROM orders WHERE no = ?1)));
-- name: visit_of_draft
SELECT visit_id FROM draft_visit WHERE draft_id = ?1;
-- name: visit_draft_set
INSERT INTO draft_visit (draft_id, visit_id) VALUES (?1, ?2) ON CONFLICT (draft_id) DO UPDATE SET visit_id = excluded.visit_id;
-- name: visit_draft_clear
DELETE FROM draft_visit WHERE draft_id = ?1;
-- name: visit_drafts
SELECT d.no AS "order" FROM draft_visit l JOIN draft d ON d.id = l.draft_id WHERE l.visit_id = ?1
UNION SELECT d.no FROM orders o JOIN draft d ON d.order_id = o.id WHERE o.visit_id = ?1
	AND NOT EXISTS (SELECT 1 FROM draft_visit l WHERE l.draft_id = d.id AND l.visit_id <> ?1)
ORDER BY 1;
-- name: visit_members
-- Drafts and orders, each once, in the order of their numbers; a returned order that is a draft of another visit now isn't here.
SELECT d.no AS "order" FROM draft_visit l JOIN draft d ON d.id = l.draft_id WHERE l.visit_id = ?1
UNION SELECT o.no FROM orders o WHERE o.visit_id = ?1
	AND NOT EXISTS (SELECT 1 FROM draft d JOIN draft_visit l ON l.draft_id = d.id WHERE d.order_id = o.id AND l.visit_id <> ?1)
ORDER BY 1;
-- name: visit_last
SELECT "order" FROM (SELECT d.no AS "order" FROM draft_visit l JOIN draft d ON d.id = l.draft_id WHERE l.visit_id = ?1
	UNION SELECT no FROM orders WHERE visit_id = ?1) ORDER BY 1 DESC LIMIT 1;
-- name: visit_awaiting
SELECT o.no AS "order" FROM orders o WHERE o.visit_id = ?1 AND o.status = 'awaiting-payment'
	AND NOT EXISTS (SELECT 1 FROM payment_order po JOIN payment p ON p.id = po.payment_id
		WHERE po.order_id = o.id AND p.state = 'open' AND p.method = 'transfer')
ORDER BY o.id;
-- name: visit_keys
SELECT i.id, i.position, i.role, i.product, i.medium, i.own_medium, i.key_serial, i.serial, o.no AS "order", o.name, o.delivery,
	(SELECT handed_at FROM handover h WHERE h.item_id = i.id AND h.undone_at IS NULL) AS handed_at
FROM orders o JOIN item i ON i.order_id = o.id
WHERE o.visit_id = ?1 AND i.key_serial IS NOT NULL AND o.status IN ('issued', 'handed-over', 'done')
	AND o.business NOT IN ('renew', 'change') -- their keys never left the customer's hands
ORDER BY o.id, i.position;
-- name: visit_list
SELECT v.id, v.no AS visit, v.queue_no, v.station, v.opened_at AS came_at, (SELECT count(*) FROM draft_visit l WHERE l.visit_id = v.id) AS drafts,
	(SELECT count(*) FROM orders o WHERE o.visit_id = v.id) AS orders,
	(SELECT count(*) FROM orders o WHERE o.visit_id = v.id AND o.status NOT IN ('done', 'rejected', 'cancelled', 'refunded')) AS unfinished,
	coalesce((SELECT group_concat(name, '、') FROM (SELECT name FROM orders o WHERE o.visit_id = v.id UNION
		SELECT d.name FROM draft_visit l JOIN draft d ON d.id = l.draft_id WHERE l.visit_id = v.id AND d.name <> '')), '') AS name
FROM visit v WHERE v.business_date = ?1 ORDER BY v.id DESC LIMIT 1000;
