/* Headquarters: joining it, syncing with it. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/cli.h"
#include "base/lang.h"
#include "desk/desk.h"
#include "sync/follow.h"
#include "sync/sync.h"

static enum err join(struct cli *c, struct error *e)
{
	enum err r = sync_join(c->desk, args_at(&c->args, 0), args_text(&c->args, "--code"), args_flag(&c->args, "--again"), &c->result, e);
	if (!r && args_flag(&c->args, "--ca") && !(r = config_choose(c->desk->dir, "ca", "hub", e)))
		json_object_set_new(c->result, "ca", json_string("hub"));
	return r;
}

/* For people the line is told in words, under a name that isn't a row's number elsewhere. */
static enum err status(struct cli *c, struct error *e)
{
	enum err r = sync_status(c->desk, &c->result, e);
	if (r || args_flag(&c->args, "--json"))
		return r;
	const char *line = json_text(c->result, "line");
	const char *word = strcmp(line, "up") == 0 ? tr("通", "up") : strcmp(line, "down") == 0 ? tr("断", "down") : tr("还没有联系过", "never tried");
	json_object_set_new(c->result, "line_state", json_string(word));
	json_object_del(c->result, "line");
	return OK;
}

/* Without --user it is a timer's work, or the screens'. */
static enum err sync_command(struct cli *c, struct error *e)
{
	bool once = args_flag(&c->args, "--once"), follow = args_flag(&c->args, "--follow"), open = args_flag(&c->args, "--while-open");
	if (once == follow || (open && !follow))
		return error_set(e, ERR_USAGE, "%s", tr("sync 要 --once 或 --follow", "sync wants --once or --follow"));
	bool timer = c->desk->timer;
	c->desk->timer = !c->desk->actor.id;
	enum err r = once ? sync_once(c->desk, &c->result, e) : sync_follow(c->desk, open, &c->result, e);
	c->desk->timer = timer;
	return r;
}

static enum err seen(struct cli *c, struct error *e)
{
	const char *number = args_at(&c->args, 0);
	char *end = NULL;
	long long n = number ? strtoll(number, &end, 10) : 0;
	if (number && (*end || n < 1))
		return error_set(e, ERR_USAGE, "%s", number);
	return sync_seen(c->desk, n, &c->result, e);
}

static const struct option join_table[] = {
	{"--code", OPTION_TEXT, "CODE", true, "总部给的接入码", "the code that headquarters gave"},
	{"--again", OPTION_FLAG, NULL, false, "证书已停用或过期：用新的接入码重新接入", "certificates revoked or over: join once more, with a new code"},
	{"--ca", OPTION_FLAG, NULL, false, "证书由总部的 CA 签发（certdesk.yaml 的 ca: hub）", "headquarters' CA issues (ca: hub in certdesk.yaml)"},
	OPTIONS_END,
};
static const struct option sync_table[] = {
	{"--once", OPTION_FLAG, NULL, false, "来回同步到两边都没有剩余为止", "go round until neither side has anything left"},
	{"--follow", OPTION_FLAG, NULL, false, "一直同步，直到程序被结束", "go on syncing until the program is ended"},
	{"--while-open", OPTION_FLAG, NULL, false, "与 --follow 同用：最后一个界面关闭即结束", "with --follow: end with the last screen on this site"},
	OPTIONS_END,
};

const struct command commands_sync[] = {
	{"hub join", "URL", join_table, 0, join, NULL, "接入总部", "join headquarters"},
	{"sync seen", "[N]", NULL, 0, seen, NULL, "登记与总部之间的事项已处理（不写编号则全部）", "say that a notice of the sync is seen to, or all of them"},
	{"sync", "", sync_table, COMMAND_NO_LOGIN, sync_command, NULL, "与总部同步", "sync with headquarters"},
	{"sync status", "", NULL, 0, status, NULL, "同步状态：线路、未上传条数、最近联系", "state of the sync: line, backlog, last contact"},
	COMMANDS_END,
};
