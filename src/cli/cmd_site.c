/* The site: init, tick, backup, doctor, audit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/helper.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/cli.h"
#include "desk/admin.h"

static enum err init(struct cli *c, struct error *e)
{
	struct secret password = {0};
	char *dir = desk_dir(args_global(&c->args, "-C"));
	struct init_options options = {.dir = dir,
	                               .site = args_text(&c->args, "--site"),
	                               .name = args_text(&c->args, "--name"),
	                               .admin = args_text(&c->args, "--admin"),
	                               .admin_name = args_text(&c->args, "--admin-name"),
	                               .keys = args_text(&c->args, "--keys"),
	                               .recovery = args_text(&c->args, "--recovery"),
	                               .password = &password};
	const char *label = tr("管理员口令", "Administrator's password");
	enum err r = dir ? cli_password(args_text(&c->args, "--password-file"), label, true, &password, e) : ERR_MEMORY;
	if (!r)
		r = desk_init(&options, e);
	if (!r)
		c->result = json_pack("{ss ss ss ss}", "site", options.site, "name", options.name, "admin", options.admin,
			"dir", dir);
	secret_wipe(&password);
	free(dir);
	return r;
}

static enum err tick(struct cli *c, struct error *e)
{
	return tick_run(c->desk, &c->result, e);
}

/* A machine without a site yet, or with one that can't be opened: one more finding. */
static json_t *site_finding(const struct error *why)
{
	char sentence[ERROR_DETAIL_SIZE * 3];
	bool none = why->code == ERR_STORE_MISSING;
	const char *mend = none ? tr("运行 certdesk init，或用 -C 指明目录", "run certdesk init, or name the directory with -C")
	                        : tr("按提示处理后再试", "do as the sentence says, then try again");
	return json_pack("{ss ss ss ss}", "what", tr("受理点数据", "the site's data"), "state", none ? "warning" : "missing",
		"detail",
	                 error_sentence(why, sentence, sizeof sentence), "mend", mend);
}

/* For people: what is wrong must be seen at once, and its mend be whole on narrow screens. */
static void put_findings(const json_t *findings)
{
	size_t i;
	json_t *row;
	json_array_foreach(findings, i, row) {
		const char *state = json_text(row, "state"), *mend = json_text(row, "mend");
		char detail[ERROR_DETAIL_SIZE * 3];
		text_printable_lines(detail, sizeof detail, json_text(row, "detail"));
		printf("[%s] %s%s%s\n",
		       strcmp(state, "good") == 0      ? tr("正常", "good")
		       : strcmp(state, "warning") == 0 ? tr("注意", "note")
		                                       : tr("缺少", "miss"),
		       json_text(row, "what"), tr("：", ": "), detail);
		if (*mend)
			printf("       → %s\n", mend);
	}
}

static enum err doctor(struct cli *c, struct error *e)
{
	enum err r = c->desk ? doctor_run(c->desk, &c->result, e) : doctor_machine(args_global(&c->args, "-C"), &c->result, e);
	if (!r && !c->desk)
		json_array_append_new(c->result, site_finding(&c->not_open));
	if (!r && !args_flag(&c->args, "--json")) {
		put_findings(c->result);
		json_decref(c->result);
		c->result = NULL;
	}
	return r;
}

static void audit_progress(void *arg, int64_t done)
{
	cli_progress(arg, tr("正在校验…", "verifying…"), done, 0);
}

static enum err audit(struct cli *c, struct error *e)
{
	return audit_verify(c->desk, audit_progress, c, &c->result, e);
}

static const struct option init_table[] = {
	{"--site", OPTION_TEXT, "CODE", true, "受理点编号", "the site's code"},
	{"--name", OPTION_TEXT, "NAME", true, "受理点名称", "the site's name"},
	{"--admin", OPTION_TEXT, "USER", true, "第一个系统管理员", "the first administrator"},
	{"--admin-name", OPTION_TEXT, "NAME", false, "管理员姓名", "the administrator's name"},
	{"--keys", OPTION_FILE, "DIR", false, "受理点密钥所在目录（默认在数据目录旁）", "where the store key goes (default: beside the data)"},
	{"--recovery", OPTION_FILE, "CERT.pem", false, "恢复证书：密钥丢了，凭它的私钥恢复", "recovery certificate: with its private key a lost store key is recovered"},
	{"--password-file", OPTION_FILE, "FILE", false, "管理员口令文件", "file with the administrator's password"},
	OPTIONS_END,
};

/* tools/demo/run, which `make demo` leaves beside this program: it takes this process's place. */
static enum err demo(struct cli *c, struct error *e)
{
	char *program = helper_path("certdesk-demo"), *dir = desk_dir(args_global(&c->args, "-C"));
	char *site = dir ? path_join(dir, "certdesk.db") : NULL, *keys = dir ? path_join(dir, "virtual-keys") : NULL;
	enum err r = site && keys ? OK : error_set(e, ERR_MEMORY, "%s", "");
	if (!r && !program)
		r = error_set(e, ERR_DEMO_MISSING, "%s", "");
	else if (!r && access(site, F_OK) == 0 && access(keys, F_OK) != 0)
		r = error_set(e, ERR_DEMO_SITE, "%s", dir);
	if (!r) {
		execv(program, (char *const[]){program, dir, NULL});
		r = error_set(e, ERR_DEMO_MISSING, "%s", "");
	}
	free(program);
	free(dir);
	free(site);
	free(keys);
	return r;
}

const struct command commands_site[] = {
	{"init", "", init_table, COMMAND_NO_SITE, init, NULL, "建立受理点", "make a site"},
	{"demo", "", NULL, COMMAND_NO_SITE, demo, NULL, "建立并打开演示受理点（源代码目录里）", "make and open the demonstration site, in the source"},
	{"tick", "", NULL, COMMAND_NO_LOGIN, tick, NULL,
	 "定时任务：超时未支付、过期草稿、吊销列表", "timers: unpaid orders, old drafts, revocation list"},
	{"doctor", "", NULL, COMMAND_MAYBE_SITE | COMMAND_NO_LOGIN, doctor, NULL, "检查本机缺什么、怎么办",
	 "what this machine lacks, and the mend"},
	{"audit verify", "", NULL, 0, audit, NULL, "从第一条起校验审计日志", "verify the journal from its first entry"},
	COMMANDS_END,
};
