/* 订单查询: a customer's orders by the number of a document and a code to the agent, or by staff with a reason. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/agents.h"
#include "desk/query.h"
#include "rules/codes.h"
#include "rules/codeword.h"
#include "rules/transition.h"
#include "ui/dialog.h"
#include "ui/scr_about.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_entry.h"
#include "ui/scr_table.h"

enum { ROW_NUMBER, ROW_CODE, ROWS };
enum { DIGITS = 6, ABOVE = 7, BELOW = 5, KINDS_MOST = 16 };

struct query_screen {
	char kind[33], sent_to[40];
	struct line_entry rows[ROWS + 1];
	struct line_entries entries;
	json_t *found; /* NULL: still asking */
	struct table table;
};

static const char *document_state(const char *value)
{
	return codeword_pin(value);
}

static const struct table_column columns[] = {
	{"订单号", "Order", "order", 21, 0, AS_TEXT, NULL},
	{"证书名称", "Certificate", "product_title", 0, 0, AS_TEXT, NULL},
	{"业务", "Business", "business_title", 6, 0, AS_TEXT, scr_brief},
	{"介质号", "Key", "key_serial", 9, 0, AS_TEXT, NULL},
	{"申请时间", "Applied", "applied_at", 10, 0, AS_DAY, NULL},
	{"状态", "Status", "status_title", 8, 0, AS_TEXT, scr_brief},
	{"密码发送", "PIN", "pin_state", 10, 110, AS_TEXT, document_state},
	{"金额", "Amount", "amount", 10, 130, AS_MONEY, NULL},
	{0},
};

enum { COLUMN_BUSINESS = 2, COLUMN_STATUS = 5 };

static const char *kind_title(struct desk *d, const char *kind)
{
	const struct code_table *table = NULL;
	const struct code_row *row = codes_table(d->codes, "id_kinds", &table, NULL) == OK ? codes_find(table, kind) : NULL;
	return row ? tr(row->zh, row->en) : tr("统一社会信用代码", "credit code");
}

static void close_query(struct ui *ui, void *data)
{
	struct query_screen *s = data;
	(void)ui;
	entries_end(&s->entries);
	table_end(&s->table);
	json_decref(s->found);
	free(s);
}

static enum err open_query(struct ui *ui, void *arg, void **data, struct error *e)
{
	static const struct line_entry rows[ROWS + 1] = {
		{.zh = "证件号码", .en = "Number", .columns = 30, .limit = 40, .flags = EDIT_FOLD | EDIT_UPPER, .input = TERM_INPUT_LATIN},
		{.zh = "短信验证码",
			.en = "Code",
			.columns = DIGITS + 2,
			.limit = DIGITS,
			.flags = EDIT_FOLD | EDIT_DIGITS,
			.fixed = true,
			.input = TERM_INPUT_LATIN},
	};
	struct query_screen *s = calloc(1, sizeof *s);
	(void)ui, (void)arg;
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	memcpy(s->rows, rows, sizeof rows);
	text_copy(s->kind, sizeof s->kind, "uscc");
	table_start(&s->table, columns, "没有订单", "No orders");
	enum err rc = entries_start(&s->entries, s->rows);
	s->rows[ROW_CODE].hidden = true;
	if (rc != OK)
		close_query(ui, s);
	else
		*data = s;
	return rc;
}

static void draw_asking(struct ui *ui, struct query_screen *s, struct pane *pane)
{
	const char *outbox = strcmp(notify_driver_name(app_desk(ui)->notify), "outbox") == 0
		? tr("  [演示：短信写入 outbox]", "  [demo: written to outbox]")
		: "";
	pane_cell(pane, 2, 0, 14, ROLE_LABEL, tr("证件类型", "Kind"), true);
	pane_text(pane, 2, 16, ROLE_STRONG, kind_title(app_desk(ui), s->kind));
	pane_text(pane, 2, 48, ROLE_HINT, tr("F4 换证件类型", "F4 changes the kind"));
	struct pane fields = pane_part(pane, 4, 0, pane->rows - 4, pane->columns);
	entries_draw(ui, &s->entries, &fields, 0, 14, true, true);
	if (*s->sent_to)
		pane_format(pane, 8, 1, ROLE_NORMAL, tr("验证码已发送至经办人手机 %s%s", "A code was sent to the agent's mobile %s%s"), s->sent_to, outbox);
	else
		pane_text(pane, 8, 1, ROLE_HINT, tr("输入号码后按回车：向留存的经办人手机发送验证码", "Enter after the number sends a code to the agent's mobile on file"));
	if (app_may(ui, MAY_QUERY_LOOK))
		pane_text(pane, 9, 1, ROLE_HINT, tr("客户不在场、确需查看时：F6，写明理由（会记录）", "Without the customer: F6, with a reason (journalled)"));
}

/* Number and where it is; where one was taken back, the red one's too. */
static void invoice_text(const json_t *row, char *out, size_t size)
{
	const json_t *invoice = json_object_get(row, "invoice"), *red = json_object_get(row, "red_invoice");
	char when[SCR_TIME_SIZE];
	if (!json_is_object(invoice)) {
		text_copy(out, size, tr("没有", "none"));
		return;
	}
	const char *sent = json_text(invoice, "sent_at");
	int n = snprintf(out, size, "%s  %s%s%s", json_text(invoice, "state_title"), json_text(invoice, "number"),
		*sent ? tr("  已发送 ", "  sent ") : "", scr_time(sent, when));
	if (json_is_object(red) && n > 0 && (size_t)n < size)
		snprintf(out + n, size - (size_t)n, "%s%s%s%s", tr("  红字 ", "  red "), json_text(red, "number"),
			*json_text(red, "sent_at") ? tr(" 已发送 ", " sent ") : "", scr_time(json_text(red, "sent_at"), when));
}

/* How the PIN of the chosen order went, its certificate and its invoice. */
static void draw_chosen(const struct query_screen *s, const struct pane *p)
{
	const json_t *row = table_row(&s->table), *pin = json_object_get(row, "pin");
	char when[SCR_TIME_SIZE], text[300];
	if (!row)
		return;
	if (json_is_object(pin))
		snprintf(text, sizeof text, "%s  %s  %s", codeword_channel(json_text(pin, "channel")), codeword_pin(json_text(pin, "state")), scr_time(json_text(pin, "sent_at"), when));
	else
		text_copy(text, sizeof text, tr("没有发送", "none was sent"));
	pane_pair(p, 0, 14, tr("证书密码", "PIN"), text, ROLE_NORMAL);
	pane_pair(p, 1, 14, tr("证书序列号", "Certificate"), *json_text(row, "certificate") ? json_text(row, "certificate") : tr("没有", "none"), ROLE_NORMAL);
	invoice_text(row, text, sizeof text);
	pane_pair(p, 2, 14, tr("发票", "Invoice"), text, ROLE_NORMAL);
	pane_text(p, 3, 1, ROLE_GOOD, json_flag(row, "unfinished") ? tr("按回车继续办理", "Enter goes on with it") : tr("按回车查看订单", "Enter opens it"));
}

static void draw_query(struct ui *ui, void *data, struct pane *pane)
{
	struct query_screen *s = data;
	char title[400];
	if (!s->found) {
		pane_line(pane, 0, tr("订单查询", "A customer's orders"));
		draw_asking(ui, s, pane);
		return;
	}
	struct pane list = pane_part(pane, 1, 0, pane->rows - BELOW - 1, pane->columns);
	struct pane chosen = pane_part(pane, pane->rows - BELOW + 1, 0, BELOW - 1, pane->columns);
	ui_typing(ui, false, TERM_INPUT_LATIN);
	snprintf(title, sizeof title, tr("%s 的订单", "Orders of %s"), json_text(s->found, "customer"));
	pane_line(pane, 0, title);
	pane_line(pane, pane->rows - BELOW, tr("选中的订单", "The chosen one"));
	draw_chosen(s, &chosen);
	if (lang_now() == LANG_EN) {
		s->table.heads[COLUMN_BUSINESS].width = SCR_BRIEF;
		s->table.heads[COLUMN_STATUS].width = SCR_BRIEF;
	}
	list_draw(&s->table.list, &list);
}

/* Drafts first, then orders; one table. */
static void show(struct ui *ui, struct query_screen *s, json_t *found)
{
	json_t *rows = json_array(), *each;
	const struct code_table *products = NULL;
	size_t i;
	codes_table(app_desk(ui)->codes, "products", &products, NULL);
	json_array_foreach(json_object_get(found, "drafts"), i, each) {
		json_object_set_new(each, "status_title", json_string(status_title("draft")));
		json_object_set(each, "applied_at", json_object_get(each, "touched_at"));
		json_object_set_new(each, "unfinished", json_true());
		json_array_append(rows, each);
	}
	json_array_foreach(json_object_get(found, "orders"), i, each) {
		const struct code_row *product = products ? codes_find(products, json_text(each, "product")) : NULL;
		json_object_set_new(each, "product_title", json_string(product ? tr(product->zh, product->en) : json_text(each, "product")));
		json_object_set_new(each, "pin_state", json_string(json_text(json_object_get(each, "pin"), "state")));
		json_array_append(rows, each);
	}
	json_decref(s->found);
	s->found = found;
	table_set(&s->table, rows);
}

struct asked {
	const char *kind, *number, *code;
};

static enum err call_send(struct desk *d, struct call *c, struct error *e)
{
	return query_send_to(d, c->a, c->b, c->amount, &c->out, e);
}

/* The code goes to who stands here; false where nobody was chosen of several. */
static bool choose_agent(struct ui *ui, const struct query_screen *s, const char *number, int64_t *agent)
{
	json_t *all = NULL;
	bool one = strcmp(s->kind, "uscc") != 0 || agents_list(app_desk(ui), number, &all, NULL) != OK || json_array_size(all) < 2;
	bool good = one || scr_choose_agent(ui, all, tr("验证码发给哪位在册经办人", "Which agent on file gets the code"), agent);
	json_decref(all);
	return good;
}

static enum err call_code(struct desk *d, struct call *c, struct error *e)
{
	const struct asked *a = c->more;
	return query_code(d, a->kind, a->number, a->code, &c->out, e);
}

static enum err call_look(struct desk *d, struct call *c, struct error *e)
{
	const struct asked *a = c->more;
	return query_look(d, a->kind, a->number, a->code, &c->out, e);
}

static void send(struct ui *ui, struct query_screen *s)
{
	struct call c = {.a = s->kind, .b = entries_text(&s->entries, ROW_NUMBER)};
	struct error e = {0};
	if (!choose_agent(ui, s, c.b, &c.amount)) {
		s->entries.focus = ROW_NUMBER;
		return;
	}
	enum err rc = app_attempt(ui, call_send, &c, &e);
	if (rc == OK) {
		text_copy(s->sent_to, sizeof s->sent_to, json_text(c.out, "sent_to"));
		ui_good(ui, tr("验证码已发送至 %s", "A code was sent to %s"), s->sent_to);
	} else {
		ui_fail(ui, &e);
	}
	json_decref(c.out);
	if (rc == OK || rc == ERR_DESK_RESEND) { /* one is on its way: it can be keyed */
		s->rows[ROW_CODE].hidden = false;
		edit_clear(&s->rows[ROW_CODE].edit);
		s->entries.focus = ROW_CODE;
	} else {
		s->entries.focus = ROW_NUMBER;
	}
}

static void ask(struct ui *ui, struct query_screen *s)
{
	char code[16];
	text_copy(code, sizeof code, entries_text(&s->entries, ROW_CODE));
	struct asked a = {s->kind, entries_text(&s->entries, ROW_NUMBER), code};
	struct call c = {.more = &a};
	if (strlen(code) != DIGITS) {
		ui_warn(ui, "%s", tr("请输入短信里的 6 位验证码", "Key in the six digits of the message"));
		return;
	}
	if (app_do(ui, call_code, &c))
		show(ui, s, c.out);
	else
		edit_clear(&s->rows[ROW_CODE].edit);
}

static void look(struct ui *ui, struct query_screen *s)
{
	char reason[500] = "";
	struct asked a = {s->kind, entries_text(&s->entries, ROW_NUMBER), reason};
	struct call c = {.more = &a};
	struct dialog_ask question = {.title = tr("不用验证码查看", "Look without a code"),
		.text = tr("写明为什么查看，会留在记录里。", "Say why; it is journalled."),
		.label = tr("理由", "Reason"),
		.limit = 100,
		.input = TERM_INPUT_CHINESE};
	if (!*a.number)
		ui_warn(ui, "%s", tr("请先输入证件号码", "Key in the number first"));
	else if (dialog_ask(ui, &question, reason, sizeof reason) && app_do(ui, call_look, &c))
		show(ui, s, c.out);
}

static void choose_kind(struct ui *ui, struct query_screen *s)
{
	const char *lines[KINDS_MOST] = {tr("统一社会信用代码（单位）", "credit code (units)")}, *kinds[KINDS_MOST] = {"uscc"};
	const struct code_table *table = NULL;
	size_t n = 1, now = 0;
	if (codes_table(app_desk(ui)->codes, "id_kinds", &table, NULL) == OK)
		for (size_t i = 0; i < codes_count(table) && n < KINDS_MOST; i++, n++) {
			lines[n] = tr(codes_at(table, i)->zh, codes_at(table, i)->en);
			kinds[n] = codes_at(table, i)->code;
			now = strcmp(kinds[n], s->kind) == 0 ? n : now;
		}
	int chosen = dialog_choose(ui, tr("证件类型", "Kind of document"), lines, n, now);
	if (chosen < 0)
		return;
	text_copy(s->kind, sizeof s->kind, kinds[chosen]);
	s->rows[ROW_CODE].hidden = true;
	s->sent_to[0] = '\0';
	s->entries.focus = ROW_NUMBER;
}

/* An unfinished one goes on where it stands, the others open. */
static void open_chosen(struct ui *ui, struct query_screen *s)
{
	char no[ORDER_NO_SIZE];
	bool unfinished = json_flag(table_row(&s->table), "unfinished");
	text_copy(no, sizeof no, table_text(&s->table, "order"));
	json_t *order = *no ? app_order(ui, no) : NULL;
	if (!order)
		return;
	scr_open_order(ui, order, false, unfinished);
	json_decref(order);
}

enum { DO_KIND = 1, DO_SEND, DO_LOOK, DO_ANOTHER, DO_AGENTS };

static void another(struct query_screen *s)
{
	json_decref(s->found);
	s->found = NULL;
	table_set(&s->table, NULL);
	s->sent_to[0] = '\0';
	s->rows[ROW_CODE].hidden = true;
	edit_clear(&s->rows[ROW_NUMBER].edit);
	edit_clear(&s->rows[ROW_CODE].edit);
	s->entries.focus = ROW_NUMBER;
}

static unsigned act(struct ui *ui, struct query_screen *s, int action)
{
	switch (action) {
	case DO_KIND: choose_kind(ui, s); break;
	case DO_SEND: send(ui, s); break;
	case DO_LOOK: look(ui, s); break;
	case DO_AGENTS: scr_agents(ui, entries_text(&s->entries, ROW_NUMBER)); break;
	case DO_ANOTHER: another(s); break;
	default: return UI_PASS;
	}
	return UI_DRAW | UI_BARS;
}

static unsigned handle_asking(struct ui *ui, struct query_screen *s, const struct event *event)
{
	size_t focus = s->entries.focus;
	bool done = false;
	unsigned answer = entries_answer(ui, &s->entries, event, &done);
	if (done && focus == ROW_CODE)
		ask(ui, s);
	else if (done && *entries_text(&s->entries, ROW_NUMBER))
		send(ui, s);
	else if (focus == ROW_NUMBER && s->entries.focus == ROW_CODE && event->kind == EVENT_KEY && event->key == UI_KEY_ENTER)
		send(ui, s); /* another number than the first one's */
	return done ? UI_DRAW | UI_BARS : answer;
}

static unsigned handle_query(struct ui *ui, void *data, const struct event *event)
{
	struct query_screen *s = data;
	if (event->action && event->action < 1000)
		return act(ui, s, event->action);
	if (!s->found)
		return handle_asking(ui, s, event);
	switch (list_handle(&s->table.list, event)) {
	case LIST_CHOSEN:
		open_chosen(ui, s); /* may outlive this screen */
		return UI_DRAW;
	case LIST_MOVED:
		return UI_DRAW;
	default:
		return UI_PASS;
	}
}

static bool offered(struct ui *ui, void *data, int action)
{
	const struct query_screen *s = data;
	(void)ui;
	if (action == DO_AGENTS)
		return s->found && strcmp(s->kind, "uscc") == 0;
	if (action == DO_ANOTHER)
		return s->found != NULL;
	if (action == DO_LOOK)
		return !s->found;
	return !s->found && (action != DO_SEND || !s->rows[ROW_CODE].hidden);
}

static const struct action actions[] = {
	{DO_KIND, UI_KEY_F(4), "证件类型", "Kind", "查询", "Query", "换证件类型：单位代码、身份证、护照……", "Another kind of document", ACTION_FIRST},
	{DO_SEND, UI_KEY_F(5), "重发", "Again", NULL, NULL, "重新发送验证码（60 秒后）", "Send a new code, after 60 s", 0},
	{DO_LOOK, UI_KEY_F(6), "不用验证码", "No code", NULL, NULL, "不用验证码查看，写明理由（会记录）", "Look without a code, with a reason (journalled)", ACTION_NEEDS(MAY_QUERY_LOOK)},
	{DO_AGENTS, UI_KEY_F(7), "经办人", "Agents", NULL, NULL, "该单位的在册经办人；可移出在册", "The unit's agents on file; one can be taken off", ACTION_NEEDS(MAY_AGENT_REMOVE)},
	{DO_ANOTHER, UI_KEY_F(3), "再查一位", "Another", NULL, NULL, "查询另一个客户", "Another customer", 0},
	{0},
};

const struct screen_class scr_query = {.zh = "订单查询",
	.en = "Query",
	.actions = actions,
	.open = open_query,
	.draw = draw_query,
	.handle = handle_query,
	.close = close_query,
	.offered = offered,
	.token = scr_about_token};
