#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/lang.h"
#include "cli/args.h"

static const struct option pay_options[] = {
	{"--method", OPTION_TEXT, "METHOD", true, "方式", "method"},
	{"--amount", OPTION_NUMBER, "FEN", false, "金额", "amount"},
	{"--date", OPTION_DATE, "DATE", false, "日期", "date"},
	{"--paper", OPTION_FLAG, NULL, false, "纸质", "paper"},
	{"-o", OPTION_FILE, "FILE", false, "文件", "file"},
	{NULL, OPTION_FLAG, NULL, false, NULL, NULL},
};
static const struct command one[] = {
	{"pay", "ORDER", pay_options, 0, NULL, NULL, "收款", "pay"},
	{"pay verify", "ORDER", NULL, 0, NULL, NULL, "核实", "verify"},
	{NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL},
};
static const struct command two[] = {
	{"order new", "FORM", NULL, 0, NULL, NULL, "新建", "new"},
	{"order show", "ORDER", NULL, 0, NULL, NULL, "查看", "show"},
	{"check", "KIND [VALUE...]", NULL, 0, NULL, NULL, "校验", "check"},
	{"claim", "[ORDER]", NULL, 0, NULL, NULL, "领取", "claim"},
	{NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL},
};
static const struct command *const table[] = {one, two, NULL};

static enum err parse(const char *line, struct args *a, struct error *e)
{
	static char copy[512];
	static char *argv[40];
	int argc = 0;
	*e = (struct error){0};
	strcpy(copy, line);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	return args_parse(table, argc, argv, a, e);
}

static void reads_words_arguments_and_options(void **state)
{
	(void)state;
	struct args a;
	struct error e;
	assert_int_equal(parse("-C d --json pay 7 --method cash --amount=300 --user u -o f", &a, &e), OK);
	assert_string_equal(a.command->words, "pay");
	assert_string_equal(args_at(&a, 0), "7");
	assert_null(args_at(&a, 1));
	assert_string_equal(args_text(&a, "--method"), "cash");
	assert_int_equal(args_number(&a, "--amount", -1), 300);
	assert_string_equal(args_text(&a, "-C"), "d");
	assert_string_equal(args_text(&a, "-o"), "f");
	assert_true(args_flag(&a, "--json"));
	assert_false(args_flag(&a, "--paper"));
	assert_string_equal(args_text(&a, "--user"), "u");
	args_free(&a);
	assert_int_equal(parse("pay verify 7", &a, &e), OK);
	assert_string_equal(a.command->words, "pay verify");
	args_free(&a);
	assert_int_equal(parse("pay --method verify 7", &a, &e), OK);
	assert_string_equal(a.command->words, "pay");
	args_free(&a);
	assert_int_equal(parse("order --json new new-unit", &a, &e), OK);
	assert_string_equal(a.command->words, "order new");
	args_free(&a);
	assert_int_equal(parse("check mobile -- -1 --json", &a, &e), OK);
	assert_int_equal(a.count, 3);
	assert_false(args_flag(&a, "--json"));
	args_free(&a);
	assert_int_equal(parse("check mobile -", &a, &e), OK);
	assert_string_equal(args_at(&a, 1), "-");
	args_free(&a);
	assert_int_equal(parse("claim", &a, &e), OK);
	args_free(&a);
	assert_int_equal(parse("", &a, &e), OK);
	assert_null(a.command);
	args_free(&a);
	assert_int_equal(parse("order --help", &a, &e), OK);
	assert_null(a.command);
	assert_string_equal(a.words, "order");
	args_free(&a);
}

static void names_what_is_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *line, *says;
	} rows[] = {
		{"ordre new x", "是不是“order”"},
		{"ordr", "是不是“order”"},
		{"frobnicate", "没有命令“frobnicate”"},
		{"order", "order 后面应为：new、show"},
		{"order shwo 1", "是不是“order show”"},
		{"check", "缺少参数，应为：KIND"},
		{"order new a b", "参数“b”多余"},
		{"claim a b", "参数“b”多余"},
		{"pay 1", "缺少选项 --method"},
		{"pay 1 --metod cash", "是不是“--method”"},
		{"pay 1 --method cash --jsn", "是不是“--json”"},
		{"pay 1 --method", "缺少值"},
		{"pay 1 --method cash --method pos", "两次"},
		{"pay 1 --method cash --paper=1", "不带值"},
		{"pay 1 --method cash --amount 1.5", "非负整数"},
		{"pay 1 --method cash --amount -5", "非负整数"},
		{"pay 1 --method cash --amount 99999999999999999999", "非负整数"},
		{"pay 1 --method cash --date 2026-02-30", "日期"},
		{"pay 1 --method \xff", "UTF-8"},
		{"pay 1 --method=", "UTF-8"},
		{"--lang fr claim", "--lang"},
		{"-x", "选项“-x”"},
		{"claim --method cash", "选项“--method”"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct args a;
		struct error e;
		assert_int_equal(parse(rows[i].line, &a, &e), ERR_USAGE);
		if (!strstr(e.detail, rows[i].says))
			fail_msg("'%s': '%s' is not in '%s'", rows[i].line, rows[i].says, e.detail);
		assert_null(a.positional);
	}
	assert_int_equal(error_exit(ERR_USAGE), EXIT_USAGE);
}

int main(void)
{
	lang_set(LANG_ZH);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_words_arguments_and_options),
		cmocka_unit_test(names_what_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
