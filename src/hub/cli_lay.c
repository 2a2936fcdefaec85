/* What headquarters lays down for its sites. */
#include "hub/cli.h"
#include "hub/publish.h"

/* False where there are more than there is room for. */
static bool collect(const struct cli *c, const char *name, const char **out, size_t most, size_t *count)
{
	for (*count = 0; args_each(&c->args, name, *count); ++*count)
		if (*count == most)
			return false;
		else
			out[*count] = args_each(&c->args, name, *count);
	return true;
}

static enum err too_many(const char *name, struct error *e)
{
	return error_set(e, ERR_USAGE, "%s", name);
}

static enum err run_publish(struct cli *c, struct error *e)
{
	struct publish_parts p = {.from = args_text(&c->args, "--from"), .staff = args_text(&c->args, "--staff"),
	                          .definitions = args_text(&c->args, "--definitions"), .program = args_text(&c->args, "--program"),
	                          .stock = args_text(&c->args, "--stock")};
	if (!collect(c, "--table", p.tables, sizeof p.tables / sizeof *p.tables, &p.table_count))
		return too_many("--table", e);
	if (!collect(c, "--site", p.sites, sizeof p.sites / sizeof *p.sites, &p.site_count))
		return too_many("--site", e);
	return publish(hub_of(c), &p, &c->result, e);
}

static enum err run_publications(struct cli *c, struct error *e)
{
	const char *number = args_at(&c->args, 0);
	return number ? publish_sites(hub_of(c), number, &c->result, e) : publish_list(hub_of(c), &c->result, e);
}

static const struct option
	options_publish[] = {
		{"--table", OPTION_LIST, "NAME=FILE", false, "一张表的新版本（可多次）", "a table's new version (several times)"},
		{"--from", OPTION_DATE, "DATE", false, "表从哪天起生效", "the day from which the tables count"},
		{"--staff", OPTION_FILE, "FILE", false, "人员 CSV：login,name,roles,disabled", "staff as CSV: login,name,roles,disabled"},
		{"--definitions", OPTION_FILE, "DIR", false, "含 forms/ 和 reports/ 的目录", "a directory with forms/ and reports/"},
		{"--program", OPTION_TEXT, "VERSION", false, "定义所属的程序版本", "the version that the definitions are for"},
		{"--stock", OPTION_FILE, "FILE", false, "配发的介质 CSV：serial,medium", "keys that were sent, as CSV: serial,medium"},
		{"--site", OPTION_LIST, "SITE", false, "只给这个受理点（可多次）", "for this site alone (several times)"},
		OPTIONS_END};

const struct command hub_commands_lay[] = {
	{"publish", "", options_publish, 0, run_publish, NULL, "向受理点下发表、人员、定义、介质", "lay down tables, staff, definitions, keys for sites"},
	{"publications", "[NUMBER]", NULL, 0, run_publications, NULL, "下发了什么，谁已采用或拒绝", "what was laid down, and who has taken or refused it"},
	COMMANDS_END,
};
