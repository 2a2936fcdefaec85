#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>

#include "pay/statement.h"

#define ORDER "110114-01-261122-0012-5"
static const struct statement_candidate candidate = {ORDER, 30000, "北京示例（集团）有限公司", "2000 0012 345678", 0};

static void verdicts(void **state)
{
	(void)state;
	static const struct {
		int64_t fen;
		const char *name, *account, *remark;
		enum statement_verdict verdict;
	} rows[] = {
		{30000, "北京示例(集团)有限公司", "20000012345678", "", STATEMENT_EXACT},
		{30000, " 北京示例（集团） 有限公司", "", "", STATEMENT_EXACT},
		{30000, "北京示例（集团）有限公司", "20000012345679", "", STATEMENT_POSSIBLE},
		{30001, "北京示例（集团）有限公司", "20000012345678", "", STATEMENT_POSSIBLE},
		{30000, "李四", "6222", "证书费 " ORDER, STATEMENT_EXACT},
		{30000, "李四", "6222", "订单１１０１１４０１２６１１２２００１２５证书", STATEMENT_EXACT},
		{30000, "李四", "6222", "110114 01 261122 0012 5", STATEMENT_EXACT},
		{30000, "李四", "6222", "110114-01-261122-0012-51", STATEMENT_NONE},
		{30000, "李四", "6222", "9110114-01-261122-0012-5", STATEMENT_NONE},
		{30000, "李四", "6222", "110114-01-261122-0012", STATEMENT_NONE},
		{29999, "李四", "6222", ORDER, STATEMENT_POSSIBLE},
		{30000, "李四", "20000012345678", "", STATEMENT_POSSIBLE},
		{30000, "", "", "", STATEMENT_NONE},
		{30000, "李四", "6222", "", STATEMENT_NONE},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct statement_entry entry = {
			"x", 0, rows[i].fen, (char *)rows[i].name, (char *)rows[i].account, (char *)rows[i].remark, 1};
		struct statement_score score = statement_match(&entry, &candidate);
		if (score.verdict != rows[i].verdict)
			fail_msg("row %zu: %d", i, (int)score.verdict);
	}
	const struct statement_candidate nameless = {"", 30000, "", "", 0};
	struct statement_entry entry = {"x", 0, 30000, "", "", "", 1};
	assert_int_equal(statement_match(&entry, &nameless).verdict, STATEMENT_NONE);
}

static void points_order_a_list(void **state)
{
	(void)state;
	struct statement_entry by_name = {"x", 0, 30000, "北京示例（集团）有限公司", "", "", 1}, by_order = by_name,
						   wrong = by_name;
	by_order.remark = ORDER;
	wrong.amount_fen = 1;
	assert_true(statement_match(&by_order, &candidate).points > statement_match(&by_name, &candidate).points);
	assert_true(statement_match(&by_name, &candidate).points > statement_match(&wrong, &candidate).points);
}

static void doubt_stays_for_a_person(void **state)
{
	(void)state;
	const struct statement_candidate all[] = {
		{"A-1", 30000, "甲公司", "", 0},
		{"A-2", 30000, "甲公司", "", 0},
		{"A-3", 30000, "乙公司", "", 0},
		{"A-4", 20000, "甲公司", "", 0},
	};
	static const struct {
		const char *name, *remark;
		int64_t fen;
		int chosen;
	} rows[] = {
		{"甲公司", "", 30000, -1},
		{"甲公司", "A-2", 30000, 1},
		{"乙公司", "", 30000, 2},
		{"甲公司", "", 20000, 3},
		{"甲公司", "A-1 A-2", 30000, -1},
		{"乙公司", "A-1", 30000, 0},
		{"丙公司", "", 30000, -1},
		{"甲公司", "", 60000, -1},
		{"甲公司", "A-4", 30000, -1}, {"乙公司", "A-4", 30000, -1},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct statement_entry entry = {"x", 0, rows[i].fen, (char *)rows[i].name, "", (char *)rows[i].remark, 1};
		int chosen = statement_choose(&entry, all, 4);
		if (chosen != rows[i].chosen)
			fail_msg("row %zu: %d", i, chosen);
	}
	struct statement_entry entry = {"x", 0, 30000, "甲公司", "", "", 1};
	assert_int_equal(statement_choose(&entry, all, 0), -1);
}

/* Two orders that one transfer was announced for, and a third that only costs as much. */
static void one_entry_pays_for_what_was_announced_together(void **state)
{
	(void)state;
	const struct statement_candidate all[] = {
		{"A-1", 50000, "甲公司", "", 7},
		{"A-2", 50000, "乙公司", "", 7},
		{"A-3", 50000, "丙公司", "", 0},
	};
	static const struct {
		const char *name, *remark;
		int64_t fen;
		bool chosen;
	} rows[] = {
		{"甲公司", "", 50000, true},   {"乙公司", "", 50000, true},          {"丁", "A-1", 50000, true},
		{"丁", "A-1 A-2", 50000, true}, {"丁", "A-1 A-2 A-3", 50000, false}, {"甲公司", "A-3", 50000, false},
		{"甲公司", "", 25000, false},  {"丁", "", 50000, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct statement_entry entry = {"x", 0, rows[i].fen, (char *)rows[i].name, "", (char *)rows[i].remark, 1};
		int chosen = statement_choose(&entry, all, 3);
		if ((chosen == 0 || chosen == 1) != rows[i].chosen)
			fail_msg("row %zu: %d", i, chosen);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(points_order_a_list),
		cmocka_unit_test(doubt_stays_for_a_person),
		cmocka_unit_test(one_entry_pays_for_what_was_announced_together),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
