#include "rules/term.h"

#include "base/clock.h"

enum { DAY = 86400, RENEW_BEFORE = 90, RENEW_AFTER = 365 };

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

bool term_renewal_open(int64_t now, int64_t not_after)
{
	int64_t left = not_after - now;
	return left >= 0 ? left < (int64_t)RENEW_BEFORE * DAY : -left <= (int64_t)RENEW_AFTER * DAY;
}

int64_t term_renewed(int64_t now, int64_t not_after, int months)
{
	return term_last(now <= not_after ? not_after : now, months);
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
