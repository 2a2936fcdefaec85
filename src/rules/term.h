/* Dates of certificates and deadlines (DOMAIN.md, Rules). Times are UTC seconds; days are China's. Pure. */
#ifndef CERTDESK_RULES_TERM_H
#define CERTDESK_RULES_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Days on which it isn't as the weekday says: holidays, and make-up days 调休上班日. A day is counted from 1970-01-01. */
struct term_day {
	int64_t day;
	bool works;
};
struct term_calendar {
	const struct term_day *days; /* in order of days, each once */
	size_t count;
};

/* The end of a certificate that begins at `begin`: 23:59:59 China time on the same date `months` later
 * (the month's last day where there is no such date: 29 February ends on 28 February). */
int64_t term_last(int64_t begin, int months);
/* Whether a certificate that ends at `not_after` can be renewed now: while 0 ≤ left < 90 days, or after its end by at most
 * 365 days, to the second. */
enum { TERM_RENEWAL_BEFORE = 90 * 86400 };
bool term_renewal_open(int64_t now, int64_t not_after);
/* The end of a renewed certificate that begins now: the old end plus the term, or where the old one is over as new. */
int64_t term_renewed(int64_t now, int64_t not_after, int months);
/* China's day at this second. */
int64_t term_day(int64_t utc);
/* Monday to Friday, unless the calendar says otherwise. */
bool term_day_works(const struct term_calendar *c, int64_t day);
/* The UTC second `days` working days after `from`, whose own day doesn't count; end of that day, 23:59:59. */
int64_t term_working_days(const struct term_calendar *c, int64_t from, int days);

#endif
