-- The journal and the journalled tables. The states are whole rows: SELECT * is meant.
-- name: state_agent
SELECT * FROM agent WHERE id = ?1;
-- name: all_agent
SELECT * FROM agent ORDER BY id;
-- name: state_calendar_day
SELECT * FROM calendar_day WHERE id = ?1;
-- name: all_calendar_day
SELECT * FROM calendar_day ORDER BY id;
-- name: state_certificate
SELECT * FROM certificate WHERE id = ?1;
-- name: all_certificate
SELECT * FROM certificate ORDER BY id;
-- name: state_channel
SELECT * FROM channel WHERE id = ?1;
-- name: all_channel
SELECT * FROM channel ORDER BY id;
-- name: state_crl
SELECT * FROM crl WHERE id = ?1;
-- name: all_crl
SELECT * FROM crl ORDER BY id;
-- name: state_customer
SELECT * FROM customer WHERE id = ?1;
-- name: all_customer
SELECT * FROM customer ORDER BY id;
-- name: state_deadline
SELECT * FROM deadline WHERE id = ?1;
-- name: all_deadline
SELECT * FROM deadline ORDER BY id;
-- name: state_deadline_rule
SELECT * FROM deadline_rule WHERE id = ?1;
-- name: all_deadline_rule
SELECT * FROM deadline_rule ORDER BY id;
-- name: state_day_close
SELECT * FROM day_close WHERE id = ?1;
-- name: all_day_close
SELECT * FROM day_close ORDER BY id;
-- name: state_day_item
SELECT * FROM day_item WHERE id = ?1;
-- name: all_day_item
SELECT * FROM day_item ORDER BY id;
-- name: state_document
SELECT * FROM document WHERE id = ?1;
-- name: all_document
SELECT * FROM document ORDER BY id;
-- name: state_document_rule
SELECT * FROM document_rule WHERE id = ?1;
-- name: all_document_rule
SELECT * FROM document_rule ORDER BY id;
-- name: state_handover
SELECT * FROM handover WHERE id = ?1;
-- name: all_handover
SELECT * FROM handover ORDER BY id;
-- name: state_headquarters
SELECT * FROM headquarters WHERE id = ?1;
-- name: all_headquarters
SELECT * FROM headquarters ORDER BY id;
-- name: state_identity_check
SELECT * FROM identity_check WHERE id = ?1;
-- name: all_identity_check
SELECT * FROM identity_check ORDER BY id;
-- name: state_invoice
SELECT * FROM invoice WHERE id = ?1;
-- name: all_invoice
SELECT * FROM invoice ORDER BY id;
-- name: state_invoice_line
SELECT * FROM invoice_line WHERE id = ?1;
-- name: all_invoice_line
SELECT * FROM invoice_line ORDER BY id;
-- name: state_invoice_red
SELECT * FROM invoice_red WHERE id = ?1;
-- name: all_invoice_red
SELECT * FROM invoice_red ORDER BY id;
-- name: state_item
SELECT * FROM item WHERE id = ?1;
-- name: all_item
SELECT * FROM item ORDER BY id;
-- name: state_key_count
SELECT * FROM key_count WHERE id = ?1;
-- name: all_key_count
SELECT * FROM key_count ORDER BY id;
-- name: state_key_count_difference
SELECT * FROM key_count_difference WHERE id = ?1;
-- name: all_key_count_difference
SELECT * FROM key_count_difference ORDER BY id;
-- name: state_key_move
SELECT * FROM key_move WHERE id = ?1;
-- name: all_key_move
SELECT * FROM key_move ORDER BY id;
-- name: state_line
SELECT * FROM line WHERE id = ?1;
-- name: all_line
SELECT * FROM line ORDER BY id;
-- name: state_order_subject
SELECT * FROM order_subject WHERE id = ?1;
-- name: all_order_subject
SELECT * FROM order_subject ORDER BY id;
-- name: state_orders
SELECT * FROM orders WHERE id = ?1;
-- name: all_orders
SELECT * FROM orders ORDER BY id;
-- name: state_payment
SELECT * FROM payment WHERE id = ?1;
-- name: all_payment
SELECT * FROM payment ORDER BY id;
-- name: state_payment_order
SELECT * FROM payment_order WHERE id = ?1;
-- name: all_payment_order
SELECT * FROM payment_order ORDER BY id;
-- name: state_pin_delivery
SELECT * FROM pin_delivery WHERE id = ?1;
-- name: all_pin_delivery
SELECT * FROM pin_delivery ORDER BY id;
-- name: state_price
SELECT * FROM price WHERE id = ?1;
-- name: all_price
SELECT * FROM price ORDER BY id;
-- name: state_product
SELECT * FROM product WHERE id = ?1;
-- name: all_product
SELECT * FROM product ORDER BY id;
-- name: state_publication
SELECT * FROM publication WHERE id = ?1;
-- name: all_publication
SELECT * FROM publication ORDER BY id;
-- name: state_shift
SELECT * FROM shift WHERE id = ?1;
-- name: all_shift
SELECT * FROM shift ORDER BY id;
-- name: state_signature
SELECT * FROM signature WHERE id = ?1;
-- name: all_signature
SELECT * FROM signature ORDER BY id;
-- name: state_signature_void
SELECT * FROM signature_void WHERE id = ?1;
-- name: all_signature_void
SELECT * FROM signature_void ORDER BY id;
-- name: state_signature_order
SELECT * FROM signature_order WHERE id = ?1;
-- name: all_signature_order
SELECT * FROM signature_order ORDER BY id;
-- name: state_site
SELECT * FROM site WHERE id = ?1;
-- name: all_site
SELECT * FROM site ORDER BY id;
-- name: state_staff
SELECT * FROM staff WHERE id = ?1;
-- name: all_staff
SELECT * FROM staff ORDER BY id;
-- name: state_statement
SELECT * FROM statement WHERE id = ?1;
-- name: all_statement
SELECT * FROM statement ORDER BY id;
-- name: state_statement_entry
SELECT * FROM statement_entry WHERE id = ?1;
-- name: all_statement_entry
SELECT * FROM statement_entry ORDER BY id;
-- name: state_station
SELECT * FROM station WHERE id = ?1;
-- name: all_station
SELECT * FROM station ORDER BY id;
-- name: state_tax_class
SELECT * FROM tax_class WHERE id = ?1;
-- name: all_tax_class
SELECT * FROM tax_class ORDER BY id;
-- name: state_text_shown
SELECT * FROM text_shown WHERE id = ?1;
-- name: all_text_shown
SELECT * FROM text_shown ORDER BY id;
-- name: state_till_count
SELECT * FROM till_count WHERE id = ?1;
-- name: all_till_count
SELECT * FROM till_count ORDER BY id;
-- name: state_till_end
SELECT * FROM till_end WHERE id = ?1;
-- name: all_till_end
SELECT * FROM till_end ORDER BY id;
-- name: state_till_float
SELECT * FROM till_float WHERE id = ?1;
-- name: all_till_float
SELECT * FROM till_float ORDER BY id;
-- name: state_till_move
SELECT * FROM till_move WHERE id = ?1;
-- name: all_till_move
SELECT * FROM till_move ORDER BY id;
-- name: state_usb_key
SELECT * FROM usb_key WHERE id = ?1;
-- name: all_usb_key
SELECT * FROM usb_key ORDER BY id;
-- name: state_visit
SELECT * FROM visit WHERE id = ?1;
-- name: all_visit
SELECT * FROM visit ORDER BY id;
-- name: journal_head
SELECT seq, at, hash FROM journal ORDER BY seq DESC LIMIT 1;
-- name: journal_has
SELECT 1 FROM journal WHERE seq = ?1 AND hash = ?2;
-- name: journal_insert
INSERT INTO journal (seq, entry, hash, signature, at, subject) VALUES (?1, ?2, ?3, ?4, ?5, ?6);
-- name: journal_all
SELECT seq, entry, hash, signature, at, subject FROM journal ORDER BY seq;
-- name: journal_state_insert
INSERT INTO journal_state (kind, record, version, seq, dk, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6);
-- name: journal_last_state
SELECT version, dk FROM journal_state WHERE kind = ?1 AND record = ?2 ORDER BY version DESC LIMIT 1;
-- name: journal_last_body
SELECT version, dk, body FROM journal_state WHERE kind = ?1 AND record = ?2 ORDER BY version DESC LIMIT 1;
-- name: journal_states_of
SELECT s.kind, s.record, s.version, s.body, k.wrapped IS NULL FROM journal_state s LEFT JOIN data_key k ON k.id = s.dk
WHERE s.seq = ?1 ORDER BY s.kind, s.record;
-- name: journal_records
SELECT DISTINCT record FROM journal_state WHERE kind = ?1 ORDER BY record;
-- name: journal_of_subject
SELECT seq, entry FROM journal WHERE subject = ?1 ORDER BY seq;
-- name: journal_of_order
-- Its own entries, its visit's, and those of another order or visit that changed it: who reads them picks those that name it.
SELECT seq, entry, subject FROM journal WHERE subject = ?1
UNION SELECT j.seq, j.entry, j.subject FROM orders o JOIN visit v ON v.id = o.visit_id JOIN journal j ON j.subject = v.no WHERE o.no = ?1
UNION SELECT j.seq, j.entry, j.subject FROM orders o JOIN journal_state s ON s.kind = 'orders' AND s.record = o.id
	JOIN journal j ON j.seq = s.seq WHERE o.no = ?1
ORDER BY 1;
-- name: site_signer
SELECT sign_private FROM site WHERE id = 1;
-- name: site_epoch
SELECT epoch FROM site WHERE id = 1;
-- name: site_public
SELECT sign_public FROM site WHERE id = 1;
-- name: data_key_insert
INSERT INTO data_key (cipher, wrapped) VALUES (1, ?1);
-- name: data_key_get
SELECT wrapped FROM data_key WHERE id = ?1;
-- name: data_key_all
-- Each with a state that is still there under it, if any.
SELECT k.id, k.cipher, k.wrapped, EXISTS (SELECT 1 FROM journal_state s WHERE s.dk = k.id AND s.body IS NOT NULL) FROM data_key k ORDER BY k.id;
-- name: journal_states_gone
-- Those of a restored site that still fetches its entries back may come before the purge that took them.
SELECT kind, record, dk FROM journal_state WHERE body IS NULL AND NOT EXISTS (SELECT 1 FROM sync_state WHERE replaying <> 0) ORDER BY seq;
-- name: data_key_destroy
UPDATE data_key SET wrapped = NULL WHERE id = ?1;
