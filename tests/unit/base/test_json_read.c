/* Our reader of JSON beside jansson's: what ours reads is what jansson reads, and what we write ourselves ours does read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/json_read.h"

static json_t *jansson(const char *text, size_t length, bool any)
{
	return json_loadb(text, length, JSON_REJECT_DUPLICATES | (any ? JSON_DECODE_ANY : 0), NULL);
}

/* Never a value that jansson doesn't read as well. */
static void compare(const char *text, size_t length)
{
	for (int any = 0; any < 2; any++) {
		json_t *ours = json_read(text, length, any, SIZE_MAX), *theirs = jansson(text, length, any);
		if (ours && (!theirs || !json_equal(ours, theirs)))
			fail_msg("read otherwise: %.*s", (int)length, text);
		json_decref(ours);
		json_decref(theirs);
	}
}

static void same(const char *text)
{
	json_t *ours = json_read(text, strlen(text), true, SIZE_MAX), *theirs = jansson(text, strlen(text), true);
	if (!ours || !theirs || !json_equal(ours, theirs))
		fail_msg("%s: %s", text, !theirs ? "jansson doesn't read it" : ours ? "read otherwise" : "not read");
	json_decref(ours);
	json_decref(theirs);
}

static const char *const good[] = {
	"{}", "[]", " [ ] ", "{\"a\":1}", "\t{\r\n\"a\" : [1, -2, 0, -0], \"b\":{\"c\":null,\"d\":true,\"e\":false}}\n", "\"\"", "0", "-12", "999999999999999999", "null",
	"[\"12345678\",\"1234567\",\"123456789\",\"a long plain one, and some more of it\"]", "{\"王芳\":\"北京市海淀区\",\"\":\"\"}",
	"\"tab\\t line\\n quote\\\" back\\\\ slash\\/ \\b\\f\\r\"", "\"\\u738b\\u82b3 \\u00e9 \\ud842\\udfb7 \\uFFFD\"", "{\"\\u0061b\":\"\\u0062\\n\",\"b\\n\":\"plain\"}",
	"\"\x7f\"", "\"\xf0\xa0\xae\xb7 \xc3\xa9\"", "[[[[[[]]]]],{\"a\":[{}]}]",
};

static const char *const bad[] = {
	"", " ", "{", "}", "[", "]", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "01", "-", "+1", "--1", "1x",
	"nul", "nullx", "truefalse", "[true1]", "\"", "\"a", "\"\\", "\"\\u12\"", "\"\\u00g0\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\ud800x\"",
	"\"\\x\"", "\"a\nb\"", "\"\x01\"", "\"\xff\"", "\"\xe4\xbd\"", "\"\xed\xa0\x80\"", "\"\xc0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xe4\\u0041\xbd\xa0\"", "[1]]", "{} {}", "'a'", "/* */ []", "\xef\xbb\xbf[]",
};

static void test_what_jansson_reads_is_read_alike(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		same(good[i]);
}

static void test_what_jansson_refuses_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_null(jansson(bad[i], strlen(bad[i]), true));
		assert_null(json_read(bad[i], strlen(bad[i]), true, SIZE_MAX));
	}
	assert_null(json_read("[1\0]", 4, false, SIZE_MAX));
	assert_null(json_read("\"a\0b\"", 5, true, SIZE_MAX));
}

static void test_a_lone_value_is_for_those_who_ask(void **state)
{
	(void)state;
	assert_null(json_read("1", 1, false, SIZE_MAX));
	assert_null(json_read("\"a\"", 3, false, SIZE_MAX));
	json_t *one = json_value("1", 1);
	assert_true(json_is_integer(one));
	json_decref(one);
}

/* What we leave to jansson still comes as jansson reads it. */
static void test_what_is_not_ours_is_left_to_jansson(void **state)
{
	static const char *const left[] = {"[1.5]", "[1e3]", "[9223372036854775807]"};
	char deep[200];
	struct error e = {0};
	(void)state;
	memset(deep, '[', 100);
	memset(deep + 100, ']', 100);
	assert_null(json_read(deep, sizeof deep, false, SIZE_MAX));
	for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
		json_t *parsed = NULL, *theirs = jansson(left[i], strlen(left[i]), false);
		assert_null(json_read(left[i], strlen(left[i]), false, SIZE_MAX));
		assert_int_equal(OK, json_parse(left[i], strlen(left[i]), &parsed, &e));
		assert_true(json_equal(parsed, theirs));
		json_decref(parsed);
		json_decref(theirs);
	}
	json_t *none = NULL;
	assert_int_equal(ERR_JSON, json_parse("{\"a\":1,\"a\":2}", 13, &none, &e));
	assert_null(none);
}

static void test_no_more_values_than_allowed(void **state)
{
	(void)state;
	json_t *three = json_read("[1,2]", 5, false, 3);
	assert_non_null(three);
	json_decref(three);
	assert_null(json_read("[1,2]", 5, false, 2));
	assert_null(json_read("[1,2,{\"a\":[]}]", 14, false, 4));
}

/* Every text above, altered at every byte, and thousands of times at several. */
static void test_altered_texts_are_read_as_by_jansson(void **state)
{
	static const char letters[] = "\"\\{}[]:,0129-eE.u/ntrue \n\x01\x1f\x20\x7f\x80\xbd\xc3\xe4\xed\xf4\xff";
	uint32_t dice = 20261126;
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		char text[200];
		size_t n = strlen(good[i]);
		for (size_t at = 0; at < n; at++)
			for (size_t k = 0; k < sizeof letters; k++) {
				memcpy(text, good[i], n);
				text[at] = letters[k];
				compare(text, n);
				compare(text, at);
			}
		for (int k = 0; n && k < 3000; k++) {
			memcpy(text, good[i], n);
			for (int changes = 0; changes < 3; changes++) {
				dice = dice * 1664525 + 1013904223;
				text[(dice >> 8) % n] = letters[(dice >> 16) % sizeof letters];
			}
			compare(text, n);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_jansson_reads_is_read_alike),
		cmocka_unit_test(test_what_jansson_refuses_is_refused),
		cmocka_unit_test(test_a_lone_value_is_for_those_who_ask),
		cmocka_unit_test(test_what_is_not_ours_is_left_to_jansson),
		cmocka_unit_test(test_no_more_values_than_allowed),
		cmocka_unit_test(test_altered_texts_are_read_as_by_jansson),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
