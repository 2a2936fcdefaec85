/* Staff and sessions. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "cli/cli.h"
#include "desk/staff.h"
#include "desk/staffkey.h"
#include "desk/staffnumber.h"

static enum err login(struct cli *c, struct error *e)
{
	const char *path = args_text(&c->args, "--password-file");
	struct secret password = {0};
	if (!path)
		path = args_global(&c->args, "--password-file");
	enum err r = cli_password(path, tr("口令", "Password"), false, &password, e);
	if (!r && !(r = staff_login(c->desk, args_at(&c->args, 0), &password, e)) && !(r = session_start(c->desk, e)))
		c->result = staff_whoami(c->desk);
	secret_wipe(&password);
	return r;
}

static enum err logout(struct cli *c, struct error *e)
{
	enum err r = session_end(c->desk, e);
	if (!r)
		c->result = json_pack("{sn}", "login");
	return r;
}

static enum err whoami(struct cli *c, struct error *e)
{
	(void)e;
	c->result = staff_whoami(c->desk);
	return c->result ? OK : ERR_MEMORY;
}

static enum err add(struct cli *c, struct error *e)
{
	const char *who = args_at(&c->args, 0), *roles = args_text(&c->args, "--role");
	struct secret password = {0};
	enum err r = cli_password(args_text(&c->args, "--password-file"), tr("新用户口令", "New user's password"), true,
		&password, e);
	if (!r)
		r = staff_add(c->desk, who, args_text(&c->args, "--name"), roles, &password, e);
	secret_wipe(&password);
	return r ? r : cli_say(c, "login", who, "roles", staff_roles_array(roles));
}

static enum err list(struct cli *c, struct error *e)
{
	return staff_list(c->desk, &c->result, e);
}

static enum err disable(struct cli *c, struct error *e)
{
	enum err r = staff_disable(c->desk, args_at(&c->args, 0), e);
	return r ? r : cli_say(c, "login", args_at(&c->args, 0), "disabled", json_true());
}

static enum err unlock(struct cli *c, struct error *e)
{
	const char *login = args_at(&c->args, 0);
	bool disabled;
	enum err r = staff_unlock(c->desk, login, &disabled, e);
	if (!r && !(r = cli_say(c, "login", login, "locked_until", json_null())))
		json_object_set_new(c->result, "disabled", json_boolean(disabled));
	if (!r && disabled)
		fprintf(stderr, tr("%s 仍是停用的，不能登录。要恢复，用 staff roles %s --role …\n", "%s stays disabled and can't log in; staff roles %s --role … lets it in again\n"), login, login);
	return r;
}

static enum err roles(struct cli *c, struct error *e)
{
	const char *given = args_text(&c->args, "--role");
	enum err r = staff_roles(c->desk, args_at(&c->args, 0), given, e);
	return r ? r : cli_say(c, "login", args_at(&c->args, 0), "roles", staff_roles_array(given));
}

static enum err number(struct cli *c, struct error *e)
{
	const char *given = args_at(&c->args, 1);
	enum err r = staff_number(c->desk, args_at(&c->args, 0), given ? given : "", e);
	return r ? r : cli_say(c, "login", args_at(&c->args, 0), "number", json_string(given ? given : ""));
}

static enum err key(struct cli *c, struct error *e)
{
	const char *given = args_at(&c->args, 1);
	enum err r = staff_key(c->desk, args_at(&c->args, 0), given ? given : "", e);
	return r ? r : cli_say(c, "login", args_at(&c->args, 0), "key_serial", json_string(given ? given : ""));
}

static enum err passwd(struct cli *c, struct error *e)
{
	struct secret password = {0}, old = {0};
	const char *login = args_at(&c->args, 0), *file = args_text(&c->args, "--old-password-file");
	bool own = strcmp(login, c->desk->actor.login) == 0;
	enum err r = OK;
	if (own && (file || !c->password.length)) /* --user has just given it */
		r = cli_password(file, tr("原口令", "Old password"), false, &old, e);
	if (!r && old.length)
		r = staff_own_check(c->desk, &old, e);
	if (!r)
		r = cli_password(args_text(&c->args, "--password-file"), tr("新口令", "New password"), true, &password, e);
	if (!r)
		r = own ? staff_own_password(c->desk, old.length ? &old : &c->password, &password, e) : staff_password(c->desk, login, &password, e);
	secret_wipe(&password);
	secret_wipe(&old);
	return r ? r : cli_say(c, "login", args_at(&c->args, 0), "changed", json_true());
}

static const struct option login_table[] = {
	{"--password-file", OPTION_FILE, "FILE", false, "口令文件，没有则在终端询问", "file with the password; else it is asked for"},
	OPTIONS_END,
};
static const struct option add_table[] = {
	{"--name", OPTION_TEXT, "NAME", true, "姓名", "the person's name"},
	{"--role", OPTION_TEXT, "ROLES", true, "岗位，用逗号分开", "roles, separated by commas"},
	{"--password-file", OPTION_FILE, "FILE", false, "新用户的口令文件", "file with the new user's password"},
	OPTIONS_END,
};
static const struct option roles_table[] = {
	{"--role", OPTION_TEXT, "ROLES", true, "岗位，用逗号分开", "roles, separated by commas"},
	OPTIONS_END,
};
static const struct option passwd_table[] = {
	{"--password-file", OPTION_FILE, "FILE", false, "新口令文件", "file with the new password"},
	{"--old-password-file", OPTION_FILE, "FILE", false, "改自己的口令：原口令文件", "one's own: file with the old password"},
	OPTIONS_END,
};

const struct command commands_staff[] = {
	{"login", "USER", login_table, COMMAND_NO_LOGIN, login, NULL, "在这个终端会话里登录", "log in for this terminal session"},
	{"logout", "", NULL, COMMAND_NO_LOGIN, logout, NULL, "退出登录", "end the session"},
	{"whoami", "", NULL, 0, whoami, NULL, "当前用户和工位", "who is logged in, and where"},
	{"staff add", "USER", add_table, 0, add, NULL, "新增人员", "add a member of staff"},
	{"staff list", "", NULL, 0, list, "login,name,number,key_serial,roles,disabled,locked_until", "人员列表", "list staff"},
	{"staff disable", "USER", NULL, 0, disable, NULL, "停用人员", "disable a login"},
	{"staff unlock", "USER", NULL, 0, unlock, NULL, "解除锁定", "unlock a login"},
	{"staff roles", "USER", roles_table, 0, roles, NULL, "变更岗位", "change roles"},
	{"staff number", "USER [NUMBER]", NULL, 0, number, NULL, "登记工号（不写则取消）", "give a login its person's staff number, or take it away"},
	{"staff key", "USER [SERIAL]", NULL, 0, key, NULL, "登记人员自己的介质（不写则取消）", "enrol a person's own key, or take it away"},
	{"staff passwd", "USER", passwd_table, 0, passwd, NULL, "修改口令", "change a password"},
	COMMANDS_END,
};
