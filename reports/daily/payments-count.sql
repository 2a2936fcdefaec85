SELECT count(*) FROM payment WHERE business_date BETWEEN :from AND :to;
