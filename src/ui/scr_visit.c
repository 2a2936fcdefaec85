/* 来访: the day's visits; and one of them, its orders signed, paid and handed over together. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/sign.h"
#include "desk/visit.h"
#include "rules/transition.h"
#include "ui/dialog.h"
#include "ui/scr_about.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_table.h"
#include "ui/scr_taker.h"

enum { TOP = 4, BELOW = 5, CODE_DIGITS = 6 };

struct visit_screen {
	char no[VISIT_NO_SIZE];
	json_t *visit;
	struct table table;
};

enum { COLUMN_STATUS = 4 };
static const struct table_column columns[] = {
	{"订单号", "Order", "order", 21, 100, AS_TEXT, NULL},
	{"订单号", "Order", "order", 12, -100, AS_TEXT, scr_order_short},
	{"名称", "Name", "name", 0, 0, AS_TEXT, NULL},
	{"业务", "Business", "business_title", SCR_BRIEF, 100, AS_TEXT, scr_brief},
	{"状态", "Status", "status_title", 8, 0, AS_TEXT, scr_brief},
	{"应收", "Due", "due", 10, 0, AS_MONEY, NULL},
	{"下一步", "Next", "next_title", 14, 0, AS_TEXT, NULL},
	{0},
};

static long long count_of(const struct visit_screen *s, const char *name)
{
	return (long long)json_number(s->visit, name);
}

static enum role row_role(const json_t *row)
{
	return *json_text(row, "why") ? ROLE_WARN : ROLE_NORMAL;
}

/* Takes over what a use case says of the visit. */
static void take_over(struct visit_screen *s, json_t *visit)
{
	const json_t *rows = json_object_get(visit, "orders");
	size_t i;
	json_t *row;
	json_decref(s->visit);
	s->visit = visit;
	json_array_foreach((json_t *)rows, i, row)
		if (!*json_text(row, "name"))
			json_object_set_new(row, "name", json_string(tr("（还没有名称）", "(no name yet)")));
	table_set(&s->table, json_incref((json_t *)rows));
}

static enum err read_visit(struct ui *ui, struct visit_screen *s, struct error *e)
{
	json_t *visit = NULL;
	enum err rc = visit_show(app_desk(ui), s->no, &visit, e);
	if (rc == OK)
		take_over(s, visit);
	return rc;
}

static void close_visit(struct ui *ui, void *data)
{
	struct visit_screen *s = data;
	(void)ui;
	table_end(&s->table);
	json_decref(s->visit);
	free(s);
}

static enum err open_visit(struct ui *ui, void *arg, void **data, struct error *e)
{
	struct visit_screen *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	text_copy(s->no, sizeof s->no, arg);
	table_start(&s->table, columns, "还没有订单。F2 新办", "No order yet; F2 begins one");
	if (lang_now() == LANG_EN)
		s->table.heads[COLUMN_STATUS].width = SCR_BRIEF;
	s->table.role = row_role;
	enum err rc = read_visit(ui, s, e);
	if (rc != OK) {
		close_visit(ui, s);
		return rc;
	}
	*data = s;
	return OK;
}

/* What it is, which the table has room for on a wide terminal alone, and what it needs. */
static void draw_selected(const struct visit_screen *s, struct pane *p)
{
	char what[120] = "", more[40] = "", next[SCR_NEXT_SIZE], text[SCR_NEXT_SIZE + 20];
	const char *role = table_text(&s->table, "role"), *why = table_text(&s->table, "why");
	long long besides = json_number(table_row(&s->table), "more");
	if (besides)
		snprintf(more, sizeof more, tr("，另 %lld 个副锁", ", %lld secondary keys besides"), besides);
	if (table_row(&s->table))
		snprintf(what, sizeof what, "%s%s%s%s", table_text(&s->table, "business_title"), *role ? " · " : "", *role ? scr_role(role) : "", more);
	pane_text(p, 1, 1, ROLE_NORMAL, what);
	snprintf(text, sizeof text, tr("下一步：%s", "Next: %s"), scr_next_text(table_row(&s->table), next));
	pane_wrapped(p, 2, 1, p->columns - 2, BELOW - 2, *why ? ROLE_WARN : ROLE_HINT, *why ? why : table_row(&s->table) ? text : "");
}

static void draw_visit(struct ui *ui, void *data, struct pane *pane)
{
	struct visit_screen *s = data;
	struct pane list = pane_part(pane, TOP, 0, pane->rows - TOP - BELOW, pane->columns);
	struct pane p = pane_part(pane, pane->rows - BELOW, 0, BELOW, pane->columns);
	char when[SCR_TIME_SIZE], money[SCR_MONEY_SIZE];
	const char *queue = json_text(s->visit, "queue_no"), *agent = json_text(s->visit, "agent");
	ui_typing(ui, false, TERM_INPUT_LATIN);
	pane_line(pane, 0, s->no);
	pane_format(pane, 1, 1, ROLE_NORMAL, tr("排队号 %s   经办人 %s   来访 %s   工位 %s", "Number %s   Agent %s   Came %s   Window %s"),
		*queue ? queue : "-", *agent ? agent : "-", scr_time(json_text(s->visit, "came_at"), when), json_text(s->visit, "station"));
	pane_format(pane, 2, 1, ROLE_STRONG,
		tr("待签名 %lld（可签 %lld）   待支付 %lld，合计 %s   待领取介质 %lld", "To sign %lld (ready %lld)   To pay %lld, in all %s   To hand over %lld"),
		count_of(s, "to_sign"), count_of(s, "signable"), count_of(s, "to_pay"), scr_money(count_of(s, "due"), money),
		count_of(s, "to_hand_over"));
	pane_line(&p, 0, tr("所选订单", "The selected order"));
	draw_selected(s, &p);
	list_draw(&s->table.list, &list);
}

/* Together -------------------------------------------------------------------------------------------------------- */

static enum err call_check(struct desk *d, struct call *c, struct error *e)
{
	return visit_sign_check(d, c->no, e);
}

static enum err call_send(struct desk *d, struct call *c, struct error *e)
{
	return visit_sign_send(d, c->no, &c->out, e);
}

static enum err call_code(struct desk *d, struct call *c, struct error *e)
{
	return visit_sign_code(d, c->no, c->a, &c->out, e);
}

static enum err call_paper(struct desk *d, struct call *c, struct error *e)
{
	return visit_sign_paper(d, c->no, &c->out, e);
}

/* A text as it is read: "#" marks its headings, of which the first repeats the title. */
static void add_body(struct bytes *text, const char *body)
{
	size_t lines = 0;
	for (const char *at = body; *at; lines++) {
		size_t n = strcspn(at, "\n"), mark = strspn(at, "# ");
		bool heading = at[0] == '#';
		if (!heading || lines > 0)
			bytes_format(text, "%.*s\n", (int)(heading ? n - mark : n), heading ? at + mark : at);
		at += n + (at[n] != '\0');
	}
}

/* What is signed: each order with its amount, and the declaration with all texts of each. False where one isn't ready. */
static bool describe(struct ui *ui, const struct visit_screen *s, struct bytes *text)
{
	const json_t *each, *body;
	size_t i, k;
	char money[SCR_MONEY_SIZE];
	json_t *seen = json_object();
	bool good = true;
	json_array_foreach(json_object_get(s->visit, "orders"), i, each)
		if (status_is_draft(json_text(each, "status")))
			bytes_format(text, "%s  %s  %s  %s\n", json_text(each, "order"), json_text(each, "business_title"), json_text(each, "name"),
				scr_money(json_number(each, "due"), money));
	json_array_foreach(json_object_get(s->visit, "orders"), i, each) {
		json_t *preview = NULL;
		if (!good || !status_is_draft(json_text(each, "status")))
			continue;
		good = sign_preview(app_desk(ui), json_text(each, "order"), &preview, NULL) == OK;
		json_array_foreach(json_object_get(preview, "texts"), k, body)
			if (!json_object_get(seen, json_text(body, "title"))) { /* one channel's texts are the same for all */
				json_object_set_new(seen, json_text(body, "title"), json_true());
				bytes_format(text, "\n【%s】（%s）\n", json_text(body, "title"), json_text(body, "version"));
				add_body(text, json_text(body, "body"));
			}
		json_decref(preview);
	}
	json_decref(seen);
	return good;
}

/* The code, asked for until it is right, or given up. */
static bool ask_code(struct ui *ui, struct visit_screen *s, const char *sent_to)
{
	char text[200], code[16] = "";
	snprintf(text, sizeof text, tr("验证码已发送至经办人手机 %s，一个验证码签署全部 %lld 张", "A code was sent to the agent's mobile %s; it signs all %lld"), sent_to,
		count_of(s, "to_sign"));
	struct dialog_ask ask = {.title = tr("一并签名", "Sign together"), .text = text, .label = tr("短信验证码", "Code"), .limit = CODE_DIGITS,
		.digits = true, .input = TERM_INPUT_LATIN};
	for (;;) {
		struct call c = {.no = s->no, .a = code};
		struct error e = {0};
		code[0] = '\0';
		if (!dialog_ask(ui, &ask, code, sizeof code))
			return false;
		enum err rc = app_attempt(ui, call_code, &c, &e);
		if (rc == OK) {
			take_over(s, c.out);
			return true;
		}
		ui_fail(ui, &e);
		if (rc != ERR_DESK_CODE)
			return false;
	}
}

/* Signed: on to the payment, where anything is due. */
static void go_on(struct ui *ui, struct visit_screen *s)
{
	ui_good(ui, "%s", count_of(s, "to_pay") ? tr("签名已确认，请收款", "Signed; take the payment") : tr("签名已确认", "Signed"));
	if (count_of(s, "to_pay") && app_may(ui, MAY_PAY))
		ui_push(ui, &scr_visit_pay, s->no);
}

static void sign(struct ui *ui, struct visit_screen *s)
{
	struct bytes text = {0};
	struct call c = {.no = s->no};
	struct error e = {0};
	if (app_may(ui, MAY_SIGN) && !app_do(ui, call_check, &c)) /* no text is read in vain; who may not sign calls a second person to send */
		return;
	bool read = !describe(ui, s, &text) || dialog_text(ui, tr("请客户阅读", "For the customer to read"), (const char *)text.data,
	                                           tr("发送验证码", "send the code"));
	bytes_free(&text);
	if (!read)
		return;
	enum err rc = app_attempt(ui, call_send, &c, &e);
	if (rc != OK)
		ui_fail(ui, &e);
	if ((rc == OK || rc == ERR_DESK_RESEND) && /* one is on its way: it can be keyed */
		ask_code(ui, s, c.out ? json_text(c.out, "sent_to") : tr("（上一条短信）", "(the last message)")))
		go_on(ui, s);
	json_decref(c.out);
}

static void paper(struct ui *ui, struct visit_screen *s)
{
	struct call c = {.no = s->no};
	if (!dialog_yes(ui, tr("纸质签名", "On paper"),
			tr("每张申请表都已打印、签字盖章，扫描件已在资料里？\n需要第二人核对原件后当场确认。",
				"Each form was printed, signed, sealed and attached as the signed form?\nA second person looks at the originals and confirms here.")) ||
		!app_do(ui, call_paper, &c))
		return;
	take_over(s, c.out);
	go_on(ui, s);
}

static enum err call_preview(struct desk *d, struct call *c, struct error *e)
{
	return visit_handover_preview(d, c->no, &c->out, e);
}

struct taking {
	const char *receipt;
	struct handover_taker by;
};

static enum err call_take(struct desk *d, struct call *c, struct error *e)
{
	const struct taking *t = c->more;
	return visit_handover_by(d, c->no, NULL, 0, &t->by, t->receipt, &c->out, e);
}

/* Which keys are in, and what is on them, for the customer to accept; how many. */
static size_t describe_keys(const json_t *keys, struct bytes *text)
{
	const json_t *each;
	size_t i, in = 0;
	char day[SCR_TIME_SIZE], old[200];
	json_array_foreach(keys, i, each) {
		const json_t *certificate = json_object_get(each, "certificate");
		bool handed = json_is_string(json_object_get(each, "handed_at")), here = json_flag(each, "inserted") && !handed;
		in += here;
		bytes_format(text, "%s %s  %s  %s  %s\n", here ? "✓" : "·", json_text(each, "key_serial"), json_text(each, "name"),
			scr_role(json_text(each, "role")),
			handed ? tr("已领取", "handed over") : here ? tr("已插入", "in") : tr("请插入", "insert it"));
		if (!handed && scr_old_key(each, old, sizeof old))
			bytes_format(text, "  %s\n", old);
		if (here)
			bytes_format(text, "  %s\n  %s %s\n", json_text(certificate, "subject"), tr("有效期止", "until"),
				scr_time(json_text(certificate, "not_after"), day));
	}
	return in;
}

static void hand_over(struct ui *ui, struct visit_screen *s)
{
	enum { TAKERS_MOST = 8 };
	const char *titles[TAKERS_MOST];
	size_t takers = 0;
	struct bytes text = {0};
	struct call c = {.no = s->no};
	char receipt[100] = "";
	if (!app_do(ui, call_preview, &c))
		return;
	size_t in = describe_keys(json_object_get(c.out, "keys"), &text);
	const json_t *who_may = json_object_get(c.out, "takers");
	for (; takers < TAKERS_MOST && takers < json_array_size(who_may); takers++)
		titles[takers] = json_text(json_array_get(who_may, takers), "title");
	const struct dialog_ask ask = {.title = tr("一并领取", "Hand over together"), .label = tr("回执号", "Receipt"), .limit = 40,
		.text = tr("插入的介质都记在这一张回执上；同一人再领这次来访的介质时可用同一号码", "One receipt for the keys that are in; what the same person takes of the visit later can use it too"),
		.input = TERM_INPUT_LATIN};
	if (!in)
		dialog_message(ui, tr("请插入这次来访的介质", "Insert the visit's keys"), (const char *)text.data);
	else if (dialog_text(ui, tr("请客户核对并接受证书", "For the customer to accept"), (const char *)text.data, tr("接受", "accept"))) {
		int who = dialog_choose(ui, tr("领取人", "Taken by"), titles, takers, 0);
		struct taker_answers other = {0};
		struct taking t = {.receipt = receipt};
		if (who >= 0 && scr_ask_taker(ui, json_text(json_array_get(who_may, (size_t)who), "to"), &other, &t.by) &&
			dialog_ask(ui, &ask, receipt, sizeof receipt)) {
			struct call take = {.no = s->no, .more = &t};
			if (scr_take(ui, call_take, &take, &t.by)) {
				take_over(s, take.out);
				ui_good(ui, tr("已领取 %zu 个介质，还有 %lld 个", "%zu keys handed over, %lld left"), in, count_of(s, "to_hand_over"));
			}
		}
	}
	json_decref(c.out);
	bytes_free(&text);
}

/* Its drafts ------------------------------------------------------------------------------------------------------ */

static enum err call_leave(struct desk *d, struct call *c, struct error *e)
{
	return visit_leave(d, c->no, e);
}

static unsigned back_visit(struct ui *ui, void *data)
{
	struct error e = {0};
	if (read_visit(ui, data, &e) != OK)
		ui_fail(ui, &e);
	return UI_DRAW | UI_BARS;
}

static void leave(struct ui *ui, struct visit_screen *s)
{
	char no[ORDER_NO_SIZE], text[200];
	struct call c = {.no = no};
	text_copy(no, sizeof no, table_text(&s->table, "order"));
	snprintf(text, sizeof text, tr("把草稿 %s 移出这次来访？草稿保留，可以单独签名。", "Take draft %s out of this visit? It is kept and can be signed alone."), no);
	if (dialog_yes(ui, tr("移出来访", "Take it out"), text) && app_do(ui, call_leave, &c))
		back_visit(ui, s);
}

/* A new application, or what can be done with the key that is in. */
static void new_order(struct ui *ui, const struct visit_screen *s)
{
	static const char *const customers[] = {"unit", "person"};
	const char *titles[] = {tr("单位新办", "New unit"), tr("个人新办", "New person"),
		tr("已插入的介质：更新、解锁、变更、补办……", "The key that is in: renew, unlock, change, replace …")};
	char visit[VISIT_NO_SIZE];
	text_copy(visit, sizeof visit, s->no);
	int chosen = dialog_choose(ui, tr("新订单", "New order"), titles, app_may(ui, MAY_CERT_VIEW) ? 3 : 2, 0);
	if (chosen == 2)
		scr_about_inserted(ui, visit);
	else if (chosen >= 0)
		scr_form_in(ui, scr_form_name(ui, "new", customers[chosen]), visit); /* may outlive this screen */
}

static enum err call_add(struct desk *d, struct call *c, struct error *e)
{
	return visit_add(d, c->a, c->no, e);
}

static bool has_order(const struct visit_screen *s, const char *no)
{
	const json_t *each;
	size_t i;
	json_array_foreach(s->table.rows, i, each)
		if (strcmp(json_text(each, "order"), no) == 0)
			return true;
	return false;
}

/* A draft as a line to choose. */
enum { DRAFT_LINE_SIZE = 200 };
static void draft_line(const json_t *draft, char out[DRAFT_LINE_SIZE])
{
	char name[140];
	text_pad(name, sizeof name, *json_text(draft, "name") ? json_text(draft, "name") : tr("（还没有名称）", "(no name yet)"), 30);
	snprintf(out, DRAFT_LINE_SIZE, "%s  %s  %s", json_text(draft, "order"), name, json_text(draft, "business_title"));
}

/* A draft that was begun elsewhere: a replacement without its key, one of this morning. */
static void add_draft(struct ui *ui, struct visit_screen *s)
{
	struct error e = {0};
	json_t *rows = NULL, *each;
	size_t i, count = 0;
	enum err rc = draft_list(app_desk(ui), &rows, &e);
	size_t most = json_array_size(rows) + 1;
	char(*lines)[DRAFT_LINE_SIZE] = calloc(most, sizeof *lines);
	const char **pointers = calloc(most, sizeof *pointers), **orders = calloc(most, sizeof *orders);
	bool room = lines && pointers && orders;
	json_array_foreach(rows, i, each) {
		if (!room || has_order(s, json_text(each, "order")))
			continue;
		draft_line(each, lines[count]);
		orders[count] = json_text(each, "order");
		pointers[count] = lines[count];
		count++;
	}
	if (rc == OK && !room)
		rc = error_set(&e, ERR_MEMORY, "%s", "");
	if (rc != OK)
		ui_fail(ui, &e);
	else if (count == 0)
		ui_say(ui, "%s", tr("没有别的草稿可以加入。F2 开始一笔", "There is no other draft to take in; F2 begins one"));
	long chosen = count ? dialog_choose_search(ui, tr("加入哪张草稿：输入订单号或名称查找", "Which draft: type of its number or name"), pointers, count) : -1;
	struct call c = {.no = chosen < 0 ? "" : orders[chosen], .a = s->no};
	if (chosen >= 0 && app_do(ui, call_add, &c))
		back_visit(ui, s);
	json_decref(rows);
	free(orders);
	free(pointers);
	free(lines);
}

static void open_selected(struct ui *ui, const struct visit_screen *s)
{
	char no[ORDER_NO_SIZE];
	text_copy(no, sizeof no, table_text(&s->table, "order"));
	if (*no)
		ui_push(ui, &scr_order, no);
}

/* The list may be read again below the questions. */
static void print_selected(struct ui *ui, const struct visit_screen *s)
{
	char no[ORDER_NO_SIZE];
	text_copy(no, sizeof no, table_text(&s->table, "order"));
	scr_print(ui, no);
}

enum { DO_NEW = 1, DO_SIGN, DO_PAPER, DO_PAY, DO_HANDOVER, DO_AGENT, DO_CUSTOMER, DO_ADD, DO_LEAVE, DO_PRINT, DO_AGAIN };

static bool offered(struct ui *ui, void *data, int action)
{
	const struct visit_screen *s = data;
	(void)ui;
	switch (action) {
	case DO_SIGN:
	case DO_PAPER: return count_of(s, "to_sign") > 0;
	case DO_PAY: return count_of(s, "to_pay") > 0;
	case DO_HANDOVER: return count_of(s, "to_hand_over") > 0;
	case DO_AGENT:
	case DO_PRINT:
	case DO_CUSTOMER: return s->table.list.count > 0;
	case DO_LEAVE: return status_is_draft(table_text(&s->table, "status"));
	default: return true;
	}
}

static unsigned handle_visit(struct ui *ui, void *data, const struct event *event)
{
	struct visit_screen *s = data;
	switch (event->action) {
	case DO_NEW: new_order(ui, s); return UI_DRAW | UI_BARS;
	case DO_SIGN: sign(ui, s); return UI_DRAW | UI_BARS;
	case DO_PAPER: paper(ui, s); return UI_DRAW | UI_BARS;
	case DO_PAY: ui_push(ui, &scr_visit_pay, s->no); return UI_DRAW | UI_BARS;
	case DO_HANDOVER: hand_over(ui, s); return UI_DRAW | UI_BARS;
	case DO_AGENT:
	case DO_CUSTOMER: scr_form_next(ui, table_text(&s->table, "order"), event->action == DO_AGENT); return UI_DRAW | UI_BARS;
	case DO_ADD: add_draft(ui, s); return UI_DRAW | UI_BARS;
	case DO_LEAVE: leave(ui, s); return UI_DRAW | UI_BARS;
	case DO_PRINT: print_selected(ui, s); return UI_DRAW | UI_BARS;
	case DO_AGAIN: return back_visit(ui, s);
	default: break;
	}
	switch (list_handle(&s->table.list, event)) {
	case LIST_CHOSEN: open_selected(ui, s); return UI_DRAW;
	case LIST_MOVED: return UI_DRAW | UI_BARS; /* another order, other actions */
	default: return UI_PASS;
	}
}

static const struct action actions[] = {
	{DO_NEW, UI_KEY_F(2), "新订单", "New order", "来访", "Visit", "在这次来访里再办一笔：新办，或已插入介质的业务", "One more order in this visit: a new one, or what the key that is in allows", ACTION_FIRST | ACTION_NEEDS(MAY_ORDER_NEW)},
	{DO_SIGN, UI_KEY_F(4), "一并签名", "Sign all", NULL, NULL, "一个验证码签署全部草稿", "One code signs all drafts", ACTION_FIRST | ACTION_NEEDS(MAY_SIGN)},
	{DO_PAY, UI_KEY_F(5), "一并收款", "Pay all", NULL, NULL, "一笔收款付清全部待支付的订单", "One payment for all orders that wait", ACTION_FIRST | ACTION_NEEDS(MAY_PAY)},
	{DO_HANDOVER, UI_KEY_F(6), "一并领取", "Hand over", NULL, NULL, "插入的介质一张回执领取", "The keys that are in, on one receipt", ACTION_FIRST | ACTION_NEEDS(MAY_HANDOVER)},
	{DO_AGENT, UI_KEY_F(7), "同一经办人", "Same agent", NULL, NULL, "再办一笔：所选订单的经办人，另一个客户",
		"One more, by the selected order's agent for another customer", ACTION_NEEDS(MAY_ORDER_NEW)},
	{DO_CUSTOMER, UI_KEY_F(8), "该客户下一笔", "Next for it", NULL, NULL, "再办一笔：所选订单的客户，带入全部资料",
		"One more for the selected order's customer, with all its data", ACTION_NEEDS(MAY_ORDER_NEW)},
	{DO_PAPER, 'z', "纸质签名", "On paper", NULL, NULL, "每张都已在纸上签署，第二人当场确认", "Each signed on paper, confirmed by a second person",
		ACTION_HIDDEN | ACTION_NEEDS(MAY_SIGN)},
	{DO_ADD, UI_KEY_F(3), "加入草稿", "Add draft", NULL, NULL, "把别处开始的草稿加入这次来访", "Take a draft that was begun elsewhere into this visit", ACTION_NEEDS(MAY_ORDER_NEW)},
	{DO_LEAVE, UI_KEY_DELETE, "移出", "Take out", NULL, NULL, "把所选草稿移出这次来访", "Take the selected draft out of the visit", ACTION_NEEDS(MAY_ORDER_NEW)},
	{DO_PRINT, 'p', "打印", "Print", NULL, NULL, "打印所选订单的单据：申请表、回执、收据、领取单", "Print a paper of the selected order: application, receipts, hand-over sheet",
		ACTION_NEEDS(MAY_PRINT)},
	{DO_AGAIN, UI_CTRL('r'), "刷新", "Refresh", NULL, NULL, "重新读取", "Read it again", ACTION_HIDDEN},
	{0},
};

const struct screen_class scr_visit = {.zh = "来访", .en = "Visit", .actions = actions, .open = open_visit, .draw = draw_visit,
	.handle = handle_visit, .back = back_visit, .close = close_visit, .offered = offered};
