/* What was not as it should be, what that means, and that somebody has seen to it. */
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "hub/cli.h"
#include "sync/refusal.h"

static const struct {
	const char *kind, *zh, *en;
} kinds[] = {
#define ALARM(kind, zh, en) {kind, zh, en},
#include "hub/alarms.def"
#undef ALARM
};

static const char *meaning(const char *kind)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return tr(kinds[i].zh, kinds[i].en);
	return "";
}

/* Of an entry that is refused or would be, "SEQ NAME: detail", the reason comes first. */
static json_t *meaning_of(const json_t *row)
{
	char sentence[REFUSAL_SIZE * 2];
	const char *kind = json_text(row, "kind"), *why = strchr(json_text(row, "detail"), ' ');
	if ((strcmp(kind, "refused") != 0 && strcmp(kind, "waits") != 0) || !why)
		return json_string(meaning(kind));
	return json_sprintf(tr("%s。%s", "%s; %s"), refusal_sentence(why + 1, sentence, sizeof sentence), meaning(kind));
}

static enum err run_alarms(struct cli *c, struct error *e)
{
	struct hub *hub = hub_of(c);
	const char *by = args_text(&c->args, "--by");
	int64_t seen = args_number(&c->args, "--seen", 0);
	bool open = args_flag(&c->args, "--open");
	json_t *row;
	size_t i;
	enum err r = seen > 0 ? db_run(hub->db, HUB_SQL_ALARM_SEEN, NULL, e, "iit", seen, hub_now(hub), by ? by : hub_account()) : OK;
	if (!r)
		r = db_list(hub->db, open ? HUB_SQL_ALARM_OPEN : HUB_SQL_ALARM_LIST, &c->result, e, "i", args_number(&c->args, "--after", 0));
	json_array_foreach(c->result, i, row) {
		json_object_set_new(row, "at", hub_time_or_null(json_number(row, "at")));
		json_object_set_new(row, "seen_at", hub_time_or_null(json_number(row, "seen_at")));
		json_object_set_new(row, "meaning", meaning_of(row));
	}
	return r;
}

static const struct option options_alarms[] = {
	{"--after", OPTION_NUMBER, "ID", false, "只列此号之后的", "those after this number"},
	{"--open", OPTION_FLAG, NULL, false, "只列还没有人处理的", "those that nobody has seen to"},
	{"--seen", OPTION_NUMBER, "ID", false, "此号及以前的都已处理", "those up to this number are seen to"},
	{"--by", OPTION_TEXT, "NAME", false, "处理人，缺省为当前账户", "who has seen to them; default: the account"},
	OPTIONS_END};

const struct command hub_commands_alarms[] = {
	{"alarms", "", options_alarms, 0, run_alarms, "id,at,site,kind,detail,meaning,seen_at,seen_by", "告警，各是什么意思、怎么办", "what was not as it should be, what it means, and what to do"},
	COMMANDS_END,
};
