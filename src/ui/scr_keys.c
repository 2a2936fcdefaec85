/* 介质库存: what lies where, by state and drawer; what is in the readers; everything that moves a key without an order.
 * A deed asks for what it needs, then serials are scanned or a list is named (scr_scan.c). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/keys.h"
#include "rules/keystate.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_inserted.h"
#include "ui/scr_scan.h"
#include "ui/scr_stock.h"

enum { DRAWERS_MOST = 60 };

struct keys_screen {
	struct table stock;
	struct inserted inserted;
	char state[24], drawer[33]; /* the filter; "" is all, "held" what lies in drawers */
};

static const struct table_column columns[] = {
	{"序列号", "Serial", "serial", 16, 0, AS_TEXT, NULL},
	{"介质", "Medium", "medium", 11, 0, AS_TEXT, scr_medium},
	{"状态", "State", "state", 12, 0, AS_TEXT, scr_key_state},
	{"抽屉", "Drawer", "drawer", 8, 0, AS_TEXT, NULL},
	{"订单", "Order", "order", 0, 0, AS_TEXT, NULL},
	{"更新时间", "Updated", "updated_at", 16, 100, AS_TIME, NULL},
	{0},
};

static enum err read_stock(struct ui *ui, struct keys_screen *s, struct error *e)
{
	json_t *rows = NULL;
	enum err rc = stock_list(app_desk(ui), *s->state ? s->state : NULL, *s->drawer ? s->drawer : NULL, &rows, e);
	if (rc == OK)
		table_set(&s->stock, rows);
	return rc;
}

static void close_keys(struct ui *ui, void *data)
{
	struct keys_screen *s = data;
	(void)ui;
	table_end(&s->stock);
	inserted_end(&s->inserted);
	free(s);
}

static enum err open_keys(struct ui *ui, void *arg, void **data, struct error *e)
{
	struct keys_screen *s = calloc(1, sizeof *s);
	(void)arg;
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	text_copy(s->state, sizeof s->state, "held");
	table_start(&s->stock, columns, "没有这样的介质。按 F2 入库", "No such keys. F2 receives some");
	enum err rc = read_stock(ui, s, e);
	if (rc != OK) {
		free(s);
		return rc;
	}
	inserted_start(&s->inserted);
	*data = s;
	return OK;
}

static const char *state_title(const char *state)
{
	return !*state ? tr("全部", "all") : strcmp(state, "held") == 0 ? tr("抽屉里的", "in drawers") : key_state_title(state);
}

static void draw_keys(struct ui *ui, void *data, struct pane *pane)
{
	struct keys_screen *s = data;
	struct pane top = pane_part(pane, 1, 0, 4, pane->columns),
				below = pane_part(pane, 7, 0, pane->rows - 7, pane->columns);
	char title[200];
	size_t left = 0, i;
	const json_t *each;
	ui_typing(ui, false, TERM_INPUT_LATIN);
	json_array_foreach(s->stock.rows, i, each)
		left += strcmp(json_text(each, "state"), "in-stock") == 0;
	pane_line(pane, 0, tr("已插入的介质", "Keys that are in"));
	inserted_draw(&s->inserted, &top);
	snprintf(title, sizeof title, tr("库存：在库 %zu，共 %zu · 状态：%s · 抽屉：%s", "Stock: %zu left of %zu · state: %s · drawer: %s"), left,
		s->stock.list.count, state_title(s->state), *s->drawer ? s->drawer : tr("全部", "all"));
	pane_line(pane, 6, title);
	list_draw(&s->stock.list, &below);
}

static unsigned tick_keys(struct ui *ui, void *data)
{
	struct keys_screen *s = data;
	return inserted_tick(ui, &s->inserted);
}

static void again(struct ui *ui, struct keys_screen *s)
{
	struct error e = {0};
	if (read_stock(ui, s, &e) != OK)
		ui_fail(ui, &e);
}

/* A move's line; its states in columns of their own, and none before the first. */
static void write_move(struct bytes *text, const json_t *move)
{
	char when[SCR_TIME_SIZE], states[120], cell[160];
	const char *from = json_text(move, "from_state");
	snprintf(states, sizeof states, "%s%s%s", *from ? scr_key_state(from) : "", *from ? " → " : "", scr_key_state(json_text(move, "to_state")));
	text_pad(cell, sizeof cell, states, lang_now() == LANG_EN ? 28 : 19);
	bytes_format(text, "%s  %s  %s  %s  %s  %s\n", scr_time(json_text(move, "moved_at"), when), cell, json_text(move, "drawer"),
		json_text(move, "staff"), json_text(move, "order"), json_text(move, "reason"));
}

static void show_one(struct ui *ui, const char *serial)
{
	struct error e = {0};
	json_t *key = NULL;
	const json_t *each;
	struct bytes text = {0};
	size_t i;
	if (keys_info(app_desk(ui), serial, &key, &e) != OK) {
		ui_fail(ui, &e);
		return;
	}
	bytes_format(&text, "%s  %s  %s\n\n", json_text(key, "serial"),
		scr_medium(json_text(key, "medium")), scr_key_state(json_text(key, "state")));
	json_array_foreach(json_object_get(key, "moves"), i, each)
		write_move(&text, each);
	dialog_text(ui, tr("介质", "Key"), text.data ? (char *)text.data : "", NULL);
	bytes_free(&text);
	json_decref(key);
}

/* What a deed needs ------------------------------------------------------------------------------------------- */

/* Chooses a text of an array; the line behind them is `more`, which gives "". False where nothing was chosen. */
static bool choose_text(struct ui *ui, const char *title, const json_t *texts, const char *selected, const char *more, char *out,
	size_t size)
{
	const char *lines[DRAWERS_MOST + 1];
	const json_t *each;
	size_t i, count = 0, at = 0;
	json_array_foreach(texts, i, each)
		if (count < DRAWERS_MOST) {
			at = strcmp(json_string_value(each), selected) == 0 ? count : at;
			lines[count++] = json_string_value(each);
		}
	if (more)
		lines[count++] = more;
	int chosen = dialog_choose(ui, title, lines, count, at);
	if (chosen < 0)
		return false;
	text_copy(out, size, lines[chosen] == more ? "" : lines[chosen]);
	return true;
}

static bool ask_text(struct ui *ui, const char *title, const char *text, const char *label, bool may_be_empty, size_t limit, char *out,
	size_t size)
{
	struct dialog_ask ask = {.title = title, .text = text, .label = label, .limit = limit, .may_be_empty = may_be_empty};
	char typed[600];
	text_copy(typed, sizeof typed, out);
	if (!dialog_ask(ui, &ask, typed, sizeof typed))
		return false;
	return text_copy(out, size, typed) || true;
}

static bool choose_drawer(struct ui *ui, const char *title, struct scan_arg *arg)
{
	json_t *drawers = NULL;
	struct error e = {0};
	if (stock_drawers(app_desk(ui), &drawers, &e) != OK) {
		ui_fail(ui, &e);
		return false;
	}
	bool given = choose_text(ui, title, drawers, app_desk(ui)->station, arg->count ? NULL : tr("新抽屉…", "A new drawer…"), arg->drawer,
		sizeof arg->drawer);
	json_decref(drawers);
	if (given && !*arg->drawer) {
		arg->new_drawer = true;
		given = ask_text(ui, title, tr("工位编号，或保险柜这样的名称", "A station's number, or a name as of a safe"),
			tr("新抽屉", "new drawer"), false, 10, arg->drawer, sizeof arg->drawer);
	}
	return given;
}

static bool choose_medium(struct ui *ui, struct scan_arg *arg)
{
	json_t *media = NULL;
	struct error e = {0};
	if (stock_media(app_desk(ui), &media, &e) != OK) {
		ui_fail(ui, &e);
		return false;
	}
	const char *lines[DRAWERS_MOST];
	const json_t *each;
	size_t i, count = 0;
	json_array_foreach(media, i, each)
		if (count < DRAWERS_MOST)
			lines[count++] = scr_medium(json_string_value(each));
	int chosen = dialog_choose(ui, tr("介质型号", "Medium"), lines, count, 0);
	if (chosen >= 0)
		text_copy(arg->medium, sizeof arg->medium, json_string_value(json_array_get(media, (size_t)chosen)));
	json_decref(media);
	return chosen >= 0;
}

/* Only a transfer's drawer is asked for; what comes in comes into this station's. */
static bool prepare(struct ui *ui, struct scan_arg *arg)
{
	const struct stock_deed_info *info = stock_deed_info(arg->deed);
	const char *title = stock_deed_title(arg->deed);
	if (arg->count)
		return choose_drawer(ui, tr("盘点哪个抽屉", "Which drawer is counted"), arg);
	if (arg->deed == STOCK_TRANSFER && !choose_drawer(ui, tr("调拨到哪个抽屉", "To which drawer"), arg))
		return false;
	if (info->site && !ask_text(ui, title, info->need_site ? tr("到哪个受理点（代码）", "To which point (its code)")
					: tr("从哪个受理点来（代码）；本点调出又退回的可以不填", "From which point (its code); may be left out for keys that come back"),
			tr("受理点", "point"), !info->need_site, 32, arg->site, sizeof arg->site))
		return false;
	if (info->medium && !choose_medium(ui, arg))
		return false;
	return !info->need_reason ||
		   ask_text(ui, title, tr("会记入流转记录和日志", "It goes into the key's moves and the journal"), tr("原因", "reason"), false, 100,
			   arg->reason, sizeof arg->reason);
}

static void start(struct ui *ui, bool count, enum stock_deed deed)
{
	struct scan_arg arg = {.count = count, .deed = deed};
	if (prepare(ui, &arg))
		ui_push(ui, &scr_scan, &arg);
}

static void filter_state(struct ui *ui, struct keys_screen *s)
{
	const char *states[24] = {"held", ""}, *lines[24];
	size_t count = 2, at = 0;
	for (size_t i = 0; key_state_at(i) && count < 24; i++)
		states[count++] = key_state_at(i);
	for (size_t i = 0; i < count; i++) {
		lines[i] = state_title(states[i]);
		at = strcmp(states[i], s->state) == 0 ? i : at;
	}
	int chosen = dialog_choose(ui, tr("看哪种状态", "Which state"), lines, count, at);
	if (chosen < 0)
		return;
	text_copy(s->state, sizeof s->state, states[chosen]);
	again(ui, s);
}

static void filter_drawer(struct ui *ui, struct keys_screen *s)
{
	json_t *drawers = NULL;
	struct error e = {0};
	if (stock_drawers(app_desk(ui), &drawers, &e) != OK)
		ui_fail(ui, &e);
	else if (choose_text(ui, tr("看哪个抽屉", "Which drawer"), drawers, s->drawer, tr("全部", "All"), s->drawer, sizeof s->drawer))
		again(ui, s);
	json_decref(drawers);
}

/* Actions ----------------------------------------------------------------------------------------------------- */

enum {
	DO_FILE = 1,
	DO_STATE,
	DO_DRAWER,
	DO_AGAIN,
	DO_COUNT,
	DO_BALANCE,
	DO_COUNTS,
	DO_FIND,
	DO_MOVES,
	DO_DEED /* and the deeds behind it */
};

static unsigned by_action(struct ui *ui, struct keys_screen *s, int action)
{
	const struct scan_arg file = {.deed = STOCK_RECEIVE};
	char serial[300] = "";
	if (action == DO_FILE && scan_by_file(ui, &file))
		again(ui, s);
	else if (action == DO_STATE)
		filter_state(ui, s);
	else if (action == DO_DRAWER)
		filter_drawer(ui, s);
	else if (action == DO_COUNT)
		start(ui, true, STOCK_RECEIVE);
	else if (action == DO_FIND && ask_text(ui, tr("查介质", "Find a key"), NULL, tr("序列号", "serial"), false, 64, serial, sizeof serial))
		show_one(ui, serial);
	else if (action == DO_BALANCE)
		stock_show_balance(ui);
	else if (action == DO_COUNTS)
		stock_show_counts(ui);
	else if (action >= DO_DEED)
		start(ui, false, (enum stock_deed)(action - DO_DEED));
	else if (action == DO_AGAIN) {
		s->inserted.due = true;
		again(ui, s);
	}
	return UI_DRAW;
}

static unsigned handle_keys(struct ui *ui, void *data, const struct event *event)
{
	struct keys_screen *s = data;
	if (event->action && event->action != DO_MOVES)
		return by_action(ui, s, event->action);
	switch (event->action == DO_MOVES && s->stock.list.count > 0 ? LIST_CHOSEN : list_handle(&s->stock.list, event)) {
	case LIST_CHOSEN:
		show_one(ui, table_text(&s->stock, "serial"));
		return UI_DRAW;
	case LIST_MOVED:
		return UI_DRAW;
	default:
		return UI_PASS;
	}
}

static unsigned back_keys(struct ui *ui, void *data)
{
	again(ui, data);
	return UI_DRAW;
}

#define DEED(deed, key, zh, en, help_zh, help_en, flags) {DO_DEED + (deed), key, zh, en, NULL, NULL, help_zh, help_en, \
	(flags) | ACTION_SPOT | ACTION_NEEDS((deed) == STOCK_DESTROY ? MAY_KEY_DESTROY : MAY_KEY_STOCK)}

static const struct action actions[] = {
	{DO_FILE, UI_KEY_F(2), "入库", "Receive", "介质", "Keys", "从 CSV 文件入库", "Receive keys by a CSV", ACTION_FIRST | ACTION_SPOT | ACTION_NEEDS(MAY_KEY_STOCK)},
	DEED(STOCK_RECEIVE, UI_KEY_F(6), "扫描入库", "Scan", "用扫描枪入库", "Receive keys by the scanner", ACTION_FIRST),
	DEED(STOCK_TRANSFER, 't', "调拨", "Transfer", "调拨到另一个抽屉", "To another drawer", ACTION_FIRST),
	{DO_COUNT, 'c', "盘点", "Count", NULL, NULL, "盘点一个抽屉", "Count a drawer", ACTION_FIRST | ACTION_SPOT | ACTION_NEEDS(MAY_KEY_STOCK)},
	DEED(STOCK_SPOIL, 's', "报损", "Spoil", "损坏的介质报损", "Write keys off as damaged", 0),
	DEED(STOCK_RETURN, 'r', "收回", "Take back", "收回客户交回的介质", "Take back keys from customers", 0),
	DEED(STOCK_DESTROY, 'x', "销毁", "Retire", "销毁损坏、收回和锁定的介质，要主管当场确认",
		"Take damaged, returned and locked keys out for good, with a manager on the spot", ACTION_HIDDEN),
	DEED(STOCK_LOSE, 'l', "报失", "Lost", "找不到的介质报失", "Write keys off as lost", ACTION_HIDDEN),
	DEED(STOCK_FIND, 'f', "找回", "Found", "丢失的介质找到了", "Lost keys are found again", ACTION_HIDDEN),
	DEED(STOCK_SEND, 'o', "调出", "Send", "调出到别的受理点", "Send keys to another point", ACTION_HIDDEN),
	DEED(STOCK_ARRIVE, 'a', "到货", "Arrival", "别的受理点调来的介质到货", "Keys have come from another point", ACTION_HIDDEN),
	{DO_MOVES, UI_KEY_ENTER, "流转", "Moves", "查看", "See", "选中的介质从入库起的流转", "The selected key's moves since it was received", 0},
	{DO_FIND, UI_KEY_F(3), "查介质", "Find", NULL, NULL, "按序列号查一个介质和它的流转", "One key by its serial, with its moves", 0},
	{DO_DRAWER, UI_KEY_F(4), "抽屉", "Drawer", NULL, NULL, "只看一个抽屉", "Only one drawer", 0},
	{DO_STATE, UI_KEY_F(7), "状态", "State", NULL, NULL, "只看一种状态", "Only one state", 0},
	{DO_BALANCE, 'b', "平衡", "Balance", NULL, NULL, "一天的库存平衡，按抽屉", "A day's balance by drawer", 0},
	{DO_COUNTS, 'k', "盘点记录", "Counts", NULL, NULL, "盘点记录和差异", "The counts, with their differences", ACTION_HIDDEN},
	{DO_AGAIN, UI_KEY_F(5), "刷新", "Refresh", NULL, NULL, NULL, NULL, 0},
	{0},
};

const struct screen_class scr_keys = {.zh = "介质库存",
	.en = "Key stock",
	.actions = actions,
	.open = open_keys,
	.draw = draw_keys,
	.handle = handle_keys,
	.tick = tick_keys,
	.back = back_keys,
	.close = close_keys};
