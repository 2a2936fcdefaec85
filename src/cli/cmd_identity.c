/* Identity checks that failed. */
#include "cli/cli.h"
#include "desk/identity.h"

static enum err refuse(struct cli *c, struct error *e)
{
	const struct identity_refused what = {args_text(&c->args, "--of"), args_text(&c->args, "--method"), args_text(&c->args, "--reason"),
		args_text(&c->args, "--request")};
	return identity_refuse(c->desk, args_at(&c->args, 0), &what, &c->result, e);
}

static enum err pass(struct cli *c, struct error *e)
{
	return identity_pass(c->desk, args_at(&c->args, 0), args_text(&c->args, "--of"), args_text(&c->args, "--method"),
	                     args_text(&c->args, "--request"), &c->result, e);
}

static enum err list(struct cli *c, struct error *e)
{
	return identity_list(c->desk, args_at(&c->args, 0), &c->result, e);
}

#define OF      {"--of", OPTION_TEXT, "WHOM", true, "核验的是谁：unit、legal、agent、person", "of whom: unit, legal, agent, person"}
#define METHOD  {"--method", OPTION_TEXT, "METHOD", true, "怎样核验：face-matches、originals-seen、real-name-mobile、bank-card、one-cent、register", \
	"how: face-matches, originals-seen, real-name-mobile, bank-card, one-cent, register"}
#define REQUEST {"--request", OPTION_TEXT, "ID", false, "核验机构的请求编号", "the provider's number of the request"}

static const struct option refuse_table[] = {
	OF, METHOD,
	{"--reason", OPTION_TEXT, "REASON", true, "为什么没有通过：not-alike、differs、wrong-code、declined、not-found、doubtful、expired",
	 "why it failed: not-alike, differs, wrong-code, declined, not-found, doubtful, expired"},
	REQUEST, OPTIONS_END,
};

static const struct option pass_table[] = {OF, METHOD, REQUEST, OPTIONS_END};

const struct command commands_identity[] = {
	{"identity refuse", "ORDER", refuse_table, 0, refuse, NULL, "登记身份核验未通过", "record an identity check that failed"},
	{"identity pass", "ORDER", pass_table, 0, pass, NULL, "登记重新核验通过", "record that a check passed after one that failed"},
	{"identity list", "ORDER", NULL, 0, list, "of,method,provider,result,reason,checked_at", "身份核验记录（订单、草稿或证书序列号）",
	 "identity checks of an order, a draft, or a certificate's serial"},
	COMMANDS_END,
};
