/* 班次与钱箱: today's shifts, and those before that are still open; opened, counted, handed over, closed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/money.h"
#include "base/text.h"
#include "desk/till.h"
#include "rules/tillstate.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_sheet.h"
#include "ui/scr_table.h"

struct till_screen {
	struct table table;
	struct sheet sheet;
	char date[11]; /* asked for; "" is the business date of now */
};

static const struct table_column columns[] = {
	{"工位", "Window", "station", 6, 0, AS_TEXT, NULL},
	{"业务日期", "Date", "date", 10, 0, AS_TEXT, NULL},
	{"当班人", "Whose", "staff", 0, 0, AS_TEXT, NULL},
	{"状态", "State", "state", 7, 0, AS_TEXT, till_state_title},
	{"备用金", "Float", "float", 11, 100, AS_MONEY, NULL},
	{"应有现金", "Expected", "expected_cash", 12, 0, AS_MONEY, NULL},
	{"实点现金", "Counted", "cash", 12, 0, AS_MONEY, NULL},
	{"差异", "Differs", "difference_cash", 10, 0, AS_MONEY, NULL},
	{"开班", "Opened", "opened_at", 16, 120, AS_TIME, NULL},
	{"关班", "Closed", "closed_at", 16, 150, AS_TIME, NULL},
	{0},
};

static enum role row_role(const json_t *row)
{
	char what[TILL_DIFFERENCES_SIZE];
	if (strcmp(json_text(row, "state"), "open") != 0 && till_differences(row, what))
		return ROLE_WARN;
	return ROLE_NORMAL;
}

static enum err read_shifts(struct ui *ui, struct till_screen *s, struct error *e)
{
	json_t *rows = NULL;
	struct till_where at = {NULL, *s->date ? s->date : NULL};
	enum err rc = till_show(app_desk(ui), &at, &rows, e);
	if (rc == OK)
		table_set(&s->table, rows);
	return rc;
}

static void read_again(struct ui *ui, struct till_screen *s)
{
	struct error e = {0};
	if (read_shifts(ui, s, &e) != OK)
		ui_fail(ui, &e);
}

static void close_till(struct ui *ui, void *data)
{
	struct till_screen *s = data;
	(void)ui;
	table_end(&s->table);
	sheet_clear(&s->sheet);
	free(s);
}

/* The newest of this window is what somebody comes here for. */
static void select_own(struct ui *ui, struct till_screen *s)
{
	const json_t *row;
	size_t i;
	json_array_foreach(s->table.rows, i, row)
		if (strcmp(json_text(row, "station"), app_desk(ui)->station) == 0)
			list_select(&s->table.list, i);
}

static enum err open_till(struct ui *ui, void *arg, void **data, struct error *e)
{
	struct till_screen *s = calloc(1, sizeof *s);
	(void)arg;
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	table_start(&s->table, columns, "今天还没有班次。F2 开班，或收第一笔款时自动开班", "No shift yet. F2 opens one; the first money does too");
	s->table.role = row_role;
	enum err rc = read_shifts(ui, s, e);
	if (rc != OK) {
		close_till(ui, s);
		return rc;
	}
	select_own(ui, s);
	*data = s;
	return OK;
}

static void pair_money(struct sheet *s, const char *label, const json_t *row, const char *expected, const char *counted)
{
	char due[SCR_MONEY_SIZE], have[SCR_MONEY_SIZE];
	scr_money(json_number(row, expected), due);
	if (json_is_integer(json_object_get(row, counted)))
		sheet_format(s, ROLE_NORMAL, label, tr("应有 %s，实点 %s", "expected %s, counted %s"), due,
			scr_money(json_number(row, counted), have));
	else
		sheet_format(s, ROLE_NORMAL, label, tr("应有 %s", "expected %s"), due);
}

static void pair_cheques(struct sheet *s, const json_t *row)
{
	long long due = (long long)json_number(row, "expected_cheques");
	if (json_is_integer(json_object_get(row, "cheques")))
		sheet_format(s, ROLE_NORMAL, tr("支票", "Cheques"), tr("应有 %lld 张，实点 %lld 张", "expected %lld, counted %lld"), due,
			(long long)json_number(row, "cheques"));
	else
		sheet_format(s, ROLE_NORMAL, tr("支票", "Cheques"), tr("应有 %lld 张", "expected %lld"), due);
}

static void fill_sheet(struct till_screen *s)
{
	const json_t *row = table_row(&s->table);
	char what[TILL_DIFFERENCES_SIZE], when[SCR_TIME_SIZE];
	sheet_clear(&s->sheet);
	if (!row)
		return;
	pair_money(&s->sheet, tr("现金", "Cash"), row, "expected_cash", "cash");
	pair_money(&s->sheet, tr("POS 签购单", "POS slips"), row, "expected_pos", "pos");
	pair_cheques(&s->sheet, row);
	if (till_differences(row, what))
		sheet_pair(&s->sheet, ROLE_WARN, tr("差异", "Difference"), what);
	sheet_pair(&s->sheet, ROLE_NORMAL, tr("差异原因", "Explained"), json_text(row, "explanation"));
	if (*json_text(row, "counted_by"))
		sheet_format(&s->sheet, ROLE_NORMAL, tr("点款", "Counted"), "%s %s", scr_time(json_text(row, "counted_at"), when),
			json_text(row, "counted_by"));
	if (*json_text(row, "closed_by"))
		sheet_format(&s->sheet, ROLE_NORMAL, tr("关班", "Closed"), "%s %s", scr_time(json_text(row, "closed_at"), when),
			json_text(row, "closed_by"));
	sheet_pair(&s->sheet, ROLE_NORMAL, tr("接班人", "Taken over by"), json_text(row, "taken_by"));
}

static void draw_till(struct ui *ui, void *data, struct pane *pane)
{
	enum { BELOW = 10 };
	struct till_screen *s = data;
	struct pane below = pane_part(pane, pane->rows - BELOW + 1, 0, BELOW - 1, pane->columns);
	struct pane above = pane_part(pane, 1, 0, pane->rows - BELOW - 1, pane->columns);
	char title[80], now[11];
	ui_typing(ui, false, TERM_INPUT_LATIN);
	desk_business_date(app_desk(ui), now);
	snprintf(title, sizeof title, tr("班次  业务日期 %s", "Shifts of business date %s"), *s->date ? s->date : now);
	pane_line(pane, 0, title);
	fill_sheet(s);
	pane_line(pane, pane->rows - BELOW, tr("所选班次", "The selected shift"));
	sheet_draw(&s->sheet, &below, 14);
	list_draw(&s->table.list, &above);
}

static enum err call_open(struct desk *d, struct call *c, struct error *e)
{
	return till_open(d, c->amount, &c->out, e);
}

static bool judge_money(void *arg, const char *value, char *why, size_t size)
{
	int64_t fen;
	(void)arg;
	if (money_parse(value, &fen) && fen >= 0)
		return true;
	text_copy(why, size, tr("不是金额，如 500 或 500.50", "no amount; as 500 or 500.50"));
	return false;
}

static void begin(struct ui *ui, struct till_screen *s)
{
	char text[40] = "", money[SCR_MONEY_SIZE];
	struct dialog_ask ask = {.title = tr("开班", "Open a shift"),
		.text = tr("钱箱里的备用金是多少元？没有就填 0", "How much lies in the till? 0 for nothing"),
		.label = tr("备用金", "Float"),
		.limit = 14,
		.input = TERM_INPUT_LATIN,
		.judge = judge_money};
	struct call c = {0};
	if (!dialog_ask(ui, &ask, text, sizeof text) || !money_parse(text, &c.amount) || !app_do(ui, call_open, &c))
		return;
	ui_good(ui, tr("已开班：工位 %s，备用金 %s", "Open: window %s, float %s"), json_text(c.out, "station"),
		scr_money(json_number(c.out, "float"), money));
	json_decref(c.out);
	s->date[0] = '\0';
	read_again(ui, s);
	select_own(ui, s);
}

/* What was just counted needn't be counted again; who says no does so all the same. */
static bool ended(struct ui *ui, const json_t *row, int then)
{
	char text[300], when[SCR_TIME_SIZE], money[SCR_MONEY_SIZE];
	if (then == COUNT_ONLY || strcmp(json_text(row, "state"), "counted") != 0)
		return false;
	snprintf(text, sizeof text, tr("按 %s 的点款（现金 %s）%s？n 重新点款", "%3$s by the count of %1$s (cash %2$s)? n counts again"),
		scr_time(json_text(row, "counted_at"), when), scr_money(json_number(row, "cash"), money),
		then == COUNT_CLOSE ? tr("关班", "Close") : tr("交接", "Hand over"));
	return dialog_yes(ui, tr("已点款", "Counted"), text) && scr_shift_end(ui, then, row);
}

static void count(struct ui *ui, struct till_screen *s, int then)
{
	const json_t *row = table_row(&s->table);
	struct count_arg arg = {then, json_text(row, "station"), json_text(row, "date"), json_text(row, "staff")};
	char now[11];
	desk_business_date(app_desk(ui), now);
	if (!row || strcmp(json_text(row, "state"), "closed") == 0)
		ui_warn(ui, "%s", tr("请先选一个还没关的班次；没有就按 F2 开班", "Choose a shift that is open, or press F2"));
	else if (then == COUNT_HANDOVER && (strcmp(arg.station, app_desk(ui)->station) != 0 || strcmp(arg.date, now) != 0))
		ui_warn(ui, "%s", tr("只能在本工位交接今天的班次；其他班次请关班", "Only today's shift of this window is handed over; close the others"));
	else if (ended(ui, row, then))
		read_again(ui, s);
	else
		ui_push(ui, &scr_count, &arg);
}

bool scr_ask_date(struct ui *ui, char date[11])
{
	struct dialog_ask ask = {.title = tr("业务日期", "Business date"),
		.text = tr("看哪一天？空：当前业务日期", "Which day? Empty: the one of now"),
		.label = tr("日期", "Date"),
		.limit = 12,
		.may_be_empty = true,
		.check = "date",
		.input = TERM_INPUT_LATIN};
	return dialog_ask(ui, &ask, date, 11);
}

enum { DO_OPEN = 1, DO_COUNT, DO_HANDOVER, DO_CLOSE, DO_DATE, DO_AGAIN };

static unsigned handle_till(struct ui *ui, void *data, const struct event *event)
{
	struct till_screen *s = data;
	switch (event->action) {
	case DO_OPEN: begin(ui, s); return UI_DRAW;
	case DO_COUNT: count(ui, s, COUNT_ONLY); return UI_DRAW;
	case DO_HANDOVER: count(ui, s, COUNT_HANDOVER); return UI_DRAW;
	case DO_CLOSE: count(ui, s, COUNT_CLOSE); return UI_DRAW;
	case DO_DATE:
		if (scr_ask_date(ui, s->date))
			read_again(ui, s);
		return UI_DRAW;
	case DO_AGAIN: read_again(ui, s); return UI_DRAW;
	default: break;
	}
	switch (list_handle(&s->table.list, event)) {
	case LIST_CHOSEN: count(ui, s, COUNT_ONLY); return UI_DRAW;
	case LIST_MOVED: return UI_DRAW;
	default: return UI_PASS;
	}
}

static unsigned back_till(struct ui *ui, void *data)
{
	read_again(ui, data);
	return UI_DRAW | UI_BARS;
}

static const struct action actions[] = {
	{DO_OPEN, UI_KEY_F(2), "开班", "Open", "班次", "Shifts", "登记备用金，开本工位的班次", "Open this window's shift with its float",
		ACTION_FIRST | ACTION_NEEDS(MAY_TILL)},
	{DO_COUNT, UI_KEY_F(4), "点款", "Count", NULL, NULL, "按券别清点所选班次的钱箱", "Count the selected shift's till", ACTION_FIRST | ACTION_NEEDS(MAY_TILL)},
	{DO_HANDOVER, UI_KEY_F(6), "交接", "Hand over", NULL, NULL, "点款后交给接班人，接班人当场输入口令", "Count, then a colleague takes over with their password", ACTION_NEEDS(MAY_TILL)},
	{DO_CLOSE, UI_KEY_F(8), "关班", "Close", NULL, NULL, "点款后关闭所选班次", "Count and close the selected shift", ACTION_NEEDS(MAY_TILL)},
	{DO_DATE, UI_KEY_F(7), "日期", "Date", NULL, NULL, "看另一天的班次", "The shifts of another day", 0},
	{DO_AGAIN, UI_KEY_F(5), "刷新", "Refresh", NULL, NULL, NULL, NULL, 0},
	{0},
};

const struct screen_class scr_till = {.zh = "班次与钱箱", .en = "Shift and till", .actions = actions, .open = open_till,
	.draw = draw_till, .handle = handle_till, .back = back_till, .close = close_till};
