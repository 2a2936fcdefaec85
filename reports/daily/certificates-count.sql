SELECT count(*) FROM certificate WHERE not_before >= :from_time AND not_before < :to_time;
