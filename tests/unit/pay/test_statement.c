#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/lang.h"
#include "pay/statement.h"

static struct statement_maps *maps;

#define HEAD "日期,金额,付款人,付款账号,备注,流水号\n"

static enum err parse(const char *text, struct statement *out, struct error *e)
{
	return statement_parse(maps, text, strlen(text), out, e);
}

static void to_gbk(const char *text, char *out, size_t size)
{
	iconv_t cd = iconv_open("GBK", "UTF-8");
	char *from = (char *)text, *to = out;
	size_t n = strlen(text), room = size - 1;
	assert_int_equal(iconv(cd, &from, &n, &to, &room), 0);
	*to = '\0';
	iconv_close(cd);
}

static int64_t day(int year, int month, int date)
{
	return civil_to_utc((struct civil){year, month, date, 0, 0, 0});
}

static void reads_the_plain_form(void **state)
{
	(void)state;
	struct statement s;
	struct error e = {0};
	if (parse("\xEF\xBB\xBF" HEAD "2026-11-22,\"1,300.50\",北京示例科技有限公司,20000012345678,订单 A1,T1\r\n"
			  "\r\n２０２６/１/２ "
	          "09:30,￥３００,李四,'6222020000000000,,T2\n2026年3月4日,-5.00,x,,,T3\n合计,1600.50,,,,\n乱写,,,,,\n",
			&s, &e))
		fail_msg("%s", e.detail);
	assert_string_equal(s.bank, "generic");
	assert_int_equal(s.count, 2);
	assert_int_equal(s.debits, 1);
	assert_int_equal(s.outgoing_count, 1); /* money that went out is kept with its payee */
	assert_int_equal(s.outgoing[0].amount_fen, 500);
	assert_string_equal(s.outgoing[0].id, "T3");
	assert_string_equal(s.outgoing[0].payer_name, "x");
	assert_string_equal(s.entries[0].id, "T1");
	assert_int_equal(s.entries[0].amount_fen, 130050);
	assert_int_equal(s.entries[0].date, day(2026, 11, 22));
	assert_string_equal(s.entries[0].payer_name, "北京示例科技有限公司");
	assert_string_equal(s.entries[0].remark, "订单 A1");
	assert_int_equal(s.entries[0].line, 2);
	assert_int_equal(s.entries[1].amount_fen, 30000);
	assert_int_equal(s.entries[1].date, day(2026, 1, 2));
	assert_string_equal(s.entries[1].payer_account, "6222020000000000");
	assert_string_equal(s.entries[1].remark, "");
	assert_int_equal(s.entries[1].line, 4);
	statement_free(&s);
}

/* What the bank books back is neither money that came nor money that was paid out, and nor is the credit that it books back; whose it was
 * is kept, for somebody to look at. */
static void names_what_the_bank_took_back(void **state)
{
	struct statement s;
	struct error e = {0};
	(void)state;
	if (parse("交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n2026-11-20,S1,280.00,,甲公司,1,证书\n"
			  "2026-11-21,S2,-280.00,,甲公司,1,冲正\n2026-11-21,S3,,-5.00,银行,2,手续费退回\n", &s, &e))
		fail_msg("%s", e.detail);
	assert_int_equal(s.count, 0);
	assert_int_equal(s.outgoing_count, 0);
	assert_int_equal(s.debits, 2);
	assert_int_equal(s.reversed_count, 1);
	assert_int_equal(s.reversed[0].amount_fen, 28000);
	assert_string_equal(s.reversed[0].id, "S2");
	assert_string_equal(s.reversed[0].payer_name, "甲公司");
	statement_free(&s);
	assert_int_equal(s.reversed_count, 0);
}

#define TWO "交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n"

/* One credit for each reversal: of that payer and amount, the newest that isn't younger, and where there is one by the same remark, that. Statements begin with the newest row, or with the oldest. */
static void takes_out_the_credit_that_was_taken_back(void **state)
{
	(void)state;
	static const struct {
		const char *rows, *left;
	} cases[] = {
		{"2026-11-20,S1,280.00,,甲公司,1,\n2026-11-20,S2,-280.00,,甲公司,1,\n", ""},
		{"2026-11-21,S2,-280.00,,甲公司,1,\n2026-11-20,S1,280.00,,甲公司,1,\n", ""},
		{"2026-11-20,S1,280.00,,甲公司,1,\n2026-11-21,S2,280.00,,甲公司,1,\n2026-11-21,S3,-280.00,,甲公司,1,\n", "S1 "},
		{"2026-11-20,S1,280.00,,甲公司,1,\n2026-11-20,S2,-280.00,,甲公司,1,\n2026-11-21,S3,280.00,,甲公司,1,\n", "S3 "},
		{"2026-11-20,S1,280.00,,甲公司,1,\n2026-11-21,S2,-280.00,,,1,\n", ""},
		{"2026-11-20,S1,280.00,,甲公司,1,\n2026-11-21,S2,-280.00,,甲公司,,\n", ""},
		{"2026-11-20,S1,280.00,,甲公司,1,\n2026-11-21,S2,-280.00,,,,\n", "S1 "},
		{"2026-11-20,S1,280.00,,甲公司,1,\n2026-11-21,S2,-280.00,,甲公司,2,\n", "S1 "},
		{"2026-11-20,S1,280.00,,甲公司,1,\n2026-11-21,S2,-280.00,,乙公司,1,\n", "S1 "},
		{"2026-11-20,S1,280.00,,甲公司,1,\n2026-11-21,S2,-281.00,,甲公司,1,\n", "S1 "},
		{"2026-11-20,S2,-280.00,,甲公司,1,\n2026-11-21,S1,280.00,,甲公司,1,\n", "S1 "},
		{"2026-11-20,S1,280.00,,甲公司,1,\n2026-11-20,S2,280.00,,乙公司,2,\n2026-11-20,S3,280.00,,甲公司,1,\n"
		 "2026-11-20,S4,-280.00,,甲公司,1,\n2026-11-20,S5,-280.00,,甲公司,1,\n2026-11-20,S6,-280.00,,甲公司,1,\n", "S2 "},
		{"2026-11-20,S1,280.00,,甲公司,1,A1\n2026-11-20,S2,280.00,,甲公司,1,A2\n2026-11-20,S3,-280.00,,甲公司,1,A1\n", "S2 "},
		{"2026-11-20,S1,280.00,,甲公司,1,A1\n2026-11-20,S2,280.00,,甲公司,1,A2\n2026-11-20,S3,-280.00,,,1,A1\n", "S2 "},
		{"2026-11-20,S1,280.00,,甲公司,1,A1\n2026-11-20,S2,280.00,,甲公司,1,A2\n2026-11-20,S3,-280.00,,甲公司,1,冲正\n"
		 "2026-11-20,S4,-280.00,,甲公司,1,A2\n", ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[800], left[40] = "";
		struct statement s;
		struct error e = {0};
		snprintf(text, sizeof text, TWO "%s", cases[i].rows);
		if (parse(text, &s, &e))
			fail_msg("%s", e.detail);
		for (size_t j = 0; j < s.count; j++)
			snprintf(left + strlen(left), sizeof left - strlen(left), "%s ", s.entries[j].id);
		if (strcmp(left, cases[i].left) != 0)
			fail_msg("%zu: '%s' is left, not '%s'", i, left, cases[i].left);
		assert_true(s.reversed_count > 0);
		statement_free(&s);
	}
}

/* The head rows of the shipped maps, each with one credit of 300 yuan and one debit. */
static void knows_the_banks(void **state)
{
	(void)state;
	static const struct {
		const char *bank, *text, *remark;
	} rows[] = {
		{"icbc",
			"查询账号：0200001109000000000,币种：人民币\n凭证号,本方账号,对方账号,交易时间,借/"
	        "贷,借方发生额,贷方发生额,对方行号,摘要,用途,对方单位名称,余额,个性化信息\n"
			"0\t,0200\t,20000012345678\t,2026-11-22 "
	        "10:11:12\t,贷,,300.00\t,1,转账,证书费,北京示例科技有限公司\t,9,A1\n"
			"0,0200,9558,2026-11-22 10:12:00,借,5.00,,1,手续费,,银行,4,\n",
			"证书费 转账 A1"},
		{"boc",
			"查询时间,20261122\n交易类型[ Transaction Type ],付款人账号[ Debit Account No. ],付款人名称[ Payer's "
	        "Name ],交易日期[ Transaction Date ],"
			"交易金额[ Trade Amount ],交易流水号[ Transaction reference number ],用途[ Purpose ],交易附言[ Remark ]\n"
			"来账,20000012345678,北京示例科技有限公司,20261122,300.00,88001,证书费,A1\n往账,1,自己,20261122,5.00,"
	        "88002,,\n",
			"A1 证书费"},
		{"ccb",
			"交易时间,借方发生额（支取）,贷方发生额（收入）,余额,对方户名,对方账号,记账日期,摘要,备注,账户明细编号-"
	        "交易流水号\n"
			"20261122 10:11:12,0.00,300.00,9,北京示例科技有限公司,20000012345678,20261122,证书费,A1,77-1\n"
			"20261122 10:11:13,5.00,0.00,4,银行,1,20261122,手续费,,77-2\n",
			"证书费 A1"},
		{"cmb",
			"交易日,交易时间,起息日,交易类型,借方金额,贷方金额,余额,摘要,流水号,流程实例号,业务名称,用途,收(付)方分行名,收(付)方名称,收(付)方账号\n"
			"20261122,101112,20261122,网银,,300.00,9,证书费,G1,,,A1,,北京示例科技有限公司,20000012345678\n"
			"20261122,101113,20261122,网银,5.00,,4,手续费,G2,,,,,银行,1\n",
			"证书费 A1"},
		{"direction",
			"交易日期,交易金额,借贷标志,对方户名,对方账号,摘要\n2026.11.22,300,贷,北京示例科技有限公司,\"="
	        "\"\"20000012345678\"\"\",A1\n2026.11.22,5,借,x,1,\n",
			"A1"},
		{"two-columns",
			"日期\t收入金额\t支出金额\t户名\t账号\t备注\n2026-11-22\t300\t--"
	        "\t北京示例科技有限公司\t20000012345678\tA1\n2026-11-22\t\t5\tx\t1\t\n",
			"A1"},
		{"generic",
			"date,amount,payer_name,payer_account,remark,reference\n2026-11-22,+300.00,北京示例科技有限公司,"
	        "20000012345678,A1,R1\n2026-11-22,-5,x,1,,R2\n",
			"A1"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (int gbk = 0; gbk < 2; gbk++) {
			struct statement s;
			struct error e = {0};
			char text[4096];
			if (gbk)
				to_gbk(rows[i].text, text, sizeof text);
			else
				snprintf(text, sizeof text, "%s", rows[i].text);
			if (parse(text, &s, &e))
				fail_msg("%s %d: %s", rows[i].bank, gbk, e.detail);
			assert_string_equal(s.bank, rows[i].bank);
			assert_int_equal(s.count, 1);
			assert_int_equal(s.debits, 1);
			assert_int_equal(s.outgoing_count, 1); /* whatever the bank's columns */
			assert_int_equal(s.outgoing[0].amount_fen, 500);
			assert_int_equal(s.entries[0].amount_fen, 30000);
			assert_int_equal(s.entries[0].date, day(2026, 11, 22));
			assert_string_equal(s.entries[0].payer_name, "北京示例科技有限公司");
			assert_string_equal(s.entries[0].payer_account, "20000012345678");
			assert_string_equal(s.entries[0].remark, rows[i].remark);
			statement_free(&s);
		}
}

static void equal_rows_stay_apart(void **state)
{
	(void)state;
	struct statement s, again;
	const char *text = HEAD
		"2026-11-22,300,李四,1,a,\n2026-11-22,300,李四,1,a,\n2026-11-22,300,李四,1,b,\n2026-11-22,300,李四,1,a,\n";
	assert_int_equal(parse(text, &s, NULL), OK);
	assert_int_equal(parse(text, &again, NULL), OK);
	assert_int_equal(s.count, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_memory_equal(s.entries[i].id, "sha256:", 7);
		assert_string_equal(s.entries[i].id, again.entries[i].id);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(s.entries[i].id, s.entries[k].id);
	}
	statement_free(&s);
	statement_free(&again);
}

/* No bank's are that long, but two must never count as one: the second one's money would be lost. */
static void long_references_stay_apart(void **state)
{
	(void)state;
	struct statement s, again;
	char text[3000], reference[601] = "";
	for (int i = 0; i < 200; i++)
		strcat(reference, "号");
	snprintf(text, sizeof text, HEAD "2026-11-22,300,李四,1,a,%s1\n2026-11-22,300,李四,1,a,%s2\n", reference, reference);
	assert_int_equal(parse(text, &s, NULL), OK);
	assert_int_equal(parse(text, &again, NULL), OK);
	assert_int_equal(s.count, 2);
	assert_true(strlen(s.entries[0].id) <= STATEMENT_ID_MOST);
	assert_string_not_equal(s.entries[0].id, s.entries[1].id);
	assert_string_equal(s.entries[0].id, again.entries[0].id);
	statement_free(&s);
	statement_free(&again);
	snprintf(text, sizeof text, HEAD "2026-11-22,300,李四,1,a,%s1\n2026-11-22,300,李四,1,a,%s1\n", reference, reference);
	assert_int_equal(parse(text, &s, NULL), ERR_PAY_STATEMENT);
}

static void whole_or_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"", "空"},
		{"PK\x03\x04zip", ""},
		{"\xFF\xFE\xFF\xFE", "GBK"},
		{"a,b,c\n1,2,3\n", "表头"},
		{HEAD "2026-11-22,300,李四,1,a,T1\n2026-11-22,300\n", "第 3 行"},
		{HEAD "2026-02-30,300,李四,1,a,T1\n", "第 2 行"},
		{HEAD "2026-11-22,三百,李四,1,a,T1\n", "第 2 行"},
		{HEAD "2026-11-22,1.234,李四,1,a,T1\n", "第 2 行"},
		{HEAD "2026-11-22,=1+1,李四,1,a,T1\n", "第 2 行"},
		{HEAD "2026-11-22,,李四,1,a,T1\n", "第 2 行"},
		{HEAD "2026-11-22,99999999999999999999,李四,1,a,T1\n", "第 2 行"},
		{HEAD "2026-11-22,300,\"李四,1,a,T1\n", ""},
		{HEAD "2026-11-22,300,a,1,a,T1\n2026-11-22,400,b,1,a,T1\n", "第 3 行"},
		{HEAD "2026-11-22,300,a\x1b[2J,1,a,T1\n", "第 2 行"},
		{HEAD "x2026-11-22,300,a,1,a,T1\n", "第 2 行"},
		{HEAD "2026-11-22 <b>,300,a,1,a,T1\n", "第 2 行"},
		{HEAD "1926-11-22,300,a,1,a,T1\n", "第 2 行"},
		{"日期,收入金额,支出金额,户名,账号\n2026-11-22,5,5,a,1\n", "第 2 行"},
		{"日期,收入金额,支出金额,户名,账号\n2026-11-22,0,,a,1\n", "第 2 行"},
		{"日期,金额,借贷标志,户名,账号\n2026-11-22,5,不明,a,1\n", "第 2 行"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct statement s;
		struct error e = {0};
		if (parse(rows[i].text, &s, &e) != ERR_PAY_STATEMENT || !strstr(e.detail, rows[i].says))
			fail_msg("row %zu: %d %s", i, e.code, e.detail);
		assert_int_equal(s.count, 0);
		assert_null(s.entries);
		assert_int_equal(error_exit(e.code), EXIT_REFUSED);
	}
	struct statement s;
	assert_int_equal(statement_parse(maps, "a\0b", 3, &s, NULL), ERR_PAY_STATEMENT);
}

/* Some banks print pages: each with its total, and the next one with the heads again. */
static void a_pages_total_is_not_the_end(void **state)
{
	(void)state;
	struct statement s;
	struct error e = {0};
	if (parse(HEAD "2026-11-22,300,a,1,a,T1\n本页合计：,300,,,,\n\n" HEAD "2026-11-22,400,b,1,b,T2\n本页合计,400,,,,\n合计,700,,,,\n乱写,,,,,\n", &s, &e))
		fail_msg("%s", e.detail);
	assert_int_equal(s.count, 2);
	assert_string_equal(s.entries[1].id, "T2");
	statement_free(&s);
	assert_int_equal(parse(HEAD "2026-11-22,300,a,1,a,T1\n本页合计,300,,,,\n乱写,,,,,\n", &s, &e), ERR_PAY_STATEMENT);
}

static void formulas_are_only_text(void **state)
{
	(void)state;
	struct statement s;
	assert_int_equal(parse(HEAD "2026-11-22,300,=HYPERLINK(1),1,\"=cmd|'/c calc'!A1\",@SUM(1)\n", &s, NULL), OK);
	assert_string_equal(s.entries[0].payer_name, "=HYPERLINK(1)");
	assert_string_equal(s.entries[0].remark, "=cmd|'/c calc'!A1");
	assert_string_equal(s.entries[0].id, "@SUM(1)");
	statement_free(&s);
}

static void large_files_are_bounded(void **state)
{
	(void)state;
	struct bytes text = {0};
	struct statement s;
	struct error e = {0};
	assert_int_equal(bytes_text(&text, HEAD "2026-11-22,300,"), OK);
	for (int i = 0; i < 5000; i++)
		assert_int_equal(bytes_text(&text, "长"), OK);
	assert_int_equal(bytes_text(&text, ",1,a,T1\n"), OK);
	assert_int_equal(statement_parse(maps, text.data, text.length, &s, &e), ERR_PAY_STATEMENT);
	assert_non_null(strstr(e.detail, "第 2 行"));
	bytes_free(&text);
	assert_int_equal(bytes_text(&text, HEAD), OK);
	for (int i = 0; i < 20000; i++) /* pairs of equal rows */
		assert_int_equal(bytes_format(&text, "2026-11-22,%d.00,李四,1,a,\n", 1 + i / 2), OK);
	assert_int_equal(statement_parse(maps, text.data, text.length, &s, &e), OK);
	assert_int_equal(s.count, 20000);
	statement_free(&s);
	static char block[1 << 20];
	memset(block, '\n', sizeof block);
	while (text.length <= STATEMENT_SIZE_MAX)
		assert_int_equal(bytes_add(&text, block, sizeof block), OK);
	assert_int_equal(statement_parse(maps, text.data, text.length, &s, &e), ERR_PAY_STATEMENT);
	bytes_free(&text);
	for (int i = 0; i < 40; i++) {
		for (int k = 0; k < 4000; k++)
			assert_int_equal(bytes_text(&text, "金额,"), OK);
		assert_int_equal(bytes_text(&text, "\n"), OK);
	}
	assert_int_equal(statement_parse(maps, text.data, text.length, &s, &e), ERR_PAY_STATEMENT);
	bytes_free(&text);
}

static void mutations_do_no_harm(void **state)
{
	(void)state;
	char gbk[2048], copy[2048];
	uint32_t seed = 20261122;
	to_gbk(HEAD "2026-11-22,\"1,300.50\",北京示例科技有限公司,20000012345678,订单 "
	            "A1,T1\n2026年11月23日,300,李四,62,,T2\n合计,1,,,,\n",
		gbk, sizeof gbk);
	size_t n = strlen(gbk);
	for (int round = 0; round < 20000; round++) {
		struct statement s;
		struct error e = {0};
		memcpy(copy, gbk, n);
		for (int flips = round % 4; flips >= 0; flips--) {
			seed = seed * 1664525 + 1013904223;
			copy[(seed >> 8) % n] = (char)(seed >> 24);
		}
		enum err r = statement_parse(maps, copy, n - (size_t)round % 7, &s, &e);
		assert_true(r == OK || (r == ERR_PAY_STATEMENT && s.count == 0));
		for (size_t i = 0; !r && i < s.count; i++)
			assert_true(s.entries[i].amount_fen > 0 && *s.entries[i].id);
		statement_free(&s);
	}
}

static void reads_files(void **state)
{
	(void)state;
	char path[] = "/tmp/certdesk-statement-XXXXXX";
	struct statement s;
	struct error e = {0};
	int fd = mkstemp(path);
	const char *text = HEAD "2026-11-22,300,李四,1,a,T1\n";
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(statement_read_file(maps, path, &s, &e), OK);
	assert_int_equal(s.count, 1);
	statement_free(&s);
	assert_int_equal(ftruncate(fd, STATEMENT_SIZE_MAX + 1), 0);
	close(fd);
	assert_int_equal(statement_read_file(maps, path, &s, &e), ERR_PAY_STATEMENT);
	unlink(path);
	assert_int_equal(statement_read_file(maps, path, &s, &e), ERR_FILE_READ);
}

static void map_mistakes_are_named_by_line(void **state)
{
	(void)state;
#define MAPS                                                                                                         \
	"id\tname\tdate\tcredit\tdebit\tamount\tdirection\tin_words\tout_words\tpayer_name\tpayer_"                      \
	"account\treference\tremark\n"
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"", ":1:"},
		{MAPS, ":1:"},
		{"id\tname\n", ":1:"},
		{MAPS "a\tb\n", ":2:"},
		{MAPS "a\tb\td\tc\td\ta\t\t\t\tp\tq\tr\ts\n", ":2:"},
		{MAPS "a\tb\td\tc\t\t\t\t\t\tp\tq\tr\ts\n", ":2:"},
		{MAPS "a\tb\t\t\t\ta\t\t\t\tp\tq\tr\ts\n", ":2:"},
		{MAPS "a\tb\td\t\t\ta\td\t\t\tp\tq\tr\ts\n", ":2:"},
		{"# x\n" MAPS "a\tb\td\t\t\ta\t\t\t\tp\tq\tr\ts\na\tb\td\t\t\ta\t\t\t\tp\tq\tr\ts\n", ":4:"},
		{MAPS "\xFF\n", "UTF-8"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char path[] = "/tmp/certdesk-maps-XXXXXX";
		struct statement_maps *m = NULL;
		struct error e = {0};
		int fd = mkstemp(path);
		assert_int_equal(write(fd, rows[i].text, strlen(rows[i].text)), (ssize_t)strlen(rows[i].text));
		close(fd);
		if (statement_maps_load(path, &m, &e) != ERR_PAY_MAP || !strstr(e.detail, rows[i].says))
			fail_msg("row %zu: %s", i, e.detail);
		assert_null(m);
		unlink(path);
	}
}

static int setup(void **state)
{
	(void)state;
	lang_set(LANG_ZH);
	const char *build = getenv("CERTDESK_BUILD");
	char *share = build ? path_join(build, "share") : strdup("."),
		 *path = path_join(share, "forms/tables/statements.tsv");
	struct error e = {0};
	enum err r = statement_maps_load(path, &maps, &e);
	if (r)
		print_error("%s\n", e.detail);
	free(share);
	free(path);
	return r;
}

static int teardown(void **state)
{
	(void)state;
	statement_maps_free(&maps);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_plain_form),
		cmocka_unit_test(knows_the_banks), cmocka_unit_test(names_what_the_bank_took_back),
		cmocka_unit_test(takes_out_the_credit_that_was_taken_back),
		cmocka_unit_test(equal_rows_stay_apart),
		cmocka_unit_test(long_references_stay_apart),
		cmocka_unit_test(whole_or_nothing),
		cmocka_unit_test(a_pages_total_is_not_the_end),
		cmocka_unit_test(formulas_are_only_text),
		cmocka_unit_test(large_files_are_bounded),
		cmocka_unit_test(mutations_do_no_harm),
		cmocka_unit_test(reads_files),
		cmocka_unit_test(map_mistakes_are_named_by_line),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
