/* Keys that are inserted; one key. The stock has its own commands (cmd_stock.c). */
#include "cli/cli.h"
#include "base/lang.h"
#include "desk/keys.h"
#include "desk/about.h"
#include "desk/unlock.h"

static enum err list(struct cli *c, struct error *e)
{
	return keys_inserted(c->desk, &c->result, e);
}

static enum err info(struct cli *c, struct error *e)
{
	return keys_info(c->desk, args_at(&c->args, 0), &c->result, e);
}

static enum err about(struct cli *c, struct error *e)
{
	return about_key(c->desk, args_at(&c->args, 0), &c->result, e);
}

static enum err unlock(struct cli *c, struct error *e)
{
	struct secret pin = {0};
	if (args_flag(&c->args, "--send"))
		return key_unlock_send(c->desk, args_at(&c->args, 0), &c->result, e);
	enum err r = cli_password(args_text(&c->args, "--pin-file"), tr("新的证书密码：", "New PIN: "), true, &pin, e);
	if (!r)
		r = key_unlock(c->desk, args_at(&c->args, 0), args_text(&c->args, "--code"), &pin, &c->result, e);
	secret_wipe(&pin);
	return r;
}

static const struct option unlock_table[] = {
	{"--code", OPTION_TEXT, "CODE", false, "邮件里的解锁授权码", "the unlock code from the mail"},
	{"--send", OPTION_FLAG, NULL, false, "只重新发送解锁授权码", "only send the unlock code again"},
	{"--pin-file", OPTION_FILE, "FILE", false, "客户新证书密码的文件；不写则询问", "file with the customer's new PIN; asked for without it"},
	OPTIONS_END,
};

const struct command commands_key[] = {
	{"key list", "", NULL, 0, list, "serial,reader,driver,state,medium,order,staff,pin_tries",
	 "现在插着的介质", "the keys that are in now"},
	{"key info", "SERIAL", NULL, 0, info, NULL, "一个介质的情况", "one key, with its moves"},
	{"key about", "SERIAL", NULL, 0, about, NULL, "已插入的介质可以办什么业务", "what can be done with the key that is in"},
	{"key unlock", "ORDER", unlock_table, 0, unlock, NULL, "解锁介质，设置新的证书密码", "unlock a key and set a new PIN"},
	COMMANDS_END,
};
