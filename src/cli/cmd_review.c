/* The review queue. */
#include "cli/cli.h"
#include "desk/review.h"

static enum err list(struct cli *c, struct error *e)
{
	return review_list(c->desk, &c->result, e);
}

static enum err claim(struct cli *c, struct error *e)
{
	return review_claim(c->desk, args_at(&c->args, 0), &c->result, e);
}

static enum err approve(struct cli *c, struct error *e)
{
	return review_approve(c->desk, args_at(&c->args, 0), &c->result, e);
}

static enum err give_back(struct cli *c, struct error *e)
{
	return review_return(c->desk, args_at(&c->args, 0), args_text(&c->args, "--reason"), &c->result, e);
}

static enum err reject(struct cli *c, struct error *e)
{
	return review_reject(c->desk, args_at(&c->args, 0), args_text(&c->args, "--reason"), &c->result, e);
}

static enum err pass(struct cli *c, struct error *e)
{
	const char *reason = args_text(&c->args, "--reason");
	return review_pass(c->desk, args_at(&c->args, 0), args_text(&c->args, "--to"), reason ? reason : "", &c->result, e);
}

static enum err sites(struct cli *c, struct error *e)
{
	return review_sites(c->desk, &c->result, e);
}

static const struct option pass_table[] = {
	{"--to", OPTION_TEXT, "SITE", true, "审核点代码", "the review site's code"},
	{"--reason", OPTION_TEXT, "REASON", false, "理由", "reason"},
	OPTIONS_END,
};
static const struct option reason_table[] = {
	{"--reason", OPTION_TEXT, "REASON", true, "理由", "reason"},
	OPTIONS_END,
};

const struct command commands_review[] = {
	{"review list", "", NULL, 0, list, "order,site,name,business_title,waiting,minutes,submitted_at,review_due_at,late,claimed_by,passed_from,passed_reason",
	 "待审核队列", "the review queue"},
	{"review claim", "[ORDER]", NULL, 0, claim, NULL, "领取审核任务（不写订单号则领第一个）", "claim an order, or the first free one"},
	{"review approve", "ORDER", NULL, 0, approve, NULL, "通过", "approve"},
	{"review return", "ORDER", reason_table, 0, give_back, NULL, "退回补正", "return for correction"},
	{"review reject", "ORDER", reason_table, 0, reject, NULL, "不予受理", "reject"},
	{"review sites", "", NULL, 0, sites, "site,name", "可以转交的审核点", "review sites that an order can be handed over to"},
	{"review pass", "ORDER", pass_table, 0, pass, NULL, "转交另一审核点", "hand over to another review site"},
	COMMANDS_END,
};
