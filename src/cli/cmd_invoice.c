/* Invoices. */
#include "base/json.h"
#include "base/lang.h"
#include "cli/cli.h"
#include "desk/invoice.h"

static enum err list(struct cli *c, struct error *e)
{
	static const char *const words[] = {"state", "date"};
	char option[16];
	json_t *filter = json_pack("{sI}", "limit", (json_int_t)args_number(&c->args, "--limit", 0));
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		snprintf(option, sizeof option, "--%s", words[i]);
		if (args_text(&c->args, option))
			json_object_set_new(filter, words[i], json_string(args_text(&c->args, option)));
	}
	enum err r = invoice_list(c->desk, filter, &c->result, e);
	json_decref(filter);
	return r;
}

static enum err show(struct cli *c, struct error *e)
{
	return invoice_show(c->desk, args_at(&c->args, 0), &c->result, e);
}

static enum err request(struct cli *c, struct error *e)
{
	return invoice_request(c->desk, args_at(&c->args, 0), args_text(&c->args, "--kind"), &c->result, e);
}

static enum err withdraw(struct cli *c, struct error *e)
{
	return invoice_withdraw(c->desk, args_at(&c->args, 0), args_text(&c->args, "--reason"), &c->result, e);
}

static enum err export(struct cli *c, struct error *e)
{
	return invoice_export(c->desk, args_text(&c->args, "-o"), args_flag(&c->args, "--again"), &c->result, e);
}

static enum err file(struct cli *c, struct error *e)
{
	const struct args *a = &c->args;
	return invoice_file(c->desk, args_at(a, 0), args_text(a, "--number"), args_text(a, "--date"), args_at(a, 1), &c->result, e);
}

static enum err import(struct cli *c, struct error *e)
{
	return invoice_import(c->desk, args_at(&c->args, 0), &c->result, e);
}

static enum err send(struct cli *c, struct error *e)
{
	const char *no = args_at(&c->args, 0), *to = args_text(&c->args, "--to");
	return args_flag(&c->args, "--red") ? invoice_red_send(c->desk, no, NULL, to, &c->result, e) : invoice_send(c->desk, no, to, &c->result, e);
}

static enum err save(struct cli *c, struct error *e)
{
	const char *no = args_at(&c->args, 0), *path = args_text(&c->args, "-o");
	return args_flag(&c->args, "--red") ? invoice_red_save(c->desk, no, NULL, path, &c->result, e)
	                                    : invoice_save(c->desk, no, path, &c->result, e);
}

static enum err red(struct cli *c, struct error *e)
{
	const struct args *a = &c->args;
	const char *number = args_text(a, "--number"), *date = args_text(a, "--date"), *path = a->count > 1 ? args_at(a, 1) : NULL;
	if (!path && (!number || !date))
		return error_set(e, ERR_USAGE, "%s", tr("写明红字发票的 --number 和 --date；已登记号码的给出 PDF",
		                                        "give --number and --date of the red invoice; where they are filed, its PDF"));
	return invoice_red(c->desk, args_at(a, 0), number, date, path, &c->result, e);
}

static const struct option list_table[] = {
	{"--state", OPTION_TEXT, "STATE", false, "状态；open 未办完，red-due 应红冲", "a state; open: not done, red-due: a red one is due"},
	{"--date", OPTION_DATE, "DATE", false, "这一天申请或开具的", "asked for or issued on this day"},
	{"--limit", OPTION_NUMBER, "N", false, "最多几条（默认 50）", "at most so many (default 50)"},
	OPTIONS_END,
};
static const struct option request_table[] = {
	{"--kind", OPTION_TEXT, "KIND", false, "ordinary 普票、special 专票（默认按申请表）", "ordinary or special (as in the application)"},
	OPTIONS_END,
};
static const struct option withdraw_table[] = {
	{"--reason", OPTION_TEXT, "REASON", true, "原因", "reason"},
	OPTIONS_END,
};
static const struct option export_table[] = {
	{"-o", OPTION_FILE, "FILE", true, "写到这个 .xlsx 文件", "the .xlsx file to write"},
	{"--again", OPTION_FLAG, NULL, false, "也包括已导出、还没有号码的", "also what was exported and has no number yet"},
	OPTIONS_END,
};
static const struct option file_table[] = {
	{"--number", OPTION_TEXT, "NUMBER", false, "发票号码（已导入号码的可省略）", "its number (not where it was imported)"},
	{"--date", OPTION_DATE, "DATE", false, "开票日期（同上）", "the day of issue (likewise)"},
	OPTIONS_END,
};
#define RED {"--red", OPTION_FLAG, NULL, false, "红字发票", "the red invoice"}
static const struct option send_table[] = {
	{"--to", OPTION_TEXT, "ADDRESS", false, "发到这个邮箱", "to this address"},
	RED,
	OPTIONS_END,
};
static const struct option save_table[] = {
	{"-o", OPTION_FILE, "FILE", true, "写到这个 .pdf 文件", "the .pdf file to write"},
	RED,
	OPTIONS_END,
};
static const struct option red_table[] = {
	{"--number", OPTION_TEXT, "NUMBER", false, "红字发票号码", "number of the red invoice"},
	{"--date", OPTION_DATE, "DATE", false, "红字发票日期", "its day of issue"},
	OPTIONS_END,
};

const struct command commands_invoice[] = {
	{"invoice list", "", list_table, 0, list, "order,name,kind_title,amount,state_title,number,issued_date,pdf,red_due,requested_at",
	 "发票列表，新的在前", "list invoices, newest first"},
	{"invoice show", "ORDER", NULL, 0, show, NULL, "查看订单的发票", "show an order's invoice"},
	{"invoice request", "ORDER", request_table, 0, request, NULL, "手工申请开票", "ask for an invoice by hand"},
	{"invoice withdraw", "ORDER", withdraw_table, 0, withdraw, NULL, "撤回开票申请", "withdraw a request that is never to be issued"},
	{"invoice export", "", export_table, 0, export, NULL, "导出开票申请表（Excel）", "export the list for the tax system (Excel)"},
	{"invoice file", "ORDER PDF", file_table, 0, file, NULL, "登记发票并发给客户", "file an invoice and send it"},
	{"invoice import", "FILE", NULL, 0, import, NULL, "导入发票号码（CSV）", "import invoice numbers (CSV)"},
	{"invoice send", "ORDER", send_table, 0, send, NULL, "再次发送发票", "send the invoice again"},
	{"invoice save", "ORDER", save_table, 0, save, NULL, "把发票存成文件", "write the invoice to a file"},
	{"invoice red", "ORDER [PDF]", red_table, 0, red, NULL, "登记红字发票并发给客户", "file the red invoice and send it"},
	COMMANDS_END,
};
