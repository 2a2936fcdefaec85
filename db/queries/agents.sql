-- Agents on file of a unit: those of whom an order that was approved says so; who was taken off file has no order.
-- name: agent_get
SELECT id, dk, last_order FROM agent WHERE customer_id = ?1 AND number_digest = ?2;
-- name: agent_insert
INSERT INTO agent (dk, customer_id, number_digest, data, last_order) VALUES (?1, ?2, ?3, ?4, ?5);
-- name: agent_update
UPDATE agent SET data = ?2, last_order = ?3 WHERE id = ?1;
-- name: agents_on_file
-- An order that isn't here is one of another site's, where it was approved before they came.
SELECT a.id, a.dk, a.data, a.last_order FROM agent a LEFT JOIN orders o ON o.no = a.last_order
WHERE a.customer_id = ?1 AND a.last_order <> '' AND coalesce(o.status, 'approved') IN ('approved', 'issuing', 'issued', 'handed-over', 'mailed', 'done') ORDER BY a.id;
-- name: agent_remove
UPDATE agent SET last_order = '' WHERE customer_id = ?1 AND number_digest = ?2;
-- name: customer_set_data
UPDATE customer SET data = ?2, updated_at = ?3 WHERE id = ?1;
-- name: customer_last_order
SELECT last_order FROM customer WHERE id = ?1;
