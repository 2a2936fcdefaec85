/* Checks that need neither site nor login. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/cli.h"
#include "desk/desk.h"
#include "rules/check.h"

enum { LINE_MOST = 1 << 16 };

static const char *next_kind(size_t i, const void *arg)
{
	(void)arg;
	return i < check_count() ? check_name(check_at(i)) : NULL;
}

static enum err no_such_kind(const char *kind, struct error *e)
{
	char list[ERROR_DETAIL_SIZE] = "";
	for (size_t i = 0; next_kind(i, NULL); i++)
		snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? " " : "", next_kind(i, NULL));
	return error_set(e, ERR_USAGE, tr("没有校验种类“%s”，可用：%s", "there is no kind of check “%s”; there are: %s"), kind, list);
}

/* One value: a line at once, or a row of the result. */
static void judge(struct cli *c, const struct check *check, const struct check_context *context, const char *value)
{
	static const char *const verdicts[] = {[VERDICT_VALID] = "valid", [VERDICT_WARN] = "warn",
		[VERDICT_INVALID] = "invalid"};
	struct check_result result = {0};
	check_judge(check, value, context, &result);
	const char *verdict = verdicts[result.verdict];
	if (c->result) {
		json_t *row = json_pack("{ss ss}", "verdict", verdict, "message", result.message);
		json_object_set_new(row, "value", json_string(value)); /* null where it is no UTF-8 */
		if (!json_object_get(row, "value"))
			json_object_set_new(row, "value", json_null());
		json_array_append_new(c->result, row);
	} else
		printf("%s%s%s\n", verdict, *result.message ? "\t" : "", result.message);
}

/* One line without its end, and no more of it than has room. False where there is none. */
static bool read_line(char line[LINE_MOST + 1], size_t *length)
{
	int c = getc_unlocked(stdin);
	bool any = c != EOF;
	for (*length = 0; c != EOF && c != '\n'; c = getc_unlocked(stdin))
		if (*length < LINE_MOST)
			line[(*length)++] = (char)c;
	line[*length] = '\0';
	return any;
}

/* Values from standard input, one a line. */
static void judge_lines(struct cli *c, const struct check *kind, const struct check_context *context)
{
	static char line[LINE_MOST + 1];
	for (size_t n; read_line(line, &n);) {
		if (n > 0 && line[n - 1] == '\r')
			line[--n] = '\0';
		/* a zero byte, or what no field takes, is as wrong as any control character */
		judge(c, kind, context, n < LINE_MOST && strlen(line) == n ? line : "\x01");
	}
}

static enum err check(struct cli *c, struct error *e)
{
	const struct check *kind = check_find(args_at(&c->args, 0));
	struct check_context context = {.today = clock_now(&CLOCK_SYSTEM)};
	struct code_tables *tables = NULL;
	char *share = NULL, *codes = NULL;
	if (!kind)
		return no_such_kind(args_at(&c->args, 0), e);
	enum err r = OK;
	if (!(share = share_dir()) || !(codes = path_join(share, "forms/codes")))
		r = error_set(e, ERR_FILE_READ, "forms/codes");
	if (r || (r = codes_open(codes, &tables, e)) || (r = codes_table(tables, "regions", &context.regions, e)))
		goto out;
	if (args_flag(&c->args, "--json"))
		c->result = json_array();
	for (size_t i = 1; i < c->args.count; i++)
		judge(c, kind, &context, args_at(&c->args, i));
	if (c->args.count == 1)
		judge_lines(c, kind, &context);
out:
	codes_free(&tables);
	free(codes);
	free(share);
	return r;
}

/* Every mistake on a line of its own, however many: an error's sentence has room for a few only. */
static enum err examine(const char *forms, struct error *e)
{
	struct mistakes m = {0};
	enum err r = forms_examine(forms, &m);
	if (!r && m.count) {
		fprintf(stderr, "%s\n", (char *)m.lines.data);
		r = error_set(e, ERR_RULES_FORM, tr("%zu 处，如上", "%zu mistakes, as above"), m.count);
	}
	mistakes_free(&m);
	return r;
}

static enum err conf_check(struct cli *c, struct error *e)
{
	struct config config = {0};
	char *dir = desk_dir(args_global(&c->args, "-C")), *share = share_dir();
	char *forms = share ? path_join(share, "forms") : NULL;
	enum err r = !dir ? ERR_MEMORY : forms ? examine(forms, e) : error_set(e, ERR_DESK_SHARE, "forms/");
	if (!r)
		r = definitions_check(share, e);
	if (!r)
		r = config_load(dir, &config, e);
	if (!r)
		r = cli_say(c, "forms", forms, "dir", json_printable(dir));
	config_free(&config);
	free(forms);
	free(share);
	free(dir);
	return r;
}

const struct command commands_check[] = {
	{"check", "KIND [VALUE...]", NULL, COMMAND_NO_SITE, check, NULL,
	 "校验一种号码，取自参数或标准输入", "check values of one kind, given or on standard input"},
	{"conf check", "", NULL, COMMAND_NO_SITE, conf_check, NULL,
	 "检查配置、申请表、代码表、证书模板和文本", "check configuration, forms, code tables, profiles and texts"},
	COMMANDS_END,
};
