#include "report/definition.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lang.h"
#include "base/names.h"
#include "base/text.h"
#include "rules/transition.h"
#include "rules/business.h"

enum { SQL_LIMIT = 64 * 1024, SHEET_NAME_MOST = 28 };

struct loader {
	const char *dir, *name;
	struct report *report;
	struct mistakes m;
	bool no_memory;
};

static const char *const types[] = {"text", "money", "date", "datetime", "integer", "percent", NULL};
static const char *const chart_kinds[] = {"column", "stacked-column", "bar", "line", "pie", NULL};

static const struct yaml_rule text_rules[] = {
	{.name = "zh", .kind = YAML_TEXT, .required = true},
	{.name = "en", .kind = YAML_TEXT, .required = true},
};
static const struct yaml_schema text_schema = YAML_SCHEMA(text_rules);
static const struct yaml_rule word_rules[] = {{.name = "*", .kind = YAML_MAP, .inside = &text_schema}};
static const struct yaml_schema word_schema = YAML_SCHEMA(word_rules);
static const struct yaml_rule words_rules[] = {{.name = "*", .kind = YAML_MAP, .inside = &word_schema}};
static const struct yaml_schema words_schema = YAML_SCHEMA(words_rules);
static const struct yaml_rule column_rules[] = {
	{.name = "key", .kind = YAML_TEXT, .required = true},
	{.name = "title", .kind = YAML_MAP, .required = true, .inside = &text_schema},
	{.name = "type", .kind = YAML_TEXT, .required = true, .words = types},
	{.name = "width", .kind = YAML_INT, .least = 4, .most = REPORT_WIDTH_MOST},
	{.name = "total", .kind = YAML_BOOL},
	{.name = "sums", .kind = YAML_MAP, .inside = &text_schema},
	{.name = "words", .kind = YAML_TEXT},
};
static const struct yaml_schema column_schema = YAML_SCHEMA(column_rules);
static const struct yaml_rule chart_rules[] = {
	{.name = "type", .kind = YAML_TEXT, .required = true, .words = chart_kinds},
	{.name = "title", .kind = YAML_MAP, .required = true, .inside = &text_schema},
	{.name = "places", .kind = YAML_MAP, .inside = &text_schema},
	{.name = "categories", .kind = YAML_TEXT, .required = true},
	{.name = "values", .kind = YAML_LIST, .required = true, .items = YAML_TEXT},
};
static const struct yaml_schema chart_schema = YAML_SCHEMA(chart_rules);
static const struct yaml_rule block_rules[] = {
	{.name = "title", .kind = YAML_MAP, .inside = &text_schema},
	{.name = "query", .kind = YAML_TEXT, .required = true},
	{.name = "count", .kind = YAML_TEXT},
	{.name = "filter", .kind = YAML_BOOL},
	{.name = "columns", .kind = YAML_LIST, .required = true, .inside = &column_schema},
	{.name = "chart", .kind = YAML_MAP, .inside = &chart_schema},
};
static const struct yaml_schema block_schema = YAML_SCHEMA(block_rules);
static const struct yaml_rule sheet_rules[] = {
	{.name = "title", .kind = YAML_MAP, .required = true, .inside = &text_schema},
	{.name = "facts", .kind = YAML_BOOL},
	{.name = "frozen", .kind = YAML_BOOL},
	{.name = "blocks", .kind = YAML_LIST, .required = true, .inside = &block_schema},
};
static const struct yaml_schema sheet_schema = YAML_SCHEMA(sheet_rules);
static const struct yaml_rule root_rules[] = {
	{.name = "title", .kind = YAML_MAP, .required = true, .inside = &text_schema},
	{.name = "words", .kind = YAML_MAP, .inside = &words_schema},
	{.name = "sheets", .kind = YAML_LIST, .required = true, .inside = &sheet_schema},
};
static const struct yaml_schema root_schema = YAML_SCHEMA(root_rules);

/* Names that the rules have already; a definition's own words of the same name go before them. */
static const struct report_words built_in[] = {
	{.name = "status", .title = status_title},
	{.name = "business", .title = business_title},
};

const char *report_say(const struct report_text *text)
{
	return lang_now() == LANG_ZH ? text->zh : text->en;
}

static void *table(struct loader *l, size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size);
	l->no_memory = l->no_memory || !p;
	return p;
}

static struct report_text read_text(struct yaml_at at)
{
	return (struct report_text){yaml_text(yaml_get(at, "zh")), yaml_text(yaml_get(at, "en"))};
}

static const char *(*title_of(const char *name))(const char *)
{
	for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++)
		if (strcmp(built_in[i].name, name) == 0)
			return built_in[i].title;
	return NULL;
}

static void read_words(struct loader *l, struct yaml_at at)
{
	struct report *r = l->report;
	if (!(r->words = table(l, yaml_count(at), sizeof *r->words)))
		return;
	for (size_t i = 0; i < yaml_count(at); i++) {
		struct report_words *w = &r->words[i];
		struct yaml_at rows = yaml_item(at, i);
		size_t n = yaml_count(rows);
		w->name = yaml_text(yaml_key(at, i));
		w->title = title_of(w->name);
		w->codes = table(l, n, sizeof *w->codes);
		w->texts = table(l, n, sizeof *w->texts);
		r->word_count++;
		for (size_t k = 0; !l->no_memory && k < n; k++, w->count++) {
			w->codes[k] = yaml_text(yaml_key(rows, k));
			w->texts[k] = read_text(yaml_item(rows, k));
		}
	}
}

static const struct report_words *find_words(struct loader *l, struct yaml_at at)
{
	const char *name = yaml_text(at);
	if (!*name)
		return NULL;
	for (size_t i = 0; i < l->report->word_count; i++)
		if (strcmp(l->report->words[i].name, name) == 0)
			return &l->report->words[i];
	for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++)
		if (strcmp(built_in[i].name, name) == 0)
			return &built_in[i];
	yaml_mistake(&l->m, at, tr("没有词表 %s", "there are no words %s"), name);
	return NULL;
}

static enum report_type read_type(struct yaml_at at)
{
	size_t i = 0;
	while (types[i] && strcmp(types[i], yaml_text(at)) != 0)
		i++;
	return types[i] ? (enum report_type)i : REPORT_TEXT;
}

/* Reads a statement beside the definition; NULL after saying so. */
static char *read_sql(struct loader *l, struct yaml_at at)
{
	const char *name = yaml_text(at);
	struct bytes text = {0};
	char *path = NULL;
	if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") != strlen(name) || *name == '.' ||
	    asprintf(&path, "%s/%s/%s", l->dir, l->name, name) < 0) {
		yaml_mistake(&l->m, at, tr("%s 不是 %s/ 下的文件名", "%s is no file name under %s/"), name, l->name);
		return NULL;
	}
	if (file_read(path, SQL_LIMIT, &text, NULL) || !text_valid((char *)text.data, text.length) ||
	    strlen((char *)text.data) != text.length)
		yaml_mistake(&l->m, at, tr("读不了 %s/%s", "can't read %s/%s"), l->name, name);
	free(path);
	return (char *)text.data;
}

static void read_column(struct loader *l, struct yaml_at at, struct report_column *c)
{
	*c = (struct report_column){.key = yaml_text(yaml_get(at, "key")),
	                            .title = read_text(yaml_get(at, "title")),
	                            .type = read_type(yaml_get(at, "type")),
	                            .width = (int)yaml_int(yaml_get(at, "width"), 0),
	                            .total = yaml_bool(yaml_get(at, "total"), false),
	                            .sums = read_text(yaml_get(at, "sums")),
	                            .words = find_words(l, yaml_get(at, "words")),
	                            .at = at};
	if (c->total && c->type != REPORT_MONEY && c->type != REPORT_INTEGER)
		yaml_mistake(&l->m, yaml_get(at, "total"), "%s", tr("只有金额和整数能合计", "only money and integers have totals"));
	if (*report_say(&c->sums) && !c->total)
		yaml_mistake(&l->m, yaml_get(at, "sums"), "%s", tr("只有合计列能按受理点汇总", "only columns with a total have sums by site"));
	if (c->words && c->type != REPORT_TEXT)
		yaml_mistake(&l->m, yaml_get(at, "words"), "%s", tr("只有文字列用词表", "only text columns take words"));
}

static size_t column_named(struct loader *l, const struct report_block *b, struct yaml_at at, bool numbers)
{
	for (size_t i = 0; i < b->column_count; i++)
		if (strcmp(b->columns[i].key, yaml_text(at)) == 0) {
			if (numbers && b->columns[i].type != REPORT_MONEY && b->columns[i].type != REPORT_INTEGER)
				yaml_mistake(&l->m, at, tr("%s 不是数字列", "%s is no column of numbers"), yaml_text(at));
			return i;
		}
	yaml_mistake(&l->m, at, tr("没有列 %s", "there is no column %s"), yaml_text(at));
	return 0;
}

static void read_chart(struct loader *l, struct report_block *b, struct yaml_at at)
{
	struct yaml_at values = yaml_get(at, "values");
	if (yaml_kind(at) == YAML_NOTHING || !b->columns)
		return;
	b->chart = (struct report_chart){.kind = yaml_text(yaml_get(at, "type")), .title = read_text(yaml_get(at, "title")),
	                                .places = read_text(yaml_get(at, "places"))};
	b->chart.categories = column_named(l, b, yaml_get(at, "categories"), false);
	if (b->columns[b->chart.categories].type != REPORT_TEXT) /* spreadsheets make an axis of years of one day */
		yaml_mistake(&l->m, yaml_get(at, "categories"), "%s", tr("图表按文字列分类", "a chart's categories are a column of text"));
	if (yaml_count(values) < 1 || yaml_count(values) > REPORT_CHART_VALUES)
		yaml_mistake(&l->m, values, tr("图表要 1 到 %d 列", "a chart takes 1 to %d columns"), REPORT_CHART_VALUES);
	for (size_t i = 0; i < yaml_count(values) && i < REPORT_CHART_VALUES; i++)
		b->chart.values[b->chart.value_count++] = column_named(l, b, yaml_item(values, i), true);
}

static void read_block(struct loader *l, struct yaml_at at, struct report_block *b)
{
	struct yaml_at columns = yaml_get(at, "columns"), count = yaml_get(at, "count");
	b->title = read_text(yaml_get(at, "title"));
	b->filter = yaml_bool(yaml_get(at, "filter"), false);
	b->at = at;
	if (asprintf(&b->query, "%s/%s", l->name, yaml_text(yaml_get(at, "query"))) < 0)
		b->query = NULL;
	b->sql = read_sql(l, yaml_get(at, "query"));
	if (yaml_kind(count) != YAML_NOTHING)
		b->count_sql = read_sql(l, count);
	if (!yaml_count(columns))
		yaml_mistake(&l->m, columns, "%s", tr("至少要有一列", "there must be a column"));
	if (!(b->columns = table(l, yaml_count(columns), sizeof *b->columns)) || !b->query) {
		l->no_memory = true;
		return;
	}
	for (b->column_count = 0; b->column_count < yaml_count(columns); b->column_count++) {
		size_t i = b->column_count;
		read_column(l, yaml_item(columns, i), &b->columns[i]);
		for (size_t k = 0; k < i; k++)
			if (strcmp(b->columns[k].key, b->columns[i].key) == 0)
				yaml_mistake(&l->m, b->columns[i].at, tr("列 %s 重复", "column %s stands twice"), b->columns[i].key);
	}
	read_chart(l, b, yaml_get(at, "chart"));
}

/* Excel's rules for a sheet's name, with room for a number behind it. */
static void check_name(struct loader *l, struct yaml_at at)
{
	static const char *const languages[] = {"zh", "en"};
	for (size_t i = 0; i < 2; i++) {
		const char *name = yaml_text(yaml_get(at, languages[i]));
		size_t letters = 0;
		for (const char *p = name; *p; p++)
			letters += (*p & 0xC0) != 0x80;
		if (strpbrk(name, "[]:*?/\\'") || letters > SHEET_NAME_MOST)
			yaml_mistake(&l->m, yaml_get(at, languages[i]), tr("表名要在 %d 字以内，不含 []:*?/\\'",
			             "a sheet's name has at most %d letters and none of []:*?/\\'"), SHEET_NAME_MOST);
	}
}

static void read_sheet(struct loader *l, struct yaml_at at, struct report_sheet *s)
{
	struct yaml_at blocks = yaml_get(at, "blocks");
	size_t filters = 0;
	s->title = read_text(yaml_get(at, "title"));
	s->facts = yaml_bool(yaml_get(at, "facts"), false);
	s->frozen = yaml_bool(yaml_get(at, "frozen"), false);
	check_name(l, yaml_get(at, "title"));
	if (!yaml_count(blocks))
		yaml_mistake(&l->m, blocks, "%s", tr("至少要有一块", "there must be a block"));
	if (!(s->blocks = table(l, yaml_count(blocks), sizeof *s->blocks)))
		return;
	for (size_t i = 0; i < yaml_count(blocks); i++) {
		s->block_count++;
		read_block(l, yaml_item(blocks, i), &s->blocks[i]);
		filters += s->blocks[i].filter;
	}
	if (filters > 1)
		yaml_mistake(&l->m, blocks, "%s", tr("一张表只能有一处筛选", "a sheet has one filter at most"));
}

/* What doesn't fit into the overview over several sites is refused, not left out there. */
static void check_overview(struct loader *l)
{
	size_t sums = 0, charts = 0;
	for (size_t i = 0; i < l->report->sheet_count; i++)
		for (size_t k = 0; k < l->report->sheets[i].block_count; k++) {
			const struct report_block *b = &l->report->sheets[i].blocks[k];
			for (size_t c = 0; c < b->column_count; c++)
				if (*report_say(&b->columns[c].sums) && ++sums == REPORT_SUMS_MOST + 1)
					yaml_mistake(&l->m, yaml_get(b->columns[c].at, "sums"), tr("一份报表最多按受理点汇总 %d 列", "a report has at most %d columns with sums by site"),
					             REPORT_SUMS_MOST);
			if (b->chart.kind && ++charts == REPORT_CHARTS_MOST + 1)
				yaml_mistake(&l->m, yaml_get(b->at, "chart"), tr("一份报表最多 %d 幅图表", "a report has at most %d charts"), REPORT_CHARTS_MOST);
		}
}

static void read_report(struct loader *l)
{
	struct report *r = l->report;
	struct yaml_at root = yaml_root(r->doc), sheets = yaml_get(root, "sheets");
	yaml_check(root, &root_schema, &l->m);
	if (l->m.count) /* the rest takes the right kinds for granted */
		return;
	r->title = read_text(yaml_get(root, "title"));
	read_words(l, yaml_get(root, "words"));
	if (!yaml_count(sheets))
		yaml_mistake(&l->m, sheets, "%s", tr("至少要有一张表", "there must be a sheet"));
	if (!(r->sheets = table(l, yaml_count(sheets), sizeof *r->sheets)))
		return;
	for (size_t i = 0; i < yaml_count(sheets) && !l->no_memory; i++) {
		r->sheet_count++;
		read_sheet(l, yaml_item(sheets, i), &r->sheets[i]);
	}
	check_overview(l);
}

enum err report_load(const char *dir, const char *name, struct report **out, struct error *e)
{
	struct loader l = {.dir = dir, .name = name};
	char *path = NULL;
	enum err r = OK;
	*out = NULL;
	if (!definition_name_good(name))
		return error_set(e, ERR_REPORT_UNKNOWN, "%s", name);
	if (asprintf(&path, "%s/%s.yaml", dir, name) < 0 || !(l.report = calloc(1, sizeof *l.report)))
		r = error_set(e, ERR_MEMORY, "%s", name);
	else if (access(path, F_OK) != 0)
		r = error_set(e, ERR_REPORT_UNKNOWN, "%s", name);
	else if ((l.report->doc = yaml_read(path, &l.m)))
		read_report(&l);
	if (!r)
		r = l.no_memory ? error_set(e, ERR_MEMORY, "%s", name) : mistakes_error(&l.m, ERR_REPORT_DEFINITION, e);
	if (r)
		report_free(&l.report);
	*out = l.report;
	mistakes_free(&l.m);
	free(path);
	return r;
}

static void block_free(struct report_block *b)
{
	free(b->query);
	free(b->sql);
	free(b->count_sql);
	free(b->columns);
}

void report_free(struct report **report)
{
	struct report *r = *report;
	if (!r)
		return;
	for (size_t i = 0; i < r->sheet_count; i++) {
		for (size_t k = 0; k < r->sheets[i].block_count; k++)
			block_free(&r->sheets[i].blocks[k]);
		free(r->sheets[i].blocks);
	}
	for (size_t i = 0; i < r->word_count; i++) {
		free(r->words[i].codes);
		free(r->words[i].texts);
	}
	free(r->sheets);
	free(r->words);
	yaml_close(&r->doc);
	free(r);
	*report = NULL;
}

static int is_definition(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);
	return n > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

int report_names(const char *dir, char ***names)
{
	struct dirent **entries = NULL;
	int n = scandir(dir, &entries, is_definition, alphasort);
	*names = n < 0 ? NULL : calloc((size_t)n + 1, sizeof **names);
	for (int i = 0; i < n; i++) {
		if (!*names || !((*names)[i] = strndup(entries[i]->d_name, strlen(entries[i]->d_name) - 5)))
			abort();
		free(entries[i]);
	}
	free(entries);
	return n;
}
