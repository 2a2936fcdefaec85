-- Money on the account up to that day that no payment explains, of any day: a statement comes the morning after, when its own day's
-- report is long printed.
SELECT reference, booked_date, amount, 'no-payment' AS reason FROM statement_entry
WHERE payment_id IS NULL AND +booked_date <= :to ORDER BY +booked_date, reference; -- +: by the index of the few
