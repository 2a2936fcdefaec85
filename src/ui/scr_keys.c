/* 介质库存: what is in the drawer, and what is in the readers; receiving a delivery's list. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/keys.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_inserted.h"
#include "ui/scr_sheet.h"

struct keys_screen {
	struct table stock;
	struct inserted inserted;
};

static const struct table_column columns[] = {
	{"序列号", "Serial", "serial", 16, 0, AS_TEXT, NULL},
	{"介质", "Medium", "medium", 14, 0, AS_TEXT, scr_medium},
	{"状态", "State", "state", 12, 0, AS_TEXT, scr_key_state},
	{"抽屉", "Drawer", "drawer", 8, 0, AS_TEXT, NULL},
	{"订单", "Order", "order", 0, 0, AS_TEXT, NULL},
	{"更新时间", "Updated", "updated_at", 16, 100, AS_TIME, NULL},
	{0},
};

static enum err read_stock(struct ui *ui, struct keys_screen *s, struct error *e)
{
	json_t *rows = NULL;
	enum err rc = keys_stock(app_desk(ui), &rows, e);
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
	table_start(&s->stock, columns, "库存里没有介质。按 F2 入库", "No keys in stock. F2 receives some");
	enum err rc = read_stock(ui, s, e);
	if (rc != OK) {
		free(s);
		return rc;
	}
	inserted_start(&s->inserted);
	*data = s;
	return OK;
}

static void draw_keys(struct ui *ui, void *data, struct pane *pane)
{
	struct keys_screen *s = data;
	struct pane top = pane_part(pane, 1, 0, 4, pane->columns),
				below = pane_part(pane, 7, 0, pane->rows - 7, pane->columns);
	char title[100];
	size_t left = 0, i;
	const json_t *each;
	ui_typing(ui, false, TERM_INPUT_LATIN);
	json_array_foreach(s->stock.rows, i, each)
		left += strcmp(json_text(each, "state"), "in-stock") == 0;
	pane_line(pane, 0, tr("已插入的介质", "Keys that are in"));
	inserted_draw(&s->inserted, &top);
	snprintf(title, sizeof title, tr("库存：在库 %zu，共 %zu", "Stock: %zu left of %zu"), left, s->stock.list.count);
	pane_line(pane, 6, title);
	list_draw(&s->stock.list, &below);
}

static unsigned tick_keys(struct ui *ui, void *data)
{
	struct keys_screen *s = data;
	return inserted_tick(ui, &s->inserted);
}

static enum err call_receive(struct desk *d, struct call *c, struct error *e)
{
	return keys_receive(d, c->a, &c->out, e);
}

static void receive(struct ui *ui, struct keys_screen *s)
{
	char path[1700] = "";
	struct call c = {.a = path};
	struct error e = {0};
	if (!app_ask_path(ui, tr("介质入库", "Receive keys"),
			tr("CSV 文件，列为 serial,medium", "A CSV with serial,medium"), path, sizeof path) ||
		!app_do(ui, call_receive, &c))
		return;
	ui_good(ui, tr("已入库 %lld 个介质", "%lld keys received"), (long long)json_number(c.out, "received"));
	json_decref(c.out);
	if (read_stock(ui, s, &e) != OK)
		ui_fail(ui, &e);
}

static void show_one(struct ui *ui, struct keys_screen *s)
{
	struct error e = {0};
	json_t *key = NULL;
	const json_t *each;
	struct bytes text = {0};
	size_t i;
	char when[SCR_TIME_SIZE];
	if (keys_info(app_desk(ui), table_text(&s->stock, "serial"), &key, &e) != OK) {
		ui_fail(ui, &e);
		return;
	}
	bytes_format(&text, "%s  %s  %s\n\n", json_text(key, "serial"),
		scr_medium(json_text(key, "medium")),
		scr_key_state(json_text(key, "state")));
	json_array_foreach(json_object_get(key, "moves"), i, each)
		bytes_format(&text, "%s  %s → %s  %s  %s\n", scr_time(json_text(each, "moved_at"), when),
			scr_key_state(json_text(each, "from_state")), scr_key_state(json_text(each, "to_state")),
			json_text(each, "order"), json_text(each, "reason"));
	dialog_text(ui, tr("介质", "Key"), text.data ? (char *)text.data : "", NULL);
	bytes_free(&text);
	json_decref(key);
}

enum { DO_RECEIVE = 1, DO_AGAIN };

static unsigned handle_keys(struct ui *ui, void *data, const struct event *event)
{
	struct keys_screen *s = data;
	struct error e = {0};
	if (event->action == DO_RECEIVE) {
		receive(ui, s);
		return UI_DRAW;
	}
	if (event->action == DO_AGAIN) {
		s->inserted.due = true;
		if (read_stock(ui, s, &e) != OK)
			ui_fail(ui, &e);
		return UI_DRAW;
	}
	switch (list_handle(&s->stock.list, event)) {
	case LIST_CHOSEN:
		show_one(ui, s);
		return UI_DRAW;
	case LIST_MOVED:
		return UI_DRAW;
	default:
		return UI_PASS;
	}
}

static const struct action actions[] = {
	{DO_RECEIVE, UI_KEY_F(2), "入库", "Receive", "介质", "Keys", "从 CSV 文件入库", "Receive keys by a CSV", ACTION_FIRST},
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
	.close = close_keys};
