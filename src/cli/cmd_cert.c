/* Certificates issued here. */
#include "base/lang.h"
#include "cli/cli.h"
#include "desk/cert.h"

static enum err list(struct cli *c, struct error *e)
{
	return certs_list(c->desk, args_text(&c->args, "--order"), args_text(&c->args, "--key"), &c->result, e);
}

static enum err show(struct cli *c, struct error *e)
{
	return cert_show(c->desk, args_at(&c->args, 0), &c->result, e);
}

static enum err export(struct cli *c, struct error *e)
{
	const char *serial = args_at(&c->args, 0), *no = args_text(&c->args, "--order");
	if ((serial != NULL) == (no != NULL))
		return error_set(e, ERR_USAGE, "%s", tr("cert export 要证书序列号或 --order 中的一个",
			"cert export takes a serial or --order"));
	return cert_export(c->desk, no, serial, &c->raw, e);
}

static enum err chain(struct cli *c, struct error *e)
{
	return cert_chain(c->desk, &c->raw, e);
}

static enum err crl(struct cli *c, struct error *e)
{
	return args_flag(&c->args, "--local") ? cert_crl_local(c->desk, &c->raw, e) : cert_crl(c->desk, &c->raw, e);
}

static enum err own(struct cli *c, const char *change, struct error *e)
{
	return cert_own_ground(c->desk, args_at(&c->args, 0), change, args_text(&c->args, "--reason"), args_text(&c->args, "--ground"),
	                       &c->result, e);
}

static enum err revoke(struct cli *c, struct error *e)
{
	return own(c, "revoke", e);
}

static enum err suspend(struct cli *c, struct error *e)
{
	return own(c, "suspend", e);
}

static enum err resume(struct cli *c, struct error *e)
{
	return own(c, "resume", e);
}

static const struct option revoke_table[] = {
	{"--reason", OPTION_TEXT, "REASON", true, "吊销原因（RFC 5280），如 key-compromise", "reason of RFC 5280, such as key-compromise"},
	{"--ground", OPTION_TEXT, "TEXT", true, "依据（记入日志）", "the ground (journalled)"},
	OPTIONS_END,
};
static const struct option ground_table[] = {
	{"--ground", OPTION_TEXT, "TEXT", true, "依据（记入日志）", "the ground (journalled)"},
	OPTIONS_END,
};
static const struct option crl_table[] = {
	{"--local", OPTION_FLAG, NULL, false, "本受理点自己的 CA 的列表", "the list of the site's own CA"},
	OPTIONS_END,
};
static const struct option list_table[] = {
	{"--order", OPTION_TEXT, "ORDER", false, "某订单的证书", "of one order"},
	{"--key", OPTION_TEXT, "SERIAL", false, "某介质的证书", "on one key"},
	OPTIONS_END,
};
static const struct option export_table[] = {
	{"--order", OPTION_TEXT, "ORDER", false, "某订单最新的证书", "the newest of one order"},
	OPTIONS_END,
};

const struct command commands_cert[] = {
	{"cert list", "", list_table, 0, list, "serial,subject,order,key_serial,not_before,not_after,status", "证书列表，新的在前",
	 "list certificates, newest first"},
	{"cert show", "SERIAL", NULL, 0, show, NULL, "查看证书", "show a certificate"},
	{"cert export", "[SERIAL]", export_table, 0, export, NULL,
	 "把证书（PEM）写到标准输出", "write a certificate (PEM) to standard output"},
	{"cert chain", "", NULL, 0, chain, NULL, "把 CA 证书链写到标准输出", "write the CA's chain to standard output"},
	{"cert crl", "", crl_table, 0, crl, NULL, "把最新的吊销列表写到标准输出", "write the newest revocation list to standard output"},
	{"cert revoke", "SERIAL", revoke_table, 0, revoke, NULL, "CA 主动吊销（两人）", "revoke on the CA's own ground (two persons)"},
	{"cert suspend", "SERIAL", ground_table, 0, suspend, NULL, "CA 主动挂失（两人）", "suspend on the CA's own ground (two persons)"},
	{"cert resume", "SERIAL", ground_table, 0, resume, NULL, "CA 主动解挂（两人）", "lift a suspension on the CA's own ground (two persons)"},
	COMMANDS_END,
};
