/* Issuing and the PIN's delivery. */
#include "base/lang.h"
#include "cli/cli.h"
#include "desk/issue.h"
#include "desk/pinlist.h"

static void progress(void *arg, const struct issue_progress *p)
{
	cli_progress(arg, p->title, p->done, p->of);
}

static enum err issue(struct cli *c, struct error *e)
{
	const char *no = args_at(&c->args, 0), *serial = args_text(&c->args, "--serial"),
		   *reason = args_text(&c->args, "--reason"), *file = args_text(&c->args, "--pin-file");
	bool undo = args_flag(&c->args, "--undo");
	struct secret pin = {0};
	bool accept = args_flag(&c->args, "--accept");
	if (accept && (undo || serial || file || reason))
		return error_set(e, ERR_USAGE, "%s", tr("--accept 不能和其他选项一起用", "--accept goes with no other option"));
	if (accept)
		return issue_accept(c->desk, no, &c->result, e);
	if (undo && (serial || file))
		return error_set(e, ERR_USAGE, "%s", tr("--undo 不能和 --serial、--pin-file 一起用", "--undo goes with neither --serial nor --pin-file"));
	if (!undo && reason)
		return error_set(e, ERR_USAGE, "%s", tr("--reason 只和 --undo 一起用", "--reason goes with --undo only"));
	if (undo)
		return issue_undo(c->desk, no, reason ? reason : "", &c->result, e);
	enum err r = file ? cli_password(file, "", false, &pin, e) : OK;
	if (!r)
		r = issue_with_pin(c->desk, no, serial, &pin, progress, c, &c->result, e);
	secret_wipe(&pin);
	return r;
}

static enum err resend(struct cli *c, struct error *e)
{
	return pin_resend(c->desk, args_at(&c->args, 0), &c->result, e);
}

static enum err received(struct cli *c, struct error *e)
{
	return pin_received(c->desk, args_at(&c->args, 0), args_text(&c->args, "--serial"), &c->result, e);
}

static const struct option received_table[] = {
	{"--serial", OPTION_TEXT, "SERIAL", false, "订单有几个介质时，只是这一个的", "that of one key, where the order has several"},
	OPTIONS_END,
};

static enum err new_pin(struct cli *c, struct error *e)
{
	const struct args *a = &c->args;
	return pin_new(c->desk, args_at(a, 0), args_text(a, "--serial"), args_text(a, "--to"), args_flag(a, "--identity-seen"), &c->result, e);
}

static const struct option new_pin_table[] = {
	{"--serial", OPTION_TEXT, "SERIAL", false, "订单有几个介质时，是哪一个", "which key, where the order has several"},
	{"--to", OPTION_TEXT, "NUMBER", false, "发到另一手机号（对公认证为账号）；不写则用申请表里的", "another mobile (or account); else the application's"},
	{"--identity-seen", OPTION_FLAG, NULL, false, "已重新核对证件原件", "the originals were looked at again"},
	OPTIONS_END,
};

static enum err waiting(struct cli *c, struct error *e)
{
	return pin_list_waiting(c->desk, &c->result, e);
}

static enum err bank_list(struct cli *c, struct error *e)
{
	const struct args *a = &c->args;
	return pin_list_make(c->desk, args_text(a, "--bank"), args_text(a, "-o"), args_number(a, "--list", 0), &c->result, e);
}

static const struct option bank_list_table[] = {
	{"-o", OPTION_FILE, "FILE.p7m", true, "加密的清单写到这里", "where the sealed list goes"},
	{"--bank", OPTION_FILE, "CERT.pem", false, "银行的证书；不写则用 bank_certificate", "the bank's certificate; else bank_certificate"},
	{"--list", OPTION_NUMBER, "N", false, "再做一次第 N 份清单", "make list N once more"},
	OPTIONS_END,
};
static const struct option issue_table[] = {
	{"--serial", OPTION_TEXT, "SERIAL", false, "介质序列号；不写则用唯一插着的", "the key's serial; else the one that is in"},
	{"--undo", OPTION_FLAG, NULL, false, "撤销已开始的制证，订单退回“已通过”", "take back an issue that was begun; the order is approved again"},
	{"--reason", OPTION_TEXT, "REASON", false, "撤销的理由", "why it is taken back"},
	{"--pin-file", OPTION_FILE, "FILE", false, "更新、变更时客户的证书密码文件", "for a renewal or change, file with the customer's PIN"},
	{"--accept", OPTION_FLAG, NULL, false, "更新、变更：客户已核对并接受已写入的新证书", "for a renewal or change: the customer has seen and accepts what was written"},
	OPTIONS_END,
};

const struct command commands_issue[] = {
	{"issue", "ORDER", issue_table, 0, issue, NULL, "制证", "issue the certificate and write it to the key"},
	{"pin resend", "ORDER", NULL, 0, resend, NULL, "重发证书密码", "send the PIN again"},
	{"pin received", "ORDER", received_table, 0, received, NULL, "客户已收到证书密码", "record that the customer got the PIN"},
	{"pin new", "ORDER", new_pin_table, 0, new_pin, NULL, "重新核验后设置新的证书密码（两人办理）", "set a new PIN after identity was checked again, by two persons"},
	{"pin waiting", "", NULL, 0, waiting, "order,name,key_serial,since", "等候银行附言清单的证书密码", "PINs that wait for the bank's list"},
	{"pin bank-list", "", bank_list_table, 0, bank_list, NULL, "银行附言清单（两人办理，加密给银行）", "the bank's list of PINs, by two persons, sealed to the bank"},
	COMMANDS_END,
};
