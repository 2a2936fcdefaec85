#include "rules/term.h"

#include "base/clock.h"

enum { DAY = 86400, CHINA = 8 * 3600, RENEW_AFTER = 365 };

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
	return left >= 0 ? left < TERM_RENEWAL_BEFORE : -left <= (int64_t)RENEW_AFTER * DAY;
}

int64_t term_renewed(int64_t now, int64_t not_after, int months)
{
	return term_last(now <= not_after ? not_after : now, months);
}

int64_t term_day(int64_t utc)
{
	int64_t local = utc + CHINA;
	return local / DAY - (local % DAY < 0);
}

bool term_day_works(const struct term_calendar *c, int64_t day)
{
	size_t low = 0, high = c->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (c->days[middle].day == day)
			return c->days[middle].works;
		if (c->days[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return ((day + 3) % 7 + 7) % 7 < 5; /* 1970-01-01 was a Thursday; 0 is Monday */
}

int64_t term_working_days(const struct term_calendar *c, int64_t from, int days)
{
	int64_t day = term_day(from);
	while (days > 0)
		days -= term_day_works(c, ++day);
	return (day + 1) * DAY - CHINA - 1;
}
