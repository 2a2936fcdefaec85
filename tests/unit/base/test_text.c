/* The quick width is the slow one's, for every character it takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/text.h"

static void plain_width_agrees(void **state)
{
	(void)state;
	int plain = 0;
	for (uint32_t code = 1; code <= 0x10FFFF; code++) {
		char text[8] = "a", printable[16];
		if (code >= 0xD800 && code <= 0xDFFF)
			continue;
		text[1 + text_encode(code, text + 1)] = '\0';
		int width = text_plain_width(text, 4);
		if (width < 0)
			continue;
		plain++;
		text_printable(printable, sizeof printable, text);
		assert_string_equal(printable, text);
		assert_int_equal(width, text_width(text));
	}
	assert_int_equal(plain, 0x7F - 0x20 + 0x9FFF - 0x4E00 + 1 + 0xFF5E - 0xFF01 + 1);
}

static void plain_width_refuses(void **state)
{
	(void)state;
	static const char *const other[] = {"\t", "\x7F", "é", "\xE5", "\xE5\x8C", "\xE5\x8C\x41", "北\xEF\xBF\xBF", "\xE4\x41\x80", "\xF0\xA0\x80\x80", "　"};
	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		assert_int_equal(text_plain_width(other[i], 100), -1);
	assert_int_equal(text_plain_width("", 0), 0);
	assert_int_equal(text_plain_width("abc", 3), 3);
	assert_int_equal(text_plain_width("abcd", 3), -1);
	assert_int_equal(text_plain_width("北京", 6), 4);
	assert_int_equal(text_plain_width("北京", 5), -1);
	assert_int_equal(text_plain_width("（集团）ABC", 100), 11);
}

static void dates(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "2026-11-2", "2026-11-222", "2026-02-30", "2026-13-01", "0000-01-01", "-026-01-01", "2026-1--01", "2026/11/22",
	                                  "2026-11-2x", " 026-11-22", "+026-11-22"};
	int64_t day = 0;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(civil_parse_date(bad[i], &day));
	assert_true(civil_parse_date("2026-11-22", &day));
	assert_int_equal(day, 1795276800);
	assert_true(civil_parse_date("2024-02-29", &day));
}

static void times(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "2026-11-22", "2026-11-22 13:05:00Z", "2026-11-22T13:05:00", "2026-11-22T13:05:00+08:00", "2026-02-30T13:05:00Z",
	                                  "2026-11-22T24:00:00Z", "2026-11-22T13:60:00Z", "2026-11-22T-1:05:00Z", "2026-11-22T13:05:00ZZ"};
	int64_t utc = 0;
	char text[21];
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(rfc3339_parse(bad[i], &utc));
	assert_false(rfc3339_parse(NULL, &utc));
	for (int64_t at = 0; at < 5000000000; at += 86400 * 37 + 3671) {
		rfc3339_text(at, text);
		assert_true(rfc3339_parse(text, &utc));
		assert_int_equal(utc, at);
	}
}

static void a_word_is_found_among_words_and_not_within_one(void **state)
{
	(void)state;
	assert_true(text_has_word("draft returned paid", "draft"));
	assert_true(text_has_word("draft returned paid", "paid"));
	assert_true(text_has_word("unpaid paid", "paid"));
	assert_true(text_has_word("paid", "paid"));
	assert_false(text_has_word("unpaid", "paid"));
	assert_false(text_has_word("paid-back", "paid"));
	assert_false(text_has_word("draft returned", "draft returned"));
	assert_false(text_has_word("draft", ""));
	assert_false(text_has_word("", "draft"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(plain_width_agrees), cmocka_unit_test(plain_width_refuses), cmocka_unit_test(dates),
		cmocka_unit_test(times),
		cmocka_unit_test(a_word_is_found_among_words_and_not_within_one),
	};
	lang_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
