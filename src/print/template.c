#include "print/template.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/lang.h"
#include "base/text.h"
#include "print/fill.h"
#include "rules/business.h"
#include "rules/transition.h"

struct loader {
	struct mistakes *m;
	bool (*known)(const char *name, void *arg);
	void *arg;
	bool no_memory;
};

static const char *const abouts[] = {"order", "day", "blank", NULL};
static const char *const papers[] = {"A4", "A5", "label", NULL};
static const char *const numbers[] = {"masked", "whole", NULL};
static const char *const repeats[] = {"items", NULL};
static const char *const lists[] = {"items", "lines", "payments", "documents", "parcels", NULL};
static const char *const types[] = {"title", "text", "pairs", "table", "fields", "texts", "sign", "boxes", "space", "line", "break", NULL};
static const char *const aligns[] = {"left", "centre", "right", NULL};
static const char *const sizes[] = {"small", "normal", "large", NULL};
static const double scales[] = {0.8, 1.0, 1.3};

static const struct yaml_rule text_rules[] = {
	{.name = "zh", .kind = YAML_TEXT, .required = true},
	{.name = "en", .kind = YAML_TEXT, .required = true},
};
static const struct yaml_schema text_schema = YAML_SCHEMA(text_rules);
static const struct yaml_rule root_rules[] = {
	{.name = "title", .kind = YAML_MAP, .required = true, .inside = &text_schema},
	{.name = "about", .kind = YAML_TEXT, .required = true, .words = abouts},
	{.name = "position", .kind = YAML_INT, .least = 1, .most = 999},
	{.name = "statuses", .kind = YAML_LIST, .items = YAML_TEXT},
	{.name = "customers", .kind = YAML_LIST, .items = YAML_TEXT},
	{.name = "businesses", .kind = YAML_LIST, .items = YAML_TEXT},
	{.name = "when", .kind = YAML_TEXT},
	{.name = "paper", .kind = YAML_TEXT, .words = papers},
	{.name = "width", .kind = YAML_INT, .least = 30, .most = 297},
	{.name = "height", .kind = YAML_INT, .least = 20, .most = 420},
	{.name = "margin", .kind = YAML_INT, .least = 1, .most = 40},
	{.name = "size", .kind = YAML_INT, .least = 5, .most = 20},
	{.name = "numbers", .kind = YAML_TEXT, .words = numbers},
	{.name = "complete", .kind = YAML_BOOL},
	{.name = "reprint", .kind = YAML_BOOL},
	{.name = "repeat", .kind = YAML_TEXT, .words = repeats},
	{.name = "blocks", .kind = YAML_LIST, .required = true, .items = YAML_MAP},
};
static const struct yaml_schema root_schema = YAML_SCHEMA(root_rules);

#define COMMON {.name = "type", .kind = YAML_TEXT, .required = true}, {.name = "when", .kind = YAML_TEXT}
static const struct yaml_rule plain_rules[] = {COMMON};
static const struct yaml_rule title_rules[] = {COMMON, {.name = "text", .kind = YAML_MAP, .inside = &text_schema}};
static const struct yaml_rule paragraph_rules[] = {
	COMMON,
	{.name = "text", .kind = YAML_MAP, .required = true, .inside = &text_schema},
	{.name = "size", .kind = YAML_TEXT, .words = sizes},
	{.name = "align", .kind = YAML_TEXT, .words = aligns},
	{.name = "bold", .kind = YAML_BOOL},
};
static const struct yaml_rule pair_rules[] = {
	{.name = "label", .kind = YAML_MAP, .required = true, .inside = &text_schema},
	{.name = "value", .kind = YAML_TEXT},
	{.name = "text", .kind = YAML_MAP, .inside = &text_schema},
	{.name = "wide", .kind = YAML_BOOL},
};
static const struct yaml_schema pair_schema = YAML_SCHEMA(pair_rules);
static const struct yaml_rule pairs_rules[] = {
	COMMON,
	{.name = "columns", .kind = YAML_INT, .least = 1, .most = 2},
	{.name = "qr", .kind = YAML_TEXT},
	{.name = "height", .kind = YAML_INT, .least = 8, .most = 80},
	{.name = "rows", .kind = YAML_LIST, .required = true, .inside = &pair_schema},
};
static const struct yaml_rule column_rules[] = {
	{.name = "label", .kind = YAML_MAP, .required = true, .inside = &text_schema},
	{.name = "value", .kind = YAML_TEXT, .required = true},
	{.name = "width", .kind = YAML_INT, .required = true, .least = 1, .most = 100},
	{.name = "align", .kind = YAML_TEXT, .words = aligns},
};
static const struct yaml_schema column_schema = YAML_SCHEMA(column_rules);
static const struct yaml_rule table_rules[] = {
	COMMON,
	{.name = "list", .kind = YAML_TEXT, .required = true, .words = lists},
	{.name = "empty", .kind = YAML_MAP, .inside = &text_schema},
	{.name = "rows", .kind = YAML_INT, .least = 1, .most = 40},
	{.name = "size", .kind = YAML_TEXT, .words = sizes},
	{.name = "columns", .kind = YAML_LIST, .required = true, .inside = &column_schema},
};
static const struct yaml_rule fields_rules[] = {COMMON,
	{.name = "leave_out", .kind = YAML_LIST, .items = YAML_TEXT},
	{.name = "only_yes", .kind = YAML_LIST, .items = YAML_TEXT}};
static const struct yaml_rule sign_rules[] = {COMMON, {.name = "places", .kind = YAML_LIST, .required = true, .inside = &text_schema}};
static const struct yaml_rule boxes_rules[] = {
	COMMON,
	{.name = "columns", .kind = YAML_INT, .least = 1, .most = 4},
	{.name = "height", .kind = YAML_INT, .required = true, .least = 10, .most = 200},
	{.name = "boxes", .kind = YAML_LIST, .required = true, .inside = &text_schema},
};
static const struct yaml_rule space_rules[] = {COMMON, {.name = "height", .kind = YAML_INT, .required = true, .least = 1, .most = 200}};

/* In the order of `types`: the keys of each, and where its cells are. */
static const struct {
	struct yaml_schema schema;
	const char *cells;
} kinds[] = {
	[PRINT_TITLE] = {YAML_SCHEMA(title_rules), NULL},
	[PRINT_PARAGRAPH] = {YAML_SCHEMA(paragraph_rules), NULL},
	[PRINT_PAIRS] = {YAML_SCHEMA(pairs_rules), "rows"},
	[PRINT_TABLE] = {YAML_SCHEMA(table_rules), "columns"},
	[PRINT_FIELDS] = {YAML_SCHEMA(fields_rules), NULL},
	[PRINT_TEXTS] = {YAML_SCHEMA(plain_rules), NULL},
	[PRINT_SIGN] = {YAML_SCHEMA(sign_rules), "places"},
	[PRINT_BOXES] = {YAML_SCHEMA(boxes_rules), "boxes"},
	[PRINT_SPACE] = {YAML_SCHEMA(space_rules), NULL},
	[PRINT_LINE] = {YAML_SCHEMA(plain_rules), NULL},
	[PRINT_BREAK] = {YAML_SCHEMA(plain_rules), NULL},
};

const char *print_say(const struct print_text *text)
{
	const char *said = lang_now() == LANG_ZH ? text->zh : text->en;
	return said ? said : "";
}

static int word_index(const char *const *words, struct yaml_at at, int preset)
{
	const char *text = yaml_text(at);
	for (int i = 0; *text && words[i]; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	return preset;
}

static void check_fill(struct loader *l, struct yaml_at at, const char *list)
{
	print_fill_check(at, list, l->known, l->arg, l->m);
}

static struct print_text read_text(struct loader *l, struct yaml_at at, const char *list)
{
	struct yaml_at zh = yaml_get(at, "zh"), en = yaml_get(at, "en");
	check_fill(l, zh, list);
	check_fill(l, en, list);
	return (struct print_text){yaml_text(zh), yaml_text(en)};
}

struct asked {
	struct loader *l;
	struct yaml_at at;
};

static void check_name(const char *name, void *arg)
{
	struct asked *a = arg;
	if (!print_name_known("", name) && a->l->known && !a->l->known(name, a->l->arg))
		yaml_mistake(a->l->m, a->at, tr("没有 ${%s}", "there is no ${%s}"), name);
}

static struct yaml_at read_names(struct loader *l, struct yaml_at list)
{
	for (size_t i = 0; i < yaml_count(list); i++)
		check_name(yaml_text(yaml_item(list, i)), &(struct asked){l, yaml_item(list, i)});
	return list;
}

static struct expr *read_when(struct loader *l, struct yaml_at at)
{
	struct expr *x = NULL;
	struct error e = {0};
	struct asked a = {l, at};
	if (yaml_kind(at) == YAML_NOTHING)
		return NULL;
	if (expr_parse(yaml_text(at), &x, &e))
		yaml_mistake(l->m, at, "when: %s", e.detail);
	else
		expr_fields(x, check_name, &a);
	return x;
}

static void read_cell(struct loader *l, enum print_block_type type, struct yaml_at at, const char *list, struct print_cell *c)
{
	bool named = type == PRINT_PAIRS || type == PRINT_TABLE;
	c->label = read_text(l, named ? yaml_get(at, "label") : at, "");
	c->value = yaml_text(yaml_get(at, "value"));
	c->text = read_text(l, yaml_get(at, "text"), list);
	if (type == PRINT_PAIRS && (*c->value != '\0') == (yaml_kind(yaml_get(at, "text")) != YAML_NOTHING))
		yaml_mistake(l->m, at, "%s", tr("要写 value 或 text 中的一个", "one of value and text is needed"));
	check_fill(l, yaml_get(at, "value"), list);
	c->width = (int)yaml_int(yaml_get(at, "width"), 1);
	c->align = (enum print_align)word_index(aligns, yaml_get(at, "align"), PRINT_LEFT);
	c->wide = yaml_bool(yaml_get(at, "wide"), false);
}

static void read_cells(struct loader *l, struct yaml_at at, const char *list, struct print_block *b)
{
	size_t n = yaml_count(at);
	if (n < 1 || n > PRINT_CELLS) {
		yaml_mistake(l->m, at, tr("要 1 到 %d 项", "1 to %d are needed"), PRINT_CELLS);
		return;
	}
	for (size_t i = 0; i < n; i++)
		read_cell(l, b->type, yaml_item(at, i), list, &b->cells[b->cell_count++]);
}

/* Rows of a table know their list's names; on a page for each item everything knows the item's. */
static void read_block(struct loader *l, struct yaml_at at, const char *repeat, struct print_block *b)
{
	int type = word_index(types, yaml_get(at, "type"), -1);
	size_t before = l->m->count;
	if (type < 0) {
		struct yaml_rule rules[] = {{.name = "type", .kind = YAML_TEXT, .required = true, .words = types},
		                            {.name = "*", .kind = YAML_ANY}};
		yaml_check(at, &(struct yaml_schema)YAML_SCHEMA(rules), l->m);
		return;
	}
	yaml_check(at, &kinds[type].schema, l->m);
	if (l->m->count > before)
		return;
	b->type = (enum print_block_type)type;
	b->when = read_when(l, yaml_get(at, "when"));
	b->text = read_text(l, yaml_get(at, type == PRINT_TABLE ? "empty" : "text"), repeat);
	b->list = yaml_text(yaml_get(at, "list"));
	b->qr = yaml_text(yaml_get(at, "qr"));
	check_fill(l, yaml_get(at, "qr"), repeat);
	b->height = (int)yaml_int(yaml_get(at, "height"), 26);
	b->columns = (int)yaml_int(yaml_get(at, "columns"), 2);
	b->rows = (int)yaml_int(yaml_get(at, "rows"), 0);
	b->scale = scales[word_index(sizes, yaml_get(at, "size"), 1)];
	b->align = (enum print_align)word_index(aligns, yaml_get(at, "align"), PRINT_LEFT);
	b->bold = yaml_bool(yaml_get(at, "bold"), false);
	b->leave_out = read_names(l, yaml_get(at, "leave_out"));
	b->only_yes = read_names(l, yaml_get(at, "only_yes"));
	if (kinds[type].cells)
		read_cells(l, yaml_get(at, kinds[type].cells), type == PRINT_TABLE ? b->list : repeat, b);
}

static void read_paper(struct loader *l, struct yaml_at root, struct print_template *t)
{
	static const int widths[] = {210, 148, 60}, heights[] = {297, 210, 40}, margins[] = {18, 12, 2};
	int paper = word_index(papers, yaml_get(root, "paper"), 0);
	t->label = paper == 2;
	t->width = (int)yaml_int(yaml_get(root, "width"), widths[paper]);
	t->height = (int)yaml_int(yaml_get(root, "height"), heights[paper]);
	t->margin = (int)yaml_int(yaml_get(root, "margin"), margins[paper]);
	t->size = (double)yaml_int(yaml_get(root, "size"), t->label ? 7 : 10);
	if (!t->label && (yaml_kind(yaml_get(root, "width")) != YAML_NOTHING || yaml_kind(yaml_get(root, "height")) != YAML_NOTHING))
		yaml_mistake(l->m, root, "%s", tr("只有标签（paper: label）可以写 width 和 height", "only a label (paper: label) takes width and height"));
	if (t->margin * 2 + 16 > t->width || t->margin * 2 + 12 > t->height)
		yaml_mistake(l->m, yaml_get(root, "margin"), "%s", tr("页边距太大", "the margin is too large"));
}

static void check_words(struct loader *l, struct yaml_at list, bool (*good)(const char *word), const char *what)
{
	if (yaml_kind(list) != YAML_NOTHING && yaml_count(list) == 0)
		yaml_mistake(l->m, list, tr("%s 至少要有一项", "%s must not be empty"), what);
	for (size_t i = 0; i < yaml_count(list); i++)
		if (!good(yaml_text(yaml_item(list, i))))
			yaml_mistake(l->m, yaml_item(list, i), tr("%s 里没有“%s”", "%s: there is no '%s'"), what, yaml_text(yaml_item(list, i)));
}

static bool good_status(const char *word)
{
	for (size_t i = 0; i < status_count(); i++)
		if (strcmp(status_at(i), word) == 0)
			return true;
	return false;
}

static bool good_business(const char *word)
{
	return business_find(word) != NULL;
}

static bool good_customer(const char *word)
{
	return strcmp(word, "unit") == 0 || strcmp(word, "person") == 0;
}

static void read_template(struct loader *l, struct print_template *t)
{
	struct yaml_at root = yaml_root(t->doc), blocks = yaml_get(root, "blocks");
	size_t before = l->m->count;
	yaml_check(root, &root_schema, l->m);
	if (l->m->count > before) /* the rest takes the right kinds for granted */
		return;
	t->title = read_text(l, yaml_get(root, "title"), "");
	t->about = (enum print_about)word_index(abouts, yaml_get(root, "about"), PRINT_ORDER);
	t->statuses = yaml_get(root, "statuses");
	t->customers = yaml_get(root, "customers");
	t->businesses = yaml_get(root, "businesses");
	t->when = read_when(l, yaml_get(root, "when"));
	t->whole = word_index(numbers, yaml_get(root, "numbers"), 0) == 1;
	t->complete = yaml_bool(yaml_get(root, "complete"), false);
	t->reprint = yaml_bool(yaml_get(root, "reprint"), t->about != PRINT_BLANK);
	t->repeat = yaml_text(yaml_get(root, "repeat"));
	read_paper(l, root, t);
	check_words(l, t->statuses, good_status, "statuses");
	check_words(l, t->customers, good_customer, "customers");
	check_words(l, t->businesses, good_business, "businesses");
	if (t->about == PRINT_ORDER && yaml_kind(t->statuses) == YAML_NOTHING)
		yaml_mistake(l->m, root, "%s", tr("关于订单的打印件要写 statuses", "a print about an order needs statuses"));
	if (!(t->blocks = calloc(yaml_count(blocks) + 1, sizeof *t->blocks))) {
		l->no_memory = true;
		return;
	}
	for (size_t i = 0; i < yaml_count(blocks); i++)
		read_block(l, yaml_item(blocks, i), t->repeat, &t->blocks[t->block_count++]);
}

static void template_free(struct print_template *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->block_count; i++)
		expr_free(&t->blocks[i].when);
	expr_free(&t->when);
	free(t->blocks);
	free(t->file);
	free(t->kind);
	free(t->channel);
	yaml_close(&t->doc);
	free(t);
}

/* "receipt.yaml", "seal-sample.general.yaml" */
static bool split_name(const char *file, struct print_template *t)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	size_t kind = strspn(file, letters), channel = 0;
	if (kind == 0 || kind > 32)
		return false;
	if (file[kind] == '.' && strcmp(file + kind, ".yaml") != 0)
		channel = strspn(file + kind + 1, letters);
	if (strcmp(file + kind + (channel ? channel + 1 : 0), ".yaml") != 0)
		return false;
	t->file = strdup(file);
	t->kind = strndup(file, kind);
	t->channel = channel ? strndup(file + kind + 1, channel) : strdup("");
	return true;
}

enum err print_parse(const char *file, const char *text, size_t length, struct print_template **out, struct error *e)
{
	struct mistakes m = {0};
	struct loader l = {.m = &m};
	struct print_template *t = calloc(1, sizeof *t);
	*out = NULL;
	if (!t)
		return error_set(e, ERR_MEMORY, "%s", file);
	if (!split_name(file, t))
		mistakes_add(&m, file, 0, "%s", tr("文件名应为 种类.yaml 或 种类.渠道.yaml", "the file is named KIND.yaml or KIND.CHANNEL.yaml"));
	else if (!t->file || !t->kind || !t->channel)
		l.no_memory = true;
	else if ((t->doc = yaml_parse(file, text, length, &m))) {
		read_template(&l, t);
		digest_text(text, length, t->digest);
	}
	enum err r = l.no_memory ? error_set(e, ERR_MEMORY, "%s", file) : mistakes_error(&m, ERR_PRINT_TEMPLATE, e);
	mistakes_free(&m);
	if (r)
		print_free_one(&t);
	*out = t;
	return r;
}

static void read_file(struct loader *l, const char *dir, const char *file, struct print_templates *all)
{
	struct bytes content = {0};
	struct print_template *t = calloc(1, sizeof *t);
	char *path = path_join(dir, file);
	if (!t || !path)
		l->no_memory = true;
	else if (!split_name(file, t))
		mistakes_add(l->m, path, 0, "%s", tr("文件名应为 种类.yaml 或 种类.渠道.yaml", "the file is named KIND.yaml or KIND.CHANNEL.yaml"));
	else if (!t->file || !t->kind || !t->channel)
		l->no_memory = true;
	else if ((t->doc = yaml_read(path, l->m))) {
		read_template(l, t);
		if (file_read(path, YAML_FILE_LIMIT, &content, NULL) == OK)
			digest_text(content.data, content.length, t->digest);
		all->all[all->count++] = t;
		t = NULL;
	}
	bytes_free(&content);
	template_free(t);
	free(path);
}

static int wanted(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);
	return entry->d_name[0] != '.' && n > 5 && strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

static int by_position(const void *a, const void *b)
{
	const struct print_template *x = *(struct print_template *const *)a, *y = *(struct print_template *const *)b;
	int64_t p = yaml_int(yaml_get(yaml_root(x->doc), "position"), 999), q = yaml_int(yaml_get(yaml_root(y->doc), "position"), 999);
	return p != q ? (p > q) - (p < q) : strcmp(x->file, y->file);
}

enum err print_read(const char *dir, bool (*known)(const char *name, void *arg), void *arg, struct mistakes *m,
                    struct print_templates **out)
{
	struct loader l = {.m = m, .known = known, .arg = arg};
	struct dirent **entries = NULL;
	size_t before = m->count;
	int n = scandir(dir, &entries, wanted, alphasort);
	struct print_templates *all = calloc(1, sizeof *all);
	if (n < 0)
		mistakes_add(m, dir, 0, "%s", tr("读不了这个目录", "can't read this directory"));
	if (!all || !(all->all = calloc((size_t)(n > 0 ? n : 1), sizeof *all->all)))
		l.no_memory = true;
	for (int i = 0; i < n; i++) {
		if (!l.no_memory)
			read_file(&l, dir, entries[i]->d_name, all);
		free(entries[i]);
	}
	free(entries);
	if (l.no_memory || m->count > before)
		print_free(&all);
	else
		qsort(all->all, all->count, sizeof *all->all, by_position);
	*out = all;
	return l.no_memory ? ERR_MEMORY : OK;
}

void print_free_one(struct print_template **template)
{
	template_free(*template);
	*template = NULL;
}

enum err print_load(const char *dir, bool (*known)(const char *name, void *arg), void *arg, struct print_templates **out,
                    struct error *e)
{
	struct mistakes m = {0};
	enum err r = print_read(dir, known, arg, &m, out);
	r = r ? error_set(e, r, "%s", dir) : mistakes_error(&m, ERR_PRINT_TEMPLATE, e);
	mistakes_free(&m);
	return r;
}

void print_free(struct print_templates **templates)
{
	struct print_templates *t = *templates;
	if (!t)
		return;
	for (size_t i = 0; i < t->count; i++)
		template_free(t->all[i]);
	free(t->all);
	free(t);
	*templates = NULL;
}

const struct print_template *print_find(const struct print_templates *templates, const char *kind, const char *channel)
{
	const struct print_template *found = NULL;
	for (size_t i = 0; i < templates->count; i++) {
		const struct print_template *t = templates->all[i];
		if (strcmp(t->kind, kind) == 0 && (strcmp(t->channel, channel) == 0 || (!*t->channel && !found)))
			found = t;
	}
	return found;
}

bool print_listed(struct yaml_at list, const char *word)
{
	for (size_t i = 0; i < yaml_count(list); i++)
		if (strcmp(yaml_text(yaml_item(list, i)), word) == 0)
			return true;
	return yaml_kind(list) == YAML_NOTHING;
}

bool print_offered(const struct print_template *t, const json_t *values)
{
	static const char *const named[] = {"status", "customer", "business"};
	const struct yaml_at listed[] = {t->statuses, t->customers, t->businesses};
	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		const json_t *value = json_object_get(values, named[i]);
		if (!print_listed(listed[i], json_is_string(value) ? json_string_value(value) : ""))
			return false;
	}
	return !t->when || expr_true(t->when, values);
}
