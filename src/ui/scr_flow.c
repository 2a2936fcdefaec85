/* What comes next for an order: one table of statuses and roles. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "rules/transition.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_fetch.h"

static const struct {
	const char *status, *name, *delivery; /* delivery "": any */
	enum permission may;
	const char *zh, *en;
	const struct screen_class *class; /* NULL: nothing to open here */
} rows[] = {
	{"draft", "form", "", MAY_ORDER_NEW, "填写申请表", "fill in the form", NULL},
	{"draft", "attach", "", MAY_ATTACH, "上传资料", "attach the documents", &scr_attach},
	{"draft", "sign", "", MAY_SIGN, "申请签名确认", "have the application signed", &scr_sign},
	{"returned", "form", "", MAY_ORDER_NEW, "按退回意见补正", "correct what was returned", NULL},
	{"awaiting-payment", "pay", "", MAY_PAY, "收款", "take the payment", &scr_pay},
	{"in-review", "review", "", MAY_REVIEW, "审核", "review", &scr_review},
	{"approved", "fetch", "", MAY_ORDER_NEW, "取别处的证书", "get the other counter's certificate", NULL},
	{"approved", "unlock", "", MAY_UNLOCK, "解锁", "unlock the key", &scr_unlock},
	{"approved", "issue", "", MAY_ISSUE, "制证", "issue", &scr_issue},
	{"issuing", "issue", "", MAY_ISSUE, "继续制证", "go on issuing", &scr_issue},
	{"refunding", "refund", "", MAY_REFUND_DONE, "办理退款", "the refund", &scr_refunds},
	{"issued", "accept", "", MAY_ISSUE, "证书接受", "have the certificate accepted", &scr_issue},
	{"issued", "handover", "counter", MAY_HANDOVER, "领取", "hand over", &scr_handover},
	{"issued", "mail", "mail", MAY_MAIL, "寄出", "mail", NULL},
};

static const char *draft_step(const json_t *order)
{
	if (scr_mistakes(order) > 0)
		return "form";
	return scr_missing(order, NULL) > 0 ? "attach" : "sign";
}

static int find(const json_t *order)
{
	const char *status = json_text(order, "status"), *delivery = json_text(order, "delivery");
	bool accepts = transition_to(json_text(order, "business"), status, "accept") != NULL;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (strcmp(status, "issued") == 0 && (strcmp(rows[i].name, "accept") == 0) != accepts)
			continue;
		if (strcmp(rows[i].status, status) != 0 ||
			(*rows[i].delivery && *delivery && strcmp(rows[i].delivery, delivery) != 0))
			continue;
		if (strcmp(status, "approved") == 0 && (strcmp(rows[i].name, "fetch") == 0) != json_is_object(json_object_get(order, "elsewhere")))
			continue;
		if (strcmp(rows[i].name, "unlock") == 0 && strcmp(json_text(order, "business"), "unlock") != 0)
			continue;
		if (strcmp(status, "draft") != 0 || strcmp(rows[i].name, draft_step(order)) == 0)
			return (int)i;
	}
	return -1;
}

struct next_step scr_next(struct ui *ui, const json_t *order)
{
	int i = find(order);
	if (i < 0)
		return (struct next_step){.name = "none", .zh = "没有待办", .en = "nothing left to do"};
	return (struct next_step){
		.name = rows[i].name, .zh = rows[i].zh, .en = rows[i].en, .mine = app_may(ui, rows[i].may)};
}

bool scr_go(struct ui *ui, const json_t *order)
{
	int i = find(order);
	char no[ORDER_NO_SIZE];
	if (i < 0 || !app_may(ui, rows[i].may))
		return false;
	text_copy(no, sizeof no, json_text(order, "order"));
	if (rows[i].class)
		return ui_push(ui, rows[i].class, no) == OK;
	if (strcmp(rows[i].name, "fetch") == 0)
		return scr_fetch_order(ui, no);
	if (strcmp(rows[i].name, "mail") == 0)
		return scr_mail(ui, no);
	scr_form_edit(ui, no);
	return true;
}
