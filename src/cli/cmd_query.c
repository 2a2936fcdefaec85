/* What a customer asked for. */
#include "base/lang.h"
#include "cli/cli.h"
#include "desk/query.h"

static enum err query(struct cli *c, struct error *e)
{
	const char *kind = args_text(&c->args, "--kind"), *number = args_text(&c->args, "--number");
	const char *code = args_text(&c->args, "--code"), *reason = args_text(&c->args, "--reason");
	bool send = args_flag(&c->args, "--send");
	if (send + (code != NULL) + (reason != NULL) != 1)
		return error_set(e, ERR_USAGE, "%s", tr("query 要 --send、--code、--reason 中的一个",
			"query takes one of --send, --code, --reason"));
	if (args_text(&c->args, "--agent") && !send)
		return error_set(e, ERR_USAGE, "%s", tr("--agent 要和 --send 一起用", "--agent goes with --send"));
	return send   ? query_send_to(c->desk, kind, number, args_number(&c->args, "--agent", 0), &c->result, e)
	       : code ? query_code(c->desk, kind, number, code, &c->result, e)
	              : query_look(c->desk, kind, number, reason, &c->result, e);
}

static const struct option query_table[] = {
	{"--kind", OPTION_TEXT, "KIND", true, "证件类型：uscc、resident-id 等", "uscc, or a kind of identity document such as resident-id"},
	{"--number", OPTION_TEXT, "NUMBER", true, "证件号码", "its number"},
	{"--send", OPTION_FLAG, NULL, false, "向经办人发送验证码", "send a code to the agent"},
	{"--agent", OPTION_NUMBER, "AGENT", false, "发给这位在册经办人（默认联系人）", "to this agent on file (default: the contact)"},
	{"--code", OPTION_TEXT, "CODE", false, "经办人收到的验证码", "the code that the agent got"},
	{"--reason", OPTION_TEXT, "REASON", false, "不用验证码查看的理由（记入日志）", "look without a code, and why (journalled)"},
	OPTIONS_END,
};

const struct command commands_query[] = {
	{"query", "", query_table, 0, query, NULL, "订单查询", "a customer's orders"},
	COMMANDS_END,
};
