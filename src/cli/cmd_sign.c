/* The applicant's signature. */
#include "base/lang.h"
#include "cli/cli.h"
#include "desk/sign.h"

static enum err by_key(struct cli *c, const char *no, const char *serial, struct error *e)
{
	struct secret pin = {0};
	enum err r = cli_password(args_text(&c->args, "--pin-file"), tr("证书密码：", "PIN: "), false, &pin, e);
	if (!r)
		r = sign_key(c->desk, no, serial, &pin, &c->result, e);
	secret_wipe(&pin);
	return r;
}

static enum err sign(struct cli *c, struct error *e)
{
	const char *no = args_at(&c->args, 0), *code = args_text(&c->args, "--code"), *key = args_text(&c->args, "--key");
	bool send = args_flag(&c->args, "--send"), paper = args_flag(&c->args, "--paper");
	if (send + paper + (code != NULL) + (key != NULL) != 1)
		return error_set(e, ERR_USAGE, "%s", tr("sign 要 --send、--code、--key、--paper 中的一个",
			"sign takes one of --send, --code, --key, --paper"));
	return send  ? sign_send(c->desk, no, &c->result, e)
	       : code ? sign_codes(c->desk, no, code, args_text(&c->args, "--old-code"), &c->result, e)
	       : key  ? by_key(c, no, key, e)
	              : sign_paper(c->desk, no, &c->result, e);
}

static const struct option sign_table[] = {
	{"--send", OPTION_FLAG, NULL, false, "向经办人发送验证码", "send a code to the agent"},
	{"--code", OPTION_TEXT, "CODE", false, "经办人收到的验证码", "the code that the agent got"},
	{"--old-code", OPTION_TEXT, "CODE", false, "换手机号时，原手机号收到的验证码", "where the phone changes, the code that the old one got"},
	{"--key", OPTION_TEXT, "SERIAL", false, "由所办的介质签名", "the key that the order is about signs"},
	{"--pin-file", OPTION_FILE, "FILE", false, "证书密码的文件；不写则询问", "file with its PIN; asked for without it"},
	{"--paper", OPTION_FLAG, NULL, false, "纸质签名已扫描，由第二人确认", "signed on paper and scanned; the second person confirms"},
	OPTIONS_END,
};

const struct command commands_sign[] = {
	{"sign", "ORDER", sign_table, 0, sign, NULL, "申请签名确认", "sign the application"},
	COMMANDS_END,
};
