-- What a list of new applications is compared with.
-- name: list_drafts_of_form
SELECT no, dk, data FROM draft WHERE form = ?1;
-- name: list_orders_of_number
SELECT o.no, o.status FROM orders o JOIN customer c ON c.id = o.customer_id
WHERE c.number_digest = ?1 AND o.business = ?2 ORDER BY o.id DESC LIMIT 20;
