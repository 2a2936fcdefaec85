/* 退款与认领: what goes back, and what no order explains; each with what may be done about it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/order.h"
#include "desk/refund.h"
#include "desk/unclaimed.h"
#include "rules/codeword.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_refund.h"
#include "ui/scr_table.h"

enum { AGAIN_SECONDS = 15, PAGE = 200, NEAR_THE_END = 20 };

struct refunds_screen {
	struct table refunds, unclaimed;
	bool below; /* the unclaimed have the focus */
	bool more;  /* unclaimed ones are left that aren't read */
	int64_t waiting; /* unclaimed, all */
	char text[200];  /* searched for among the unclaimed, "" */
	int64_t read_at;
};

static const struct table_column refund_columns[] = {
	{"状态", "State", "state_title", 8, 0, AS_TEXT, NULL},
	{"订单/流水号", "Order/reference", "refund_of", 21, 0, AS_TEXT, NULL},
	{"名称", "Name", "name", 0, 0, AS_TEXT, NULL},
	{"方式", "Method", "method", 8, 0, AS_TEXT, codeword_method},
	{"金额", "Amount", "amount", 10, 0, AS_MONEY, NULL},
	{"类别", "Kind", "kind", 9, 100, AS_TEXT, refund_kind_title},
	{"理由", "Reason", "reason", 20, 120, AS_TEXT, NULL},
	{"申请人", "Asked by", "asked_by", 8, 110, AS_TEXT, NULL},
	{"申请时间", "Asked at", "asked_at", 16, 140, AS_TIME, NULL},
	{0},
};
static const struct table_column unclaimed_columns[] = {
	{"到账", "Booked", "booked_date", 10, 0, AS_TEXT, NULL},
	{"付款人", "Payer", "payer_name", 0, 0, AS_TEXT, NULL},
	{"金额", "Amount", "amount", 13, 0, AS_MONEY, NULL}, /* anybody's money, whatever its size: ¥1,000,000.00 */
	{"附言", "Remark", "remark", 13, 0, AS_TEXT, NULL},
	{"可能的订单", "Perhaps of", "order", 21, 0, AS_TEXT, NULL},
	{"流水号", "Reference", "reference", 24, 110, AS_TEXT, NULL},
	{"账号", "Account", "payer_account", 20, 150, AS_TEXT, NULL},
	{0},
};

static enum err read_page(struct ui *ui, struct refunds_screen *s, size_t have, json_t **out, struct error *e)
{
	const struct unclaimed_wish wish = {.text = s->text, .skip = (int64_t)have, .limit = PAGE};
	enum err rc = unclaimed_list(app_desk(ui), &wish, out, e);
	s->more = json_array_size(*out) == PAGE;
	return rc;
}

static enum err read_all(struct ui *ui, struct refunds_screen *s, struct error *e)
{
	json_t *refunds = NULL, *unclaimed = NULL;
	enum err rc = refund_list(app_desk(ui), false, &refunds, e);
	if (rc == OK && ((rc = read_page(ui, s, 0, &unclaimed, e)) != OK || (rc = unclaimed_count(app_desk(ui), &s->waiting, e)) != OK)) {
		json_decref(refunds);
		json_decref(unclaimed);
	}
	if (rc != OK)
		return rc;
	table_set(&s->refunds, refunds);
	table_set(&s->unclaimed, unclaimed);
	s->read_at = ui_now(ui);
	if (s->below ? s->unclaimed.list.count == 0 && !*s->text : s->refunds.list.count == 0)
		s->below = s->unclaimed.list.count > 0;
	return OK;
}

static void read_more(struct ui *ui, struct refunds_screen *s)
{
	struct error e = {0};
	json_t *rows = NULL;
	if (read_page(ui, s, s->unclaimed.list.count, &rows, &e) == OK)
		table_add(&s->unclaimed, rows);
	else
		ui_fail(ui, &e);
}

static unsigned read_again(struct ui *ui, struct refunds_screen *s)
{
	struct error e = {0};
	if (read_all(ui, s, &e) != OK)
		ui_fail(ui, &e);
	return UI_DRAW | UI_BARS;
}

static void close_refunds(struct ui *ui, void *data)
{
	struct refunds_screen *s = data;
	(void)ui;
	table_end(&s->refunds);
	table_end(&s->unclaimed);
	free(s);
}

static enum role refund_role(const json_t *row)
{
	return strcmp(json_text(row, "state"), "approved") == 0 ? ROLE_WARN : ROLE_NORMAL;
}

/* `arg`: the order whose refund is selected, or NULL. */
static enum err open_refunds(struct ui *ui, void *arg, void **data, struct error *e)
{
	struct refunds_screen *s = calloc(1, sizeof *s);
	const json_t *row;
	size_t i;
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	table_start(&s->refunds, refund_columns, "没有待退的款", "nothing goes back");
	table_start(&s->unclaimed, unclaimed_columns, "没有待认领的款", "nothing is unclaimed");
	s->refunds.role = refund_role;
	enum err rc = read_all(ui, s, e);
	if (rc != OK) {
		close_refunds(ui, s);
		return rc;
	}
	json_array_foreach(s->refunds.rows, i, row)
		if (arg && strcmp(json_text(row, "refund_of"), arg) == 0)
			list_select(&s->refunds.list, i);
	*data = s;
	return OK;
}

static void draw_refunds(struct ui *ui, void *data, struct pane *pane)
{
	struct refunds_screen *s = data;
	int half = pane->rows / 2;
	struct pane top = pane_part(pane, 1, 0, half - 1, pane->columns),
				below = pane_part(pane, half + 1, 0, pane->rows - half - 1, pane->columns);
	char title[400];
	ui_typing(ui, false, TERM_INPUT_LATIN);
	snprintf(title, sizeof title, tr("退款：%zu 笔", "To go back: %zu"), s->refunds.list.count);
	pane_line(pane, 0, title);
	if (*s->text)
		snprintf(title, sizeof title, tr("待认领的到账，查询：%s（%zu%s 笔，Esc 清除）", "Unclaimed, found: %s (%zu%s, Esc clears)"), s->text,
			s->unclaimed.list.count, s->more ? "+" : "");
	else
		snprintf(title, sizeof title, tr("待认领的到账：%lld 笔", "Unclaimed on the account: %lld"), (long long)s->waiting);
	pane_line(pane, half, title);
	list_draw(s->below ? &s->refunds.list : &s->unclaimed.list, s->below ? &top : &below);
	list_draw(s->below ? &s->unclaimed.list : &s->refunds.list, s->below ? &below : &top); /* last: it has the cursor */
}

static enum err call_claim(struct desk *d, struct call *c, struct error *e)
{
	const char *no = c->more;
	return unclaimed_claim(d, c->no, no, c->a, &c->out, e);
}

static enum err call_give_back(struct desk *d, struct call *c, struct error *e)
{
	return unclaimed_refund(d, c->no, c->a, &c->out, e);
}

struct naming {
	struct desk *d;
	char no[ORDER_NO_SIZE];
};

/* The one order that is found by it, whole number or last digits, before anybody writes why it is that one. */
static bool is_an_order(void *arg, const char *value, char *why, size_t size)
{
	struct naming *n = arg;
	struct error e = {0};
	json_t *rows = NULL, *filter = json_pack("{ss si}", "text", value, "limit", 2);
	enum err rc = order_list(n->d, filter, &rows, &e);
	size_t count = json_array_size(rows);
	text_copy(n->no, sizeof n->no, json_text(json_array_get(rows, 0), "order"));
	if (rc != OK)
		error_sentence(&e, why, size);
	else if (count != 1)
		text_copy(why, size, count ? tr("有几张订单符合，请多输几位", "Several orders fit: key in more of it") : tr("没有这张订单，请核对", "There is no such order"));
	json_decref(filter);
	json_decref(rows);
	return rc == OK && count == 1;
}

static void claim(struct ui *ui, struct refunds_screen *s)
{
	char reference[200], no[120], reason[500] = "";
	struct naming n = {.d = app_desk(ui)};
	struct dialog_ask ask = {.title = tr("认领款项", "Claim money"),
		.text = tr("这笔到账属于哪张订单？末几位也可以。", "Which order is this money for? Its last digits will do."),
		.label = tr("订单号", "Order"),
		.limit = ORDER_NO_SIZE,
		.input = TERM_INPUT_LATIN,
		.judge = is_an_order,
		.arg = &n};
	text_copy(reference, sizeof reference, table_text(&s->unclaimed, "reference"));
	text_copy(no, sizeof no, table_text(&s->unclaimed, "order"));
	struct call c = {.no = reference, .a = reason, .more = n.no};
	if (!dialog_ask(ui, &ask, no, sizeof no) ||
		!refund_ask_reason(ui, tr("认领款项", "Claim money"),
			tr("为什么是这张订单的款？会留在记录里。", "Why is it this order's? It is journalled."), reason, sizeof reason) ||
		!app_do(ui, call_claim, &c))
		return;
	ui_good(ui, tr("已认领。订单状态：%s", "Claimed. The order is now: %s"), json_text(c.out, "status_title"));
	json_decref(c.out);
}

static void give_back(struct ui *ui, struct refunds_screen *s)
{
	char reference[200], reason[500] = "";
	text_copy(reference, sizeof reference, table_text(&s->unclaimed, "reference"));
	struct call c = {.no = reference, .a = reason};
	if (!refund_ask_reason(ui, tr("申请退款", "Ask for a refund"),
			tr("无人认领的款退回付款人。写明理由，会留在记录里。", "It goes back to its payer. Say why; it is journalled."), reason,
			sizeof reason) ||
		!app_do(ui, call_give_back, &c))
		return;
	ui_good(ui, "%s", tr("已申请退款，等待主管批准", "Asked; a manager approves it"));
	json_decref(c.out);
}

static void approve(struct ui *ui, struct refunds_screen *s)
{
	const char *subject = table_text(&s->refunds, "refund_of");
	int64_t amount = 0;
	const json_t *row;
	size_t i;
	json_array_foreach(s->refunds.rows, i, row)
		if (strcmp(json_text(row, "refund_of"), subject) == 0 && strcmp(json_text(row, "state"), "asked") == 0)
			amount += json_number(row, "amount");
	refund_step_approve(ui, subject, amount);
}

static void open_order(struct ui *ui, const char *order)
{
	char no[ORDER_NO_SIZE];
	text_copy(no, sizeof no, order);
	if (*no)
		ui_push(ui, &scr_order, no);
	else
		ui_say(ui, "%s", tr("这笔款不属于任何订单", "No order goes with this money"));
}

static void search(struct ui *ui, struct refunds_screen *s)
{
	struct dialog_ask ask = {.title = tr("查询待认领的到账", "Search the unclaimed"),
		.text = tr("付款人、账号、附言、流水号、日期（2026-11-26）或金额", "Payer, account, remark, reference, day (2026-11-26) or amount"),
		.label = tr("查询", "Search"),
		.limit = 60,
		.may_be_empty = true,
		.input = TERM_INPUT_ANY};
	if (!dialog_ask(ui, &ask, s->text, sizeof s->text))
		return;
	s->unclaimed.list.selected = s->unclaimed.list.top = 0;
	s->below = true;
}

enum { DO_OPEN = 1, DO_APPROVE, DO_PAY, DO_WITHDRAW, DO_CLAIM, DO_BACK, DO_SEARCH, DO_IMPORT, DO_SWITCH, DO_AGAIN };

static bool offered(struct ui *ui, void *data, int action)
{
	struct refunds_screen *s = data;
	const json_t *refund = s->below ? NULL : table_row(&s->refunds), *entry = s->below ? table_row(&s->unclaimed) : NULL;
	bool asked = refund && strcmp(json_text(refund, "state"), "asked") == 0;
	switch (action) {
	case DO_OPEN: return refund || entry;
	case DO_APPROVE: return asked;
	case DO_PAY: return refund && !asked;
	case DO_WITHDRAW: return refund && app_may(ui, asked ? MAY_REFUND_ASK : MAY_REFUND_APPROVE);
	case DO_CLAIM: return entry != NULL;
	case DO_BACK: return entry != NULL;
	default: return true;
	}
}

static unsigned act(struct ui *ui, struct refunds_screen *s, int action)
{
	char told[SCR_TOLD_SIZE];
	switch (action) {
	case DO_OPEN:
		open_order(ui, table_text(s->below ? &s->unclaimed : &s->refunds, "order"));
		return UI_DRAW;
	case DO_APPROVE: approve(ui, s); break;
	case DO_PAY:
		refund_step_pay(ui, table_text(&s->refunds, "refund_of"), table_text(&s->refunds, "receipt"), table_text(&s->refunds, "method"),
			json_number(table_row(&s->refunds), "amount"));
		break;
	case DO_WITHDRAW: refund_step_withdraw(ui, table_text(&s->refunds, "refund_of")); break;
	case DO_CLAIM: claim(ui, s); break;
	case DO_BACK: give_back(ui, s); break;
	case DO_SEARCH: search(ui, s); break;
	case DO_IMPORT: scr_statement(ui, told); break;
	case DO_SWITCH:
		s->below = !s->below && s->unclaimed.list.count > 0;
		return UI_DRAW | UI_BARS;
	case DO_AGAIN: break;
	default: return UI_PASS;
	}
	return read_again(ui, s);
}

static unsigned handle_refunds(struct ui *ui, void *data, const struct event *event)
{
	struct refunds_screen *s = data;
	struct table *t = s->below ? &s->unclaimed : &s->refunds;
	if (event->action)
		return act(ui, s, event->action);
	if (*s->text && event->kind == EVENT_KEY && event->key == UI_KEY_ESC) {
		s->text[0] = '\0';
		return read_again(ui, s);
	}
	switch (list_handle(&t->list, event)) {
	case LIST_CHOSEN: return act(ui, s, DO_OPEN);
	case LIST_MOVED:
		if (s->below && s->more && s->unclaimed.list.selected + NEAR_THE_END > s->unclaimed.list.count)
			read_more(ui, s);
		return UI_DRAW | UI_BARS;
	default: return UI_PASS;
	}
}

static unsigned back_refunds(struct ui *ui, void *data)
{
	return read_again(ui, data);
}

/* Others work on the same money. Who has paged on keeps the place. */
static unsigned tick_refunds(struct ui *ui, void *data)
{
	struct refunds_screen *s = data;
	if (ui_now(ui) < s->read_at + AGAIN_SECONDS || s->unclaimed.list.count > PAGE || !app_desk(ui)->actor.id)
		return UI_NONE;
	return read_again(ui, s);
}

static const struct action actions[] = {
	{DO_OPEN, UI_KEY_ENTER, "订单", "Order", "退款", "Refunds", "打开订单", "Open the order", ACTION_FIRST},
	{DO_APPROVE, 'a', "批准", "Approve", NULL, NULL, "批准退款（收款人和申请人不能批准）",
		"Approve it (not who asked or took the money)", ACTION_FIRST | ACTION_NEEDS(MAY_REFUND_APPROVE)},
	{DO_PAY, UI_KEY_F(5), "退款", "Pay back", NULL, NULL, "款已退出：登记凭证号", "It went back: give the slip's number", ACTION_FIRST | ACTION_NEEDS(MAY_REFUND_DONE)},
	{DO_WITHDRAW, 'w', "撤回", "Withdraw", NULL, NULL, "撤回申请错的退款", "Withdraw what was asked by mistake", ACTION_NEEDS(MAY_REFUND_ASK)},
	{DO_CLAIM, 'c', "认领", "Claim", "待认领", "Unclaimed", "认领到一张订单", "Claim it for an order", ACTION_FIRST | ACTION_NEEDS(MAY_UNCLAIMED)},
	{DO_BACK, 'r', "退还", "Give back", NULL, NULL, "无人认领：申请退还", "Nobody's: ask for it to go back", ACTION_NEEDS(MAY_REFUND_ASK)},
	{DO_SEARCH, UI_KEY_F(3), "查询", "Search", NULL, NULL, "在待认领的到账里查找", "Search the unclaimed", ACTION_FIRST},
	{DO_IMPORT, UI_KEY_F(6), "对账单", "Statement", NULL, NULL, "导入银行对账单 CSV", "Import the bank's CSV", ACTION_NEEDS(MAY_STATEMENT)},
	{DO_SWITCH, UI_KEY_TAB, "切换", "Switch", NULL, NULL, "在退款和待认领之间切换", "Between the two lists", 0},
	{DO_AGAIN, UI_CTRL('r'), "刷新", "Refresh", NULL, NULL, "重新读取", "Read it again", ACTION_HIDDEN},
	{0},
};

const struct screen_class scr_refunds = {.zh = "退款与认领",
	.en = "Refunds",
	.actions = actions,
	.open = open_refunds,
	.draw = draw_refunds,
	.handle = handle_refunds,
	.tick = tick_refunds,
	.back = back_refunds,
	.close = close_refunds,
	.offered = offered};
