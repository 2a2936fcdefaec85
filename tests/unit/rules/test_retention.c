/* How long records are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "rules/retention.h"

static int64_t at(int year, int month, int day)
{
	return civil_to_utc((struct civil){.year = year, .month = month, .day = day, .hour = 12});
}

static void nothing_is_kept_for_less_than_five_years(void **state)
{
	struct retention r;
	(void)state;
	retention_start(&r);
	for (int k = 0; k < RETAINED_KINDS; k++) {
		retention_take(&r, retained_name((enum retained)k), 4);
		retention_take(&r, retained_name((enum retained)k), -1);
		assert_int_equal(r.years[k], 5);
		assert_int_equal(retention_before(&r, (enum retained)k, at(2026, 11, 26)), at(2021, 11, 26));
	}
	assert_int_equal(retention_before(&r, RETAIN_ORDER, at(2028, 2, 29)), at(2023, 2, 28));
}

static void each_kind_has_its_own_years(void **state)
{
	struct retention r;
	(void)state;
	retention_start(&r);
	retention_take(&r, "customer", 7);
	retention_take(&r, "message", 1000000);
	retention_take(&r, "nothing", 9);
	assert_int_equal(r.years[RETAIN_ORDER], 5);
	assert_int_equal(r.years[RETAIN_CUSTOMER], 7);
	assert_int_equal(r.years[RETAIN_MESSAGE], 99);
	assert_int_equal(retention_before(&r, RETAIN_CUSTOMER, at(2028, 2, 29)), at(2021, 2, 28));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_kept_for_less_than_five_years), cmocka_unit_test(each_kind_has_its_own_years)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
