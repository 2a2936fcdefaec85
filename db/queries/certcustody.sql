-- Certificates that move between sites.
-- name: certificate_named
SELECT id FROM certificate WHERE issuer = ?1 AND serial = ?2;
-- name: certificate_holder
SELECT custodian FROM certificate WHERE issuer = ?1 AND serial = ?2;
-- name: certificate_holder_of
SELECT custodian FROM certificate WHERE id = ?1;
-- name: certificate_set_holder
UPDATE certificate SET custodian = ?2 WHERE id = ?1;
-- name: key_named
SELECT id FROM usb_key WHERE serial = ?1;
-- name: key_here
SELECT id, state, custodian, updated_at, secrets IS NOT NULL AS sealed FROM usb_key WHERE serial = ?1;
-- name: visit_named
SELECT id FROM visit WHERE no = ?1;
-- name: order_named
SELECT id FROM orders WHERE no = ?1;
-- name: item_placed
SELECT id FROM item WHERE order_id = ?1 AND position = ?2;
-- name: customer_age
SELECT updated_at FROM customer WHERE id = ?1;
