/* Time. In the store and in messages between modules: UTC seconds (int64_t). On
 * screens and for business dates: China time, UTC+8, which has had no daylight
 * saving since 1991. Dates as numbers are "civil dates" in that zone. */
#ifndef CERTDESK_BASE_CLOCK_H
#define CERTDESK_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The clock of a context; `fixed` >= 0 stands still there (tests). */
struct clock {
	int64_t fixed; /* -1: the system's */
};
#define CLOCK_SYSTEM ((struct clock){-1})

int64_t clock_now(const struct clock *c);
int64_t clock_monotonic_ms(void);

struct civil {
	int year, month, day, hour, minute, second; /* China time */
};

struct civil civil_from_utc(int64_t utc);
int64_t civil_to_utc(struct civil c);
bool civil_valid_date(int year, int month, int day);
int civil_days_in_month(int year, int month);
/* "2026-11-22" (needs 11 bytes), "2026-11-22 21:05" (17), RFC 3339 in UTC "2026-11-22T13:05:00Z" (21). */
void civil_date_text(int64_t utc, char out[11]);
void civil_minute_text(int64_t utc, char out[17]);
void rfc3339_text(int64_t utc, char out[21]);
/* … and back. False on anything else, and on NULL. */
bool rfc3339_parse(const char *text, int64_t *utc);
/* "2026-11-22" to the UTC second at which that China-time day begins. False on anything else. */
bool civil_parse_date(const char *text, int64_t *day_start);
/* The same of a date as other programs write it: 2026-11-22, 2026/1/2, 2026.11.22, 20261122, 2026年11月22日, each with a time of day
 * behind it or none; from 2000 to 2100. */
bool civil_read_date(const char *text, int64_t *day_start);

#endif
