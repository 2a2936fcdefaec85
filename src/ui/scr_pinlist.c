/* 密码待送银行: first PINs that go to the unit's account, and the list that takes them to the bank. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/pinlist.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_table.h"

static const struct table_column columns[] = {
	{"订单号", "Order", "order", 21, 0, AS_TEXT, NULL},
	{"名称", "Name", "name", 0, 0, AS_TEXT, NULL},
	{"介质序列号", "Key", "key_serial", 12, 0, AS_TEXT, NULL},
	{"制证时间", "Made", "since", 16, 0, AS_TIME, NULL},
	{0},
};

static enum err read_rows(struct ui *ui, struct table *t, struct error *e)
{
	json_t *rows = NULL;
	enum err rc = pin_list_waiting(app_desk(ui), &rows, e);
	if (rc == OK)
		table_set(t, rows);
	return rc;
}

static void close_pins(struct ui *ui, void *data)
{
	(void)ui;
	table_end(data);
	free(data);
}

static enum err open_pins(struct ui *ui, void *arg, void **data, struct error *e)
{
	struct table *t = calloc(1, sizeof *t);
	(void)arg;
	if (!t)
		return error_set(e, ERR_MEMORY, "%s", "");
	table_start(t, columns, "没有等候送银行的证书密码", "No PIN waits for the bank");
	enum err rc = read_rows(ui, t, e);
	if (rc != OK)
		close_pins(ui, t);
	else
		*data = t;
	return rc;
}

static void draw_pins(struct ui *ui, void *data, struct pane *pane)
{
	struct table *t = data;
	struct pane list = pane_part(pane, 1, 0, pane->rows - 1, pane->columns);
	ui_typing(ui, false, TERM_INPUT_LATIN);
	pane_line(pane, 0, tr("付 1 分钱时写入附言的证书密码", "PINs for the remark of 0.01 yuan"));
	list_draw(&t->list, &list);
}

static unsigned back_pins(struct ui *ui, void *data)
{
	struct error e = {0};
	if (read_rows(ui, data, &e) != OK)
		ui_fail(ui, &e);
	return UI_DRAW | UI_BARS;
}

/* What a list needs: which one, whose certificate, where to. */
struct wish {
	const char *path, *bank;
	int64_t list;
};

static enum err call_make(struct desk *d, struct call *c, struct error *e)
{
	const struct wish *w = c->more;
	return pin_list_make(d, w->bank, w->path, w->list, &c->out, e);
}

static enum err call_bank(struct desk *d, struct call *c, struct error *e)
{
	const struct wish *w = c->more;
	return pin_list_bank(d, w->bank, e);
}

static void make(struct ui *ui, int64_t list)
{
	char path[1700], bank[1700] = "", date[11], name[80];
	struct wish w = {.path = path, .bank = bank, .list = list};
	struct call c = {.more = &w};
	desk_business_date(app_desk(ui), date);
	snprintf(name, sizeof name, tr("银行附言清单-%s.p7m", "bank-pins-%s.p7m"), date);
	app_home_path(path, sizeof path, name);
	if (!*app_desk(ui)->config.bank_certificate &&
		!app_ask_file(ui, tr("银行证书", "The bank's certificate"), tr("PEM 文件；清单只有银行能打开", "PEM file; only the bank can open the list"), bank,
			sizeof bank))
		return;
	if (!app_do(ui, call_bank, &c))
		return;
	if (!app_ask_path(ui, tr("银行附言清单", "The bank's list"),
			tr("加密给银行，要两人办理；写出后密码即算已发送。", "Sealed to the bank, by two persons; its PINs count as sent."), path, sizeof path) ||
		!app_do(ui, call_make, &c))
		return;
	ui_good(ui, tr("第 %lld 份清单，%lld 个密码：%s。请交给银行", "List %lld with %lld PINs: %s; take it to the bank"),
		(long long)json_number(c.out, "list"), (long long)json_number(c.out, "pins"), json_text(c.out, "path"));
	json_decref(c.out);
}

static void make_again(struct ui *ui)
{
	char number[24] = "";
	const struct dialog_ask ask = {.title = tr("再做一份", "Once more"),
		.text = tr("七天内的清单可以再做。密码重发给某个客户，请在订单里办理。", "A list of the last seven days. One customer's PIN is sent again from the order."),
		.label = tr("第几份清单", "List number"),
		.limit = 9,
		.digits = true,
		.input = TERM_INPUT_LATIN};
	if (dialog_ask(ui, &ask, number, sizeof number) && atoll(number) > 0)
		make(ui, atoll(number));
}

enum { DO_OPEN = 1, DO_MAKE, DO_AGAIN };

static unsigned open_order(struct ui *ui, const struct table *t)
{
	char no[ORDER_NO_SIZE];
	text_copy(no, sizeof no, table_text(t, "order"));
	if (*no)
		ui_push(ui, &scr_order, no);
	return UI_DRAW;
}

static bool offered(struct ui *ui, void *data, int action)
{
	const struct table *t = data;
	(void)ui;
	return action == DO_AGAIN || t->list.count > 0;
}

static unsigned handle_pins(struct ui *ui, void *data, const struct event *event)
{
	struct table *t = data;
	switch (event->action) {
	case DO_OPEN: return open_order(ui, t);
	case DO_MAKE: make(ui, 0); return back_pins(ui, t);
	case DO_AGAIN: make_again(ui); return back_pins(ui, t);
	default: break;
	}
	switch (list_handle(&t->list, event)) {
	case LIST_CHOSEN: return open_order(ui, t);
	case LIST_MOVED: return UI_DRAW;
	default: return UI_PASS;
	}
}

static const struct action actions[] = {
	{DO_OPEN, UI_KEY_ENTER, "订单", "Order", NULL, NULL, "打开订单", "Open the order", ACTION_FIRST},
	{DO_MAKE, UI_KEY_F(5), "出清单", "List", "银行附言", "For the bank", "做一份加密给银行的清单（两人办理）", "A list sealed to the bank, by two persons",
		ACTION_FIRST | ACTION_NEEDS(MAY_PIN_LIST)},
	{DO_AGAIN, 'g', "再做一份", "Again", NULL, NULL, "再做一份七天内的清单", "A list of the last seven days once more", ACTION_NEEDS(MAY_PIN_LIST)},
	{0},
};

const struct screen_class scr_pinlist = {.zh = "密码待送银行", .en = "PINs for the bank", .actions = actions, .open = open_pins, .draw = draw_pins,
	.handle = handle_pins, .back = back_pins, .close = close_pins, .offered = offered};
