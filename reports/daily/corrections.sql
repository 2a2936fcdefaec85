-- Money that left a till for a payment of another shift (a void after the close). Refunds have a sheet of their own.
SELECT p.receipt, m.kind, m.method, m.amount, sh.station, s.name AS staff, m.business_date, m.moved_at, p.business_date AS taken, m.reason
FROM till_move m JOIN payment p ON p.id = m.payment_id JOIN shift sh ON sh.id = m.shift_id JOIN staff s ON s.id = m.staff_id
WHERE m.kind <> 'refund' AND m.business_date BETWEEN :from AND :to ORDER BY m.id;
