#include "rules/codeword.h"
#include "rules/paymethod.h"
#include "ui/scr_refund.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/handover.h"
#include "desk/pay.h"
#include "desk/qrrefund.h"
#include "desk/refund.h"
#include "rules/transition.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"

bool refund_ask_reason(struct ui *ui, const char *title, const char *text, char *out, size_t size)
{
	struct dialog_ask ask = {
		.title = title, .text = text, .label = tr("理由", "Reason"), .limit = 100, .input = TERM_INPUT_CHINESE};
	return dialog_ask(ui, &ask, out, size);
}

static const char *slip_title(const char *method)
{
	static const struct {
		const char *method, *zh, *en;
	} slips[] = {{"cash", "现金收据号", "Receipt"}, {"pos", "POS 撤销单号", "POS slip"}, {"cheque", "支票号", "Cheque"},
		{"transfer", "银行流水号", "Bank ref."}};
	for (size_t i = 0; i < sizeof slips / sizeof *slips; i++)
		if (strcmp(slips[i].method, method) == 0)
			return tr(slips[i].zh, slips[i].en);
	return method;
}

static enum err call_ask(struct desk *d, struct call *c, struct error *e)
{
	return refund_ask(d, c->no, c->a, &c->out, e);
}

static enum err call_pay(struct desk *d, struct call *c, struct error *e)
{
	return refund_pay(d, c->no, c->a, c->b, &c->out, e);
}

static enum err call_withdraw(struct desk *d, struct call *c, struct error *e)
{
	return refund_withdraw(d, c->no, c->a, &c->out, e);
}

static enum err call_undo(struct desk *d, struct call *c, struct error *e)
{
	return handover_undo(d, c->no, NULL, c->a, &c->out, e);
}

/* Runs it and says `good`. */
static bool run(struct ui *ui, use_case *use, struct call *c, const char *good)
{
	bool done = app_do(ui, use, c);
	if (done)
		ui_good(ui, "%s", good);
	json_decref(c->out);
	return done;
}

/* What the provider sends back: some seconds, or the line's time. */
struct sending {
	struct desk *d;
	const char *subject, *receipt;
	json_t *out;
	struct error why;
};

static enum err approve(struct job *job, void *arg, struct error *e)
{
	struct sending *s = arg;
	job_report(job, 0, 0, tr("付款码收的，当即交支付宝退", "what came by a code is handed to Alipay at once"));
	return qr_refund_approve(s->d, s->subject, &s->out, &s->why, e);
}

static enum err send_one(struct job *job, void *arg, struct error *e)
{
	struct sending *s = arg;
	json_t *out = NULL;
	job_report(job, 0, 0, tr("交支付宝退款，等它确认", "handing it to Alipay, and waiting for its word"));
	enum err r = refund_pay(s->d, s->subject, s->receipt, NULL, &out, e);
	json_decref(out);
	return r;
}

struct approval {
	struct ui *ui;
	struct error why; /* what came by a code, and didn't go back yet */
};

static enum err call_approve(struct desk *d, struct call *c, struct error *e)
{
	struct approval *a = c->more;
	struct sending s = {.d = d, .subject = c->no};
	enum err rc = dialog_job(a->ui, tr("批准退款", "Approve a refund"), tr("退款号已固定，不会重复退", "Its number is fixed: nothing goes back twice"),
	                         approve, &s, e);
	c->out = s.out;
	a->why = s.why;
	return rc;
}

static bool send_back(struct ui *ui, const char *subject, const char *receipt, int64_t amount)
{
	char text[300], money[SCR_MONEY_SIZE];
	struct sending s = {.d = app_desk(ui), .subject = subject, .receipt = receipt};
	struct error e = {0};
	snprintf(text, sizeof text, tr("由支付宝把 %s 退给付款人（交易号 %s）？", "Have Alipay pay %s back to who paid (%s)?"), scr_money(amount, money), receipt);
	if (!dialog_yes(ui, tr("支付宝退款", "Back by Alipay"), text))
		return false;
	bool done = dialog_job(ui, tr("支付宝退款", "Back by Alipay"), tr("退款号已固定，不会重复退", "Its number is fixed: nothing goes back twice"), send_one,
	                       &s, &e) == OK;
	if (done)
		ui_good(ui, "%s", tr("支付宝已退款", "Alipay has paid it back"));
	else
		ui_fail(ui, &e);
	return done;
}

bool refund_step_approve(struct ui *ui, const char *subject, int64_t amount)
{
	char text[300], money[SCR_MONEY_SIZE], name[200];
	text_copy(name, sizeof name, subject);
	snprintf(text, sizeof text,
		tr("批准 %s 退款 %s？按原支付方式退还。", "Approve that %s gets %s back, the way it was paid?"), name,
		scr_money(amount, money));
	struct approval a = {.ui = ui};
	struct call c = {.no = name, .more = &a};
	if (!dialog_confirm(ui, tr("批准退款", "Approve a refund"), text, tr("批准", "approve")) || !app_do(ui, call_approve, &c))
		return false;
	if (a.why.code)
		ui_fail(ui, &a.why);
	else
		ui_good(ui, "%s", json_number(c.out, "sent_back") ? tr("支付宝已退款", "Alipay has paid it back")
		                                                  : tr("已批准，等待付款", "Approved; it is to be paid back"));
	json_decref(c.out);
	return true;
}

bool refund_step_pay(struct ui *ui, const char *subject, const char *receipt, const char *method, int64_t amount)
{
	char text[300], money[SCR_MONEY_SIZE], name[200], paid_by[200], reference[200] = "";
	text_copy(name, sizeof name, subject);
	text_copy(paid_by, sizeof paid_by, receipt);
	if (method_is_provider(method))
		return send_back(ui, name, paid_by, amount);
	snprintf(text, sizeof text,
		tr("%s 退 %s（原收据 %s）。款已退出后，填写凭证号。",
			"%s: %s goes back (receipt %s). When it has, give the slip's number."),
		codeword_method(method), scr_money(amount, money), paid_by);
	struct dialog_ask ask = {.title = tr("退款", "Pay back"),
		.text = text,
		.label = slip_title(method),
		.limit = 40,
		.input = TERM_INPUT_LATIN};
	struct call c = {.no = name, .a = paid_by, .b = reference};
	return dialog_ask(ui, &ask, reference, sizeof reference) &&
		run(ui, call_pay, &c, tr("已登记退款", "Paid back"));
}

bool refund_step_withdraw(struct ui *ui, const char *subject)
{
	char name[200], reason[500] = "";
	text_copy(name, sizeof name, subject);
	struct call c = {.no = name, .a = reason};
	return refund_ask_reason(ui, tr("撤回退款", "Withdraw the refund"),
			   tr("订单回到申请退款之前的状态。写明理由，会留在记录里。",
				   "The order goes on from where it stood. Say why; it is journalled."),
			   reason, sizeof reason) &&
		run(ui, call_withdraw, &c, tr("退款申请已撤回", "The refund is withdrawn"));
}

/* The first refund of the order in this state. */
static const json_t *refund_in(const json_t *order, const char *state)
{
	const json_t *each;
	size_t i;
	json_array_foreach(json_object_get(order, "refunds"), i, each)
		if (strcmp(json_text(each, "state"), state) == 0)
			return each;
	return NULL;
}

static bool may_ask(struct ui *ui, const json_t *order)
{
	const char *status = json_text(order, "status");
	return app_may(ui, MAY_REFUND_ASK) && transition_to(json_text(order, "business"), status, "refund") &&
		json_number(order, "paid") > json_number(order, "refunded") + json_number(order, "refunding");
}

/* An order put aside by an earlier program has no refund yet; approving makes it. */
static bool may_approve(struct ui *ui, const json_t *order)
{
	bool waits = strcmp(json_text(order, "status"), "refunding") == 0 &&
		json_array_size(json_object_get(order, "refunds")) == 0;
	return app_may(ui, MAY_REFUND_APPROVE) && (waits || refund_in(order, "asked"));
}

static bool may_pay(struct ui *ui, const json_t *order)
{
	return app_may(ui, MAY_REFUND_DONE) && refund_in(order, "approved");
}

bool scr_refund_offered(struct ui *ui, const json_t *order)
{
	return may_pay(ui, order) || may_approve(ui, order) || may_ask(ui, order);
}

static bool ask_for(struct ui *ui, const json_t *order)
{
	char no[ORDER_NO_SIZE], reason[500] = "", text[300], money[SCR_MONEY_SIZE];
	text_copy(no, sizeof no, json_text(order, "order"));
	snprintf(text, sizeof text,
		tr("订单 %s 不再办理，已付 %s 等主管批准后按原方式退还。",
			"Order %s ends here; %s goes back once a manager approves."), no,
		scr_money(json_number(order, "paid") - json_number(order, "refunded") - json_number(order, "refunding"), money));
	struct call c = {.no = no, .a = reason};
	return refund_ask_reason(ui, tr("申请退款", "Ask for a refund"), text, reason, sizeof reason) &&
		run(ui, call_ask, &c, tr("已申请退款，等待主管批准", "Asked; a manager approves it"));
}

bool scr_refund(struct ui *ui, const json_t *order)
{
	const json_t *approved = refund_in(order, "approved");
	int64_t asked = 0;
	const json_t *each;
	size_t i;
	if (may_pay(ui, order))
		return refund_step_pay(ui, json_text(order, "order"), json_text(approved, "receipt"), json_text(approved, "method"),
			json_number(approved, "amount"));
	if (!may_approve(ui, order))
		return may_ask(ui, order) && ask_for(ui, order);
	json_array_foreach(json_object_get(order, "refunds"), i, each)
		if (strcmp(json_text(each, "state"), "asked") == 0)
			asked += json_number(each, "amount");
	return refund_step_approve(ui, json_text(order, "order"), asked ? asked : json_number(order, "paid"));
}

bool scr_undo_offered(struct ui *ui, const json_t *order)
{
	const json_t *handover = json_object_get(order, "handover");
	return app_may(ui, MAY_HANDOVER_UNDO) && json_is_object(handover) &&
		strcmp(json_text(handover, "to_whom"), "mail") != 0 &&
		(strcmp(json_text(order, "status"), "issued") == 0 ||
			transition_to(json_text(order, "business"), json_text(order, "status"), "undo-hand-over"));
}

bool scr_undo(struct ui *ui, const json_t *order)
{
	char no[ORDER_NO_SIZE], reason[500] = "";
	text_copy(no, sizeof no, json_text(order, "order"));
	struct call c = {.no = no, .a = reason};
	return refund_ask_reason(ui, tr("撤销领取", "Undo the hand-over"),
			   tr("介质交错了人：证书立即暂停，重新正确领取后恢复。写明理由，会留在记录里。",
				   "The key went to the wrong person: its certificate is suspended at once, until the right hand-over. "
				   "Say why; it is journalled."),
			   reason, sizeof reason) &&
		run(ui, call_undo, &c, tr("领取已撤销，证书已暂停", "The hand-over is undone, the certificate suspended"));
}
