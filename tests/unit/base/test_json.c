/* JSON texts: json_load_text reads as jansson does, what is right, what is wrong, and whatever lies between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"

/* Both read it alike under all flags; the copy ends where the text does, so that a sanitizer sees who reads on. */
static void alike(const char *text, size_t length)
{
	static const size_t flags[] = {0, JSON_DECODE_ANY, JSON_REJECT_DUPLICATES, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES};
	char *copy = malloc(length ? length : 1);
	assert_non_null(copy);
	memcpy(copy, text, length);
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		json_error_t mine = {0}, its = {0};
		json_t *a = json_load_text(copy, length, flags[i], &mine), *b = json_loadb(copy, length, flags[i], &its);
		if (!a != !b || (a && !json_equal(a, b)))
			fail_msg("%.*s: flags %zu", (int)length, text, flags[i]);
		if (!a) {
			assert_string_equal(its.text, mine.text);
			assert_int_equal(its.position, mine.position);
		}
		json_decref(a);
		json_decref(b);
	}
	free(copy);
}

static const char entry[] = "{\"action\":\"order.sign\",\"data\":{\"a\\\"b\":[1,-2,0,true,false,null,[],{}]},\"name\":\"示范\\n机构\\\\\\/\",\"seq\":123456789012345678,\"text\":\"\"}";

static void texts_are_read_as_jansson_reads_them(void **state)
{
	static const char *const texts[] = {
		"", " ", "{}", "[]", "{}x", "{} ", " {}", "\"\"", "\"a\"", "0", "-0", "-", "01", "-1", "1.5", "1e3", "12345678901234567890", "999999999999999999",
		"-999999999999999999", "9223372036854775807", "9223372036854775808", "true", "tru", "truex", "null", "nul", "falsefalse", "{\"a\":1,\"a\":2}",
		"{\"a\":1,}", "[1,]", "[,1]", "[1 ,2]", "{\"a\" :1}", "{a:1}", "{\"a\":}", "{\"a\"}", "[\"\\u4e2d\",\"\\ud83d\\ude00\"]", "[\"\\ud800\"]", "[\"\\u0000\"]",
		"[\"\\x\"]", "[\"\\", "[\"\\\"]", "[\"\x01\"]", "[\"\x7f\"]", "[\"\xff\"]", "[\"\xc0\x80\"]", "[\"\xed\xa0\x80\"]", "[\"\xe4\xb8\xad\"]", "[\"\xe4\xb8\"]",
		"{\"\xff\":1}", "{\"\\n\":1}", "{\"\":1}", "[\"\\b\\f\\n\\r\\t\\/\\\\\\\"\"]", "{\"k\":{\"k\":{\"k\":[[[1]]]}}}", "/**/{}", "[1]]", "[[1]", "'a'", "{\"a\":1}{",
	};
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		alike(texts[i], strlen(texts[i]));
	alike("[\"a\0b\"]", 7);
	alike("[1]\0", 4);
	alike(entry, sizeof entry - 1);
}

static void a_text_that_is_cut_or_changed_is_read_as_jansson_reads_it(void **state)
{
	static const char put[] = "\"\\{}[]:,0-9. tn\x1f\x80\xc3";
	(void)state;
	for (size_t n = 0; n < sizeof entry; n++)
		alike(entry, n);
	for (size_t at = 0; at < sizeof entry - 1; at++)
		for (size_t i = 0; i < sizeof put; i++) { /* its 0 too */
			char text[sizeof entry];
			memcpy(text, entry, sizeof text);
			text[at] = put[i];
			alike(text, sizeof entry - 1);
		}
}

static void what_is_deep_or_has_long_keys_is_read(void **state)
{
	(void)state;
	for (size_t n = 60; n <= 70; n++) {
		char text[2 * 70 + 1];
		memset(text, '[', n);
		memset(text + n, ']', n);
		alike(text, 2 * n);
		alike(text, 2 * n - 1);
	}
	for (size_t n = 60; n <= 70; n++) {
		char text[100] = "{\"";
		memset(text + 2, 'k', n);
		strcpy(text + 2 + n, "\":1}");
		alike(text, strlen(text));
	}
	char *deep = malloc(10000);
	memset(deep, '[', 10000);
	alike(deep, 10000); /* jansson's bound ends it */
	free(deep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_read_as_jansson_reads_them),
		cmocka_unit_test(a_text_that_is_cut_or_changed_is_read_as_jansson_reads_it),
		cmocka_unit_test(what_is_deep_or_has_long_keys_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
