/* The applicant's signature. */
#include "base/lang.h"
#include "cli/cli.h"
#include "desk/sign.h"

static enum err sign(struct cli *c, struct error *e)
{
	const char *no = args_at(&c->args, 0), *code = args_text(&c->args, "--code");
	bool send = args_flag(&c->args, "--send"), paper = args_flag(&c->args, "--paper");
	if (send + paper + (code != NULL) != 1)
		return error_set(e, ERR_USAGE, "%s", tr("sign 要 --send、--code、--paper 中的一个",
			"sign takes one of --send, --code, --paper"));
	return send ? sign_send(c->desk, no, &c->result, e)
	       : code ? sign_code(c->desk, no, code, &c->result, e)
	              : sign_paper(c->desk, no, &c->result, e);
}

static const struct option sign_table[] = {
	{"--send", OPTION_FLAG, NULL, false, "向经办人发送验证码", "send a code to the agent"},
	{"--code", OPTION_TEXT, "CODE", false, "经办人收到的验证码", "the code that the agent got"},
	{"--paper", OPTION_FLAG, NULL, false, "纸质签名已扫描，由第二人确认", "signed on paper and scanned; the second person confirms"},
	OPTIONS_END,
};

const struct command commands_sign[] = {
	{"sign", "ORDER", sign_table, 0, sign, NULL, "申请签名确认", "sign the application"},
	COMMANDS_END,
};
