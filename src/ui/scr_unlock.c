/* 解锁: the order's key in the reader, the code from the mail where identity was checked, and the customer's new PIN. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/order.h"
#include "desk/unlock.h"
#include "ui/dialog.h"
#include "ui/scr_about.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_entry.h"
#include "ui/scr_inserted.h"
#include "ui/scr_orderpage.h"

enum { DIGITS = 6, LIST = 4, BELOW = 6 };

struct unlock_screen {
	char no[ORDER_NO_SIZE];
	json_t *order;
	struct sheet sheet;
	struct inserted inserted;
	struct line_entry rows[2];
	struct line_entries entries;
	bool by_code; /* a code is needed: from the mail, or … */
	bool by_phone; /* … sent to the phone on file, once its answer for the order is too old */
	char failed[700];
};

static const char *key_of(const struct unlock_screen *s)
{
	return json_text(json_object_get(s->order, "about"), "key_serial");
}

/* The row of a key that is in, or NULL. */
static const json_t *inserted_row(const struct unlock_screen *s, const char *serial)
{
	const json_t *each;
	size_t i;
	json_array_foreach(s->inserted.table.rows, i, each)
		if (strcmp(json_text(each, "serial"), serial) == 0)
			return each;
	return NULL;
}

static void close_unlock(struct ui *ui, void *data)
{
	struct unlock_screen *s = data;
	(void)ui;
	inserted_end(&s->inserted);
	entries_end(&s->entries);
	sheet_clear(&s->sheet);
	json_decref(s->order);
	free(s);
}

/* What the order asks for now. */
static void take(struct unlock_screen *s)
{
	const json_t *about = json_object_get(s->order, "about");
	s->by_code = json_flag(about, "unlock_code");
	s->by_phone = !json_flag(about, "review");
	if (s->by_phone) {
		s->rows[0].hint_zh = "发到预留手机（F6 发送）";
		s->rows[0].hint_en = "sent to the phone on file (F6)";
	}
}

static enum err open_unlock(struct ui *ui, void *arg, void **data, struct error *e)
{
	static const struct line_entry code = {.zh = "解锁授权码",
		.en = "Unlock code",
		.columns = DIGITS + 2,
		.limit = DIGITS,
		.flags = EDIT_FOLD | EDIT_DIGITS,
		.fixed = true,
		.input = TERM_INPUT_LATIN,
		.hint_zh = "在经办人的电子邮件里",
		.hint_en = "in the agent's e-mail"};
	struct unlock_screen *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	text_copy(s->no, sizeof s->no, arg);
	s->rows[0] = code;
	inserted_start(&s->inserted);
	enum err rc = entries_start(&s->entries, s->rows);
	if (rc == OK)
		rc = order_show(app_desk(ui), s->no, &s->order, e);
	if (rc != OK) {
		close_unlock(ui, s);
		return rc;
	}
	take(s);
	page_summary(&s->sheet, app_desk(ui), s->order);
	page_about(&s->sheet, app_desk(ui), s->order);
	*data = s;
	return OK;
}

static void draw_key(const struct unlock_screen *s, const struct pane *p, int row)
{
	const json_t *in = inserted_row(s, key_of(s)), *tries = json_object_get(in, "pin_tries");
	size_t count = json_array_size(s->inserted.table.rows);
	if (!in && count == 1)
		pane_format(p, row, 1, ROLE_WARN, tr("插入的介质 %s 不是这张订单的（应为 %s）", "Key %s is in, which is not this order's; insert %s"),
			table_text(&s->inserted.table, "serial"), key_of(s));
	else if (!in)
		pane_format(p, row, 1, ROLE_WARN, tr("请插入介质 %s", "Insert key %s"), key_of(s));
	else if (count > 1)
		pane_format(p, row, 1, ROLE_WARN, tr("插了 %zu 个介质，请只留 %s", "%zu keys are in; leave only %s"), count, key_of(s));
	else if (json_is_integer(tries) && json_integer_value(tries) == 0)
		pane_format(p, row, 1, ROLE_GOOD, tr("✓ 介质 %s 已插入，证书密码已锁死（还可以试 0 次）", "✓ key %s is in; its PIN is blocked (0 tries left)"), key_of(s));
	else if (json_is_integer(tries))
		pane_format(p, row, 1, ROLE_GOOD, tr("✓ 介质 %s 已插入，证书密码还可以试 %lld 次", "✓ key %s is in; %lld tries of its PIN are left"), key_of(s),
			(long long)json_integer_value(tries));
	else
		pane_format(p, row, 1, ROLE_GOOD, tr("✓ 介质 %s 已插入", "✓ key %s is in"), key_of(s));
}

static void draw_unlock(struct ui *ui, void *data, struct pane *pane)
{
	struct unlock_screen *s = data;
	int bottom = pane->rows - LIST - BELOW - 2;
	struct pane head = pane_part(pane, 1, 0, bottom - 1, pane->columns);
	struct pane p = pane_part(pane, bottom, 0, BELOW, pane->columns);
	struct pane keys = pane_part(pane, pane->rows - LIST, 0, LIST, pane->columns);
	page_head(pane, s->no, json_text(s->order, "name"), "");
	sheet_draw(&s->sheet, &head, PAGE_LABELS);
	pane_line(&p, 0, tr("解锁", "Unlock"));
	draw_key(s, &p, 1);
	pane_line(pane, pane->rows - LIST - 1, tr("已插入的介质", "Keys that are in"));
	inserted_draw(&s->inserted, &keys);
	if (s->by_code) {
		entries_draw(ui, &s->entries, &p, 2, 12, false, true);
	} else {
		ui_typing(ui, false, TERM_INPUT_LATIN);
		pane_cursor(pane, bottom, 0);
	}
	if (*s->failed)
		pane_wrapped(&p, 3, 1, p.columns - 2, 3, ROLE_ERROR, s->failed);
	else if (inserted_row(s, key_of(s)))
		pane_text(&p, 4, 1, ROLE_HINT, s->by_code
			? tr("输入解锁授权码，然后由客户设置新的证书密码", "Key in the unlock code; then the customer sets a new PIN")
			: tr("按回车，由客户设置新的证书密码", "Press Enter; then the customer sets a new PIN"));
}

struct unlocking {
	struct desk *desk;
	const char *no, *code;
	const struct secret *pin;
	json_t *order;
};

static enum err work(struct job *job, void *arg, struct error *e)
{
	struct unlocking *u = arg;
	(void)job;
	return key_unlock(u->desk, u->no, u->code, u->pin, &u->order, e);
}

static enum err call_unlock(struct desk *d, struct call *c, struct error *e)
{
	struct unlocking u = {.desk = d, .no = c->no, .code = c->a, .pin = c->secret};
	enum err rc = dialog_job(c->more, tr("解锁", "Unlock"), tr("正在解锁，请勿拔出介质。", "Unlocking; don't pull the key."), work, &u, e);
	c->out = u.order;
	return rc;
}

/* While the screen stood open the phone's answer may have become too old. */
static void read_again(struct ui *ui, struct unlock_screen *s)
{
	json_t *order = NULL;
	if (order_show(app_desk(ui), s->no, &order, NULL) != OK)
		return;
	json_decref(s->order);
	s->order = order;
	take(s);
}

static void refused(struct ui *ui, struct unlock_screen *s, const struct error *e)
{
	error_sentence(e, s->failed, sizeof s->failed);
	edit_clear(&s->rows[0].edit);
	s->inserted.due = true;
	read_again(ui, s);
	ui_error(ui, "%s", tr("没有解锁，见屏幕中间的说明", "Not unlocked; see above"));
}

static void unlock(struct ui *ui, struct unlock_screen *s)
{
	struct secret pin = {0};
	struct error e = {0};
	char code[16];
	inserted_ask(ui, &s->inserted);
	text_copy(code, sizeof code, s->by_code ? entries_text(&s->entries, 0) : "");
	if (!inserted_row(s, key_of(s))) {
		ui_warn(ui, tr("请先插入介质 %s", "Insert key %s first"), key_of(s));
		return;
	}
	if (s->by_code && strlen(code) != DIGITS) {
		ui_warn(ui, "%s", tr("请输入 6 位解锁授权码", "Key in the six digits of the unlock code"));
		return;
	}
	/* who may not and is authorised on the spot for it is asked once, for the whole */
	if (app_may(ui, MAY_UNLOCK) && key_unlock_ready(app_desk(ui), s->no, s->by_code ? code : NULL, &e) != OK) {
		refused(ui, s, &e);
		return;
	}
	s->failed[0] = '\0';
	if (!scr_ask_new_pin(ui, key_of(s), &pin))
		return;
	struct call c = {.no = s->no, .a = s->by_code ? code : NULL, .secret = &pin, .more = ui};
	enum err rc = app_attempt(ui, call_unlock, &c, &e);
	secret_wipe(&pin);
	if (rc != OK) {
		refused(ui, s, &e);
		return;
	}
	ui_good(ui, tr("介质 %s 已解锁，新的证书密码已生效", "Key %s is unlocked; the new PIN counts"), key_of(s));
	json_decref(c.out);
	ui_pop(ui);
}

static enum err call_send(struct desk *d, struct call *c, struct error *e)
{
	return key_unlock_send(d, c->no, &c->out, e);
}

static void send(struct ui *ui, struct unlock_screen *s)
{
	struct call c = {.no = s->no};
	if (app_do(ui, call_send, &c))
		ui_good(ui, tr("解锁授权码已重新发送至 %s", "An unlock code was sent to %s"), json_text(c.out, "sent_to"));
	json_decref(c.out);
}

enum { DO_AGAIN = 1, DO_SEND };

static unsigned handle_unlock(struct ui *ui, void *data, const struct event *event)
{
	struct unlock_screen *s = data;
	if (event->action == DO_AGAIN) {
		s->inserted.due = true;
		return UI_DRAW;
	}
	if (event->action == DO_SEND) {
		send(ui, s);
		return UI_DRAW | UI_BARS;
	}
	if (!s->by_code && event->kind == EVENT_KEY && event->key == UI_KEY_ENTER) {
		unlock(ui, s);
		return UI_DRAW | UI_BARS;
	}
	bool done = false;
	unsigned answer = s->by_code ? entries_answer(ui, &s->entries, event, &done) : UI_PASS;
	if (!done)
		return answer == UI_PASS && sheet_handle(&s->sheet, event) ? UI_DRAW : answer;
	unlock(ui, s);
	return UI_DRAW | UI_BARS;
}

static unsigned tick_unlock(struct ui *ui, void *data)
{
	struct unlock_screen *s = data;
	bool was = inserted_row(s, key_of(s)) != NULL;
	unsigned flags = inserted_tick(ui, &s->inserted);
	if (!was && inserted_row(s, key_of(s)))
		ui_say(ui, "%s", ""); /* that it was asked for is over */
	return flags;
}

static bool offered(struct ui *ui, void *data, int action)
{
	const struct unlock_screen *s = data;
	(void)ui;
	return action != DO_SEND || s->by_code;
}

static const struct action actions[] = {
	{DO_AGAIN, UI_KEY_F(5), "重新读卡", "Read again", "解锁", "Unlock", "重新查找已插入的介质", "Look for keys again", 0},
	{DO_SEND, UI_KEY_F(6), "重发授权码", "Code again", NULL, NULL, "向经办人的邮箱或预留手机重新发送解锁授权码", "Send the unlock code again, to the agent's e-mail or the phone on file", 0},
	{0},
};

const struct screen_class scr_unlock = {.zh = "解锁",
	.en = "Unlock",
	.actions = actions,
	.open = open_unlock,
	.draw = draw_unlock,
	.handle = handle_unlock,
	.tick = tick_unlock,
	.close = close_unlock,
	.offered = offered};
