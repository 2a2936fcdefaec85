/* Certificates issued here. */
#include "base/lang.h"
#include "cli/cli.h"
#include "desk/cert.h"
#include "sync/sync.h"

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

static enum err fetch_by_key(struct cli *c, const char *key, struct error *e)
{
	struct secret pin = {0};
	enum err r = secret_read_file(&pin, args_text(&c->args, "--pin-file"), e);
	if (!r)
		r = sync_fetch_certificate(c->desk, key, &pin, &c->result, e);
	secret_wipe(&pin);
	return r;
}

/* With the key and its PIN; without it by a code, first sent, then given; without both by an approved order. */
static enum err fetch(struct cli *c, struct error *e)
{
	const char *key = args_text(&c->args, "--key"), *pin = args_text(&c->args, "--pin-file");
	const char *serial = args_text(&c->args, "--certificate"), *code = args_text(&c->args, "--code");
	const char *order = args_text(&c->args, "--order");
	bool send = args_flag(&c->args, "--send");
	if (order && !key && !pin && !serial && !code && !send)
		return sync_fetch_by_review(c->desk, order, &c->result, e);
	if (order)
		return error_set(e, ERR_USAGE, "%s", tr("cert fetch --order 不和别的选项一起用", "cert fetch --order takes no other option"));
	if (key && pin && !serial && !code && !send)
		return fetch_by_key(c, key, e);
	if (serial && !key && !pin && send != (code != NULL))
		return sync_fetch_by_code(c->desk, serial, code, &c->result, e);
	return error_set(e, ERR_USAGE, "%s", tr("cert fetch 要 --key 和 --pin-file，或 --certificate 和 --send、--code 之一，或 --order",
		"cert fetch takes --key and --pin-file, or --certificate and one of --send and --code, or --order"));
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
static const struct option fetch_table[] = {
	{"--key", OPTION_TEXT, "SERIAL", false, "插入的介质", "the inserted key"},
	{"--pin-file", OPTION_FILE, "FILE", false, "客户输入的 PIN", "the PIN that the customer gave"},
	{"--certificate", OPTION_TEXT, "SERIAL", false, "介质不在时：证书序列号", "without the key: the certificate's serial"},
	{"--send", OPTION_FLAG, NULL, false, "由总部向留存手机发送验证码", "have headquarters send a code to the phone on file"},
	{"--code", OPTION_TEXT, "CODE", false, "客户收到的验证码", "the code that the customer got"},
	{"--order", OPTION_TEXT, "ORDER", false, "总部审核点通过的补办订单", "a replacement that a review site approved"},
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
	{"cert list", "", list_table, 0, list, "serial,subject,order,key_serial,not_before,not_after,status_title", "证书列表，新的在前",
	 "list certificates, newest first"},
	{"cert show", "SERIAL", NULL, 0, show, NULL, "查看证书", "show a certificate"},
	{"cert export", "[SERIAL]", export_table, 0, export, NULL,
	 "把证书（PEM）写到标准输出", "write a certificate (PEM) to standard output"},
	{"cert chain", "", NULL, 0, chain, NULL, "把 CA 证书链写到标准输出", "write the CA's chain to standard output"},
	{"cert crl", "", crl_table, 0, crl, NULL, "把最新的吊销列表写到标准输出", "write the newest revocation list to standard output"},
	{"cert fetch", "", fetch_table, 0, fetch, NULL, "从总部取来别的受理点的证书，以便在这里办理", "get a certificate of another counter from headquarters, to go on with it here"},
	{"cert revoke", "SERIAL", revoke_table, 0, revoke, NULL, "CA 主动吊销（两人）", "revoke on the CA's own ground (two persons)"},
	{"cert suspend", "SERIAL", ground_table, 0, suspend, NULL, "CA 主动暂停（两人）", "suspend on the CA's own ground (two persons)"},
	{"cert resume", "SERIAL", ground_table, 0, resume, NULL, "CA 主动恢复（两人）", "resume on the CA's own ground (two persons)"},
	COMMANDS_END,
};
