/* Backup and restore of a site. */
#include "base/json.h"
#include "base/lang.h"
#include "cli/cli.h"
#include "desk/backup.h"

static enum err backup(struct cli *c, struct error *e)
{
	const char *path = args_at(&c->args, 0);
	enum err r = backup_write(c->desk, path, e);
	return r ? r : cli_say(c, "file", path, "done", json_true());
}

static enum err backups(struct cli *c, struct error *e)
{
	int64_t number = args_number(&c->args, "--destroyed", 0);
	enum err r = number ? backup_declare_destroyed(c->desk, number, e) : OK;
	return r ? r : backup_list(c->desk, &c->result, e);
}

static void progress(void *arg, int64_t done)
{
	cli_progress(arg, tr("正在校验…", "verifying…"), done, 0);
}

/* All passwords that are needed, from their files or the terminal. */
static enum err ask(const struct cli *c, struct restore_options *o, struct secret *own, struct secret *second, struct secret *recovery,
                    struct error *e)
{
	const char *recovery_file = args_text(&c->args, "--recovery-password-file");
	if (!o->user)
		return error_set(e, ERR_USAGE, "%s", tr("恢复要由这个受理点的系统管理员办理：--user", "an administrator of the site restores it: --user"));
	enum err r = cli_password(args_global(&c->args, "--password-file"), tr("口令", "Password"), false, own, e);
	if (!r && o->with)
		r = cli_password(args_global(&c->args, "--with-password-file"), tr("第二人口令", "Second person's password"), false, second, e);
	if (!r && recovery_file && !(r = cli_password(recovery_file, "", false, recovery, e)))
		o->recovery_password = recovery;
	return r;
}

static enum err restore(struct cli *c, struct error *e)
{
	const struct args *a = &c->args;
	struct secret own = {0}, second = {0}, recovery = {0};
	struct restore_options o = {.dir = args_global(a, "-C"), .file = args_at(a, 0), .store_key = args_text(a, "--store-key"),
		.recovery_key = args_text(a, "--recovery-key"), .keys = args_text(a, "--keys"), .user = args_global(a, "--user"),
		.with = args_global(a, "--with"), .password = &own, .with_password = &second, .progress = progress, .arg = c};
	enum err r = !o.store_key == !o.recovery_key ? error_set(e, ERR_USAGE, "%s", tr("给出 --store-key 或 --recovery-key 之一",
	                                                                            "give one of --store-key and --recovery-key"))
	                                             : ask(c, &o, &own, &second, &recovery, e);
	if (!r)
		r = desk_restore(&o, &c->result, e);
	secret_wipe(&own);
	secret_wipe(&second);
	secret_wipe(&recovery);
	return r;
}

static const struct option backups_table[] = {
	{"--destroyed", OPTION_NUMBER, "N", false, "登记第 N 号备份及其副本已销毁", "number N is destroyed, with every copy of it"},
	OPTIONS_END,
};

static const struct option restore_table[] = {
	{"--store-key", OPTION_FILE, "FILE", false, "受理点密钥文件", "the site's store key"},
	{"--recovery-key", OPTION_FILE, "KEY.pem", false, "恢复证书的私钥", "the private key of the recovery certificate"},
	{"--recovery-password-file", OPTION_FILE, "FILE", false, "这个私钥的口令文件", "file with that key's password"},
	{"--keys", OPTION_FILE, "DIR", false, "受理点密钥放到哪个目录（默认在数据目录旁）", "where the store key goes (default: beside the data)"},
	OPTIONS_END,
};

const struct command commands_backup[] = {
	{"backup", "FILE", NULL, 0, backup, NULL, "整个受理点备份到一个文件", "back the whole site up to one file"},
	{"backups", "", backups_table, 0, backups, NULL, "做过的备份，哪些还存有已清除的个人数据", "backups that were made, and which still hold what was purged"},
	{"restore", "FILE", restore_table, COMMAND_NO_SITE, restore, NULL, "从备份恢复受理点到新目录", "restore a site from a backup into a new directory"},
	COMMANDS_END,
};
