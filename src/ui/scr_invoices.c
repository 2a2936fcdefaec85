/* 发票: what is to be listed, filed, sent or taken back; of the whole site, or of one order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/invoice.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_orderpage.h"
#include "ui/scr_table.h"

enum { LIST_ROWS = 1000, BELOW = 7 };

/* What F5 offers. */
static const struct {
	const char *state, *zh, *en;
} filters[] = {
	{"open", "未办完", "not done"},   {"requested", "待开票", "requested"}, {"exported", "已导出", "in a list"},
	{"issued", "已开票未发送", "issued, not sent"}, {"red-due", "应红冲", "red due"},    {"", "全部", "all"},
};
enum { FILTERS = sizeof filters / sizeof *filters };

struct invoices_screen {
	char order[ORDER_NO_SIZE]; /* "": of the whole site */
	struct table table;
	struct sheet sheet;
	json_t *shown; /* the row of `sheet` */
	size_t filter;
};

static enum role row_role(const json_t *row)
{
	return json_flag(row, "red_due") ? ROLE_ERROR : ROLE_NORMAL;
}

static const struct table_column columns[] = {
	{"订单号", "Order", "order", 21, 100, AS_TEXT, NULL},
	{"订单号", "Order", "order", 12, -100, AS_TEXT, scr_order_short},
	{"名称", "Name", "name", 0, 0, AS_TEXT, NULL},
	{"种类", "Kind", "kind_title", 8, 100, AS_TEXT, NULL},
	{"金额", "Amount", "amount", 10, 0, AS_MONEY, NULL},
	{"状态", "State", "state_title", 9, 0, AS_TEXT, NULL},
	{"红冲", "Red", "red_due", 4, 0, AS_FLAG, NULL},
	{"发票号码", "Number", "number", 21, 120, AS_TEXT, NULL},
	{"开票日期", "Issued", "issued_date", 11, 130, AS_TEXT, NULL},
	{"申请时间", "Asked for", "requested_at", 17, 150, AS_TIME, NULL},
	{0},
};

/* One order's: the newest and the earlier ones. */
static enum err read_order(struct ui *ui, struct invoices_screen *s, json_t **out, struct error *e)
{
	json_t *newest = NULL;
	enum err rc = invoice_show(app_desk(ui), s->order, &newest, e);
	*out = json_array();
	if (rc == OK) {
		json_array_append(*out, newest);
		json_array_extend(*out, json_object_get(newest, "earlier"));
	}
	json_decref(newest);
	return rc == ERR_DESK_INVOICE_NONE ? OK : rc;
}

static enum err read_rows(struct ui *ui, struct invoices_screen *s, struct error *e)
{
	json_t *rows = NULL, *filter = json_pack("{ss si}", "state", filters[s->filter].state, "limit", LIST_ROWS);
	enum err rc = *s->order ? read_order(ui, s, &rows, e) : invoice_list(app_desk(ui), filter, &rows, e);
	json_decref(filter);
	if (rc == OK)
		table_set(&s->table, rows);
	else
		json_decref(rows);
	return rc;
}

static void close_invoices(struct ui *ui, void *data)
{
	struct invoices_screen *s = data;
	(void)ui;
	table_end(&s->table);
	sheet_clear(&s->sheet);
	json_decref(s->shown);
	free(s);
}

static enum err open_invoices(struct ui *ui, void *arg, void **data, struct error *e)
{
	struct invoices_screen *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	text_copy(s->order, sizeof s->order, arg ? arg : "");
	table_start(&s->table, columns, "这里没有发票", "No invoices here");
	s->table.role = row_role;
	enum err rc = read_rows(ui, s, e);
	if (rc != OK)
		close_invoices(ui, s);
	else
		*data = s;
	return rc;
}

static void show_selected(struct invoices_screen *s)
{
	const json_t *row = table_row(&s->table);
	if (row == s->shown)
		return;
	json_decref(s->shown);
	s->shown = json_incref((json_t *)row);
	sheet_clear(&s->sheet);
	if (row)
		page_invoice(&s->sheet, row);
}

static void draw_invoices(struct ui *ui, void *data, struct pane *pane)
{
	struct invoices_screen *s = data;
	char title[120];
	struct pane top = pane_part(pane, 1, 0, pane->rows - BELOW - 1, pane->columns);
	struct pane detail = pane_part(pane, pane->rows - BELOW + 1, 0, BELOW - 1, pane->columns);
	ui_typing(ui, false, TERM_INPUT_LATIN);
	show_selected(s);
	snprintf(title, sizeof title, tr("发票：%s", "Invoices: %s"),
		*s->order ? s->order : tr(filters[s->filter].zh, filters[s->filter].en));
	pane_line(pane, 0, title);
	pane_line(pane, pane->rows - BELOW, tr("发票内容", "Invoice"));
	if (s->shown)
		sheet_draw(&s->sheet, &detail, PAGE_LABELS);
	list_draw(&s->table.list, &top);
}

static void read_again(struct ui *ui, struct invoices_screen *s)
{
	struct error e = {0};
	if (read_rows(ui, s, &e) != OK)
		ui_fail(ui, &e);
}

/* ---- what can be done ---- */

static enum err call_export(struct desk *d, struct call *c, struct error *e)
{
	return invoice_export(d, c->a, c->flag, &c->out, e);
}

static void export_list(struct ui *ui)
{
	char path[1700], name[120], date[11];
	struct error e = {0};
	struct call c = {.a = path};
	desk_business_date(app_desk(ui), date);
	snprintf(name, sizeof name, tr("开票申请表-%s.xlsx", "invoices-%s.xlsx"), date);
	app_home_path(path, sizeof path, name);
	if (!app_ask_path(ui, tr("导出开票申请表", "List for the tax system"),
			tr("列出全部待开票的申请，并标为已导出。", "All that is requested, marked as exported from then on."), path, sizeof path))
		return;
	enum err rc = app_attempt(ui, call_export, &c, &e);
	if (rc == ERR_DESK_INVOICE_EMPTY &&
		dialog_yes(ui, tr("没有新的申请", "Nothing new"),
			tr("没有待开票的申请。把已导出、还没有号码的再列一次？", "List what was exported and has no number yet once more?"))) {
		c.flag = true;
		rc = app_attempt(ui, call_export, &c, &e);
	}
	if (rc != OK) {
		ui_fail(ui, &e);
		return;
	}
	ui_good(ui, tr("已导出 %lld 张发票的申请：%s", "%lld invoices are listed in %s"), (long long)json_number(c.out, "invoices"),
		json_text(c.out, "path"));
	json_decref(c.out);
}

static enum err call_import(struct desk *d, struct call *c, struct error *e)
{
	return invoice_import(d, c->a, &c->out, e);
}

static void import_numbers(struct ui *ui)
{
	char path[1700] = "";
	struct error e;
	struct call c = {.a = path};
	if (!app_ask_file(ui, tr("导入发票号码", "Import numbers"),
			tr("CSV：备注（订单号）、发票号码、开票日期", "CSV: order, number, date"), path, sizeof path))
		return;
	if (app_attempt(ui, call_import, &c, &e) != OK) {
		dialog_error(ui, &e); /* a line for each mistake */
		return;
	}
	ui_good(ui, tr("已登记 %lld 个发票号码（共 %lld 行）", "%lld numbers are filed (%lld rows)"), (long long)json_number(c.out, "new"),
		(long long)json_number(c.out, "rows"));
	json_decref(c.out);
}

static enum err call_send(struct desk *d, struct call *c, struct error *e)
{
	const char *to = *c->a ? c->a : NULL;
	return c->b ? invoice_red_send(d, c->no, c->b, to, &c->out, e) : invoice_send(d, c->no, to, &c->out, e);
}

/* The red one of the row, where it has one. */
static const char *red_number(const json_t *row)
{
	return json_flag(row, "red_pdf") ? json_text(row, "red_number") : NULL;
}

static void send(struct ui *ui, const char *no, const char *red)
{
	char to[300] = "";
	struct dialog_ask ask = {.title = tr("发送发票", "Send the invoice"),
		.text = tr("留空：发到申请表里的邮箱", "Empty: to the application's address"),
		.label = tr("邮箱", "E-mail"),
		.limit = 254,
		.may_be_empty = true,
		.input = TERM_INPUT_LATIN};
	struct call c = {.no = no, .a = to, .b = red};
	if (!dialog_ask(ui, &ask, to, sizeof to) || !app_do(ui, call_send, &c))
		return;
	ui_good(ui, tr("发票已发送到 %s", "The invoice was sent to %s"), *to ? to : json_text(c.out, "to"));
	json_decref(c.out);
}

static enum err call_save(struct desk *d, struct call *c, struct error *e)
{
	return c->b ? invoice_red_save(d, c->no, c->b, c->a, &c->out, e) : invoice_save(d, c->no, c->a, &c->out, e);
}

static void save(struct ui *ui, const json_t *row)
{
	char path[1700], name[120];
	const char *red = red_number(row);
	const char *const lines[] = {tr("原发票", "The original"), tr("红字发票", "The red one")};
	if (red && json_flag(row, "pdf")) {
		int chosen = dialog_choose(ui, tr("存哪一张", "Which one"), lines, 2, 1);
		if (chosen < 0)
			return;
		red = chosen ? red : NULL;
	}
	struct call c = {.no = json_text(row, "order"), .a = path, .b = red};
	snprintf(name, sizeof name, tr("发票-%.24s.pdf", "invoice-%.24s.pdf"), red ? red : json_text(row, "number"));
	app_home_path(path, sizeof path, name);
	if (!app_ask_path(ui, tr("另存发票", "Save the invoice"), tr("PDF 文件", "PDF file"), path, sizeof path) ||
		!app_do(ui, call_save, &c))
		return;
	ui_good(ui, tr("已保存：%s", "Written: %s"), json_text(c.out, "path"));
	json_decref(c.out);
}

static enum err call_red(struct desk *d, struct call *c, struct error *e)
{
	const char *path = c->more;
	return invoice_red(d, c->no, *c->a ? c->a : NULL, c->b, path && *path ? path : NULL, &c->out, e);
}

static void redden(struct ui *ui, const json_t *row)
{
	char number[80] = "", date[80], text[200], path[1700] = "";
	bool red = strcmp(json_text(row, "state"), "red") == 0; /* only its PDF is still to come, or another one */
	snprintf(text, sizeof text, tr("冲销发票 %s。登记后不能恢复。", "Takes invoice %s back. This can't be undone."),
		json_text(row, "number"));
	struct dialog_ask ask = {.title = tr("红字发票", "Red invoice"),
		.text = text,
		.label = tr("红字发票号码", "Its number"),
		.limit = 20,
		.digits = true,
		.input = TERM_INPUT_LATIN};
	struct dialog_ask day = ask;
	day.label = tr("开具日期", "Issued on");
	day.digits = false;
	day.limit = 12;
	day.check = "date";
	struct call c = {.no = json_text(row, "order"), .a = number, .b = date, .more = path};
	desk_business_date(app_desk(ui), date);
	if (red) {
		text_copy(number, sizeof number, json_text(row, "red_number"));
		text_copy(date, sizeof date, json_text(row, "red_date"));
	} else if (!dialog_ask(ui, &ask, number, sizeof number) || !dialog_ask(ui, &day, date, sizeof date)) {
		return;
	}
	/* where the PDF has yet to come, the number alone is filed */
	if (!app_ask_file_or_none(ui, tr("红字发票 PDF", "The red invoice's PDF"),
			red ? tr("PDF 文件", "The PDF file") : tr("PDF 文件；还没有的留空，以后再登记", "The PDF file; leave it empty where it has yet to come"), !red, path,
			sizeof path) ||
		!app_do(ui, call_red, &c))
		return;
	if (*json_text(c.out, "notice"))
		ui_warn(ui, "%s", tr("红字发票已登记，但没有发出去。请稍后按 F6 再发", "The red invoice is filed, but the mail didn't go out; F6 tries again"));
	else if (*path)
		ui_good(ui, tr("红字发票 %s 已登记，并发送到 %s", "Red invoice %s is filed and was sent to %s"), number, json_text(c.out, "to"));
	else
		ui_good(ui, tr("发票 %s 已红冲", "Invoice %s is taken back"), json_text(row, "number"));
	json_decref(c.out);
}

static enum err call_request(struct desk *d, struct call *c, struct error *e)
{
	return invoice_request(d, c->no, c->a, &c->out, e);
}

static void request(struct ui *ui, const char *no)
{
	const char *const lines[] = {tr("普通发票", "Ordinary"), tr("增值税专用发票", "Special")};
	const char *const kinds[] = {"ordinary", "special"};
	int chosen = dialog_choose(ui, tr("申请开票", "Ask for an invoice"), lines, 2, 0);
	struct call c = {.no = no, .a = chosen < 0 ? NULL : kinds[chosen]};
	if (chosen < 0 || !app_do(ui, call_request, &c))
		return;
	ui_good(ui, tr("已为 %s 申请开票", "An invoice is asked for: %s"), no);
	json_decref(c.out);
}

static enum err call_withdraw(struct desk *d, struct call *c, struct error *e)
{
	return invoice_withdraw(d, c->no, c->a, &c->out, e);
}

static void withdraw(struct ui *ui, const json_t *row)
{
	char reason[500] = "";
	struct dialog_ask ask = {.title = tr("撤回开票申请", "Withdraw the request"),
		.text = tr("不再开这张发票。已列入清单的，开出来仍可登记。", "It isn't to be issued. One that is in a list and comes back is filed as ever."),
		.label = tr("原因", "Reason"),
		.limit = 200,
		.input = TERM_INPUT_CHINESE};
	struct call c = {.no = json_text(row, "order"), .a = reason};
	if (!dialog_ask(ui, &ask, reason, sizeof reason) || !app_do(ui, call_withdraw, &c))
		return;
	ui_good(ui, tr("%s 的开票申请已撤回", "The request for %s is withdrawn"), c.no);
	json_decref(c.out);
}

static void choose_filter(struct ui *ui, struct invoices_screen *s)
{
	const char *lines[FILTERS];
	for (size_t i = 0; i < FILTERS; i++)
		lines[i] = tr(filters[i].zh, filters[i].en);
	int chosen = dialog_choose(ui, tr("看哪些发票", "Which invoices"), lines, FILTERS, s->filter);
	if (chosen >= 0)
		s->filter = (size_t)chosen;
}

enum { DO_FILE = 1, DO_EXPORT, DO_FILTER, DO_SEND, DO_IMPORT, DO_RED, DO_SAVE, DO_REQUEST, DO_WITHDRAW, DO_ORDER };

static bool offered(struct ui *ui, void *data, int action)
{
	const struct invoices_screen *s = data;
	const json_t *row = table_row(&s->table);
	const char *state = row ? json_text(row, "state") : "";
	bool issued = strcmp(state, "issued") == 0 || strcmp(state, "sent") == 0;
	(void)ui;
	switch (action) {
	case DO_FILE: return row && strcmp(state, "red") != 0;
	case DO_EXPORT: return !*s->order;
	case DO_IMPORT: return !*s->order;
	case DO_FILTER: return !*s->order;
	case DO_SEND: return (issued && json_flag(row, "pdf") && !json_flag(row, "red_due")) || red_number(row);
	case DO_SAVE: return row && (json_flag(row, "pdf") || red_number(row));
	case DO_RED: return issued || strcmp(state, "red") == 0; /* a manager, on the spot */
	case DO_ORDER: return row && !*s->order;
	case DO_REQUEST: return *s->order != 0;
	case DO_WITHDRAW: return strcmp(state, "requested") == 0 || strcmp(state, "exported") == 0; /* a manager, on the spot */
	default: return true;
	}
}

static unsigned act(struct ui *ui, struct invoices_screen *s, int action)
{
	json_t *row = json_incref((json_t *)table_row(&s->table)); /* the table is read anew below */
	char no[ORDER_NO_SIZE];
	text_copy(no, sizeof no, *s->order ? s->order : table_text(&s->table, "order"));
	switch (action) {
	case DO_FILE:
		ui_push(ui, &scr_invoice_file, no); /* its own message stays */
		break;
	case DO_EXPORT: export_list(ui); break;
	case DO_FILTER: choose_filter(ui, s); break;
	case DO_SEND: send(ui, no, red_number(row)); break;
	case DO_IMPORT: import_numbers(ui); break;
	case DO_RED: redden(ui, row); break;
	case DO_SAVE: save(ui, row); break;
	case DO_REQUEST: request(ui, no); break;
	case DO_WITHDRAW: withdraw(ui, row); break;
	default: break;
	}
	json_decref(row);
	read_again(ui, s);
	return UI_DRAW | UI_BARS;
}

static unsigned handle_invoices(struct ui *ui, void *data, const struct event *event)
{
	struct invoices_screen *s = data;
	char no[ORDER_NO_SIZE];
	if (event->action && event->action != DO_ORDER)
		return event->action < DO_FILE || event->action > DO_WITHDRAW ? UI_PASS : act(ui, s, event->action);
	enum list_result chosen = event->action == DO_ORDER ? LIST_CHOSEN : list_handle(&s->table.list, event);
	switch (chosen) {
	case LIST_CHOSEN:
		text_copy(no, sizeof no, table_text(&s->table, "order"));
		ui_push(ui, &scr_order, no);
		return UI_DRAW;
	case LIST_MOVED:
		return UI_DRAW | UI_BARS; /* what is offered depends on the row */
	default:
		return UI_PASS;
	}
}

static unsigned back_invoices(struct ui *ui, void *data)
{
	read_again(ui, data);
	return UI_DRAW | UI_BARS;
}

static const struct action actions[] = {
	{DO_FILE, UI_KEY_F(2), "登记", "File", "发票", "Invoices", "登记发票号码、日期和 PDF，并发给客户",
		"File number, date and PDF, and send it", ACTION_FIRST | ACTION_NEEDS(MAY_INVOICE_FILE)},
	{DO_ORDER, UI_KEY_ENTER, "订单", "Order", NULL, NULL, "打开订单", "Open the order", 0},
	{DO_EXPORT, UI_KEY_F(4), "导出清单", "List", NULL, NULL, "导出开票申请表（Excel），给税务开票软件",
		"The list for the tax system, as a workbook", ACTION_FIRST | ACTION_NEEDS(MAY_INVOICE_EXPORT)},
	{DO_FILTER, UI_KEY_F(5), "筛选", "Filter", NULL, NULL, "看哪些发票", "Which invoices are shown", 0},
	{DO_SEND, UI_KEY_F(6), "发送", "Send", NULL, NULL, "再次发送，或发到别的邮箱", "Send it again, or elsewhere", ACTION_NEEDS(MAY_INVOICE_SEND)},
	{DO_IMPORT, UI_KEY_F(7), "导入号码", "Numbers", NULL, NULL, "从 CSV 导入发票号码", "Import numbers from a CSV", ACTION_NEEDS(MAY_INVOICE_FILE)},
	{DO_RED, UI_KEY_F(8), "红冲", "Red", NULL, NULL, "登记红字发票和它的 PDF（主管）", "File the red invoice and its PDF (manager)", ACTION_NEEDS(MAY_INVOICE_FILE)},
	{DO_SAVE, 's', "存 PDF", "Save", NULL, NULL, "把发票存成文件", "Write the invoice to a file", 0},
	{DO_REQUEST, 'a', "申请开票", "Ask", NULL, NULL, "手工申请开票", "Ask for an invoice by hand", ACTION_NEEDS(MAY_INVOICE_REQUEST)},
	{DO_WITHDRAW, 'w', "撤回申请", "Withdraw", NULL, NULL, "不再开这张发票，写明原因（主管）", "It isn't to be issued, and why (manager)", ACTION_NEEDS(MAY_INVOICE_REQUEST)},
	{0},
};

const struct screen_class scr_invoices = {.zh = "发票",
	.en = "Invoices",
	.actions = actions,
	.open = open_invoices,
	.draw = draw_invoices,
	.handle = handle_invoices,
	.back = back_invoices,
	.close = close_invoices,
	.offered = offered};
