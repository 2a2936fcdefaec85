/* One order, whole: what it is, what comes next, and every action its status and the role allow. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/attach.h"
#include "desk/issue.h"
#include "desk/pay.h"
#include "desk/visit.h"
#include "rules/codeword.h"
#include "rules/transition.h"
#include "ui/dialog.h"
#include "ui/scr_about.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_orderpage.h"
#include "ui/scr_refund.h"
#include "ui/scr_thumb.h"

enum { TOP = 10, THUMB = 24, WIDE = 120, AGAIN_SECONDS = 1 };

struct order_screen {
	char no[ORDER_NO_SIZE];
	json_t *order;
	struct sheet left, right, top;
	struct thumb thumb;
	size_t document; /* index among those attached */
	bool revealed;
	int64_t read_at, others; /* when, and what store_others said then */
};

static void fill(struct ui *ui, struct order_screen *s)
{
	struct desk *d = app_desk(ui);
	sheet_clear(&s->top);
	sheet_clear(&s->left);
	sheet_clear(&s->right);
	page_summary(&s->top, d, s->order);
	page_fields(&s->left, d, s->order);
	bool made = page_is_made(s->order); /* what is new stands before what it took the place of */
	if (made)
		page_items(&s->right, d, s->order);
	page_about(&s->right, d, s->order);
	page_changes(&s->right, d, s->order);
	page_documents(&s->right, s->order);
	page_amounts(&s->right, s->order);
	if (!made)
		page_items(&s->right, d, s->order);
	page_signature(&s->right, s->order);
}

static enum err load(struct ui *ui, struct order_screen *s, struct error *e)
{
	json_t *order = NULL;
	int64_t others = store_others(app_desk(ui)->store);
	enum err rc = order_show(app_desk(ui), s->no, &order, e);
	if (rc != OK)
		return rc;
	json_decref(s->order);
	s->order = order;
	s->revealed = false;
	s->read_at = ui_now(ui);
	s->others = others;
	if (!page_attached(s->order, s->document))
		s->document = 0;
	fill(ui, s);
	return OK;
}

static void close_order(struct ui *ui, void *data)
{
	struct order_screen *s = data;
	(void)ui;
	sheet_clear(&s->top);
	sheet_clear(&s->left);
	sheet_clear(&s->right);
	thumb_clear(&s->thumb);
	json_decref(s->order);
	free(s);
}

static enum err open_order(struct ui *ui, void *arg, void **data, struct error *e)
{
	struct order_screen *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	text_copy(s->no, sizeof s->no, arg);
	enum err rc = load(ui, s, e);
	if (rc != OK)
		close_order(ui, s);
	else
		*data = s;
	return rc;
}

static void draw_next(struct ui *ui, const struct order_screen *s, const struct pane *p, int row)
{
	struct next_step next = scr_next(s->order);
	char text[SCR_NEXT_SIZE];
	const char *open = json_text(s->order, "identity_open");
	if (*open)
		pane_format(p, row, 1, ROLE_WARN, tr("核验未通过：%s。重新核验通过后（y）才能继续", "A check failed: %s. Go on once it was made again and passed (y)"), codeword_person(open));
	else if (strcmp(json_text(s->order, "status"), "mailed") == 0 && app_may(ui, MAY_DELIVERED))
		pane_format(p, row, 1, ROLE_HINT, "%s", tr("没有待办的步骤（回车返回）。包裹：s 签收，k 退件", "Nothing left to do (Enter goes back). The parcel: s delivered, k came back"));
	else if (strcmp(next.name, "none") == 0)
		pane_format(p, row, 1, ROLE_HINT, "%s", tr("没有待办的步骤（回车返回）", "Nothing left to do (Enter goes back)"));
	else if (next.mine)
		pane_format(p, row, 1, ROLE_GOOD, tr("下一步：%s（按回车）", "Next: %s (press Enter)"), scr_next_text(s->order, text));
	else
		pane_format(p, row, 1, ROLE_HINT, tr("下一步：%s（回车返回）", "Next: %s (Enter goes back)"), scr_next_text(s->order, text));
}

static void draw_thumb(struct ui *ui, struct order_screen *s, const struct pane *p)
{
	const json_t *document = page_attached(s->order, s->document);
	struct pane below = pane_part(p, 1, 0, p->rows - 1, p->columns);
	if (!document) {
		pane_cell(p, 0, 0, p->columns, ROLE_HINT,
			page_missing(json_object_get(s->order, "documents")) ? tr("还没有资料", "no documents yet") : tr("没有资料", "no documents"), false);
		return;
	}
	pane_cell(p, 0, 0, p->columns, ROLE_GROUP, json_text(document, "title"), false);
	thumb_draw(ui, &s->thumb, &below);
}

static void draw_order(struct ui *ui, void *data, struct pane *pane)
{
	struct order_screen *s = data;
	bool wide = pane->columns >= WIDE;
	int top = wide ? pane->rows / 3 : TOP, thumb = wide ? pane->columns / 3 : THUMB;
	struct pane head = pane_part(pane, 1, 0, top - 2, pane->columns - thumb - 1);
	struct pane corner = pane_part(pane, 0, pane->columns - thumb, top, thumb);
	struct pane body = pane_part(pane, top, 0, pane->rows - top, pane->columns);
	ui_typing(ui, false, TERM_INPUT_LATIN);
	pane_format(pane, 0, 1, ROLE_STRONG, "%s", s->no);
	if (s->revealed)
		pane_text(pane, 0, 30, ROLE_WARN, tr("完整证件号码（已记录）", "whole numbers shown (journalled)"));
	sheet_draw(&s->top, &head, lang_now() == LANG_EN ? 12 : 10);
	draw_next(ui, s, pane, top - 1);
	draw_thumb(ui, s, &corner);
	if (wide) {
		struct pane left = pane_part(&body, 0, 0, body.rows, body.columns / 2 - 1);
		struct pane right = pane_part(&body, 0, body.columns / 2 + 1, body.rows, body.columns - body.columns / 2 - 1);
		sheet_draw(&s->left, &left, PAGE_LABELS);
		sheet_draw(&s->right, &right, PAGE_LABELS);
	} else {
		struct pane left = pane_part(&body, 0, 0, body.rows, body.columns);
		struct sheet both = {.top = s->right.top, .page = s->right.page};
		for (size_t i = 0; i < s->right.count + s->left.count; i++)
			sheet_copy(&both, i < s->right.count ? &s->right.rows[i] : &s->left.rows[i - s->right.count]);
		sheet_draw(&both, &left, PAGE_LABELS);
		s->right.top = both.top;
		s->right.page = both.page;
		s->right.height = both.height;
		sheet_clear(&both);
	}
	pane_cursor(pane, top - 1, 0);
}

/* Others go on with it, at the next window or the customer's waiting: what it has become is seen here too. */
static bool follow(struct ui *ui, struct order_screen *s)
{
	struct error e = {0};
	json_t *order = NULL;
	if (ui_now(ui) < s->read_at + AGAIN_SECONDS || s->revealed || !app_desk(ui)->actor.id)
		return false;
	s->read_at = ui_now(ui);
	int64_t others = store_others(app_desk(ui)->store);
	if (others == s->others) /* nobody has written anything */
		return false;
	s->others = others;
	if (order_show(app_desk(ui), s->no, &order, &e) != OK) /* said when something is done with it */
		return false;
	bool moved = strcmp(json_text(order, "status"), json_text(s->order, "status")) != 0;
	bool next = strcmp(json_text(order, "next_who"), json_text(s->order, "next_who")) != 0; /* gone to headquarters, or come from there */
	json_decref(order);
	if ((!moved && !next) || load(ui, s, &e) != OK)
		return false;
	if (moved)
		ui_say(ui, tr("订单状态已变为%s", "The order is now: %s"), json_text(s->order, "status_title"));
	return true;
}

/* Decodes the picture that is asked for, between two keys. */
static unsigned tick_order(struct ui *ui, void *data)
{
	struct order_screen *s = data;
	if (follow(ui, s))
		return UI_DRAW | UI_BARS;
	const json_t *document = page_attached(s->order, s->document);
	return thumb_follow(ui, &s->thumb, s->no, document ? json_text(document, "kind") : "") ? UI_DRAW : UI_NONE;
}

static unsigned back_order(struct ui *ui, void *data)
{
	struct order_screen *s = data;
	struct error e = {0};
	thumb_clear(&s->thumb);
	if (load(ui, s, &e) != OK)
		ui_pop(ui); /* a draft that went */
	return UI_DRAW | UI_BARS;
}

enum {
	DO_NEXT = 1,
	DO_EDIT,
	DO_CORRECT,
	DO_ATTACH,
	DO_LOOK,
	DO_SIGN,
	DO_PAY,
	DO_REVIEW,
	DO_ISSUE,
	DO_UNLOCK,
	DO_ABOUT,
	DO_HANDOVER,
	DO_MAIL,
	DO_DELIVERED,
	DO_CAME_BACK,
	DO_RESEND, DO_RECEIVED, DO_NEW_PIN,
	DO_UNDO_ISSUE,
	DO_VOID,
	DO_REFUND,
	DO_UNDO_HANDOVER,
	DO_CANCEL,
	DO_REVEAL,
	DO_HISTORY,
	DO_INVOICE,
	DO_PRINT,
	DO_AGAIN,
	DO_SAME_AGENT,
	DO_SAME_CUSTOMER,
	DO_VISIT, DO_IDENTITY, DO_IDENTITY_PASS
};

/* What is offered: where the event can happen to the order, or, where none goes with it, in these statuses. */
static const struct {
	int action;
	const char *event, *statuses;
} offers[] = {
	{DO_EDIT, "sign", ""},
	{DO_CORRECT, "", "awaiting-payment paid in-review approved issuing issued mailed"},
	{DO_ATTACH, "", "draft returned awaiting-payment"},
	{DO_SIGN, "sign", ""},
	{DO_PAY, "pay", ""},
	{DO_REVIEW, "approve", ""},
	{DO_ISSUE, "start-issue", ""},
	{DO_UNDO_ISSUE, "undo-issue", ""},
	{DO_UNLOCK, "take-effect", ""},
	{DO_HANDOVER, "hand-over", ""},
	{DO_MAIL, "mail", ""},
	{DO_DELIVERED, "", "mailed"},
	{DO_CAME_BACK, "come-back", ""},
	{DO_RESEND, "", "issued handed-over mailed done"},
	{DO_RECEIVED, "", "issued handed-over mailed done"},
	{DO_NEW_PIN, "", "issued"},
	{DO_IDENTITY, "", "draft returned signed awaiting-payment paid in-review approved issuing issued"},
	{DO_VOID, "", "awaiting-payment in-review"},
	{DO_CANCEL, "cancel", ""},
};

/* This order's key is needed for what comes next here; another one is a business of its own. */
static unsigned token_order(struct ui *ui, void *data, const char *serial, bool in)
{
	struct order_screen *s = data;
	if (!in || status_ended(json_text(s->order, "status")) || !page_has_key(s->order, serial))
		return scr_about_token(ui, NULL, serial, in);
	ui_say(ui, tr("介质 %s 已插入，就是这张订单的", "Key %s is in; it is this order's"), serial);
	return UI_DRAW;
}

/* What the role may do, and this person may not with this order. */
static bool waits_for_another(const struct order_screen *s, int action)
{
	struct next_step next = scr_next(s->order);
	const char *step = action == DO_REVIEW ? "review" : action == DO_ISSUE ? "issue" : action == DO_UNLOCK ? "unlock" : "";
	return strcmp(next.name, step) == 0 && !next.mine;
}

static bool offered(struct ui *ui, void *data, int action)
{
	struct order_screen *s = data;
	const char *business = json_text(s->order, "business"), *status = json_text(s->order, "status");
	if (action == DO_MAIL && strcmp(json_text(s->order, "delivery"), "mail") != 0)
		return false; /* what was to be mailed may be fetched, above all when the parcel came back */
	if (action == DO_UNLOCK && strcmp(business, "unlock") != 0)
		return false;
	if (waits_for_another(s, action))
		return false;
	if (action == DO_RECEIVED && !scr_pin_waits(s->order))
		return false;
	if (action == DO_IDENTITY_PASS)
		return *json_text(s->order, "identity_open") != '\0';
	if (action == DO_ABOUT)
		return *page_certificate_of(s->order) != '\0';
	for (size_t i = 0; i < sizeof offers / sizeof *offers; i++)
		if (offers[i].action == action)
			return *offers[i].event ? transition_to(business, status, offers[i].event) != NULL : text_has_word(offers[i].statuses, status);
	if (action == DO_INVOICE)
		return json_number(s->order, "paid") > 0;
	if (action == DO_REFUND)
		return scr_refund_offered(ui, s->order);
	if (action == DO_UNDO_HANDOVER)
		return scr_undo_offered(ui, s->order);
	if (action == DO_LOOK)
		return page_attached(s->order, 0) != NULL;
	if (action == DO_NEXT)
		return scr_next(s->order).mine;
	return true;
}

static void open_visit(struct ui *ui, const struct order_screen *s)
{
	char visit[VISIT_NO_SIZE];
	struct error e = {0};
	if (visit_of(app_desk(ui), s->no, visit, &e) != OK)
		ui_fail(ui, &e);
	else if (!*visit)
		ui_say(ui, "%s", tr("这张草稿不属于任何来访。a 同一经办人或 n 下一笔会开始一次", "This draft is in no visit; a or n begins one"));
	else
		ui_push(ui, &scr_visit, visit);
}

static enum err call_cancel(struct desk *d, struct call *c, struct error *e)
{
	return order_cancel(d, c->no, e);
}

/* What was confirmed is what was shown: an order that was paid meanwhile is another matter. */
static bool still_so(struct ui *ui, struct order_screen *s)
{
	char status[40];
	struct error e = {0};
	text_copy(status, sizeof status, json_text(s->order, "status"));
	if (load(ui, s, &e) != OK)
		ui_fail(ui, &e);
	else if (strcmp(status, json_text(s->order, "status")) != 0)
		ui_warn(ui, tr("订单状态已变为%s，没有取消", "The order is now: %s. Nothing was cancelled"), json_text(s->order, "status_title"));
	else
		return true;
	return false;
}

static void cancel(struct ui *ui, struct order_screen *s)
{
	struct call c = {.no = s->no};
	char text[200];
	bool draft = strcmp(json_text(s->order, "status"), "draft") == 0;
	snprintf(text, sizeof text,
		draft ? tr("删除草稿 %s 和它的资料？不能恢复。", "Delete draft %s with its documents? This can't be undone.")
		: json_number(s->order, "paid") > 0
			? tr("取消订单 %s？不能恢复。已付款项等主管批准后退还。", "Cancel order %s? This can't be undone. What was paid goes back once a manager approves.")
			: tr("取消订单 %s？不能恢复。", "Cancel order %s? This can't be undone."),
		s->no);
	if (!dialog_confirm(
			ui, tr("取消", "Cancel"), text, draft ? tr("删除", "delete") : tr("取消订单", "cancel it")) ||
		!still_so(ui, s) || !app_do(ui, call_cancel, &c))
		return;
	ui_good(ui, tr("%s 已取消", "%s is cancelled"), s->no);
	ui_pop(ui);
}

static enum err call_void(struct desk *d, struct call *c, struct error *e)
{
	return pay_void(d, c->no, c->a, c->b, &c->out, e);
}

/* Which of the order's receipts; the only one without a question. */
static const char *ask_receipt(struct ui *ui, const struct order_screen *s)
{
	enum { MOST = 16 };
	char lines[MOST][160], money[SCR_MONEY_SIZE];
	const char *pointers[MOST], *receipts[MOST];
	const json_t *each;
	size_t i, n = 0;
	json_array_foreach(json_object_get(s->order, "payments"), i, each) {
		if (strcmp(json_text(each, "state"), "void") == 0 || n == MOST)
			continue;
		receipts[n] = json_text(each, "receipt");
		snprintf(lines[n], sizeof lines[n], "%s  %s  %s", receipts[n], codeword_method(json_text(each, "method")),
			scr_money(json_number(each, "amount"), money));
		pointers[n] = lines[n];
		n++;
	}
	if (n == 0)
		ui_warn(ui, "%s", tr("这张订单没有可以作废的收款", "There is no payment to void"));
	int chosen = n > 1 ? dialog_choose(ui, tr("作废哪一笔", "Which payment"), pointers, n, 0) : (int)n - 1;
	return chosen < 0 ? NULL : receipts[chosen];
}

static void void_payment(struct ui *ui, struct order_screen *s)
{
	char text[300], receipt[200], reason[500] = "";
	const char *chosen = ask_receipt(ui, s);
	if (!chosen)
		return;
	text_copy(receipt, sizeof receipt, chosen);
	snprintf(text, sizeof text, tr("作废收据 %s。写明理由，会留在记录里。", "Void receipt %s. Say why; it is journalled."), receipt);
	struct dialog_ask ask = {.title = tr("作废收款", "Void a payment"),
		.text = text,
		.label = tr("理由", "Reason"),
		.limit = 100,
		.input = TERM_INPUT_CHINESE};
	struct call c = {.no = s->no, .a = receipt, .b = reason};
	if (!dialog_ask(ui, &ask, reason, sizeof reason) || !app_do(ui, call_void, &c))
		return;
	json_decref(s->order);
	s->order = c.out;
	fill(ui, s);
	ui_good(ui, tr("收据 %s 已作废。订单状态：%s", "Receipt %s is void. The order is now: %s"), receipt,
		json_text(s->order, "status_title"));
}

static enum err call_reveal(struct desk *d, struct call *c, struct error *e)
{
	return order_reveal(d, c->no, &c->out, e);
}

static void reveal(struct ui *ui, struct order_screen *s)
{
	struct call c = {.no = s->no};
	if (!app_do(ui, call_reveal, &c))
		return;
	json_decref(s->order);
	s->order = c.out;
	s->revealed = true;
	fill(ui, s);
}

/* May outlive this screen, but for a certificate that is asked for and a parcel. */
static void go_on(struct ui *ui, struct order_screen *s)
{
	const char *next = scr_next(s->order).name;
	bool stays = strcmp(next, "fetch") == 0 || strcmp(next, "mail") == 0;
	scr_go(ui, s->order);
	if (stays)
		back_order(ui, s);
}

/* What changes the order, which is then read again. */
static unsigned change(struct ui *ui, struct order_screen *s, int action)
{
	bool done;
	switch (action) {
	case DO_CORRECT: done = scr_correct(ui, s->no); break;
	case DO_MAIL: done = scr_mail(ui, s->no); break;
	case DO_DELIVERED: done = scr_delivered(ui, s->no); break;
	case DO_CAME_BACK: done = scr_came_back(ui, s->no); break;
	case DO_IDENTITY: done = scr_identity_refuse(ui, s->no, json_text(s->order, "customer")); break;
	case DO_IDENTITY_PASS: done = scr_identity_pass(ui, s->order); break;
	case DO_RESEND: done = scr_pin_resend(ui, s->no); break;
	case DO_RECEIVED: done = scr_pin_received(ui, s->no); break;
	case DO_NEW_PIN: done = scr_pin_new(ui, s->order); break;
	case DO_UNDO_ISSUE: done = scr_undo_issue(ui, s->no); break;
	case DO_REFUND: done = scr_refund(ui, s->order); break;
	case DO_UNDO_HANDOVER: done = scr_undo(ui, s->order); break;
	case DO_AGAIN: done = true; break;
	default: return UI_PASS;
	}
	if (done)
		back_order(ui, s);
	return UI_DRAW | UI_BARS;
}

static unsigned act(struct ui *ui, struct order_screen *s, int action)
{
	static const struct {
		int action;
		const struct screen_class *class;
	} screens[] = {{DO_ATTACH, &scr_attach}, {DO_SIGN, &scr_sign}, {DO_PAY, &scr_pay}, {DO_REVIEW, &scr_review},
		{DO_ISSUE, &scr_issue}, {DO_UNLOCK, &scr_unlock}, {DO_HANDOVER, &scr_handover}, {DO_HISTORY, &scr_history}, {DO_INVOICE, &scr_invoices}};
	for (size_t i = 0; i < sizeof screens / sizeof *screens; i++)
		if (screens[i].action == action) {
			ui_push(ui, screens[i].class, s->no);
			return UI_DRAW;
		}
	switch (action) {
	case DO_NEXT: go_on(ui, s); break;
	case DO_EDIT: scr_form_edit(ui, s->no); break; /* may outlive this screen */
	case DO_SAME_AGENT:
	case DO_SAME_CUSTOMER: scr_form_next(ui, s->no, action == DO_SAME_AGENT); break; /* and this */
	case DO_VISIT: open_visit(ui, s); break;
	case DO_LOOK: page_look(ui, s->order, s->document); break;
	case DO_ABOUT: ui_push(ui, &scr_about, &(struct about_arg){.certificate = page_certificate_of(s->order)}); break;
	case DO_VOID: void_payment(ui, s); break;
	case DO_CANCEL: cancel(ui, s); break;
	case DO_REVEAL: reveal(ui, s); break;
	case DO_PRINT: scr_print(ui, s->no); break;
	default: return change(ui, s, action);
	}
	return UI_DRAW | UI_BARS;
}

static unsigned handle_order(struct ui *ui, void *data, const struct event *event)
{
	struct order_screen *s = data;
	bool right = sheet_handle(&s->right, event);
	if (right) {
		sheet_handle(&s->left, event);
		return UI_DRAW;
	}
	if (event->action)
		return act(ui, s, event->action);
	if (event->kind == EVENT_KEY &&
		(event->key == UI_KEY_LEFT || event->key == UI_KEY_RIGHT || event->key == UI_KEY_TAB)) {
		if (event->key == UI_KEY_LEFT && s->document > 0)
			s->document--;
		else if (event->key != UI_KEY_LEFT)
			s->document = page_attached(s->order, s->document + 1) ? s->document + 1
				: event->key == UI_KEY_TAB                ? 0
														  : s->document;
		return UI_DRAW;
	}
	if (event->kind == EVENT_KEY && event->key == UI_KEY_ENTER)
		ui_pop(ui); /* there is no next step for this person */
	return UI_PASS;
}

static const struct action actions[] = {
	{DO_NEXT, UI_KEY_ENTER, "下一步", "Next", "订单", "Order", "办理下一步", "Do the next step", ACTION_FIRST},
	{DO_EDIT, UI_KEY_F(2), "编辑", "Edit", NULL, NULL, "填写或修改申请表", "Fill in or change the form", ACTION_NEEDS(MAY_ORDER_NEW)},
	{DO_CORRECT, UI_KEY_F(2), "更正", "Correct", NULL, NULL, "更正邮寄地址、邮箱、备注；付款前也可改签名内容（再签）",
		"Correct mail address, e-mail, notes; before payment what was signed too", ACTION_NEEDS(MAY_ORDER_NEW)},
	{DO_ATTACH, UI_KEY_F(3), "资料", "Documents", NULL, NULL, "上传或更换资料", "Attach or replace documents", ACTION_NEEDS(MAY_ATTACH)},
	{DO_LOOK, ' ', "看图", "Look", NULL, NULL, "放大查看当前资料（← → 换一份）",
		"See the document large (← → another)", 0},
	{DO_SIGN, UI_KEY_F(4), "签名", "Sign", NULL, NULL, "申请签名确认", "Have the application signed", ACTION_NEEDS(MAY_SIGN)},
	{DO_PAY, UI_KEY_F(5), "收款", "Pay", NULL, NULL, "收款或核实转账", "Take or verify the payment", ACTION_NEEDS(MAY_PAY)},
	{DO_REVIEW, UI_KEY_F(6), "审核", "Review", NULL, NULL, "领取并审核", "Claim and review", ACTION_NEEDS(MAY_REVIEW)},
	{DO_ISSUE, UI_KEY_F(7), "制证", "Issue", NULL, NULL, "在介质上制证", "Issue onto the key", ACTION_NEEDS(MAY_ISSUE)},
	{DO_UNLOCK, UI_KEY_F(7), "解锁", "Unlock", NULL, NULL, "凭解锁授权码解锁介质，客户设置新密码",
		"Unlock the key by its code; the customer sets a new PIN", ACTION_NEEDS(MAY_UNLOCK)},
	{DO_HANDOVER, UI_KEY_F(8), "领取", "Hand over", NULL, NULL, "核对介质并交给客户",
		"Check the key and hand it over", ACTION_NEEDS(MAY_HANDOVER)},
	{DO_SAME_AGENT, 'a', "同一经办人", "Same agent", NULL, NULL, "再办一笔：同一经办人，另一个客户",
		"One more, by the same agent for another customer", ACTION_NEEDS(MAY_ORDER_NEW)},
	{DO_SAME_CUSTOMER, 'n', "该客户下一笔", "Next for it", NULL, NULL, "再办一笔：同一客户，带入全部资料",
		"One more for the same customer, with all its data", ACTION_NEEDS(MAY_ORDER_NEW)},
	{DO_VISIT, 'g', "来访", "Visit", NULL, NULL, "这次来访的全部订单，一并签名、收款、领取",
		"All orders of its visit: sign, pay and hand over together", 0},
	{DO_MAIL, 'm', "寄出", "Mail", NULL, NULL, "登记快递单号", "Record the tracking number", ACTION_NEEDS(MAY_MAIL)},
	{DO_DELIVERED, 's', "签收", "Delivered", NULL, NULL, "包裹已送到，订单完成", "The parcel arrived; the order is done", ACTION_NEEDS(MAY_DELIVERED)},
	{DO_CAME_BACK, 'k', "退件", "Came back", NULL, NULL, "包裹被退回：介质回到抽屉，可再寄或领取",
		"The parcel came back: the key is in the drawer again, to be mailed or fetched", ACTION_NEEDS(MAY_CAME_BACK)},
	{DO_IDENTITY, 'x', "核验未过", "Check failed", NULL, NULL, "身份核验没有通过：写明谁、怎样、为什么，记入日志",
		"An identity check failed: of whom, how, why; journalled", ACTION_NEEDS(MAY_IDENTITY_REFUSE)},
	{DO_IDENTITY_PASS, 'y', "核验通过", "Passed", NULL, NULL, "未通过的人重新核验通过：写明怎样核验，订单继续办理",
		"Whose check failed was checked again and passed: how; the order goes on", ACTION_NEEDS(MAY_IDENTITY_PASS)},
	{DO_RESEND, UI_CTRL('p'), "重发密码", "PIN again", NULL, NULL, "重发证书密码", "Send the PIN again",
		ACTION_HIDDEN | ACTION_NEEDS(MAY_PIN_RESEND)},
	{DO_RECEIVED, UI_CTRL('g'), "密码已收到", "PIN came", NULL, NULL, "客户已收到证书密码：登记送达，清除密码",
		"The customer got the PIN: record it, and destroy the copy", ACTION_HIDDEN | ACTION_NEEDS(MAY_PIN_RECEIVED)},
	{DO_NEW_PIN, UI_CTRL('n'), "新密码", "New PIN", NULL, NULL, "接收人不对或密码已清除：重新核验后设置新的证书密码",
		"The target was wrong, or the PIN is gone: check again and set a new one", ACTION_HIDDEN | ACTION_NEEDS(MAY_PIN_NEW)},
	{DO_VOID, UI_CTRL('t'), "作废收款", "Void", NULL, NULL, "收据开错时作废，写明理由",
		"Void a receipt taken by mistake, with a reason", ACTION_NEEDS(MAY_PAY_VOID)},
	{DO_UNDO_ISSUE, UI_CTRL('z'), "撤销制证", "Undo", NULL, NULL, "撤销已开始的制证，写明理由",
		"Take back an issue that was begun, with a reason", ACTION_NEEDS(MAY_ISSUE_UNDO)},
	{DO_REFUND, 'r', "退款", "Refund", NULL, NULL, "申请、批准或办理退款", "Ask for, approve or pay a refund", ACTION_NEEDS(MAY_REFUND_ASK)},
	{DO_UNDO_HANDOVER, 'u', "撤销领取", "Undo", NULL, NULL, "交错了人：撤销领取，证书暂停", "A mistaken hand-over: undo it, suspend the certificate", ACTION_NEEDS(MAY_HANDOVER_UNDO)},
	{DO_ABOUT, 'b', "业务", "Businesses", NULL, NULL, "这张证书可以办什么：补办、吊销、挂失、解挂",
		"What can be done with its certificate: replacement, revocation, a loss and its lifting", ACTION_NEEDS(MAY_CERT_VIEW)},
	{DO_HISTORY, 'h', "历史", "History", NULL, NULL, "记录里的每一步", "Every step in the journal", 0},
	{DO_INVOICE, 'i', "发票", "Invoice", NULL, NULL, "登记、发送、另存这张订单的发票", "File, send or save the order's invoice", ACTION_NEEDS(MAY_INVOICE_VIEW)},
	{DO_PRINT, 'p', "打印", "Print", NULL, NULL, "打印单据：申请表、回执、收据、领取单、标签、空白表",
		"Print a paper: application, receipts, hand-over sheet, label, blank forms", ACTION_NEEDS(MAY_PRINT)},
	{DO_REVEAL, 'v', "显示号码", "Numbers", NULL, NULL, "显示完整证件号码（会记录）",
		"Show whole numbers (journalled)", ACTION_NEEDS(MAY_ORDER_REVEAL)},
	{DO_CANCEL, UI_KEY_DELETE, "取消", "Cancel", NULL, NULL, "取消订单或删除草稿",
		"Cancel the order, delete the draft", ACTION_HIDDEN | ACTION_NEEDS(MAY_ORDER_CANCEL)},
	{DO_AGAIN, UI_CTRL('r'), "刷新", "Refresh", NULL, NULL, "重新读取", "Read it again", ACTION_HIDDEN},
	{0},
};

const struct screen_class scr_order = {.zh = "订单",
	.en = "Order",
	.actions = actions,
	.open = open_order,
	.draw = draw_order,
	.handle = handle_order,
	.tick = tick_order,
	.back = back_order,
	.close = close_order,
	.offered = offered,
	.token = token_order};
