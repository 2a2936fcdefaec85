#include "hub/cli.h"

#include <libgen.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/lang.h"
#include "cli/output.h"
#include "desk/desk.h"
#include "hub/authority.h"
#include "hub/backups.h"
#include "hub/catchup.h"
#include "hub/crlfile.h"
#include "hub/files.h"
#include "hub/init.h"
#include "hub/reading.h"
#include "hub/restore.h"
#include "hub/serve.h"
#include "hub/share.h"
#include "hub/site.h"
#include "hub/verify.h"
#include "rules/certstate.h"
#include "rules/codeword.h"

static const char *option(const struct cli *c, const char *name, const char *missing)
{
	const char *value = args_text(&c->args, name);
	return value ? value : missing;
}

static enum err run_init(struct cli *c, struct error *e)
{
	struct clock clock = CLOCK_SYSTEM;
	struct hub_init o = {.dir = args_global(&c->args, "-C"), .name = option(c, "--name", ""), .url = option(c, "--url", ""),
	                     .database = option(c, "--database", NULL), .now = clock_now(&clock)};
	enum err r = hub_init(&o, e);
	c->result = r ? NULL : json_pack("{ss ss}", "name", o.name, "url", o.url);
	return r;
}

static enum err run_serve(struct cli *c, struct error *e)
{
	return hub_serve(args_global(&c->args, "-C"), (int)args_number(&c->args, "--workers", 0), e);
}

static enum err run_enrol(struct cli *c, struct error *e)
{
	return site_enrol(hub_of(c), args_at(&c->args, 0), option(c, "--kind", ""), option(c, "--name", ""), option(c, "--region", ""), &c->result, e);
}

static enum err run_site(struct cli *c, struct error *e)
{
	return site_describe(hub_of(c), args_at(&c->args, 0), option(c, "--name", NULL), option(c, "--region", NULL), &c->result, e);
}

static enum err run_renew(struct cli *c, struct error *e)
{
	return site_renew(hub_of(c), args_at(&c->args, 0), &c->result, e);
}

/* The workers refuse from the commit on; the list is for nginx, which then does so before them. */
static enum err run_revoke(struct cli *c, struct error *e)
{
	struct hub *hub = hub_of(c);
	enum err r = site_revoke(hub, args_at(&c->args, 0), e);
	if (r || (r = site_write_crl(hub, e)))
		return r;
	hub_serve_reload(hub);
	c->result = json_pack("{ss ss}", "site", args_at(&c->args, 0), "state", "revoked");
	return OK;
}

static json_t *station(const json_t *row)
{
	return json_pack("{ss ss ss ss ss ss sI sI sn so so ss}", "site", json_text(row, "code"), "kind", json_text(row, "kind"), "name",
		json_text(row, "name"), "region", json_text(row, "region"), "state", json_text(row, "state"), "head", json_text(row, "head"), "seq",
		(json_int_t)json_number(row, "seq"), "epoch", (json_int_t)json_number(row, "epoch"), "backlog", "joined_at", hub_time_or_null(json_number(row, "joined_at")), "last_seen",
		hub_time_or_null(json_number(row, "last_seen")), "program", json_text(row, "program"));
}

/* "": it works. */
static json_t *trouble(enum err r, const struct error *why)
{
	char sentence[ERROR_DETAIL_SIZE * 3];
	return json_printable(r ? error_sentence(why, sentence, sizeof sentence) : "");
}

static enum err run_status(struct cli *c, struct error *e)
{
	struct hub *hub = hub_of(c);
	json_t *rows = NULL, *row, *stations = json_array();
	const char *list = hub->options.crl_file;
	struct error no_files = {0}, no_list = {0};
	int64_t alarms = 0, old = 0;
	bool undeclared = false;
	size_t i;
	enum err r = db_list(hub->db, HUB_SQL_SITE_LIST, &rows, e, "");
	if (!r)
		r = db_int(hub->db, HUB_SQL_ALARM_COUNT, 0, &alarms, e, "");
	if (!r)
		r = backups_old(hub, &old, e);
	if (!r)
		r = hub_restored_undeclared(hub, &undeclared, e);
	json_array_foreach(rows, i, row)
		json_array_append_new(stations, station(row));
	json_decref(rows);
	if (r) {
		json_decref(stations);
		return r;
	}
	enum err files = hub_files_reach(hub->files, &no_files), placed = crlfile_placed(hub, &no_list);
	c->result = json_pack("{ss ss ss sb sb so sI sI so so so so}", "name", hub->name, "url", hub->options.url, "database",
		db_is_sqlite(hub->db) ? "sqlite" : "postgresql", "serving", hub_probe(hub), "declaration_awaited", undeclared, "files_trouble", trouble(files, &no_files), "alarms", (json_int_t)alarms, "old_backups", (json_int_t)old,
		"crl_file", *list ? json_printable(list) : json_null(), "crl_file_good", *list ? json_boolean(!placed) : json_null(), "crl_file_trouble", *list ? trouble(placed, &no_list) : json_null(), "stations", stations);
	return c->result ? OK : ERR_MEMORY;
}

static void progress(void *arg, int64_t done)
{
	cli_progress(arg, tr("校验", "verifying"), done, 0);
}

static enum err run_verify(struct cli *c, struct error *e)
{
	struct hub_report report;
	enum err r = hub_verify_all(hub_of(c), &report, progress, c, e);
	if (!r)
		c->result = json_pack("{sI sI sI sI}", "sites", (json_int_t)report.sites, "entries", (json_int_t)report.entries, "states",
			(json_int_t)report.states, "files", (json_int_t)report.files);
	return r;
}

static enum err run_share(struct cli *c, struct error *e)
{
	const char *site = c->args.count ? args_at(&c->args, 0) : NULL;
	enum err r = site ? share_set(hub_of(c), option(c, "--region", ""), option(c, "--product", ""), site, args_number(&c->args, "--weight", 1), e) : OK;
	return r ? r : share_list(hub_of(c), &c->result, e);
}

static enum err run_ca_init(struct cli *c, struct error *e)
{
	struct hub *hub = hub_of(c);
	enum err r = authority_create(hub, option(c, "--name", hub->name), e);
	return r ? r : authority_status(hub, &c->result, e);
}

static enum err run_ca_status(struct cli *c, struct error *e)
{
	return authority_status(hub_of(c), &c->result, e);
}

static enum err run_ca_chain(struct cli *c, struct error *e)
{
	return authority_chain(hub_of(c), &c->raw, e);
}

static enum err run_ca_crl(struct cli *c, struct error *e)
{
	return authority_crl_pem(hub_of(c), &c->raw, e);
}

static enum err run_ca_list(struct cli *c, struct error *e)
{
	json_t *row;
	size_t i;
	enum err r = db_list(hub_of(c)->db, HUB_SQL_CA_CERTIFICATE_LIST, &c->result, e, "");
	json_array_foreach(c->result, i, row)
	{
		json_object_set_new(row, "not_before", hub_time_or_null(json_number(row, "not_before")));
		json_object_set_new(row, "not_after", hub_time_or_null(json_number(row, "not_after")));
		json_object_set_new(row, "state_at", hub_time_or_null(json_number(row, "state_at")));
	}
	return r;
}

static enum err run_tick(struct cli *c, struct error *e)
{
	bool made = false;
	enum err r = authority_crl(hub_of(c), &made, e);
	if (!r)
		r = backups_tick(hub_of(c), e);
	if (!r)
		r = readings_purge(hub_of(c), e);
	if (!r)
		r = catchup_run(hub_of(c), e);
	if (!r)
		r = crlfile_place(hub_of(c), e);
	c->result = r ? NULL : json_pack("{sb}", "crl_made", made);
	return r;
}

static enum err run_backup(struct cli *c, struct error *e)
{
	const char *file = args_at(&c->args, 0);
	enum err r = args_flag(&c->args, "--whole") ? hub_backup_whole(hub_of(c), file, e) : db_backup(hub_of(c)->db, file, e);
	if (!r && !args_flag(&c->args, "--rotated"))
		r = backups_note(hub_of(c), file, e);
	c->result = r ? NULL : json_pack("{so}", "file", json_printable(file));
	return r;
}

static enum err run_backups(struct cli *c, struct error *e)
{
	int64_t number = args_number(&c->args, "--destroyed", 0);
	enum err r = number ? backups_destroyed(hub_of(c), number, e) : OK;
	return r ? r : backups_list(hub_of(c), &c->result, e);
}

static enum err run_restore(struct cli *c, struct error *e)
{
	return hub_restore(args_global(&c->args, "-C"), args_at(&c->args, 0), &c->result, e);
}

static enum err run_declare_restore(struct cli *c, struct error *e)
{
	const char *by = option(c, "--by", ""), *with = option(c, "--with", "");
	enum err r = hub_declare_restore(hub_of(c), by, with, e);
	c->result = r ? NULL : json_pack("{ss ss}", "by", by, "with", with);
	return r;
}

static const struct option
	options_backup[] = {
		{"--whole", OPTION_FLAG, NULL, false, "连同文件、密钥和配置，存成一个文件", "files, keys and configuration too, as one archive"},
		{"--rotated", OPTION_FLAG, NULL, false, "到期自动删除的备份，不登记", "it is deleted by its date, and not noted"},
		OPTIONS_END},
	options_backups[] = {
		{"--destroyed", OPTION_NUMBER, "N", false, "登记第 N 号备份及其副本已销毁", "number N is destroyed, with every copy of it"},
		OPTIONS_END},
	options_declare[] = {
		{"--by", OPTION_TEXT, "NAME", true, "声明人", "who declares it"},
		{"--with", OPTION_TEXT, "NAME", true, "第二人", "the second person"},
		OPTIONS_END},
	options_init[] = {
		{"--name", OPTION_TEXT, "NAME", true, "总部名称", "headquarters' name"},
		{"--url", OPTION_TEXT, "URL", true, "受理点连接的网址 https://主机[:端口]", "what sites connect to, https://HOST[:PORT]"},
		{"--database", OPTION_TEXT, "ADDRESS", false, "数据库：sqlite:路径 或 postgresql://…", "the database: sqlite:PATH or postgresql://…"},
		OPTIONS_END},
	options_serve[] = {
		{"--workers", OPTION_NUMBER, "N", false, "工作进程数", "how many workers"},
		OPTIONS_END},
	options_enrol[] = {
		{"--kind", OPTION_TEXT, "KIND", true, "counter（受理点）或 review（审核点）", "counter or review"},
		{"--name", OPTION_TEXT, "NAME", false, "名称", "its name"},
		{"--region", OPTION_TEXT, "REGION", false, "地区代码", "its region's code"},
		OPTIONS_END},
	options_site[] = {
		{"--name", OPTION_TEXT, "NAME", false, "名称", "its name"},
		{"--region", OPTION_TEXT, "REGION", false, "地区代码", "its region's code"},
		OPTIONS_END},
	options_share[] = {
		{"--region", OPTION_TEXT, "REGION", false, "地区代码，省略即所有地区", "a region's code; any where it is left out"},
		{"--product", OPTION_TEXT, "PRODUCT", false, "产品代码，省略即所有产品", "a product's code; any where it is left out"},
		{"--weight", OPTION_NUMBER, "N", false, "份额 1 至 1000，0 即删除这一行", "its share, 1 to 1000; 0 takes the row out"},
		OPTIONS_END},
	options_ca[] = {
		{"--name", OPTION_TEXT, "NAME", false, "CA 名称，缺省为总部名称", "the authority's name; default: headquarters'"},
		OPTIONS_END};

static const struct command commands[] = {
	{"init", "", options_init, COMMAND_NO_SITE, run_init, NULL, "建立总部", "make a headquarters"},
	{"serve", "", options_serve, COMMAND_NO_SITE, run_serve, NULL, "运行服务，直到收到 SIGTERM", "serve until SIGTERM"},
	{"enrol", "SITE", options_enrol, 0, run_enrol, NULL, "登记受理点，给出一次性代码", "enrol a site; prints its one-time code"},
	{"site", "SITE", options_site, 0, run_site, NULL, "查看受理点，修改名称和地区", "a site; changes its name and region"},
	{"renew", "SITE", NULL, 0, run_renew, NULL, "给已有受理点新代码，重新申请证书", "a new code for a site that is here, for new certificates"},
	{"revoke", "SITE", NULL, 0, run_revoke, NULL, "吊销受理点的全部证书", "revoke all of a site's certificates"},
	{"status", "", NULL, 0, run_status, NULL, "服务状态和各受理点", "whether it serves, and the sites"},
	{"share", "[SITE]", options_share, 0, run_share, "region,product,site,weight", "各审核点分到哪些订单", "which review site gets which orders"},
	{"ca init", "", options_ca, 0, run_ca_init, NULL, "建立总部的 CA，受理点经总部签发证书", "make headquarters' own certificate authority"},
	{"ca status", "", NULL, 0, run_ca_status, NULL, "总部 CA 的状态", "the state of headquarters' authority"},
	{"ca list", "", NULL, 0, run_ca_list, "serial,site,order,profile,not_before,not_after,state,state_at,reason", "总部 CA 签发的证书", "what headquarters' authority issued"},
	{"ca chain", "", NULL, 0, run_ca_chain, NULL, "把总部 CA 证书写到标准输出", "write the authority's certificate to standard output"},
	{"ca crl", "", NULL, 0, run_ca_crl, NULL, "把最新的吊销列表写到标准输出", "write the newest revocation list to standard output"},
	{"tick", "", NULL, 0, run_tick, NULL, "定时任务：吊销列表、清除", "timed work: the revocation list, purges"},
	{"verify", "", NULL, 0, run_verify, NULL, "校验全部记录、签名和文件", "verify every chain, signature and file"},
	{"backup", "FILE", options_backup, 0, run_backup, NULL, "备份数据库", "copy the database"},
	{"backups", "", options_backups, 0, run_backups, NULL, "做过的备份，哪些还存有已清除的数据", "backups that were made, and which still hold what was purged"},
	{"restore", "FILE", NULL, COMMAND_NO_SITE, run_restore, NULL, "从整体备份恢复总部", "make a headquarters from a whole backup"},
	{"declare-restore", "", options_declare, 0, run_declare_restore, NULL, "两人声明总部是恢复来的", "two persons declare that it was restored"},
	COMMANDS_END,
};
const struct command *const hub_commands[] = {commands, hub_commands_alarms, hub_commands_lay, hub_commands_report, NULL};

/* Of certdesk's global options those that mean something here. */
const struct option hub_globals[] = {
	{"-C", OPTION_FILE, "DIR", false, "总部数据目录", "headquarters' directory"},
	{"--json", OPTION_FLAG, NULL, false, "输出 JSON", "print JSON"},
	{"--lang", OPTION_TEXT, "LANG", false, "语言：zh 或 en", "language: zh or en"},
	{"--help", OPTION_FLAG, NULL, false, "显示帮助", "show help"},
	{"--version", OPTION_FLAG, NULL, false, "显示版本", "show the version"},
	OPTIONS_END,
};

static enum err check_globals(const struct args *a, struct error *e)
{
	for (const struct option *o = args_globals; o->name; o++) {
		bool ours = false;
		for (const struct option *h = hub_globals; h->name; h++)
			ours = ours || strcmp(h->name, o->name) == 0;
		if (!ours && args_global(a, o->name))
			return error_set(e, ERR_USAGE, "%s", o->name);
	}
	return OK;
}

static void print_command(const struct command *c)
{
	char line[300];
	snprintf(line, sizeof line, "%s%s%s", c->words, *c->arguments ? " " : "", c->arguments);
	for (const struct option *o = c->options; o && o->name; o++) {
		size_t n = strlen(line);
		const char *value = o->value ? o->value : "", *space = o->value ? " " : "", *many = o->type == OPTION_LIST ? "..." : "";
		snprintf(line + n, sizeof line - n, o->required ? " %s%s%s%s" : " [%s%s%s]%s", o->name, space, value, many);
	}
	printf("  %s\n      %s\n", line, tr(c->zh, c->en));
}

static void print_help(void)
{
	printf("certdesk-hub [-C DIR] [--json] [--lang LANG] COMMAND\n\n");
	for (const struct command *const *table = hub_commands; *table; table++)
		for (const struct command *c = *table; c->words; c++)
			print_command(c);
	putchar('\n');
	for (const struct option *o = hub_globals; o->name; o++)
		printf("  %s %-8s %s\n", o->name, o->value ? o->value : "", tr(o->zh, o->en));
}

static const struct cli_title titles[] = {
	{"ca ", NULL, "state", cert_state_title, NULL},
	{"ca ", NULL, "status", cert_state_title, NULL},
	{"enrol", NULL, "kind", codeword_site, NULL},
	{"publications", NULL, "state", codeword_site, NULL},
	{"renew", NULL, "kind", codeword_site, NULL},
	{"revoke", NULL, "state", codeword_site, NULL},
	{"site", NULL, "kind", codeword_site, NULL},
	{"site", NULL, "state", codeword_site, NULL},
	{"status", NULL, "kind", codeword_site, NULL},
	{"status", NULL, "state", codeword_site, NULL},
};

static enum err print_result(const struct cli *c, struct error *e)
{
	bool json = args_flag(&c->args, "--json");
	if (c->result && !json)
		cli_entitle_by(NULL, titles, sizeof titles / sizeof *titles, c->args.command->words, c->result);
	return output_result(&c->raw, c->result, json, c->args.command ? c->args.command->columns : NULL, e);
}

/* Root leaves nothing behind that the account of headquarters can't open: it becomes the owner of the directory, or of the one that is to hold
 * it. serve goes by hub.yaml. */
static enum err become_owner(const char *named, struct error *e)
{
	struct stat st;
	char *dir = hub_dir(named);
	enum err r = dir ? OK : error_set(e, ERR_MEMORY, "hub");
	bool there = !r && (stat(dir, &st) == 0 || stat(dirname(dir), &st) == 0);
	free(dir);
	const struct passwd *owner = there && st.st_uid != 0 ? getpwuid(st.st_uid) : NULL;
	return owner ? hub_become(owner, e) : r;
}

int hub_cli_main(int argc, char **argv)
{
	struct hub_cli h = {0};
	struct cli *c = &h.cli;
	struct error e = {0};
	enum err r = args_parse(hub_commands, argc, argv, &c->args, &e);
	const char *lang = r ? NULL : args_global(&c->args, "--lang");
	if (lang && (strcmp(lang, "zh") == 0 || strcmp(lang, "en") == 0))
		lang_set(lang[0] == 'e' ? LANG_EN : LANG_ZH);
	if (!r)
		r = check_globals(&c->args, &e);
	if (r)
		goto out;
	if (args_flag(&c->args, "--version"))
		printf("certdesk-hub %s\n", CERTDESK_VERSION);
	else if (args_flag(&c->args, "--help"))
		print_help();
	else if (!c->args.command)
		r = error_set(&e, ERR_USAGE, "%s", tr("缺少命令", "a command is missing"));
	else {
		if (geteuid() == 0 && c->args.command->run != run_serve)
			r = become_owner(args_global(&c->args, "-C"), &e);
		if (!r && !(c->args.command->flags & COMMAND_NO_SITE))
			r = hub_open(args_global(&c->args, "-C"), &h.hub, &e);
		if (!r)
			r = c->args.command->run(c, &e);
	}
	if (!r)
		r = print_result(c, &e);
out:;
	int status = r ? output_error(r, &e) : EXIT_DONE;
	json_decref(c->result);
	bytes_free(&c->raw);
	hub_close(&h.hub);
	args_free(&c->args);
	return status;
}
