/* Papers. */
#include "base/lang.h"
#include "cli/cli.h"
#include "desk/print.h"

static enum err print(struct cli *c, struct error *e)
{
	const struct args *a = &c->args;
	const char *file = args_text(a, "-o");
	const struct print_wish wish = {.no = args_at(a, 0), .kind = args_at(a, 1), .date = args_text(a, "--date"),
	                                .printer = !file, .path = file};
	if (wish.kind)
		return print_run(c->desk, &wish, &c->result, e);
	if (file || wish.date)
		return error_set(e, ERR_USAGE, "%s", tr("print 要写明打印什么", "print needs the kind of paper"));
	return print_list(c->desk, wish.no, &c->result, e);
}

static const struct option print_table[] = {
	{"-o", OPTION_FILE, "FILE", false, "写到这个 .pdf 文件，不送打印机", "the .pdf file to write, instead of the printer"},
	{"--date", OPTION_DATE, "DATE", false, "当日清单的业务日期（默认今天）", "of a day's list (default: today)"},
	OPTIONS_END,
};

const struct command commands_print[] = {
	{"print", "ORDER [KIND]", print_table, 0, print, "kind,title,about,printed,printer",
	 "打印订单的单据（不写种类：列出能打印的；ORDER 写 - ：空白表和当日清单）",
	 "print a paper of an order (without KIND: what there is; ORDER -: blank forms, the day's list)"},
	COMMANDS_END,
};
