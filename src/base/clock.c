#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { CHINA = 8 * 3600, DAY = 86400 };

int64_t clock_now(const struct clock *c)
{
	return c->fixed >= 0 ? c->fixed : (int64_t)time(NULL);
}

int64_t clock_monotonic_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int civil_days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month < 1 || month > 12 ? 0 : month == 2 && leap ? 29 : days[month - 1];
}

bool civil_valid_date(int year, int month, int day)
{
	return year >= 1 && year <= 9999 && day >= 1 && day <= civil_days_in_month(year, month);
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar, counting years from March. */
static int64_t days_from_civil(int year, int month, int day)
{
	int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct civil civil_from_utc(int64_t utc)
{
	int64_t local = utc + CHINA, days = local / DAY, rest = local % DAY;
	if (rest < 0) {
		rest += DAY;
		days--;
	}
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
	int month = (int)(m < 10 ? m + 3 : m - 9);
	return (struct civil){(int)(y + era * 400 + (month <= 2)), month, (int)(of_year - (153 * m + 2) / 5 + 1),
	                      (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60)};
}

int64_t civil_to_utc(struct civil c)
{
	return days_from_civil(c.year, c.month, c.day) * DAY + c.hour * 3600 + c.minute * 60 + c.second - CHINA;
}

void civil_date_text(int64_t utc, char out[11])
{
	struct civil c = civil_from_utc(utc);
	snprintf(out, 11, "%04u-%02u-%02u", (unsigned)c.year % 10000, (unsigned)c.month % 100, (unsigned)c.day % 100);
}

void civil_minute_text(int64_t utc, char out[17])
{
	struct civil c = civil_from_utc(utc);
	civil_date_text(utc, out);
	snprintf(out + 10, 7, " %02u:%02u", (unsigned)c.hour % 100, (unsigned)c.minute % 100);
}

void rfc3339_text(int64_t utc, char out[21])
{
	struct civil c = civil_from_utc(utc - CHINA);
	civil_date_text(utc - CHINA, out);
	snprintf(out + 10, 11, "T%02u:%02u:%02uZ", (unsigned)c.hour % 100, (unsigned)c.minute % 100, (unsigned)c.second % 100);
}

/* `count` digits at `text`; -1 where there is another byte. */
static int digits(const char *text, int count)
{
	int n = 0;
	for (int i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		n = 10 * n + text[i] - '0';
	}
	return n;
}

bool civil_parse_date(const char *text, int64_t *day_start)
{
	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return false;
	int y = digits(text, 4), m = digits(text + 5, 2), d = digits(text + 8, 2);
	if (!civil_valid_date(y, m, d))
		return false;
	*day_start = civil_to_utc((struct civil){y, m, d, 0, 0, 0});
	return true;
}

bool rfc3339_parse(const char *text, int64_t *utc)
{
	char date[11];
	int64_t day;
	if (!text || strlen(text) != 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z')
		return false;
	snprintf(date, sizeof date, "%.10s", text);
	int h = digits(text + 11, 2), m = digits(text + 14, 2), s = digits(text + 17, 2);
	if (!civil_parse_date(date, &day) || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59)
		return false;
	*utc = day + CHINA + (h * 60 + m) * 60 + s;
	return true;
}

static bool read_number(const char **s, size_t least, size_t most, int *out)
{
	size_t n = 0;
	*out = 0;
	for (; n < most && **s >= '0' && **s <= '9'; n++, (*s)++)
		*out = *out * 10 + (**s - '0');
	return n >= least;
}

static bool skip(const char **s, const char *zh, const char *other)
{
	size_t n = strlen(zh);
	if (strncmp(*s, zh, n) == 0)
		*s += n;
	else if (**s && strchr(other, **s))
		(*s)++;
	else
		return false;
	return true;
}

bool civil_read_date(const char *s, int64_t *day_start)
{
	int year, month, day;
	if (!read_number(&s, 4, 4, &year))
		return false;
	if (*s >= '0' && *s <= '9') {
		if (!read_number(&s, 2, 2, &month) || !read_number(&s, 2, 2, &day))
			return false;
	} else {
		if (!skip(&s, "年", "-/.") || !read_number(&s, 1, 2, &month) || !skip(&s, "月", "-/.") ||
			!read_number(&s, 1, 2, &day))
			return false;
		skip(&s, "日", "");
	}
	if (strspn(s, "0123456789:. T-") != strlen(s) || year < 2000 || year > 2100 ||
		!civil_valid_date(year, month, day))
		return false;
	*day_start = civil_to_utc((struct civil){year, month, day, 0, 0, 0});
	return true;
}
