SELECT method, count(*) AS refunds, sum(amount) AS amount FROM refund WHERE business_date BETWEEN :from AND :to
GROUP BY method ORDER BY refunds DESC, method;
