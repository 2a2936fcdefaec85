SELECT count(*) FROM orders WHERE business_date BETWEEN :from AND :to;
