#include "desk/nextstep.h"

#include <string.h>

#include "base/lang.h"
#include "desk/elsewhere.h"
#include "rules/transition.h"

/* The first row that fits counts. */
static const struct {
	const char *status, *next, *zh, *en;
} steps[] = {
	{"draft", "form", "填写申请表", "fill in the form"},
	{"draft", "attach", "上传资料", "attach the documents"},
	{"draft", "sign", "申请签名确认", "signature"},
	{"returned", "form", "按退回意见补正", "correct what was returned"},
	{"returned", "attach", "上传资料", "attach the documents"},
	{"returned", "sign", "申请签名确认", "signature"},
	{"awaiting-payment", "pay", "收款", "payment"},
	{"in-review", "review", "审核", "review"},
	{"approved", "fetch", "取别处的证书", "get the other counter's certificate"},
	{"approved", "unlock", "解锁", "unlock the key"},
	{"approved", "issue", "制证", "issue"},
	{"issuing", "issue", "继续制证", "go on issuing"},
	{"issued", "accept", "证书接受", "acceptance"},
	{"issued", "mail", "寄出", "mail"},
	{"issued", "handover", "领取", "hand over"},
	{"refunding", "refund", "办理退款", "the refund"},
};

static bool fits(const struct order *o, const char *draft, const char *next)
{
	if (o->draft)
		return strcmp(next, draft) == 0;
	if (strcmp(next, "fetch") == 0)
		return *elsewhere_named(o);
	if (strcmp(next, "unlock") == 0)
		return strcmp(o->business, "unlock") == 0;
	if (strcmp(next, "accept") == 0)
		return transition_to(o->business, o->status, "accept") != NULL; /* it never left the customer's hands */
	return strcmp(next, "mail") != 0 || strcmp(o->delivery, "mail") == 0;
}

void next_step_add(const struct order *o, const char *draft, json_t *out)
{
	size_t i = 0, n = sizeof steps / sizeof *steps;
	while (i < n && (strcmp(steps[i].status, o->status) != 0 || !fits(o, draft, steps[i].next)))
		i++;
	bool ended = status_ended(o->status);
	json_object_set_new(out, "next", json_string(i < n ? steps[i].next : ended ? "none" : "wait"));
	json_object_set_new(out, "next_title", json_string(i < n ? tr(steps[i].zh, steps[i].en) : ended ? tr("没有待办", "nothing left") : tr("等待", "wait")));
}
