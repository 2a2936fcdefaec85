#include "rules/term.h"

#include "base/clock.h"

enum { DAY = 86400 };

int64_t term_last(int64_t begin, int months)
{
	struct civil c = civil_from_utc(begin);
	int month = c.month - 1 + months;
	c.year += month / 12;
	c.month = month % 12 + 1;
	if (c.day > civil_days_in_month(c.year, c.month))
		c.day = civil_days_in_month(c.year, c.month);
	c.hour = 23;
	c.minute = c.second = 59;
	return civil_to_utc(c);
}

int64_t term_working_days(int64_t from, int days)
{
	struct civil c = civil_from_utc(from);
	int64_t day = civil_to_utc((struct civil){c.year, c.month, c.day, 0, 0, 0});
	while (days > 0) {
		day += DAY;
		/* 1970-01-01 was a Thursday; 8 hours make the day China's */
		int64_t weekday = ((day + 8 * 3600) / DAY + 3) % 7; /* 0 is Monday */
		if (weekday < 5)
			days--;
	}
	return day + DAY - 1;
}
