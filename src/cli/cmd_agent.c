/* A unit's agents on file. */
#include <stdlib.h>

#include "base/lang.h"
#include "cli/cli.h"
#include "desk/agents.h"

static enum err number_of(const char *text, int64_t *out, struct error *e)
{
	char *end;
	*out = strtoll(text, &end, 10);
	return end != text && !*end && *out >= 0 ? OK : error_set(e, ERR_USAGE, tr("%s 不是经办人编号", "%s is no agent's number"), text);
}

static enum err list(struct cli *c, struct error *e)
{
	return agents_list(c->desk, args_at(&c->args, 0), &c->result, e);
}

static enum err use(struct cli *c, struct error *e)
{
	int64_t agent = 0;
	enum err r = number_of(args_at(&c->args, 1), &agent, e);
	if (!r)
		r = draft_agent(c->desk, args_at(&c->args, 0), agent, e);
	return r ? r : draft_agents(c->desk, args_at(&c->args, 0), &c->result, e);
}

static enum err take_off(struct cli *c, struct error *e)
{
	int64_t agent = 0;
	enum err r = number_of(args_at(&c->args, 1), &agent, e);
	return r ? r : agent_remove(c->desk, args_at(&c->args, 0), agent, args_text(&c->args, "--reason"), &c->result, e);
}

static const struct option reason_table[] = {
	{"--reason", OPTION_TEXT, "REASON", true, "理由", "reason"},
	OPTIONS_END,
};

#define LIST_COLUMNS "agent,name,id_number,mobile,email,last_order,contact"

const struct command commands_agent[] = {
	{"agent list", "USCC", NULL, 0, list, LIST_COLUMNS, "单位的在册经办人", "a unit's agents on file"},
	{"agent use", "ORDER AGENT", NULL, 0, use, "agent,name,id_number,mobile,email,contact,chosen", "这张草稿由这位在册经办人办理",
	 "this agent on file stands at the desk for a draft"},
	{"agent remove", "USCC AGENT", reason_table, 0, take_off, LIST_COLUMNS, "经办人移出在册", "take an agent off file"},
	COMMANDS_END,
};
