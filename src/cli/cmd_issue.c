/* Issuing and the PIN's delivery. */
#include "cli/cli.h"
#include "desk/issue.h"

static void progress(void *arg, const struct issue_progress *p)
{
	cli_progress(arg, p->title, p->done, p->of);
}

static enum err issue(struct cli *c, struct error *e)
{
	const char *file = args_text(&c->args, "--pin-file");
	struct secret pin = {0};
	enum err r = file ? cli_password(file, "", false, &pin, e) : OK;
	if (!r)
		r = issue_with_pin(c->desk, args_at(&c->args, 0), args_text(&c->args, "--serial"), &pin, progress, c, &c->result, e);
	secret_wipe(&pin);
	return r;
}

static enum err resend(struct cli *c, struct error *e)
{
	return pin_resend(c->desk, args_at(&c->args, 0), &c->result, e);
}

static const struct option issue_table[] = {
	{"--serial", OPTION_TEXT, "SERIAL", false, "介质序列号；不写则用唯一插着的", "the key's serial; else the one that is in"},
	{"--pin-file", OPTION_FILE, "FILE", false, "更新、变更时客户的证书密码文件", "for a renewal or change, file with the customer's PIN"},
	OPTIONS_END,
};

const struct command commands_issue[] = {
	{"issue", "ORDER", issue_table, 0, issue, NULL, "制证", "issue the certificate and write it to the key"},
	{"pin resend", "ORDER", NULL, 0, resend, NULL, "重发证书密码", "send the PIN again"},
	COMMANDS_END,
};
