/* 日结: the day's checklist, worked through row by row; then the day ends and its date is frozen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/money.h"
#include "base/text.h"
#include "desk/day.h"
#include "ui/dialog.h"
#include "ui/plain.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_scan.h"
#include "ui/scr_table.h"

struct day_screen {
	struct table table;
	char date[11];
	json_t *day;
};

static const struct table_column columns[] = {
	{"", "", "mark", 2, 0, AS_TEXT, NULL},
	{"项目", "Item", "title", 16, 0, AS_TEXT, NULL},
	{"情况", "State", "detail", 0, 0, AS_TEXT, NULL},
	{0},
};

static bool blocks(const json_t *row)
{
	return json_flag(row, "blocks") && strcmp(json_text(row, "state"), "open") == 0;
}

static enum role row_role(const json_t *row)
{
	if (blocks(row))
		return ROLE_ERROR;
	return strcmp(json_text(row, "state"), "warn") == 0 ? ROLE_WARN : ROLE_NORMAL;
}

/* Takes over what a use case says of the day. */
static void set_day(struct day_screen *s, json_t *day)
{
	json_t *row;
	size_t i;
	json_decref(s->day);
	s->day = day;
	text_copy(s->date, sizeof s->date, json_text(day, "date"));
	json_array_foreach(json_object_get(day, "checklist"), i, row) {
		const char *state = json_text(row, "state");
		const char *mark = strcmp(state, "done") == 0 ? "✓" : strcmp(state, "warn") == 0 ? "!" : blocks(row) ? "✗" : "·";
		json_object_set_new(row, "mark", json_string(mark));
	}
	table_set(&s->table, json_incref(json_object_get(day, "checklist")));
}

static enum err read_day(struct ui *ui, struct day_screen *s, struct error *e)
{
	json_t *day = NULL;
	enum err rc = day_show(app_desk(ui), *s->date ? s->date : NULL, &day, e);
	if (rc == OK)
		set_day(s, day);
	return rc;
}

static void read_again(struct ui *ui, struct day_screen *s)
{
	struct error e = {0};
	if (read_day(ui, s, &e) != OK)
		ui_fail(ui, &e);
}

static void close_day(struct ui *ui, void *data)
{
	struct day_screen *s = data;
	(void)ui;
	table_end(&s->table);
	json_decref(s->day);
	free(s);
}

static enum err open_day(struct ui *ui, void *arg, void **data, struct error *e)
{
	struct day_screen *s = calloc(1, sizeof *s);
	(void)arg;
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	table_start(&s->table, columns, "这一天随后来的日结一并冻结，没有单独的清单", "Frozen along with a later day; there is no list of its own");
	s->table.role = row_role;
	enum err rc = day_due(app_desk(ui), s->date, e);
	if (rc == OK)
		rc = read_day(ui, s, e);
	if (rc != OK)
		close_day(ui, s);
	else
		*data = s;
	return rc;
}

static void draw_frozen(const struct day_screen *s, const struct pane *p)
{
	char when[SCR_TIME_SIZE], text[1200];
	if (!*json_text(s->day, "report"))
		return;
	pane_format(p, 0, 1, ROLE_GOOD, tr("已日结：%s %s", "Closed: %s %s"), scr_time(json_text(s->day, "closed_at"), when),
		json_text(s->day, "closed_by"));
	snprintf(text, sizeof text, tr("日报 %s\n摘要 %s\n记录链首 %s", "Report %s\nDigest %s\nHead of the journal %s"), json_text(s->day, "report"),
		json_text(s->day, "report_digest"), json_text(s->day, "head"));
	pane_wrapped(p, 1, 1, p->columns - 2, p->rows - 1, ROLE_NORMAL, text);
}

static void draw_row(const struct day_screen *s, const struct pane *p)
{
	const json_t *row = table_row(&s->table);
	int at = pane_wrapped(p, 0, 1, p->columns - 2, 3, row_role(row), json_text(row, "detail"));
	char mend[600];
	text_copy(mend, sizeof mend, json_text(row, "mend"));
	plain_sentence(mend);
	pane_wrapped(p, at, 1, p->columns - 2, 3, ROLE_NORMAL, mend);
	if (json_flag(s->day, "ready"))
		pane_text(p, p->rows - 1, 1, ROLE_GOOD, tr("没有拦着的事项了，按 F2 日结", "Nothing blocks any more: F2 ends the day"));
	else
		pane_text(p, p->rows - 1, 1, ROLE_HINT, tr("✗ 必须处理  ! 请留意  ✓ 已完成  · 日结时做；回车处理所选一项", "✗ must be done  ! look at  ✓ done  · at the end; Enter works on the selected"));
}

static void draw_day(struct ui *ui, void *data, struct pane *pane)
{
	enum { BELOW = 8 }; /* every row of the list is seen on the smallest screen */
	struct day_screen *s = data;
	struct pane above = pane_part(pane, 1, 0, pane->rows - BELOW - 1, pane->columns);
	struct pane below = pane_part(pane, pane->rows - BELOW + 1, 0, BELOW - 1, pane->columns);
	char title[80];
	ui_typing(ui, false, TERM_INPUT_LATIN);
	snprintf(title, sizeof title, json_flag(s->day, "frozen") ? tr("日结清单  %s（已冻结）", "Day's end %s (frozen)") : tr("日结清单  %s", "Day's end %s"),
		s->date);
	pane_line(pane, 0, title);
	pane_line(pane, pane->rows - BELOW, "");
	if (json_flag(s->day, "frozen"))
		draw_frozen(s, &below);
	else
		draw_row(s, &below);
	list_draw(&s->table.list, &above);
}

static enum err call_confirm(struct desk *d, struct call *c, struct error *e)
{
	return day_confirm(d, c->no, c->a, c->amount, c->b, &c->out, e);
}

static enum err call_waive(struct desk *d, struct call *c, struct error *e)
{
	return day_waive(d, c->no, c->a, c->b, &c->out, e);
}

static enum err call_close(struct desk *d, struct call *c, struct error *e)
{
	return day_close(d, c->no, &c->out, e);
}

static bool judge_figure(void *arg, const char *value, char *why, size_t size)
{
	int64_t n;
	bool money = *(const bool *)arg;
	if (money_parse(value, &n) && n >= 0 && (money || n % 100 == 0))
		return true;
	text_copy(why, size, money ? tr("不是金额，如 280 或 280.50", "no amount; as 280 or 280.50") : tr("请填个数", "a whole number is needed"));
	return false;
}

static bool ask_reason(struct ui *ui, const char *title, const char *text, char *out, size_t size)
{
	struct dialog_ask ask = {.title = title, .text = text, .label = tr("理由", "Why"), .limit = 160};
	return dialog_ask(ui, &ask, out, size);
}

/* The figure first; where it isn't what was expected, the reason for that. */
static void confirm(struct ui *ui, struct day_screen *s)
{
	const json_t *row = table_row(&s->table);
	bool money = strcmp(json_text(row, "item"), "pos") == 0;
	char text[40] = "", reason[600] = "", item[40], about[900];
	struct error e = {0};
	struct dialog_ask ask = {.title = json_text(row, "title"),
		.text = money ? tr("POS 机结算单上的当日合计（元）", "The day's total on the terminal's settlement, in yuan")
					  : tr("抽屉里实有的介质个数（含已制未领）", "Keys in the drawers, those made and not collected too"),
		.label = tr("实数", "Figure"), .limit = 14, .input = TERM_INPUT_LATIN, .judge = judge_figure, .arg = &money};
	struct call c = {.no = s->date, .a = item, .b = reason};
	text_copy(item, sizeof item, json_text(row, "item"));
	if (!dialog_ask(ui, &ask, text, sizeof text) || !money_parse(text, &c.amount))
		return;
	c.amount /= money ? 1 : 100;
	enum err rc = app_attempt(ui, call_confirm, &c, &e);
	snprintf(about, sizeof about, tr("%s\n填写的实数是 %s", "%s\nThe figure given is %s"), json_text(row, "detail"), text);
	if (rc == ERR_DESK_REASON && ask_reason(ui, tr("与账面不符", "Not as expected"), about, reason, sizeof reason))
		rc = app_attempt(ui, call_confirm, &c, &e);
	if (rc != OK) {
		ui_fail(ui, &e);
		return;
	}
	set_day(s, c.out);
	ui_good(ui, "%s", tr("已登记", "Recorded"));
}

static void waive(struct ui *ui, struct day_screen *s)
{
	char reason[600] = "", item[40];
	const json_t *row = table_row(&s->table);
	struct call c = {.no = s->date, .a = item, .b = reason};
	text_copy(item, sizeof item, json_text(row, "item"));
	if (!json_flag(row, "waive"))
		ui_warn(ui, "%s", tr("这一项不能免核对", "This row can't be waived"));
	else if (ask_reason(ui, tr("免核对", "Go without"), json_text(row, "title"), reason, sizeof reason) && app_do(ui, call_waive, &c)) {
		set_day(s, c.out);
		ui_good(ui, "%s", tr("已登记", "Recorded"));
	}
}

static void statement(struct ui *ui, struct day_screen *s)
{
	const char *lines[] = {tr("导入对账单", "Import a statement"), tr("免核对（写明理由）", "Go without, for a reason")};
	int chosen = dialog_choose(ui, tr("银行对账单", "Bank statement"), lines, 2, 0);
	char told[SCR_TOLD_SIZE];
	if (chosen == 0 && scr_statement(ui, told))
		read_again(ui, s);
	else if (chosen == 1)
		waive(ui, s);
}

/* Where there is a stock it is counted; the row says which drawer is next. */
static void keys(struct ui *ui, struct day_screen *s)
{
	const json_t *row = table_row(&s->table);
	struct scan_arg arg = {.count = true};
	char today[11];
	desk_business_date(app_desk(ui), today);
	text_copy(arg.drawer, sizeof arg.drawer, *json_text(row, "drawer") ? json_text(row, "drawer") : app_desk(ui)->station);
	if (!json_flag(row, "count"))
		confirm(ui, s);
	else if (strcmp(s->date, today) < 0)
		ui_say(ui, "%s", json_text(row, "mend"));
	else
		ui_push(ui, &scr_scan, &arg);
}

static void shifts(struct ui *ui, struct day_screen *s)
{
	(void)s;
	ui_push(ui, &scr_till, NULL);
}

static void earlier(struct ui *ui, struct day_screen *s)
{
	char due[11];
	struct error e = {0};
	if (day_due(app_desk(ui), due, &e) != OK)
		ui_fail(ui, &e);
	else if (strcmp(due, s->date) < 0) {
		text_copy(s->date, sizeof s->date, due);
		read_again(ui, s);
	}
}

/* What has to be done first is where Enter does it. */
static void select_blocking(struct day_screen *s)
{
	const json_t *row;
	size_t i;
	json_array_foreach(s->table.rows, i, row)
		if (blocks(row)) {
			list_select(&s->table.list, i);
			return;
		}
}

static void end_day(struct ui *ui, struct day_screen *s)
{
	char text[400];
	struct call c = {.no = s->date};
	snprintf(text, sizeof text,
		tr("日结 %s：生成日报并冻结这一天。\n冻结后不能恢复；之后的收款计入次日，更正也在次日做。",
			"Ends %s: the report is written and the date frozen.\nThere is no way back; money after that counts to the next day."), s->date);
	if (!json_flag(s->day, "ready") || json_flag(s->day, "frozen")) {
		select_blocking(s);
		ui_warn(ui, "%s", json_flag(s->day, "frozen") ? tr("这一天已经日结", "This day is closed already")
													: tr("还有标 ✗ 的事项，请先处理", "Rows with ✗ come first"));
		return;
	}
	if (!dialog_confirm(ui, tr("日结", "End the day"), text, tr("日结", "end the day")))
		return;
	ui_say(ui, "%s", tr("正在生成日报…", "Writing the report…"));
	ui_draw_now(ui);
	if (!app_do(ui, call_close, &c)) {
		read_again(ui, s);
		return;
	}
	set_day(s, c.out);
	ui_good(ui, tr("%s 已日结。之后的收款计入次日", "%s is closed; money from now on counts to the next day"), s->date);
}

/* What Enter does with a row. */
static const struct {
	const char *item;
	void (*work)(struct ui *ui, struct day_screen *s);
} works[] = {{"days", earlier}, {"shifts", shifts}, {"cash", shifts}, {"pos", confirm}, {"statement", statement}, {"keys", keys},
	{"report", end_day}, {"freeze", end_day}};

static void work(struct ui *ui, struct day_screen *s)
{
	const char *item = table_text(&s->table, "item");
	if (json_flag(s->day, "frozen"))
		return;
	for (size_t i = 0; i < sizeof works / sizeof *works; i++)
		if (strcmp(works[i].item, item) == 0) {
			works[i].work(ui, s);
			return;
		}
	ui_say(ui, "%s", table_text(&s->table, "mend"));
}

enum { DO_CLOSE = 1, DO_WORK, DO_WAIVE, DO_DATE, DO_AGAIN };

static unsigned handle_day(struct ui *ui, void *data, const struct event *event)
{
	struct day_screen *s = data;
	switch (event->action) {
	case DO_CLOSE: end_day(ui, s); return UI_DRAW | UI_BARS;
	case DO_WORK: work(ui, s); return UI_DRAW | UI_BARS;
	case DO_WAIVE: waive(ui, s); return UI_DRAW;
	case DO_DATE:
		if (scr_ask_date(ui, s->date))
			read_again(ui, s);
		return UI_DRAW | UI_BARS;
	case DO_AGAIN: read_again(ui, s); return UI_DRAW;
	default: break;
	}
	switch (list_handle(&s->table.list, event)) {
	case LIST_CHOSEN: work(ui, s); return UI_DRAW | UI_BARS;
	case LIST_MOVED: return UI_DRAW | UI_BARS; /* what can be done with the row */
	default: return UI_PASS;
	}
}

static unsigned back_day(struct ui *ui, void *data)
{
	read_again(ui, data);
	return UI_DRAW | UI_BARS;
}

static bool offered(struct ui *ui, void *data, int action)
{
	const struct day_screen *s = data;
	(void)ui;
	if (action == DO_DATE || action == DO_AGAIN)
		return true;
	if (action == DO_WAIVE && !json_flag(table_row(&s->table), "waive"))
		return false;
	return !json_flag(s->day, "frozen");
}

static const struct action actions[] = {
	{DO_CLOSE, UI_KEY_F(2), "日结", "End day", "日结", "Day's end", "生成日报并冻结这一天", "Write the report and freeze the date", ACTION_FIRST | ACTION_NEEDS(MAY_DAY_CLOSE)},
	{DO_WORK, UI_KEY_ENTER, "处理", "Work on", NULL, NULL, "处理所选一项", "Work on the selected row", ACTION_FIRST | ACTION_NEEDS(MAY_DAY_CLOSE)},
	{DO_WAIVE, UI_KEY_F(6), "免核对", "Waive", NULL, NULL, "写明理由，不核对所选一项", "Go without the selected row, for a reason", ACTION_NEEDS(MAY_DAY_CLOSE)},
	{DO_DATE, UI_KEY_F(7), "日期", "Date", NULL, NULL, "看另一天的清单", "The list of another day", 0},
	{DO_AGAIN, UI_KEY_F(5), "刷新", "Refresh", NULL, NULL, NULL, NULL, 0},
	{0},
};

const struct screen_class scr_day = {.zh = "日结", .en = "Day's end", .actions = actions, .open = open_day, .draw = draw_day,
	.handle = handle_day, .back = back_day, .close = close_day, .offered = offered};
