SELECT method, count(*) AS payments,
	sum(CASE state WHEN 'verified' THEN amount ELSE 0 END) AS verified,
	sum(CASE state WHEN 'open' THEN amount ELSE 0 END) AS open,
	sum(CASE state WHEN 'unclaimed' THEN amount ELSE 0 END) AS unclaimed,
	sum(CASE state WHEN 'void' THEN amount ELSE 0 END) AS void
FROM payment WHERE business_date BETWEEN :from AND :to GROUP BY method ORDER BY payments DESC, method;
