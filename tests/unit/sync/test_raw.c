/* JSON with its binary values behind it: what was made is taken again, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "sync/raw.h"

static void values_come_back_in_order(void **state)
{
	struct bytes values = {0}, all = {0};
	struct raw raw;
	const char *text;
	const void *data;
	size_t n;
	json_t *head = json_pack("{s[iii]}", "values", 3, 1, 4), *again = NULL;
	(void)state;
	assert_int_equal(OK, bytes_add(&values, "abc\0\nxyz", 8));
	assert_int_equal(OK, raw_make(head, &values, &all));
	assert_true(raw_open(all.data, all.length, &text, &n, &raw));
	assert_int_equal(OK, json_parse(text, n, &again, NULL));
	assert_true(json_equal(head, again));
	json_t *list = json_object_get(again, "values");
	assert_true(raw_take(&raw, json_array_get(list, 0), &data, &n) && n == 3 && memcmp(data, "abc", 3) == 0);
	assert_true(raw_take(&raw, json_array_get(list, 1), &data, &n) && n == 1 && memcmp(data, "", 1) == 0);
	assert_true(raw_take(&raw, json_array_get(list, 2), &data, &n) && n == 4 && memcmp(data, "\nxyz", 4) == 0);
	assert_int_equal(0, raw.left);
	json_decref(head);
	json_decref(again);
	bytes_free(&values);
	bytes_free(&all);
}

static void no_more_is_taken_than_there_is(void **state)
{
	static const char body[] = "raw 2\n{}abc";
	struct raw raw;
	const char *text;
	const void *data;
	size_t n;
	json_t *values[] = {json_integer(4), json_integer(0), json_integer(-1), json_integer(INT64_MAX), json_integer(INT64_MIN), json_real(1), json_string("1"),
	                    json_true(), json_null()};
	(void)state;
	assert_true(raw_open(body, strlen(body), &text, &n, &raw));
	assert_int_equal(2, n);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		assert_false(raw_take(&raw, values[i], &data, &n));
		assert_int_equal(3, raw.left);
		json_decref(values[i]);
	}
	assert_false(raw_take(&raw, NULL, &data, &n));
	json_t *three = json_integer(3);
	assert_true(raw_take(&raw, three, &data, &n));
	assert_false(raw_take(&raw, three, &data, &n));
	json_decref(three);
}

static void anything_else_is_a_body_of_its_own(void **state)
{
	static const char *const bodies[] = {"", "{}", "raw", "raw ", "raw 2", "raw \n{}", "raw x\n{}", "raw -2\n{}", "raw 2{}", "raw 3\n{}", "raw 2 \n{}", "RAW 2\n{}",
	                                     "raw 99999999999999999999\n{}", "raw 1000000000\n{}", "raw 4294967298\n{}"};
	struct raw raw;
	const char *text;
	size_t n;
	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		assert_false(raw_open(bodies[i], strlen(bodies[i]), &text, &n, &raw));
		assert_ptr_equal(bodies[i], text);
		assert_int_equal(strlen(bodies[i]), n);
		assert_int_equal(0, raw.left);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_back_in_order),
		cmocka_unit_test(no_more_is_taken_than_there_is),
		cmocka_unit_test(anything_else_is_a_body_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
