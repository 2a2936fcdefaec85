#include "desk/nextstep.h"

#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "desk/claim.h"
#include "desk/elsewhere.h"
#include "desk/refundrow.h"
#include "rules/transition.h"

/* The first row that fits counts. */
static const struct {
	const char *status, *next, *zh, *en;
	enum permission may;
	bool apart; /* kept apart from keying in */
} steps[] = {
	{"draft", "form", "填写申请表", "fill in the form", MAY_ORDER_NEW, false},
	{"draft", "attach", "上传资料", "attach the documents", MAY_ATTACH, false},
	{"draft", "sign", "申请签名确认", "signature", MAY_SIGN, false},
	{"returned", "form", "按退回意见补正", "correct what was returned", MAY_ORDER_NEW, false},
	{"returned", "attach", "上传资料", "attach the documents", MAY_ATTACH, false},
	{"returned", "sign", "申请签名确认", "signature", MAY_SIGN, false},
	{"awaiting-payment", "pay", "收款", "payment", MAY_PAY, false},
	{"in-review", "review", "审核", "review", MAY_REVIEW, true},
	{"approved", "fetch", "取别处的证书", "get the other counter's certificate", MAY_ORDER_NEW, false},
	{"approved", "unlock", "解锁", "unlock the key", MAY_UNLOCK, true},
	{"approved", "issue", "制证", "issue", MAY_ISSUE, true},
	{"issuing", "issue", "继续制证", "go on issuing", MAY_ISSUE, true},
	{"issued", "accept", "证书接受", "acceptance", MAY_ISSUE, false},
	{"issued", "mail", "寄出", "mail", MAY_MAIL, false},
	{"issued", "handover", "领取", "hand over", MAY_HANDOVER, false},
	{"refunding", "refund", "批准退款", "approve the refund", MAY_REFUND_APPROVE, true},
	{"refunding", "refund", "办理退款", "the refund", MAY_REFUND_DONE, false},
};

static bool fits(const struct order *o, const char *draft, bool back, enum permission may, const char *next)
{
	if (strcmp(o->status, "refunding") == 0)
		return back == (may == MAY_REFUND_DONE);
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

static enum err kept_apart(struct desk *d, const struct order *o, enum permission may, const char *roles, char *out, size_t size, struct error *e)
{
	bool apart = true;
	if (may == MAY_REFUND_APPROVE) {
		enum err r = refund_separate(d, o, &d->actor, &apart, e);
		if (!r && !apart)
			snprintf(out, size, tr("另一位%s（收款或申请退款的人不能批准）", "another %s: who took the money or asked may not approve"), roles);
		return r;
	}
	enum err r = order_separate(d, o, &d->actor, may, e);
	if (r == ERR_DESK_SEPARATION) {
		snprintf(out, size, tr("另一位%s（录入的人不能%s）", "another %s: who keyed it in may not %s"), roles, permission_title(may));
		r = OK;
	}
	return r;
}

/* "" where it is the actor's to do. */
static enum err waits_for(struct desk *d, const struct order *o, enum permission may, bool apart, char *out, size_t size, struct error *e)
{
	char roles[200], name[128];
	struct error why = {0};
	int64_t claimer = 0;
	enum err r = OK;
	out[0] = '\0';
	roles_titles(permission_roles(may), roles, sizeof roles);
	if (!o->draft && o->away)
		text_copy(out, size, o->holder);
	else if (o->to_headquarters)
		snprintf(out, size, "%s", tr("总部（线路通时自动送去）", "headquarters, where it goes when the line is up"));
	else if (!(permission_roles(may) & d->actor.roles))
		snprintf(out, size, "%s", roles);
	else if (apart && !(r = kept_apart(d, o, may, roles, out, size, &why)) && !*out && may == MAY_REVIEW && !(r = review_claimer(d, o->id, &claimer, name, &why)) && claimer && claimer != d->actor.id)
		snprintf(out, size, tr("%s（已领取任务）", "%s, who has claimed it"), name);
	return r ? error_set(e, r, "%s", why.detail) : OK;
}

enum err next_step_add(struct desk *d, const struct order *o, const char *draft, json_t *out, struct error *e)
{
	size_t i = 0, n = sizeof steps / sizeof *steps;
	char who[400] = "";
	bool back = false, ended = status_ended(o->status);
	enum err r = strcmp(o->status, "refunding") == 0 ? refund_approved(d, o, &back, e) : OK;
	while (i < n && (strcmp(steps[i].status, o->status) != 0 || !fits(o, draft, back, steps[i].may, steps[i].next)))
		i++;
	if (!r)
		r = i < n ? waits_for(d, o, steps[i].may, steps[i].apart, who, sizeof who, e) : OK;
	json_object_set_new(out, "next", json_string(i < n ? steps[i].next : ended ? "none" : "wait"));
	json_object_set_new(out, "next_title", json_string(i < n ? tr(steps[i].zh, steps[i].en) : ended ? tr("没有待办", "nothing left") : tr("等待", "wait")));
	json_object_set_new(out, "next_who", json_string(who));
	return r;
}
