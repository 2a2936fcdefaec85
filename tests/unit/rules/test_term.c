/* Days and deadlines: by the shipped calendar, and by none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/csv.h"
#include "base/file.h"
#include "rules/deadline.h"
#include "rules/term.h"
#include "rules/transition.h"

static struct csv file;
static struct term_day days[400];
static struct term_calendar shipped = {days, 0}, none = {NULL, 0};

static int read_shipped(void **state)
{
	struct bytes text = {0};
	struct error e = {0};
	int64_t start;
	(void)state;
	if (file_read("forms/tables/calendar.csv", 1 << 20, &text, &e) || csv_parse((char *)text.data, text.length, ',', &file, &e))
		return -1;
	bytes_free(&text);
	for (size_t i = 1; i < file.count && shipped.count < 400; i++) {
		if (!civil_parse_date(csv_field(&file.rows[i], 0), &start))
			return -1;
		days[shipped.count++] = (struct term_day){term_day(start), strcmp(csv_field(&file.rows[i], 1), "workday") == 0};
	}
	return 0;
}

static int free_shipped(void **state)
{
	(void)state;
	csv_free(&file);
	return 0;
}

static int64_t at(const char *date, int hour)
{
	int64_t start = 0;
	assert_true(civil_parse_date(date, &start));
	return start + hour * 3600;
}

static void due_is(const struct term_calendar *c, const char *from, int hour, int count, const char *date)
{
	char have[11];
	int64_t due = term_working_days(c, at(from, hour), count);
	civil_date_text(due, have);
	assert_string_equal(have, date);
	assert_int_equal(due, at(date, 24) - 1); /* to the end of that day, China's */
}

static void test_make_up_saturdays_count(void **state)
{
	(void)state;
	due_is(&shipped, "2026-02-13", 9, 1, "2026-02-14"); /* a Saturday before the Spring Festival */
	due_is(&shipped, "2026-05-08", 17, 2, "2026-05-11");
	due_is(&shipped, "2025-09-26", 9, 1, "2025-09-28"); /* a Sunday */
	due_is(&none, "2026-02-13", 9, 1, "2026-02-16");
}

static void test_the_spring_festival_is_skipped(void **state)
{
	(void)state;
	due_is(&shipped, "2026-02-13", 9, 3, "2026-02-25"); /* 14, 24, 25 */
	due_is(&shipped, "2026-02-18", 9, 1, "2026-02-24"); /* submitted in the middle of it */
	due_is(&shipped, "2025-01-27", 9, 4, "2025-02-08"); /* 5, 6, 7, the made-up 8 */
}

static void test_a_deadline_goes_across_the_years_end(void **state)
{
	(void)state;
	due_is(&shipped, "2025-12-31", 9, 1, "2026-01-04"); /* New Year's days off, the Sunday made up */
	due_is(&shipped, "2025-12-31", 9, 3, "2026-01-06");
	due_is(&none, "2025-12-31", 9, 3, "2026-01-05");
}

static void test_the_day_itself_does_not_count(void **state)
{
	(void)state;
	due_is(&shipped, "2026-03-02", 0, 3, "2026-03-05");
	due_is(&shipped, "2026-03-02", 23, 3, "2026-03-05");
	due_is(&shipped, "2026-03-07", 12, 1, "2026-03-09"); /* submitted on a Saturday */
	due_is(&shipped, "2026-03-02", 12, 0, "2026-03-02");
}

static void test_days_are_chinas(void **state)
{
	char have[11];
	(void)state;
	/* 16:00 UTC is midnight in China: already the 14th */
	int64_t midnight = at("2026-02-14", 0);
	assert_int_equal(midnight % 86400, 16 * 3600);
	civil_date_text(term_working_days(&shipped, midnight - 1, 1), have);
	assert_string_equal(have, "2026-02-14");
	civil_date_text(term_working_days(&shipped, midnight, 1), have);
	assert_string_equal(have, "2026-02-24");
	assert_int_equal(term_day(-8 * 3600), 0);
	assert_int_equal(term_day(-8 * 3600 - 1), -1);
	assert_true(term_day_works(&none, 0)); /* a Thursday */
	assert_false(term_day_works(&none, -4)); /* the Sunday before */
	assert_true(term_day_works(&none, -3));
}

/* The State Council's notices of 12 November 2024 and 4 November 2025; 2027 only what the law itself says. */
static void test_the_shipped_calendar_is_the_official_one(void **state)
{
	static const struct {
		const char *year;
		int holidays, workdays;
	} years[] = {{"2025", 28, 5}, {"2026", 33, 6}, {"2027", 19, 0}};
	(void)state;
	for (size_t y = 0; y < 3; y++) {
		int holidays = 0, workdays = 0;
		for (size_t i = 1; i < file.count; i++) {
			const char *date = csv_field(&file.rows[i], 0);
			bool works = days[i - 1].works;
			if (strncmp(date, years[y].year, 4) != 0)
				continue;
			holidays += !works;
			workdays += works;
			if (works) /* what is made up is a day of a weekend */
				assert_false(term_day_works(&none, days[i - 1].day));
		}
		assert_int_equal(holidays, years[y].holidays);
		assert_int_equal(workdays, years[y].workdays);
	}
	for (size_t i = 1; i < shipped.count; i++)
		assert_true(days[i - 1].day < days[i].day);
}

static void test_a_certificate_ends_on_the_same_date(void **state)
{
	char have[11];
	(void)state;
	int64_t last = term_last(at("2028-02-29", 12), 12);
	civil_date_text(last, have);
	assert_string_equal(have, "2029-02-28");
	assert_int_equal(last, at("2029-02-28", 24) - 1);
}

/* Every status of every step: what runs, what is done; all else is dropped. */
static void test_deadlines_by_status(void **state)
{
	static const char *const runs[] = {"review in-review", "issue approved", "issue issuing", "issue issued mail"};
	static const char *const done[] = {"review approved", "review returned", "review rejected", "issue issued counter",
	                                   "issue mailed", "issue handed-over", "issue done"};
	(void)state;
	int found = 0;
	for (size_t i = 0; i < deadline_step_count(); i++)
		for (size_t k = 0; k < status_count(); k++)
			for (int mail = 0; mail < 2; mail++) {
				char name[64], with[80];
				enum deadline_stand want = DEADLINE_NONE;
				snprintf(name, sizeof name, "%s %s", deadline_step_at(i), status_at(k));
				snprintf(with, sizeof with, "%s %s", name, mail ? "mail" : "counter");
				for (size_t n = 0; n < sizeof runs / sizeof *runs; n++)
					if (strcmp(runs[n], name) == 0 || strcmp(runs[n], with) == 0)
						want = DEADLINE_RUNS;
				for (size_t n = 0; n < sizeof done / sizeof *done; n++)
					if (strcmp(done[n], name) == 0 || strcmp(done[n], with) == 0)
						want = DEADLINE_DONE;
				assert_int_equal(deadline_stands(deadline_step_at(i), status_at(k), mail ? "mail" : "counter"), want);
				found += want != DEADLINE_NONE;
			}
	assert_int_equal(found, 20);
	assert_null(deadline_step_at(deadline_step_count()));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_make_up_saturdays_count),
		cmocka_unit_test(test_the_spring_festival_is_skipped),
		cmocka_unit_test(test_a_deadline_goes_across_the_years_end),
		cmocka_unit_test(test_the_day_itself_does_not_count),
		cmocka_unit_test(test_days_are_chinas),
		cmocka_unit_test(test_the_shipped_calendar_is_the_official_one),
		cmocka_unit_test(test_a_certificate_ends_on_the_same_date),
		cmocka_unit_test(test_deadlines_by_status),
	};
	return cmocka_run_group_tests(tests, read_shipped, free_shipped);
}
