/* What managers at headquarters look at. */
#include "base/lang.h"
#include "hub/cli.h"
#include "hub/report.h"

static void progress(void *arg, bool reading, int64_t done, int64_t of)
{
	cli_progress(arg, reading ? tr("正在读取各受理点的记录…", "reading the sites' entries…") : tr("正在生成报表…", "writing the report…"), done, of);
}

static enum err run_report(struct cli *c, struct error *e)
{
	const struct args *a = &c->args;
	struct hub_report_options o = {.name = args_at(a, 0), .date = args_text(a, "--date"), .to = args_text(a, "--to"), .region = args_text(a, "--region"),
	                               .site = args_text(a, "--site"), .by = args_text(a, "--by"), .definitions = args_text(a, "--definitions"),
	                               .path = args_text(a, "-o"), .progress = progress, .arg = c};
	if (o.region && o.site)
		return error_set(e, ERR_USAGE, "--region, --site");
	return hub_report_run(hub_of(c), &o, &c->result, e);
}

static const struct option options_report[] = {
	{"--date", OPTION_DATE, "DATE", true, "业务日期", "the business date"},
	{"--to", OPTION_DATE, "DATE", false, "到这一天止", "to this date"},
	{"--region", OPTION_TEXT, "REGION", false, "只要这个地区（含下级）的受理点", "sites of this region alone, and of those below it"},
	{"--site", OPTION_TEXT, "SITE", false, "只要这个受理点", "this site alone"},
	{"--by", OPTION_TEXT, "NAME", false, "打印人，缺省为当前账户", "who prints it; default: the account"},
	{"--definitions", OPTION_FILE, "DIR", false, "含 reports/ 的目录，缺省为程序自带", "a directory with reports/; default: this program's"},
	{"-o", OPTION_FILE, "FILE", true, "写到这个 .xlsx 文件", "the .xlsx file to write"},
	OPTIONS_END};

const struct command hub_commands_report[] = {
	{"report", "NAME", options_report, 0, run_report, NULL, "生成全部受理点的报表（daily 日报，deadlines 办理时限）",
	 "write a report over all sites (daily, deadlines)"},
	COMMANDS_END,
};
