-- Money verified in these days, by business and method; what no order has claimed stands in a row of its own.
WITH allocated (business, method, amount) AS MATERIALIZED (
	SELECT o.business, p.method, sum(po.amount)
	FROM payment p JOIN payment_order po ON po.payment_id = p.id JOIN orders o ON o.id = po.order_id
	WHERE p.business_date BETWEEN :from AND :to AND p.state = 'verified' GROUP BY o.business, p.method
),
verified (method, amount) AS (
	SELECT method, amount FROM payment WHERE business_date BETWEEN :from AND :to AND state = 'verified'
	UNION ALL
	SELECT method, -amount FROM allocated
),
part (business, orders, due, method, amount) AS (
	SELECT business, count(*), sum(amount), '', 0 FROM orders o WHERE business_date BETWEEN :from AND :to
		AND NOT EXISTS (SELECT 1 FROM foreign_record f WHERE f.kind = 'orders' AND f.local = o.id) GROUP BY business
	UNION ALL
	SELECT business, 0, 0, method, amount FROM allocated
	UNION ALL
	SELECT 'unallocated', 0, 0, method, sum(amount) AS spare FROM verified GROUP BY method HAVING spare <> 0
)
SELECT business, sum(orders) AS orders, sum(due) AS due,
	sum(CASE method WHEN 'cash' THEN amount ELSE 0 END) AS cash,
	sum(CASE method WHEN 'pos' THEN amount ELSE 0 END) AS pos,
	sum(CASE method WHEN 'cheque' THEN amount ELSE 0 END) AS cheque,
	sum(CASE method WHEN 'transfer' THEN amount ELSE 0 END) AS transfer,
	sum(CASE method WHEN 'alipay' THEN amount ELSE 0 END) AS alipay,
	sum(amount) AS paid
FROM part GROUP BY business ORDER BY business = 'unallocated', orders DESC, business;
