/* Prices, products, channels, documents, calendar, deadlines. */
#include "base/json.h"
#include "cli/cli.h"
#include "desk/admin.h"

static enum err list(struct cli *c, struct error *e)
{
	return table_list(c->desk, &c->result, e);
}

static enum err export(struct cli *c, struct error *e)
{
	return table_export(c->desk, args_at(&c->args, 0), &c->raw, e);
}

static enum err import(struct cli *c, struct error *e)
{
	return table_import(c->desk, args_at(&c->args, 0), args_at(&c->args, 1), args_text(&c->args, "--from"),
		&c->result, e);
}

static const struct option import_table[] = {
	{"--from", OPTION_DATE, "DATE", true, "生效日期", "the day from which the rows hold"},
	OPTIONS_END,
};

const struct command commands_table[] = {
	{"table list", "", NULL, 0, list, NULL, "参数表", "list the tables"},
	{"table export", "NAME", NULL, 0, export, NULL, "把参数表（CSV）写到标准输出", "write a table (CSV) to standard output"},
	{"table import", "NAME FILE", import_table, 0, import, NULL, "导入参数表", "import a table"},
	COMMANDS_END,
};
