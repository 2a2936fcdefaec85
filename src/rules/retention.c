#include "rules/retention.h"

#include <string.h>

#include "base/clock.h"

enum { YEARS_MOST = 99 };

static const char *const names[RETAINED_KINDS] = {"order", "copy", "customer", "statement", "identity", "message"};

const char *retained_name(enum retained kind)
{
	return names[kind];
}

void retained_mark(bool there[RETAINED_KINDS], const char *kind)
{
	for (int i = 0; i < RETAINED_KINDS; i++)
		there[i] = there[i] || strcmp(names[i], kind) == 0;
}

void retention_start(struct retention *r)
{
	for (int i = 0; i < RETAINED_KINDS; i++)
		r->years[i] = RETENTION_LEAST;
}

void retention_take(struct retention *r, const char *kind, int64_t years)
{
	for (int i = 0; i < RETAINED_KINDS; i++)
		if (strcmp(names[i], kind) == 0 && years >= RETENTION_LEAST)
			r->years[i] = years < YEARS_MOST ? (int)years : YEARS_MOST;
}

int64_t retention_before(const struct retention *r, enum retained kind, int64_t now)
{
	struct civil c = civil_from_utc(now);
	c.year -= r->years[kind];
	if (c.day > civil_days_in_month(c.year, c.month))
		c.day = civil_days_in_month(c.year, c.month);
	return civil_to_utc(c);
}
