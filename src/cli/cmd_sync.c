/* Headquarters: joining it, syncing with it. */
#include "base/json.h"
#include "cli/cli.h"
#include "sync/sync.h"

static enum err join(struct cli *c, struct error *e)
{
	return sync_join(c->desk, args_at(&c->args, 0), args_text(&c->args, "--code"), &c->result, e);
}

static enum err status(struct cli *c, struct error *e)
{
	return sync_status(c->desk, &c->result, e);
}

static enum err sync_command(struct cli *c, struct error *e)
{
	return sync_once(c->desk, &c->result, e);
}

static const struct option join_table[] = {
	{"--code", OPTION_TEXT, "CODE", true, "总部给的接入码", "the code that headquarters gave"},
	OPTIONS_END,
};
static const struct option sync_table[] = {
	{"--once", OPTION_FLAG, NULL, true, "来回同步到两边都没有剩余为止", "go round until neither side has anything left"},
	OPTIONS_END,
};

const struct command commands_sync[] = {
	{"hub join", "URL", join_table, 0, join, NULL, "接入总部", "join headquarters"},
	{"sync", "", sync_table, 0, sync_command, NULL, "与总部同步", "sync with headquarters"},
	{"sync status", "", NULL, 0, status, NULL, "同步状态：线路、未上传条数、最近联系", "state of the sync: line, backlog, last contact"},
	COMMANDS_END,
};
