#include "rules/transition.h"

#include <string.h>

#include "base/lang.h"

static const struct {
	const char *name, *zh, *en;
	bool ended;
} statuses[] = {
	{"draft", "草稿", "draft", false},
	{"signed", "已签名", "signed", false},
	{"awaiting-payment", "待支付", "awaiting payment", false},
	{"paid", "已支付", "paid", false},
	{"in-review", "审核中", "in review", false},
	{"returned", "退回补正", "returned", false},
	{"approved", "已通过", "approved", false},
	{"issuing", "制证中", "issuing", false},
	{"issued", "已制证", "issued", false},
	{"handed-over", "已领取", "handed over", false},
	{"mailed", "已寄出", "mailed", false},
	{"done", "已完成", "done", true},
	{"rejected", "不予受理", "rejected", true},
	{"cancelled", "已取消", "cancelled", true},
	{"refunding", "退款中", "refunding", false},
	{"refunded", "已退款", "refunded", true},
};

/* An empty business is every business. The first row that fits counts. */
static const struct {
	const char *business, *event, *from, *to;
} transitions[] = {
	{"", "sign", "draft", "signed"},
	{"", "sign", "returned", "signed"},
	{"", "ask-payment", "signed", "awaiting-payment"},
	{"", "pay", "awaiting-payment", "paid"},
	{"", "pay", "signed", "paid"}, /* nothing to pay, or paid before it was returned */
	{"", "submit", "paid", "in-review"},
	{"", "void", "in-review", "awaiting-payment"}, /* a receipt taken by mistake */
	{"", "skip-review", "paid", "approved"},
	{"", "approve", "in-review", "approved"},
	{"", "return", "in-review", "returned"},
	{"", "reject", "in-review", "rejected"},
	{"unlock", "take-effect", "approved", "done"},
	{"change", "take-effect", "approved", "done"},
	{"revoke", "take-effect", "approved", "done"},
	{"suspend", "take-effect", "approved", "done"},
	{"resume", "take-effect", "approved", "done"},
	{"unlock", "cancel", "approved", "cancelled"},
	{"unlock", "start-issue", "approved", NULL}, /* nothing is made */
	{"revoke", "start-issue", "approved", NULL},
	{"suspend", "start-issue", "approved", NULL},
	{"resume", "start-issue", "approved", NULL},
	{"", "start-issue", "approved", "issuing"},
	{"", "start-issue", "issuing", "issuing"},
	{"", "issue", "issuing", "issued"},
	{"", "undo-issue", "issuing", "approved"},
	{"renew", "accept", "issued", "done"}, /* the key was in the customer's hands all the time */
	{"change", "accept", "issued", "done"},
	{"renew", "hand-over", "issued", NULL},
	{"change", "hand-over", "issued", NULL},
	{"renew", "mail", "issued", NULL},
	{"change", "mail", "issued", NULL},
	{"", "hand-over", "issued", "handed-over"},
	{"", "mail", "issued", "mailed"},
	{"", "finish", "handed-over", "done"},
	{"", "finish", "mailed", "done"},
	{"", "come-back", "mailed", "issued"}, /* the parcel couldn't be delivered */
	{"", "edit", "signed", "returned"}, /* a signed field changed: the signature is void */
	{"", "edit", "awaiting-payment", "returned"},
	{"", "cancel", "draft", "cancelled"},
	{"", "cancel", "awaiting-payment", "cancelled"},
	{"", "cancel", "returned", "cancelled"},
	{"", "cancel", "in-review", "cancelled"}, /* its money goes the way of every refund */
	{"", "cancel", "approved", "cancelled"},
	{"", "unpaid", "awaiting-payment", "cancelled"},
	{"", "refund", "rejected", "refunding"},
	{"", "refund", "cancelled", "refunding"},
	{"", "refund", "approved", "refunding"},
	{"", "refund", "returned", "refunding"},
	{"", "refund", "in-review", "refunding"},
	{"", "refund", "refunded", "refunding"}, /* money that came late */
	{"", "refunded", "refunding", "refunded"},
	{"", "keep-in-review", "refunding", "in-review"}, /* asked back by mistake: on from where it stood */
	{"", "keep-approved", "refunding", "approved"},
	{"", "undo-hand-over", "done", "issued"},
	{"", "undo-hand-over", "handed-over", "issued"},
};

const char *transition_to(const char *business, const char *status, const char *event)
{
	for (size_t i = 0; i < sizeof transitions / sizeof *transitions; i++)
		if ((!*transitions[i].business || strcmp(transitions[i].business, business) == 0) &&
		    strcmp(transitions[i].event, event) == 0 && strcmp(transitions[i].from, status) == 0)
			return transitions[i].to;
	return NULL;
}

const char *status_title(const char *status)
{
	for (size_t i = 0; i < status_count(); i++)
		if (strcmp(statuses[i].name, status) == 0)
			return tr(statuses[i].zh, statuses[i].en);
	return status;
}

size_t status_count(void)
{
	return sizeof statuses / sizeof *statuses;
}

const char *status_at(size_t i)
{
	return i < status_count() ? statuses[i].name : NULL;
}

bool status_ended(const char *status)
{
	for (size_t i = 0; i < status_count(); i++)
		if (strcmp(statuses[i].name, status) == 0)
			return statuses[i].ended;
	return false;
}

bool status_is_draft(const char *status)
{
	return transition_to("", status, "sign") != NULL;
}
