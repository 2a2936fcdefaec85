#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../lib/card.h"
#include "token/apdu.h"

static struct error e;

static void one_command_with_and_without_answer(void **state)
{
	(void)state;
	static const struct card_row rows[] = {
		{"00F80000 00", "00989681 9000"}, {"00200080 08 313233343536FFFF", "63C2"}, {0}};
	struct card_script s = {.rows = rows};
	struct apdu_transport card = card_scripted(&s);
	struct bytes answer = {0};
	unsigned sw = 0;
	assert_int_equal(apdu_exchange(&card, &(struct apdu){.ins = 0xF8}, &answer, &sw, &e), OK);
	assert_int_equal(sw, 0x9000);
	assert_int_equal(answer.length, 4);
	assert_int_equal(apdu_exchange(&card, &(struct apdu){0x20, 0, 0x80, "123456\xFF\xFF", 8}, NULL, &sw, &e), OK);
	assert_int_equal(sw, 0x63C2);
	bytes_free(&answer);
}

/* 255 bytes a piece, CLA 10 on all but the last, Le on the last alone. */
static enum err split(void *context, const uint8_t *command, size_t length, uint8_t *answer, size_t *answer_length,
	struct error *error)
{
	(void)error;
	static const struct {
		uint8_t cla;
		size_t data, total;
	} pieces[] = {{0x10, 255, 260}, {0x10, 255, 260}, {0x00, 90, 96}};
	int *n = context;
	assert_in_range(*n, 0, 2);
	assert_int_equal(command[0], pieces[*n].cla);
	assert_int_equal(command[4], pieces[*n].data);
	assert_int_equal(length, pieces[*n].total);
	assert_int_equal(command[5], *n == 0 ? 0 : *n == 1 ? 255 : 510 % 256);
	++*n;
	memcpy(answer, "\x90\x00", 2);
	*answer_length = 2;
	return OK;
}

static void long_data_goes_in_pieces(void **state)
{
	(void)state;
	uint8_t data[600];
	int pieces = 0;
	struct apdu_transport card = {.context = &pieces, .transmit = split};
	struct bytes answer = {0};
	unsigned sw = 0;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)i;
	assert_int_equal(
		apdu_exchange(&card, &(struct apdu){0xDB, 0x3F, 0xFF, data, sizeof data}, &answer, &sw, &e), OK);
	assert_int_equal(pieces, 3);
	assert_int_equal(sw, 0x9000);
	bytes_free(&answer);
}

static void a_chain_that_is_refused_ends(void **state)
{
	(void)state;
	static const struct card_row rows[] = {{"10DB3FFF FF", "9000"}, {"10DB3FFF FF", "6982"}, {0}};
	uint8_t data[600] = {0};
	struct card_script s = {.rows = rows};
	struct apdu_transport card = card_scripted(&s);
	unsigned sw = 0;
	assert_int_equal(apdu_exchange(&card, &(struct apdu){0xDB, 0x3F, 0xFF, data, sizeof data}, NULL, &sw, &e), OK);
	assert_int_equal(sw, 0x6982);
	assert_int_equal(s.next, 2);
}

static void long_answers_are_collected(void **state)
{
	(void)state;
	static const struct card_row rows[] = {
		{"00CB3FFF", "0102 6103"}, {"00C00000 03", "030405 6101"}, {"00C00000 01", "06 9000"}, {0}};
	struct card_script s = {.rows = rows};
	struct apdu_transport card = card_scripted(&s);
	struct bytes answer = {0};
	unsigned sw = 0;
	assert_int_equal(
		apdu_exchange(&card, &(struct apdu){.ins = 0xCB, .p1 = 0x3F, .p2 = 0xFF}, &answer, &sw, &e), OK);
	assert_int_equal(answer.length, 6);
	assert_memory_equal(answer.data, "\1\2\3\4\5\6", 6);
	assert_int_equal(sw, 0x9000);
	bytes_free(&answer);
}

static enum err endless(void *context, const uint8_t *command, size_t length, uint8_t *answer, size_t *answer_length,
	struct error *error)
{
	(void)command, (void)length, (void)error;
	size_t n = *(size_t *)context;
	memset(answer, 0, n);
	memcpy(answer + n, "\x61\xFF", 2);
	*answer_length = n + 2;
	return OK;
}

static void endless_answers_are_cut_off(void **state)
{
	(void)state;
	for (size_t n = 0; n <= 256; n += 256) {
		struct apdu_transport card = {.context = &n, .transmit = endless};
		struct bytes answer = {0};
		unsigned sw = 0;
		assert_int_equal(apdu_exchange(&card, &(struct apdu){.ins = 0xCB}, &answer, &sw, &e), ERR_TOKEN_ANSWER);
		bytes_free(&answer);
	}
}

static void removal_and_short_answers_are_told(void **state)
{
	(void)state;
	static const struct card_row rows[] = {{"00CB", "0102 6103"}, {"00C0", NULL}, {"00F8", "90"}, {0}};
	struct card_script s = {.rows = rows};
	struct apdu_transport card = card_scripted(&s);
	struct bytes answer = {0};
	unsigned sw = 0;
	assert_int_equal(apdu_exchange(&card, &(struct apdu){.ins = 0xCB}, &answer, &sw, &e), ERR_TOKEN_REMOVED);
	assert_int_equal(apdu_exchange(&card, &(struct apdu){.ins = 0xF8}, &answer, &sw, &e), ERR_TOKEN_ANSWER);
	bytes_free(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_command_with_and_without_answer),
		cmocka_unit_test(long_data_goes_in_pieces),
		cmocka_unit_test(a_chain_that_is_refused_ends),
		cmocka_unit_test(long_answers_are_collected),
		cmocka_unit_test(endless_answers_are_cut_off),
		cmocka_unit_test(removal_and_short_answers_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
