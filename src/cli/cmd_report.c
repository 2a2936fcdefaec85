/* Workbooks. */
#include "base/lang.h"
#include "cli/cli.h"
#include "desk/report.h"

static void progress(void *arg, int64_t done, int64_t of)
{
	cli_progress(arg, tr("正在生成报表…", "writing the report…"), done, of);
}

static enum err report(struct cli *c, struct error *e)
{
	const struct args *a = &c->args;
	return report_run(c->desk, args_at(a, 0), args_text(a, "--date"), args_text(a, "--to"), args_text(a, "-o"),
		progress, c, &c->result, e);
}

static const struct option report_table[] = {
	{"--date", OPTION_DATE, "DATE", true, "业务日期", "the business date"},
	{"--to", OPTION_DATE, "DATE", false, "到这一天止", "to this date"},
	{"-o", OPTION_FILE, "FILE", true, "写到这个 .xlsx 文件", "the .xlsx file to write"},
	OPTIONS_END,
};

const struct command commands_report[] = {
	{"report", "NAME", report_table, 0, report, NULL, "生成报表（daily 日报，deadlines 办理时限）", "write a report (daily, deadlines)"},
	COMMANDS_END,
};
