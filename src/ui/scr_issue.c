/* 制证: the order's items above, the keys that are in below. Enter issues onto the selected one; after a cut it goes on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/fieldtext.h"
#include "desk/issue.h"
#include "desk/cert.h"
#include "desk/order.h"
#include "rules/business.h"
#include "rules/transition.h"
#include "ui/dialog.h"
#include "ui/scr_about.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_inserted.h"
#include "ui/scr_orderpage.h"

struct issue_screen {
	char no[ORDER_NO_SIZE];
	json_t *order;
	struct sheet sheet;
	struct inserted inserted;
	char failed[700]; /* the last attempt's sentence */
	char failed_on[64]; /* … and its key */
	bool again;       /* onto the key that the order is about, by its holder's PIN */
	bool asked;       /* … which was asked for as soon as the key was seen */
	bool gone;        /* it was pulled, or another one lay beside it */
	bool accept;      /* it is written: the customer looks at the certificate */
};

static void take_order(struct ui *ui, struct issue_screen *s, json_t *order)
{
	json_decref(s->order);
	s->order = order;
	sheet_clear(&s->sheet);
	page_summary(&s->sheet, app_desk(ui), order);
	bool made = page_is_made(order);
	if (made)
		page_items(&s->sheet, app_desk(ui), order);
	page_about(&s->sheet, app_desk(ui), order);
	if (!made)
		page_items(&s->sheet, app_desk(ui), order);
}

static void close_issue(struct ui *ui, void *data)
{
	struct issue_screen *s = data;
	(void)ui;
	inserted_end(&s->inserted);
	sheet_clear(&s->sheet);
	json_decref(s->order);
	free(s);
}

/* What is on the customer's key now is shown before they go: there is no hand-over. */
static void show_certificate(struct ui *ui, struct issue_screen *s)
{
	json_t *rows = NULL;
	sheet_clear(&s->sheet);
	sheet_head(&s->sheet, tr("新证书内容（请客户核对并接受）", "The new certificate, for the customer to accept"));
	if (certs_list(app_desk(ui), s->no, NULL, &rows, NULL) == OK)
		page_certificate(&s->sheet, app_desk(ui), json_array_get(rows, 0));
	json_decref(rows);
	s->accept = true;
}

static enum err open_issue(struct ui *ui, void *arg, void **data, struct error *e)
{
	json_t *order = NULL;
	struct issue_screen *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	text_copy(s->no, sizeof s->no, arg);
	enum err rc = order_show(app_desk(ui), s->no, &order, e);
	if (rc != OK) {
		free(s);
		return rc;
	}
	take_order(ui, s, order);
	const struct business *b = business_find(json_text(order, "business"));
	s->again = b && b->makes == MAKES_AGAIN;
	inserted_start(&s->inserted);
	if (transition_to(json_text(order, "business"), json_text(order, "status"), "accept"))
		show_certificate(ui, s);
	*data = s;
	return OK;
}

/* A key of another drawer may be used; whoever takes it knows, and so will the one who counts that drawer. */
static void say_drawer(struct ui *ui, const struct issue_screen *s, struct pane *pane, int row)
{
	const char *drawer = table_text(&s->inserted.table, "drawer"), *state = table_text(&s->inserted.table, "state");
	if (strcmp(state, "in-stock") == 0 && strcmp(drawer, app_desk(ui)->station) != 0)
		pane_format(pane, row, 1, ROLE_WARN, tr("%s 是抽屉 %s 的，不是本工位 %s 的：可以用，会记录", "%s is drawer %s's, not this station's (%s): usable, and recorded"),
			table_text(&s->inserted.table, "serial"), drawer, app_desk(ui)->station);
}

static const char *about_key_of(const struct issue_screen *s)
{
	return json_text(json_object_get(s->order, "about"), "key_serial");
}

/* Which kind of key the next item wants, and whose. */
static void ask_for_key(struct ui *ui, const struct issue_screen *s, struct pane *pane, int row)
{
	const json_t *each, *next = NULL;
	size_t i;
	json_array_foreach(json_object_get(s->order, "items"), i, each)
		if (!next && strcmp(json_text(each, "step"), "issued") != 0)
			next = each;
	bool own = json_flag(next, "own_medium") || json_number(next, "own_medium");
	pane_format(pane, row, 1, ROLE_STRONG,
		own ? tr("插入客户自备的介质（%s），选中后按回车开始制证", "Insert the customer's own %s, choose it, and press Enter to issue")
			: tr("插入一个在库的介质（%s），选中后按回车开始制证", "Insert a %s from the stock, choose it, and press Enter to issue"),
		code_text(app_desk(ui), "media", json_text(next, "medium")));
}

static void draw_acceptance(struct issue_screen *s, struct pane *pane)
{
	struct pane page = pane_part(pane, 1, 0, pane->rows - 3, pane->columns);
	sheet_draw(&s->sheet, &page, PAGE_LABELS);
	pane_text(pane, pane->rows - 1, 1, ROLE_GOOD, tr("请客户核对新证书的内容；按回车表示客户已接受", "The customer reads the new certificate; Enter means it is accepted"));
	pane_cursor(pane, pane->rows - 1, 0);
}

static void draw_issue(struct ui *ui, void *data, struct pane *pane)
{
	struct issue_screen *s = data;
	int list = pane->rows > 30 ? 12 : 7;
	struct pane head = pane_part(pane, 1, 0, pane->rows - list - 4, pane->columns);
	struct pane keys = pane_part(pane, pane->rows - list, 0, list, pane->columns);
	ui_typing(ui, false, TERM_INPUT_LATIN);
	page_head(pane, s->no, json_text(s->order, "name"), "");
	if (s->accept) {
		draw_acceptance(s, pane);
		return;
	}
	sheet_draw(&s->sheet, &head, PAGE_LABELS);
	if (s->again && json_array_size(s->inserted.table.rows) > 1)
		pane_format(pane, pane->rows - list - 3, 1, ROLE_ERROR, tr("插了不止一个介质，请只留 %s", "More than one key is in; leave only %s"),
			about_key_of(s));
	else if (s->again && !*s->failed)
		pane_format(pane, pane->rows - list - 3, 1, ROLE_STRONG,
			tr("插入客户的同一个介质 %s（只插这一个），客户输入证书密码后写入",
				"Insert the same key %s and no other; the PIN is typed, then it is written"),
			about_key_of(s));
	else if (*s->failed)
		pane_wrapped(pane, pane->rows - list - 3, 1, pane->columns - 2, 2, ROLE_ERROR, s->failed);
	else
		ask_for_key(ui, s, pane, pane->rows - list - 3);
	if (!*s->failed)
		say_drawer(ui, s, pane, pane->rows - list - 2);
	pane_line(pane, pane->rows - list - 1, tr("已插入的介质", "Keys that are in"));
	inserted_draw(&s->inserted, &keys);
}

struct issuing {
	struct desk *desk;
	const char *no, *serial;
	const struct secret *pin; /* NULL: a key from the stock */
	struct job *job;
	json_t *order;
};

static void progress(void *arg, const struct issue_progress *p)
{
	struct issuing *i = arg;
	job_report(i->job, (size_t)p->done, (size_t)p->of, p->title);
}

/* In a thread of its own; meanwhile the ui touches neither desk nor keys. */
static enum err work(struct job *job, void *arg, struct error *e)
{
	struct issuing *i = arg;
	i->job = job;
	return issue_with_pin(i->desk, i->no, i->serial, i->pin, progress, i, &i->order, e);
}

static enum err call_issue(struct desk *d, struct call *c, struct error *e)
{
	struct issuing i = {.desk = d, .no = c->no, .serial = c->a, .pin = c->secret};
	enum err rc = dialog_job(c->more, tr("制证", "Issuing"),
		c->secret ? tr("请勿拔出介质，直到提示写入完成。", "Don't pull the key before it is said to be written.")
				  : tr("请勿拔出介质。生成密钥可能需要一两分钟。",
						"Don't pull the key. Making the pair may take a minute or two."),
		work, &i, e);
	c->out = i.order;
	return rc;
}

static bool finished(const json_t *order)
{
	const char *status = json_text(order, "status");
	return strcmp(status, "approved") != 0 && strcmp(status, "issuing") != 0;
}

/* The key that the item under way is being written to; "" where none is begun. */
static const char *begun_on(const json_t *order)
{
	const json_t *each;
	size_t i;
	json_array_foreach(json_object_get(order, "items"), i, each)
		if (*json_text(each, "key_serial") && strcmp(json_text(each, "step"), "issued") != 0)
			return json_text(each, "key_serial");
	return "";
}

/* Of the keys that are in, the one begun on, else one that can be taken: never one that is made for another order. */
static void select_key(struct issue_screen *s)
{
	const json_t *each;
	const char *first = s->again ? about_key_of(s) : begun_on(s->order);
	size_t i, best = SIZE_MAX;
	json_array_foreach(s->inserted.table.rows, i, each) {
		const char *state = json_text(each, "state");
		if (*first && strcmp(json_text(each, "serial"), first) == 0) {
			best = i;
			break;
		}
		if (best == SIZE_MAX && (strcmp(state, "in-stock") == 0 || strcmp(state, "customer-owned") == 0))
			best = i;
	}
	if (best != SIZE_MAX)
		list_select(&s->inserted.table.list, best);
}

/* Another key than the one begun on starts anew and gives the first one up: only after a word. */
static bool may_use(struct ui *ui, const struct issue_screen *s, const char *serial)
{
	char text[600];
	const char *first = begun_on(s->order);
	if (s->again || !*first || strcmp(first, serial) == 0)
		return true;
	snprintf(text, sizeof text,
		tr("这一件已在介质 %s 上开始制证。改用 %s 会从头再来：\n%s 被退回或报废，已为它签发的证书被吊销。\n"
		   "如果 %s 还在，请按 Esc，插入它继续。",
			"This certificate was begun on key %s. With %s it starts anew:\n%s is given back or written off, and what was "
			"issued for it is revoked.\nWhere %s is still at hand, press Esc and insert it."),
		first, serial, first, first);
	return dialog_confirm(ui, tr("换一个介质", "Another key"), text, tr("换介质重做", "start on the other key"));
}

/* Where the PINs of the order went. */
static const char *pin_sentence(const json_t *order)
{
	const json_t *each;
	size_t i;
	json_array_foreach(json_object_get(order, "pin_deliveries"), i, each)
		if (strcmp(json_text(each, "channel"), "remark") == 0)
			return tr("证书密码写入 1 分钱付款的附言，付款后客户在附言里查",
				"the PIN goes into the remark of the 0.01 yuan to the unit's account");
	return tr("证书密码已用短信发送", "the PIN was sent by SMS");
}

static void fail(struct ui *ui, struct issue_screen *s, const struct error *e)
{
	char sentence[500];
	json_t *order = app_order(ui, s->no);
	if (order)
		take_order(ui, s, order);
	snprintf(s->failed, sizeof s->failed, "%s %s", error_sentence(e, sentence, sizeof sentence),
		*begun_on(s->order) ? tr("（按回车再试，从断点继续）", "(Enter tries again, from where it stopped)") : "");
	ui_error(ui, "%s", tr("没有完成，见屏幕中间的说明", "Not done; see above"));
}

static void done(struct ui *ui, struct issue_screen *s, json_t *order, const char *serial)
{
	take_order(ui, s, order);
	if (!finished(s->order)) {
		ui_good(ui, "%s", tr("这一件已制证。请换下一个介质", "This one is issued. Insert the next key"));
	} else if (s->again) {
		show_certificate(ui, s);
		ui_good(ui, tr("证书已写入介质 %s，订单%s，等客户接受", "Written onto key %s; the order is %s until it is accepted"), serial, json_text(s->order, "status_title"));
	} else {
		ui_good(ui, tr("制证完成：介质 %s，%s", "Issued onto key %s; %s"), serial, pin_sentence(s->order));
		ui_pop(ui);
	}
}

/* `pin` is NULL for a key from the stock. False where only the PIN was wrong: `why` says so. */
static bool attempt(struct ui *ui, struct issue_screen *s, const char *serial, const struct secret *pin, char *why, size_t size)
{
	struct error e = {0};
	struct call c = {.no = s->no, .a = serial, .secret = pin, .more = ui};
	enum err rc = app_attempt(ui, call_issue, &c, &e);
	s->inserted.due = true;
	s->failed[0] = '\0';
	text_copy(s->failed_on, sizeof s->failed_on, serial);
	if (rc == ERR_TOKEN_PIN_WRONG && pin) {
		error_sentence(&e, why, size);
		return false;
	}
	if (rc != OK)
		fail(ui, s, &e);
	else
		done(ui, s, c.out, serial);
	return true;
}

/* Onto the customer's own key: the PIN signs, and a wrong one is asked for again. */
static void issue_again(struct ui *ui, struct issue_screen *s)
{
	char serial[TOKEN_SERIAL_SIZE], why[500] = "";
	struct secret pin = {0};
	bool over = false;
	text_copy(serial, sizeof serial, about_key_of(s));
	s->asked = true;
	while (!over && scr_ask_pin(ui, serial, *why ? why : NULL, &pin)) {
		over = attempt(ui, s, serial, &pin, why, sizeof why);
		secret_wipe(&pin);
	}
	secret_wipe(&pin);
}

static void issue(struct ui *ui, struct issue_screen *s)
{
	char serial[64];
	text_copy(serial, sizeof serial, inserted_serial(&s->inserted));
	if (!*serial)
		ui_warn(ui, "%s", tr("还没有插入介质", "No key is in yet"));
	else if (s->again)
		issue_again(ui, s);
	else if (may_use(ui, s, serial))
		attempt(ui, s, serial, NULL, NULL, 0);
}

/* The customer's own key, and no other. */
static bool key_ready(const struct issue_screen *s)
{
	return s->again && json_array_size(s->inserted.table.rows) == 1 && strcmp(inserted_serial(&s->inserted), about_key_of(s)) == 0;
}

/* What a refused key was told doesn't hold for another; the customer's own that is back is asked anew. One that another
 * window reads has not been away. */
static void keys_changed(struct issue_screen *s)
{
	const json_t *rows = s->inserted.table.rows;
	select_key(s);
	const char *serial = inserted_serial(&s->inserted);
	bool back = key_ready(s) && s->gone;
	if (!key_ready(s) && !(json_array_size(rows) == 1 && json_flag(json_array_get(rows, 0), "busy")))
		s->gone = true;
	if (back)
		s->asked = s->gone = false;
	if (back || (!s->again && *serial && !*begun_on(s->order) && strcmp(serial, s->failed_on) != 0))
		s->failed[0] = '\0';
}

/* The customer's key, alone in: the PIN is the next thing, without a key stroke. */
static unsigned tick_issue(struct ui *ui, void *data)
{
	struct issue_screen *s = data;
	if (s->accept)
		return UI_NONE;
	unsigned flags = inserted_tick(ui, &s->inserted);
	if (flags != UI_NONE)
		keys_changed(s);
	if (!s->asked && key_ready(s) && ui_wants_token(ui) == TOKEN_WANTED) {
		issue_again(ui, s);
		flags = UI_DRAW | UI_BARS;
	}
	return flags;
}

/* It reads keys by itself. */
static unsigned token_issue(struct ui *ui, void *data, const char *serial, bool in)
{
	(void)ui, (void)data, (void)serial, (void)in;
	return UI_NONE;
}

enum { DO_AGAIN = 1, DO_UNDO, DO_ACCEPT, DO_START };

static enum err call_accept(struct desk *d, struct call *c, struct error *e)
{
	return issue_accept(d, c->no, &c->out, e);
}

static void accept(struct ui *ui, struct issue_screen *s)
{
	struct call c = {.no = s->no};
	if (!app_do(ui, call_accept, &c))
		return;
	ui_good(ui, tr("客户已接受证书，订单%s", "The customer accepted the certificate; the order is %s"), json_text(c.out, "status_title"));
	json_decref(c.out);
	ui_pop(ui);
}

/* To leave is not to accept: the order waits under what is to be handed over. */
static unsigned handle_acceptance(struct ui *ui, struct issue_screen *s, const struct event *event)
{
	bool key = event->kind == EVENT_KEY;
	if (event->action == DO_ACCEPT) {
		accept(ui, s);
		return UI_DRAW | UI_BARS;
	}
	if (!key || (event->key != UI_KEY_ESC && event->key != UI_KEY_F(10)))
		return sheet_handle(&s->sheet, event) ? UI_DRAW : UI_PASS;
	ui_warn(ui, "%s", tr("客户还没有接受证书：订单停在“已制证”，按回车继续", "Not accepted yet: the order stays issued; Enter goes on"));
	ui_pop(ui);
	return UI_DRAW | UI_BARS;
}

static enum err call_undo(struct desk *d, struct call *c, struct error *e)
{
	return issue_undo(d, c->no, c->a, &c->out, e);
}

bool scr_undo_issue(struct ui *ui, const char *order)
{
	char no[ORDER_NO_SIZE], reason[500] = "";
	struct dialog_ask ask = {.title = tr("撤销制证", "Undo the issue"),
		.text = tr("订单退回“已通过”，已签发的证书立即吊销，证书密码作废。写过的介质如果不在读卡器里，按损坏登记。\n"
			   "写明理由，会留在记录里。",
			"The order is approved again; its certificate is revoked at once, its PIN void. A key that was written to "
			"and isn't in a reader counts as damaged.\nSay why; it is journalled."),
		.label = tr("理由", "Reason"),
		.limit = 100,
		.input = TERM_INPUT_CHINESE};
	struct call c = {.no = no, .a = reason};
	text_copy(no, sizeof no, order);
	if (!dialog_ask(ui, &ask, reason, sizeof reason) || !app_do(ui, call_undo, &c))
		return false;
	ui_good(ui, tr("制证已撤销，订单%s", "The issue is undone; the order is %s"), json_text(c.out, "status_title"));
	json_decref(c.out);
	return true;
}

static bool offered(struct ui *ui, void *data, int action)
{
	const struct issue_screen *s = data;
	(void)ui;
	if (s->accept || action == DO_ACCEPT)
		return s->accept && action == DO_ACCEPT;
	return action != DO_UNDO || strcmp(json_text(s->order, "status"), "issuing") == 0;
}

static unsigned handle_issue(struct ui *ui, void *data, const struct event *event)
{
	struct issue_screen *s = data;
	if (s->accept)
		return handle_acceptance(ui, s, event);
	if (event->action == DO_AGAIN) {
		s->inserted.due = true;
		return UI_DRAW;
	}
	if (event->action == DO_UNDO) {
		if (scr_undo_issue(ui, s->no))
			ui_pop(ui);
		return UI_DRAW | UI_BARS;
	}
	if (event->action == DO_START) {
		if (inserted_ask(ui, &s->inserted))
			select_key(s);
		issue(ui, s);
		return UI_DRAW | UI_BARS;
	}
	switch (list_handle(&s->inserted.table.list, event)) {
	case LIST_CHOSEN:
		issue(ui, s);
		return UI_DRAW | UI_BARS;
	case LIST_MOVED:
		return UI_DRAW;
	default:
		return UI_PASS;
	}
}

static const struct action actions[] = {
	{DO_ACCEPT, UI_KEY_ENTER, "接受", "Accept", "制证", "Issuing", "客户已核对新证书，表示接受", "The customer has read the new certificate and accepts it", ACTION_FIRST},
	{DO_START, UI_KEY_ENTER, "制证", "Issue", NULL, NULL, "在选中的介质上制证", "Issue onto the selected key", ACTION_FIRST},
	{DO_AGAIN, UI_KEY_F(5), "重新读卡", "Read again", NULL, NULL, "重新查找已插入的介质", "Look for keys again", 0},
	{DO_UNDO, UI_CTRL('z'), "撤销制证", "Undo", NULL, NULL, "撤销已开始的制证，写明理由",
		"Take back an issue that was begun, with a reason", ACTION_NEEDS(MAY_ISSUE_UNDO)},
	{0},
};

const struct screen_class scr_issue = {.zh = "制证",
	.en = "Issuing",
	.actions = actions,
	.open = open_issue,
	.draw = draw_issue,
	.handle = handle_issue,
	.tick = tick_issue,
	.close = close_issue,
	.offered = offered,
	.token = token_issue};
