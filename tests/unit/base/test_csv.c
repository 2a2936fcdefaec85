/* CSV: what is written is read back, and nothing in it is a formula to a table program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"

static void test_what_begins_like_a_formula_is_text_to_a_table_program(void **state)
{
	static const char *const formulas[] = {"=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "＝1+1", "＋86", "－1", "＠SUM", "−1", " =1+1", "　=1", "=\"a\",1"};
	(void)state;
	for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
		struct bytes line = {0};
		struct csv csv = {0};
		assert_int_equal(csv_text_cell(&line, formulas[i], true), OK);
		assert_int_equal(line.data[line.data[0] == '"'], '\'');
		if (strchr(formulas[i], '\t')) { /* no field of ours has one, and reading takes none */
			bytes_free(&line);
			continue;
		}
		assert_int_equal(csv_parse((char *)line.data, line.length, ',', &csv, NULL), OK);
		assert_string_equal(csv_plain(csv_field(&csv.rows[0], 0)), formulas[i]);
		csv_free(&csv);
		bytes_free(&line);
	}
}

static void test_a_mistake_is_named_with_its_line(void **state)
{
	static const struct {
		const char *text, *says;
	} wrong[] = {{"a,b\n1,\"2\n", "第 2 行的引号没有成对"}, {"a\n\x1b[31m\n", "第 2 行里有控制字符"}, {"\xD5\xC5", "不是 UTF-8 文本"}};
	struct csv csv = {0};
	struct error e = {0};
	char wide[5000];
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_int_equal(csv_parse(wrong[i].text, strlen(wrong[i].text), ',', &csv, &e), ERR_CSV);
		assert_string_equal(e.detail, wrong[i].says);
	}
	memset(wide, ',', sizeof wide);
	assert_int_equal(csv_parse(wide, sizeof wide, ',', &csv, &e), ERR_CSV);
	assert_string_equal(e.detail, "第 1 行超过 4096 列");
}

static void test_other_text_is_left_alone(void **state)
{
	static const char *const texts[] = {"", "北京示例科技有限公司", "'quoted'", "a=b", "1-2", "·李", "'李"};
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct bytes line = {0};
		assert_int_equal(csv_text_cell(&line, texts[i], true), OK);
		assert_string_equal(line.data ? (char *)line.data : "", texts[i]);
		assert_string_equal(csv_plain(texts[i]), texts[i]);
		bytes_free(&line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_begins_like_a_formula_is_text_to_a_table_program),
		cmocka_unit_test(test_a_mistake_is_named_with_its_line),
		cmocka_unit_test(test_other_text_is_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
