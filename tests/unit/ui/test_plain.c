#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "ui/plain.h"

static void test_commands_go_and_all_else_stays(void **state)
{
	static const char *const pairs[][2] = {
		{"请导入对账单后核实（pay verify）；请主管先作废这一笔（pay void）", "请导入对账单后核实；请主管先作废这一笔"},
		{"先点款、关班（till count、till close，--station 01）", "先点款、关班"},
		{"import it and verify again (pay verify); void it (pay void)", "import it and verify again; void it"},
		{"另一位审核员（录入的人不能审核）", "另一位审核员（录入的人不能审核）"},
		{"Order (kind and number)", "Order (kind and number)"},
		{"没有写完（pay verify", "没有写完（pay verify"},
		{"（pay verify）", ""},
		{"", ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		char text[200];
		snprintf(text, sizeof text, "%s", pairs[i][0]);
		plain_sentence(text);
		assert_string_equal(text, pairs[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_commands_go_and_all_else_stays)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
