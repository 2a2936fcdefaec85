-- Money on the account that no payment explains.
SELECT reference, booked_date, amount, 'no-payment' AS reason FROM statement_entry
WHERE payment_id IS NULL AND booked_date BETWEEN :from AND :to ORDER BY booked_date, reference;
