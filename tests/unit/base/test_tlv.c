#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/tlv.h"

static struct tlv view(const void *data, size_t length)
{
	return (struct tlv){data, length};
}

static void reads_one_after_the_other(void **state)
{
	(void)state;
	static const uint8_t data[] = {0x70, 2, 0xAA, 0xBB, 0x71, 1, 0x00, 0x7F, 0x49, 0x81, 1, 0x05, 0xFE, 0};
	struct tlv in = view(data, sizeof data), value;
	unsigned tag;
	static const struct {
		unsigned tag;
		size_t length;
	} expected[] = {{0x70, 2}, {0x71, 1}, {0x7F49, 1}, {0xFE, 0}};
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		assert_true(tlv_next(&in, &tag, &value));
		assert_int_equal(tag, expected[i].tag);
		assert_int_equal(value.length, expected[i].length);
	}
	assert_int_equal(in.length, 0);
	assert_false(tlv_next(&in, &tag, &value));
	assert_true(tlv_find(view(data, sizeof data), 0x71, &value));
	assert_false(tlv_find(view(data, sizeof data), 0x72, &value));
}

static void refuses_what_leaves_the_buffer(void **state)
{
	(void)state;
	static const struct {
		uint8_t data[6];
		size_t length;
	} bad[] = {
		{{0}, 0}, {{0x70}, 1}, {{0x70, 1}, 2}, {{0x70, 5, 1, 2, 3, 4}, 6},
		{{0x70, 0x80, 0, 0}, 4}, /* indefinite */
		{{0x70, 0x81}, 2}, {{0x70, 0x82, 0x01}, 3}, {{0x70, 0x82, 0xFF, 0xFF, 0}, 5},
		{{0x70, 0x83, 0, 0, 1, 0}, 6}, /* three bytes of length */
		{{0x70, 0x84, 0xFF, 0xFF, 0xFF, 0xFF}, 6}, {{0x70, 0xFF, 0}, 3}, {{0x7F}, 1}, {{0x7F, 0x49}, 2},
		{{0x7F, 0x89, 0x01, 0}, 4}, /* three bytes of tag */
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		uint8_t *exact = malloc(bad[i].length ? bad[i].length : 1); /* so that a sanitizer sees a read beyond */
		memcpy(exact, bad[i].data, bad[i].length);
		struct tlv in = view(exact, bad[i].length), value;
		unsigned tag;
		assert_false(tlv_next(&in, &tag, &value));
		assert_int_equal(in.length, bad[i].length);
		assert_false(tlv_find(in, 0x70, &value));
		free(exact);
	}
}

static void writes_what_it_reads(void **state)
{
	(void)state;
	static const size_t lengths[] = {0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x38D, 0xFFFF};
	static uint8_t data[0x10000];
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct bytes out = {0};
		struct tlv in, value;
		unsigned tag;
		assert_int_equal(tlv_add(&out, i % 2 ? 0x7F49 : 0x53, data, lengths[i]), OK);
		in = view(out.data, out.length);
		assert_true(tlv_next(&in, &tag, &value));
		assert_int_equal(tag, i % 2 ? 0x7F49 : 0x53);
		assert_int_equal(value.length, lengths[i]);
		assert_int_equal(in.length, 0);
		bytes_free(&out);
	}
	struct bytes out = {0};
	assert_int_not_equal(tlv_add(&out, 0x53, data, 0x10000), OK);
	bytes_free(&out);
}

static void any_bytes_are_safe(void **state)
{
	(void)state;
	srand(7);
	for (int round = 0; round < 20000; round++) {
		size_t n = (size_t)rand() % 24;
		uint8_t *data = malloc(n ? n : 1);
		for (size_t i = 0; i < n; i++)
			data[i] = rand() % 3 ? (uint8_t)rand() : (uint8_t)(0x7F + rand() % 5);
		struct tlv in = view(data, n), value;
		unsigned tag;
		while (tlv_next(&in, &tag, &value))
			assert_true(value.data + value.length <= data + n);
		free(data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_one_after_the_other),
		cmocka_unit_test(refuses_what_leaves_the_buffer),
		cmocka_unit_test(writes_what_it_reads),
		cmocka_unit_test(any_bytes_are_safe),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
