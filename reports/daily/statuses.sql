SELECT status, count(*) AS orders, sum(amount) AS due FROM orders WHERE business_date BETWEEN :from AND :to
GROUP BY status ORDER BY orders DESC, status;
