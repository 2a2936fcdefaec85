/* Lines of Chinese and English text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/lang.h"
#include "ui/wrap.h"

/* All lines joined by "|". */
static void breaks_as(const char *text, int columns, const char *want)
{
	char got[512] = "";
	size_t next, used = 0;
	for (const char *at = text; *at; at += next) {
		size_t length = wrap_line(at, columns, &next);
		assert_true(next > 0);
		used += (size_t)snprintf(got + used, sizeof got - used, "%s%.*s", at == text ? "" : "|", (int)length, at);
	}
	assert_string_equal(got, want);
}

static void breaks_between_han_and_at_spaces(void **state)
{
	(void)state;
	breaks_as("北京市昌平区", 8, "北京市昌|平区");
	breaks_as("北京市昌平区", 9, "北京市昌|平区");
	breaks_as("one two three", 8, "one two|three");
	breaks_as("请看certdesk手册", 9, "请看|certdesk|手册");
}

static void keeps_punctuation_with_what_it_closes(void **state)
{
	(void)state;
	breaks_as("北京市昌，平区", 8, "北京市|昌，平区");
	breaks_as("请见《协议》。", 6, "请见|《协|议》。");
}

static void cuts_a_word_that_is_too_long(void **state)
{
	(void)state;
	breaks_as("abcdefghij", 4, "abcd|efgh|ij");
	breaks_as("北", 1, "北");
}

static void keeps_lines_and_empty_lines(void **state)
{
	(void)state;
	breaks_as("一\n\n二\n", 10, "一||二");
	assert_int_equal(wrap_count("一\n\n二", 10), 3);
	assert_int_equal(wrap_count("", 10), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(breaks_between_han_and_at_spaces),
		cmocka_unit_test(keeps_punctuation_with_what_it_closes),
		cmocka_unit_test(cuts_a_word_that_is_too_long),
		cmocka_unit_test(keeps_lines_and_empty_lines),
	};
	lang_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
