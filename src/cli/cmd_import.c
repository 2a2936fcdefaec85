/* A list of customers to drafts. */
#include <stdio.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "desk/import.h"

/* "line 7: Mobile (person_mobile): why", each on a line of its own, however many. */
static void tell(const json_t *mistakes)
{
	const json_t *m;
	size_t i;
	char why[1024];
	json_array_foreach(mistakes, i, m) {
		const char *field = json_text(m, "field"), *label = json_text(m, "label");
		fprintf(stderr, tr("第 %lld 行：", "line %lld: "), (long long)json_number(m, "line"));
		if (*field)
			fprintf(stderr, tr("%s（%s）：", "%s (%s): "), label, field);
		else if (*label)
			fprintf(stderr, tr("“%s”：", "“%s”: "), label);
		text_printable(why, sizeof why, json_text(m, "message"));
		fprintf(stderr, "%s\n", why);
	}
}

/* For people: the drafts as a list, and what was told already left out. */
static void make_readable(json_t *result)
{
	json_t *drafts = json_array(), *no;
	size_t i;
	json_array_foreach(json_object_get(result, "drafts"), i, no)
		json_array_append_new(drafts, json_pack("{sO}", "order", no));
	json_object_set(result, "rows", json_object_get(result, "lines"));
	json_object_del(result, "lines");
	json_object_del(result, "digest");
	json_object_set_new(result, "drafts", drafts);
	if (json_array_size(json_object_get(result, "mistakes")) == 0)
		json_object_del(result, "mistakes");
	if (json_array_size(json_object_get(result, "warnings")) == 0)
		json_object_del(result, "warnings");
	if (json_array_size(drafts) == 0)
		json_object_del(result, "drafts");
}

static enum err template(struct cli *c, struct error *e)
{
	if (args_at(&c->args, 1) || args_flag(&c->args, "--check") || args_flag(&c->args, "--good-part") || args_text(&c->args, "--data"))
		return error_set(e, ERR_USAGE, "%s", tr("--template 只和 -o 一起用，不写文件", "--template goes with -o and nothing else"));
	if (!args_text(&c->args, "-o"))
		return error_set(e, ERR_USAGE, "%s", tr("--template 要用 -o 指明写到哪个文件", "--template needs -o, the file to write"));
	return import_template(c->desk, args_at(&c->args, 0), args_text(&c->args, "-o"), &c->result, e);
}

static enum err import(struct cli *c, struct error *e)
{
	json_t *common = NULL, *result = NULL;
	bool json = args_flag(&c->args, "--json");
	if (args_flag(&c->args, "--template"))
		return template(c, e);
	struct import what = {.form = args_at(&c->args, 0), .path = args_at(&c->args, 1), .check = args_flag(&c->args, "--check"),
	                      .good_part = args_flag(&c->args, "--good-part")};
	if (!what.path || args_text(&c->args, "-o"))
		return error_set(e, ERR_USAGE, "%s", what.path ? tr("-o 只用于 --template", "-o is for --template only") : tr("缺少名单文件", "the list's file is missing"));
	if (what.check && what.good_part)
		return error_set(e, ERR_USAGE, "%s", tr("--check 和 --good-part 只能写一个", "either --check or --good-part, not both"));
	enum err r = cli_data(c, "--data", &common, e);
	what.common = common;
	if (!r)
		r = import_list(c->desk, &what, &result, e);
	if (r == ERR_DESK_LIST) {
		tell(json_object_get(result, "mistakes"));
		if (json)
			output_json(stdout, result);
	} else if (!r) {
		c->result = json_incref(result);
		if (!json)
			make_readable(c->result);
	}
	json_decref(result);
	json_decref(common);
	return r;
}

static const struct option import_table[] = {
	{"--check", OPTION_FLAG, NULL, false, "只检查，不导入", "only judge the list"},
	{"--good-part", OPTION_FLAG, NULL, false, "有错误时只导入正确的行", "import the good lines although others have mistakes"},
	{"--data", OPTION_FILE, "FILE", false, "各行共同的内容（JSON；- 为标准输入）", "values that all lines have in common (JSON; - is standard input)"},
	{"--template", OPTION_FLAG, NULL, false, "生成名单模板", "write a workbook to fill in"},
	{"-o", OPTION_FILE, "FILE", false, "模板写到这个 .xlsx 文件", "the template's .xlsx file"},
	OPTIONS_END,
};

const struct command commands_import[] = {
	{"order import", "FORM [FILE]", import_table, 0, import, NULL, "从名单（CSV、xlsx）导入草稿，一人一行", "make drafts from a list (CSV, xlsx), a customer a line"},
	COMMANDS_END,
};
