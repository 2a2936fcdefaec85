/* Texts are read as jansson reads them; rows of different schemas, told apart and told alike; bytes inside JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

static json_t *as_jansson(const char *text, size_t length)
{
	return json_loadb(text, length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
}

/* Also what is no JSON: cut anywhere, and with any byte in the place of another. */
static void read_alike(const char *text, size_t length)
{
	struct json_look look = {.most = 500000};
	json_t *ours = json_read_look(text, length, &look, NULL), *theirs = as_jansson(text, length);
	if (ours && look.canonical != json_is_canonical(ours, text, length))
		fail_msg("%.*s: canonical: %d", (int)length, text, look.canonical);
	if (!ours != !theirs || (ours && !json_equal(ours, theirs)))
		fail_msg("%.*s: %s, jansson %s", (int)length, text, ours ? "read" : "refused", theirs ? "reads" : "refuses");
	json_decref(ours);
	json_decref(theirs);
}

#define ALIKE(text) read_alike(text, sizeof(text) - 1)

static void test_reads_as_jansson(void **state)
{
	static const char row[] = "{\"id\":12,\"名\":\"北京\\\"示范\\\"\\n\\u0001\",\"list\":[[],{},[null,true,false,-0,9223372036854775807,1.5e3]]}";
	(void)state;
	ALIKE("");
	ALIKE(" ");
	ALIKE("null");
	ALIKE(" \t\r\n{ } ");
	ALIKE("{}{}");
	ALIKE("{}\"");
	ALIKE("{}\"a");
	ALIKE("{}1");
	ALIKE("{}t");
	ALIKE("{}/");
	ALIKE("1\"");
	ALIKE("[1,]");
	ALIKE("[1 2]");
	ALIKE("{\"a\":1,\"a\":1}");
	ALIKE("{\"a\":{},\"a\":[]}");
	ALIKE("{\"a\" 1}");
	ALIKE("[01]");
	ALIKE("[-]");
	ALIKE("[1.]");
	ALIKE("[1e400]");
	ALIKE("[9223372036854775808]");
	ALIKE("[-9223372036854775808]");
	ALIKE("[123456789012345678901234567890]");
	ALIKE("[\v1]");
	ALIKE("[1\f]");
	ALIKE("[/* */1]");
	ALIKE("[\"\\u0000\"]");
	ALIKE("{\"\\u0000\":1}");
	ALIKE("[\"\\ud800\"]");
	ALIKE("[\"\\ud83d\\ude00\\u7535\"]");
	ALIKE("[\"\\x\"]");
	ALIKE("[\"a\0b\"]");
	ALIKE("[1]\0");
	ALIKE("[\"\xc0\x80\"]");
	ALIKE("[\"\xed\xa0\x80\"]");
	ALIKE("[\"\xf4\x90\x80\x80\"]");
	ALIKE("{\"\xff\":1}");
	ALIKE("{\"\":\"\",\"\\/\\b\\f\\t\":\"\\/\"}");
	ALIKE("\xef\xbb\xbf[]");
	for (size_t n = 0; n < sizeof row; n++)
		read_alike(row, n);
	for (size_t i = 0; i < sizeof row - 1; i++)
		for (int byte = 0; byte < 256; byte++) {
			char other[sizeof row];
			memcpy(other, row, sizeof row);
			other[i] = (char)byte;
			read_alike(other, sizeof row - 1);
		}
}

/* Canonical texts with any byte in the place of another: what is seen while reading is what writing it again would say. */
static void test_the_canonical_form_is_seen_while_reading(void **state)
{
	static const char *const rows[] = {"{\"a\":1,\"ab\":[[],{},\"x\"],\"b\":{\"a\":\"\",\"名\":-10},\"c\":[null,true,false]}", "[0,{\"\":0,\"a\":0}]", "{}", "0"};
	(void)state;
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		struct json_look look = {.most = 100};
		json_t *value = json_read_look(rows[k], strlen(rows[k]), &look, NULL);
		assert_true(value && look.canonical);
		json_decref(value);
		for (size_t i = 0; rows[k][i]; i++)
			for (int byte = 0; byte < 256; byte++) {
				char other[128];
				snprintf(other, sizeof other, "%s", rows[k]);
				other[i] = (char)byte;
				read_alike(other, strlen(rows[k]));
			}
	}
	ALIKE("{\"b\":1,\"a\":2}");
	ALIKE("{\"ab\":1,\"a\":2}");
	ALIKE("{\"a\":1,\"a\\n\":2}");
	ALIKE("{\"a\\n\":1,\"a\":2}");
	ALIKE("[\"\\n\"]");
	ALIKE("[\"\\u000A\"]");
	ALIKE("[\"\\/\"]");
	ALIKE("[-0]");
	ALIKE("[1.0]");
	ALIKE("[ ]");
	ALIKE("[1] ");
	ALIKE("{\"a\":{\"z\":1},\"b\":1}");
	ALIKE("[{\"z\":1},{\"a\":1}]");
}

static void test_values_are_bounded(void **state)
{
	static const struct {
		const char *text;
		size_t values;
	} rows[] = {{"[1,[2,3]]", 4}, {"{\"a\":{},\"b\":\",[\"}", 3}, {"[1.5,{}]", 3}, {"7", 0}};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t length = strlen(rows[i].text);
		struct json_look look = {.most = rows[i].values};
		json_t *value = json_read_look(rows[i].text, length, &look, NULL);
		assert_non_null(value);
		assert_int_equal(rows[i].values, look.values);
		assert_int_equal(rows[i].values, json_values(rows[i].text, length, 100));
		json_decref(value);
		look.most = rows[i].values - 1;
		assert_true(!rows[i].values || !json_read_look(rows[i].text, length, &look, NULL));
	}
}

/* Deeper than what is quickly read, and deeper than what is read at all. */
static void test_depth_is_bounded(void **state)
{
	static const size_t depths[] = {63, 64, 65, 2000, 3000, 200000};
	(void)state;
	for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
		size_t n = depths[i];
		char *text = malloc(2 * n);
		assert_non_null(text);
		memset(text, '[', n);
		memset(text + n, ']', n);
		read_alike(text, 2 * n);
		read_alike(text, n);
		free(text);
	}
}

static void test_a_document_is_an_object_or_a_list(void **state)
{
	static const char *const none[] = {"1", "null", "\"a\"", "true", ""};
	struct error e = {0};
	json_t *out = NULL;
	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		assert_int_equal(ERR_JSON, json_parse(none[i], strlen(none[i]), &out, &e));
		assert_null(out);
	}
	assert_int_equal(OK, json_parse("[1]", 3, &out, &e));
	json_decref(out);
	assert_int_equal(ERR_JSON, json_parse("{\"a\":1,\n\"a\":2}", 15, &out, &e));
	assert_non_null(strstr(e.detail, "2:")); /* where it is */
}

static void test_bytes_are_a_member_as_base64(void **state)
{
	(void)state;
	json_t *o = json_object();
	assert_int_equal(json_set_base64(o, "a", "\0\xff~", 3, NULL), OK);
	assert_string_equal(json_text(o, "a"), "AP9+");
	assert_int_equal(json_set_base64(o, "a", NULL, 0, NULL), OK); /* none of them */
	assert_true(json_is_string(json_object_get(o, "a")));
	assert_string_equal(json_text(o, "a"), "");
	json_decref(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_as_jansson),
		cmocka_unit_test(test_the_canonical_form_is_seen_while_reading),
		cmocka_unit_test(test_values_are_bounded),
		cmocka_unit_test(test_depth_is_bounded),
		cmocka_unit_test(test_a_document_is_an_object_or_a_list),
		cmocka_unit_test(test_a_column_that_one_has_must_be_unset),
		cmocka_unit_test(test_a_column_that_both_have_must_be_the_same),
		cmocka_unit_test(test_bytes_are_a_member_as_base64),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
