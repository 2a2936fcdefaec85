/* Rows of different schemas, told apart and told alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"

static bool same(const char *a, const char *b)
{
	json_t *x = json_loads(a, JSON_DECODE_ANY, NULL), *y = json_loads(b, JSON_DECODE_ANY, NULL);
	bool one = json_same_row(x, y), other = json_same_row(y, x);
	assert_int_equal(one, other);
	json_decref(x);
	json_decref(y);
	return one;
}

static void test_a_column_that_one_has_must_be_unset(void **state)
{
	(void)state;
	assert_true(same("{}", "{}"));
	assert_true(same("{\"a\":1}", "{\"a\":1,\"b\":0,\"c\":\"\",\"d\":null}"));
	assert_true(same("{\"a\":1,\"b\":0}", "{\"a\":1,\"c\":\"\"}"));
	assert_false(same("{\"a\":1}", "{\"a\":1,\"b\":2}"));
	assert_false(same("{\"a\":1}", "{\"a\":1,\"b\":\"x\"}"));
	assert_false(same("{\"a\":1}", "{\"a\":1,\"b\":[]}"));
}

static void test_a_column_that_both_have_must_be_the_same(void **state)
{
	(void)state;
	assert_false(same("{\"a\":0}", "{\"a\":null}"));
	assert_false(same("{\"a\":\"\"}", "{\"a\":0}"));
	assert_false(same("{\"a\":1}", "{\"a\":2}"));
	assert_false(same("{\"a\":1}", "null"));
	assert_false(same("null", "null"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_column_that_one_has_must_be_unset),
		cmocka_unit_test(test_a_column_that_both_have_must_be_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
