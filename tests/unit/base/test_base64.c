/* Base64 as RFC 4648 has it: each value has one text, and whatever else is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/base64.h"

static void what_is_coded_comes_back(void **state)
{
	uint8_t data[1000];
	(void)state;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 151 + i / 256);
	for (size_t n = 0; n <= sizeof data; n += n < 8 ? 1 : 31) {
		struct bytes text = {0}, back = {0};
		assert_int_equal(OK, base64_encode(data, n, &text));
		assert_true(base64_decode(text.data ? (char *)text.data : "", text.length, &back));
		assert_int_equal(n, back.length);
		if (n)
			assert_memory_equal(data, back.data, n);
		bytes_free(&text);
		bytes_free(&back);
	}
}

static void only_its_letters_are_taken(void **state)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	(void)state;
	for (int c = 0; c < 256; c++)
		for (int at = 0; at < 4; at++) {
			struct bytes out = {0};
			char text[9] = "AAAAAAAA"; /* not the last group: nothing is padding there */
			text[at] = (char)c;
			assert_int_equal(c != 0 && strchr(letters, c) != NULL, base64_decode(text, 8, &out));
			bytes_free(&out);
		}
}

static void each_value_has_one_text(void **state)
{
	static const char *const wrong[] = {"AB==", "AAB=", "A===", "====", "AA=A", "AAA", "AA", "A", "AAAA=", "AA==AAAA", "AAAA\nAAA"};
	struct bytes out = {0};
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (base64_decode(wrong[i], strlen(wrong[i]), &out))
			fail_msg("%s", wrong[i]);
	bytes_free(&out);
	assert_true(base64_decode("/+8=", 4, &out));
	assert_int_equal(2, out.length);
	assert_memory_equal("\xff\xef", out.data, 2);
	bytes_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_coded_comes_back),
		cmocka_unit_test(only_its_letters_are_taken),
		cmocka_unit_test(each_value_has_one_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
