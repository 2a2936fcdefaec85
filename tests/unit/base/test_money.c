/* Amounts in words, by every rule for zeros. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/money.h"
#include "base/text.h"

static void says(int64_t fen, const char *words)
{
	char out[MONEY_WORDS_SIZE], wanted[MONEY_WORDS_SIZE];
	snprintf(wanted, sizeof wanted, "人民币%s", words);
	money_words(fen, out);
	assert_string_equal(out, wanted);
}

static void words_end_with_zheng_after_yuan_or_jiao(void **state)
{
	(void)state;
	says(26000, "贰佰陆拾元整");
	says(100, "壹元整");
	says(140950, "壹仟肆佰零玖元伍角整");
	says(32504, "叁佰贰拾伍元零肆分");
	says(1, "壹分");
	says(0, "零元整");
}

static void words_say_yi_before_shi(void **state)
{
	(void)state;
	says(1000, "壹拾元整");
	says(1500, "壹拾伍元整");
	says(10700053, "壹拾万柒仟元零伍角叁分");
}

static void words_say_one_zero_for_zeros_between_digits(void **state)
{
	(void)state;
	says(600714, "陆仟零柒元壹角肆分");
	says(10100, "壹佰零壹元整");
	says(100100, "壹仟零壹元整");
	says(101000, "壹仟零壹拾元整");
	says(100000100, "壹佰万零壹元整");
	says(1000100, "壹万零壹元整");
	says(1001000, "壹万零壹拾元整");
	says(1010000, "壹万零壹佰元整");
	says(1640902, "壹万陆仟肆佰零玖元零贰分");
	says(10000000100, "壹亿零壹元整");
	says(10001000000, "壹亿零壹万元整");
	says(10000100000, "壹亿零壹仟元整");
}

static void words_leave_out_zeros_at_the_end(void **state)
{
	(void)state;
	says(100000, "壹仟元整");
	says(1000000, "壹万元整");
	says(2000000, "贰万元整");
	says(1200000, "壹万贰仟元整");
	says(10000000000, "壹亿元整");
	says(100000000000000, "壹万亿元整");
	says(1000000000000, "壹佰亿元整");
}

static void words_say_zero_before_jiao_and_fen(void **state)
{
	(void)state;
	says(168032, "壹仟陆佰捌拾元零叁角贰分");
	says(1050, "壹拾元零伍角整");
	says(105, "壹元零伍分");
	says(1005, "壹拾元零伍分");
	says(50, "伍角整");
	says(55, "伍角伍分");
	says(5, "伍分");
}

static void words_have_room_for_every_number(void **state)
{
	char out[MONEY_WORDS_SIZE];
	(void)state;
	money_words(INT64_MAX, out);
	assert_string_equal(out, "人民币玖亿贰仟贰佰叁拾叁万柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌元零柒分");
	money_words(INT64_MIN, out);
	assert_true(text_starts(out, "人民币负玖亿"));
	says(-26000, "负贰佰陆拾元整");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_end_with_zheng_after_yuan_or_jiao),
		cmocka_unit_test(words_say_yi_before_shi),
		cmocka_unit_test(words_say_one_zero_for_zeros_between_digits),
		cmocka_unit_test(words_leave_out_zeros_at_the_end),
		cmocka_unit_test(words_say_zero_before_jiao_and_fen),
		cmocka_unit_test(words_have_room_for_every_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
