-- PINs that wait for the bank's list are few among all that ever were.
CREATE INDEX delivery_for_bank ON pin_delivery (id) WHERE channel = 'remark' AND state = 'set';
