/* gzip both ways, and what must not come in by it. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/gzip.h"

static void goes_both_ways(void **state)
{
	struct bytes plain = {0}, small = {0}, back = {0};
	(void)state;
	for (int i = 0; i < 20000; i++)
		assert_int_equal(OK, bytes_format(&plain, "%d,", i * 7919));
	assert_int_equal(OK, gzip_make(plain.data, plain.length, &small));
	assert_true(small.length < plain.length / 2);
	assert_int_equal(OK, bytes_text(&back, "before:"));
	assert_int_equal(GZIP_DONE, gzip_open(small.data, small.length, plain.length, &back));
	assert_int_equal(plain.length + 7, back.length);
	assert_memory_equal(plain.data, back.data + 7, plain.length);
	assert_int_equal(GZIP_LONG, gzip_open(small.data, small.length, plain.length - 1, &back));
	assert_int_equal(plain.length + 7, back.length);
	bytes_free(&plain);
	bytes_free(&small);
	bytes_free(&back);
}

static void an_empty_body_is_one_too(void **state)
{
	struct bytes small = {0}, back = {0};
	(void)state;
	assert_int_equal(OK, gzip_make("", 0, &small));
	assert_int_equal(GZIP_DONE, gzip_open(small.data, small.length, 0, &back));
	assert_int_equal(0, back.length);
	assert_int_equal(GZIP_BROKEN, gzip_open(NULL, 0, 1000, &back)); /* nothing at all isn't */
	bytes_free(&small);
	bytes_free(&back);
}

/* 256 MiB of zeros in a quarter of a megabyte: refused at the limit, without ever having had them. */
static void a_bomb_stops_at_the_limit(void **state)
{
	struct bytes small = {0}, back = {0};
	size_t length = 256 << 20;
	char *zeros = calloc(1, length);
	(void)state;
	assert_non_null(zeros);
	assert_int_equal(OK, gzip_make(zeros, length, &small));
	free(zeros);
	assert_true(small.length < 400000);
	assert_int_equal(GZIP_LONG, gzip_open(small.data, small.length, 1 << 20, &back));
	assert_int_equal(0, back.length);
	assert_true(back.room <= 4 << 20);
	bytes_free(&small);
	bytes_free(&back);
}

static void what_is_cut_or_altered_is_refused(void **state)
{
	struct bytes small = {0}, back = {0};
	const char text[] = "受理点 110114-01 的一批记录，受理点 110114-01 的一批记录";
	(void)state;
	assert_int_equal(OK, gzip_make(text, sizeof text, &small));
	for (size_t n = 0; n < small.length; n++)
		assert_int_equal(GZIP_BROKEN, gzip_open(small.data, n, 1000, &back));
	for (size_t i = 0; i < small.length; i++) {
		small.data[i] ^= 0x20;
		if (gzip_open(small.data, small.length, 1000, &back) == GZIP_DONE) { /* a bit that says nothing: time, system, padding */
			assert_int_equal(sizeof text, back.length);
			assert_memory_equal(text, back.data, sizeof text);
			back.length = 0;
		}
		small.data[i] ^= 0x20;
	}
	assert_int_equal(OK, bytes_add(&small, "x", 1));
	assert_int_equal(GZIP_BROKEN, gzip_open(small.data, small.length, 1000, &back));
	assert_int_equal(0, back.length);
	bytes_free(&small);
	bytes_free(&back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_both_ways),
		cmocka_unit_test(an_empty_body_is_one_too),
		cmocka_unit_test(a_bomb_stops_at_the_limit),
		cmocka_unit_test(what_is_cut_or_altered_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
