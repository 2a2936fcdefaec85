#include "base/yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/file.h"
#include "base/lang.h"
#include "base/text.h"
#include "base/yaml_problem.h"

enum { DEPTH_LIMIT = 32, NODE_LIMIT = 200000, KEY_LIMIT = 2000 };

struct node {
	enum yaml_kind kind; /* TEXT, LIST or MAP */
	size_t line;
	char *text;
	int parent;
	size_t first, count; /* children, in doc->index; a map's are key, value, key, value … */
};

struct yaml {
	char *name;
	struct node *nodes;
	int *index; /* nodes in order, those of one parent together */
	int count, room;
};

struct reader {
	struct yaml *doc;
	struct mistakes *m;
	int open[DEPTH_LIMIT];
	int depth;
};

static struct node *node_of(struct yaml_at at)
{
	return at.doc && at.node >= 0 ? &at.doc->nodes[at.node] : NULL;
}

static int add_node(struct reader *r, enum yaml_kind kind, const yaml_event_t *event)
{
	struct yaml *doc = r->doc;
	if (doc->count == doc->room) {
		int room = doc->room ? doc->room * 2 : 256;
		struct node *grown = realloc(doc->nodes, (size_t)room * sizeof *grown);
		if (!grown || doc->count >= NODE_LIMIT) {
			doc->nodes = grown ? grown : doc->nodes;
			return -1;
		}
		doc->nodes = grown;
		doc->room = room;
	}
	int at = doc->count++;
	int parent = r->depth > 0 ? r->open[r->depth - 1] : -1;
	doc->nodes[at] = (struct node){.kind = kind, .line = event->start_mark.line + 1, .parent = parent};
	if (parent >= 0 && ++doc->nodes[parent].count > 2 * KEY_LIMIT && doc->nodes[parent].kind == YAML_MAP)
		return -1;
	return at;
}

/* Anchors and tags make the meaning of a line depend on other lines; definitions have no use for them. */
static bool event_plain(struct reader *r, const yaml_event_t *event)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;
	if (event->type == YAML_SCALAR_EVENT) {
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
	}
	if (!anchor && !tag && event->type != YAML_ALIAS_EVENT)
		return true;
	mistakes_add(r->m, r->doc->name, event->start_mark.line + 1,
	             tr("不能用锚、别名和标签（& * !），请把内容写出来",
	                "anchors, aliases and tags (& * !) are not allowed; write the content out"));
	return false;
}

static bool open_node(struct reader *r, enum yaml_kind kind, const yaml_event_t *event)
{
	int at = r->depth < DEPTH_LIMIT ? add_node(r, kind, event) : -1;
	if (at < 0) {
		mistakes_add(r->m, r->doc->name, event->start_mark.line + 1,
		             tr("嵌套太深或内容太多", "nested too deep, or too much of it"));
		return false;
	}
	r->open[r->depth++] = at;
	return true;
}

static bool take_scalar(struct reader *r, const yaml_event_t *event)
{
	int at = add_node(r, YAML_TEXT, event);
	char *text = at < 0 ? NULL : strdup((const char *)event->data.scalar.value);
	if (!text || strlen(text) != event->data.scalar.length) {
		free(text);
		mistakes_add(r->m, r->doc->name, event->start_mark.line + 1,
		             tr("内容太多，或其中有零字节", "too much of it, or a zero byte in it"));
		return false;
	}
	r->doc->nodes[at].text = text;
	return true;
}

static bool take_event(struct reader *r, const yaml_event_t *event, int *documents)
{
	if (!event_plain(r, event))
		return false;
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (++*documents == 1)
			return true;
		mistakes_add(r->m, r->doc->name, event->start_mark.line + 1,
		             tr("一个文件只能有一份文档", "only one document is allowed in a file"));
		return false;
	case YAML_SCALAR_EVENT:
		return take_scalar(r, event);
	case YAML_SEQUENCE_START_EVENT:
		return open_node(r, YAML_LIST, event);
	case YAML_MAPPING_START_EVENT:
		return open_node(r, YAML_MAP, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		r->depth--;
		return true;
	default:
		return true;
	}
}

/* libyaml puts what is missing at the end one line after the last. */
static size_t line_within(const char *text, size_t length, size_t line)
{
	size_t lines = 1;
	for (size_t i = 0; i + 1 < length; i++)
		lines += text[i] == '\n';
	return line < lines ? line : lines;
}

static bool read_events(struct reader *r, const char *text, size_t length)
{
	yaml_parser_t parser;
	yaml_event_t event;
	bool good = true, end = false;
	int documents = 0;
	if (!yaml_parser_initialize(&parser)) {
		mistakes_add(r->m, r->doc->name, 0, tr("内存不足", "out of memory"));
		return false;
	}
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	while (good && !end) {
		if (!yaml_parser_parse(&parser, &event)) {
			mistakes_add(r->m, r->doc->name, line_within(text, length, parser.problem_mark.line + 1),
			             tr("写法不对，或文件没有写完：%s", "not well-formed, or half-written: %s"),
			             yaml_problem(parser.problem));
			good = false;
			break;
		}
		end = event.type == YAML_STREAM_END_EVENT;
		good = take_event(r, &event, &documents);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	if (good && r->doc->count == 0) {
		mistakes_add(r->m, r->doc->name, 0, tr("文件是空的", "the file is empty"));
		good = false;
	}
	return good;
}

static bool index_children(struct yaml *doc)
{
	size_t used = 0;
	doc->index = malloc((size_t)doc->count * sizeof *doc->index);
	if (!doc->index)
		return false;
	for (int i = 0; i < doc->count; i++) {
		struct node *n = &doc->nodes[i];
		n->first = used;
		used += n->count;
		n->count = 0;
		if (n->parent >= 0) {
			struct node *parent = &doc->nodes[n->parent];
			doc->index[parent->first + parent->count++] = i;
		}
	}
	return true;
}

/* They don't hide what else is wrong: the first of two is what yaml_get finds. */
static void find_duplicates(struct yaml *doc, struct mistakes *m)
{
	for (int i = 0; i < doc->count; i++) {
		if (doc->nodes[i].kind != YAML_MAP)
			continue;
		struct yaml_at map = {doc, i};
		for (size_t k = 0; k < yaml_count(map); k++) {
			struct yaml_at key = yaml_key(map, k), first = key;
			if (yaml_kind(key) != YAML_TEXT) {
				yaml_mistake(m, key, "%s", tr("键必须是文字", "a key must be text"));
				continue;
			}
			for (size_t j = 0; j < k && first.node == key.node; j++)
				if (strcmp(yaml_text(yaml_key(map, j)), yaml_text(key)) == 0)
					first = yaml_key(map, j);
			if (first.node != key.node)
				yaml_mistake(m, key, tr("“%s”重复了，第 %zu 行已有", "'%s' is there twice, first on line %zu"),
				             yaml_text(key), yaml_line(first));
		}
	}
}

static size_t line_of_bad_byte(const char *text, size_t length)
{
	size_t line = 1;
	for (size_t start = 0; start < length; line++) {
		const char *end = memchr(text + start, '\n', length - start);
		size_t n = end ? (size_t)(end - text) - start : length - start;
		if (!text_valid(text + start, n))
			break;
		start += n + 1;
	}
	return line;
}

struct yaml *yaml_parse(const char *name, const char *text, size_t length, struct mistakes *m)
{
	struct yaml *doc = calloc(1, sizeof *doc);
	size_t before = m->count;
	if (!doc || !(doc->name = strdup(name))) {
		mistakes_add(m, name, 0, tr("内存不足", "out of memory"));
		free(doc);
		return NULL;
	}
	struct reader r = {.doc = doc, .m = m};
	if (length > YAML_FILE_LIMIT)
		mistakes_add(m, name, 0, tr("文件超过 1 MiB", "the file is over 1 MiB"));
	else if (!text_valid(text, length))
		mistakes_add(m, name, line_of_bad_byte(text, length),
		             tr("不是 UTF-8 文字，请用 UTF-8 保存", "not UTF-8 text; save it as UTF-8"));
	else if (read_events(&r, text, length) && !index_children(doc))
		mistakes_add(m, name, 0, tr("内存不足", "out of memory"));
	if (m->count != before)
		yaml_close(&doc);
	else
		find_duplicates(doc, m);
	return doc;
}

struct yaml *yaml_read(const char *path, struct mistakes *m)
{
	struct bytes text = {0};
	struct yaml *doc = NULL;
	enum err r = file_read(path, YAML_FILE_LIMIT, &text, NULL);
	if (r == ERR_FILE_TOO_BIG)
		mistakes_add(m, path, 0, tr("文件超过 1 MiB", "the file is over 1 MiB"));
	else if (r)
		mistakes_add(m, path, 0, tr("读不了，请检查路径和权限", "can't be read; check the path and its permissions"));
	else
		doc = yaml_parse(path, (const char *)text.data, text.length, m);
	bytes_free(&text);
	return doc;
}

void yaml_close(struct yaml **doc)
{
	if (!*doc)
		return;
	for (int i = 0; i < (*doc)->count; i++)
		free((*doc)->nodes[i].text);
	free((*doc)->nodes);
	free((*doc)->index);
	free((*doc)->name);
	free(*doc);
	*doc = NULL;
}

const char *yaml_name(struct yaml_at at)
{
	return at.doc ? at.doc->name : "";
}

struct yaml_at yaml_root(const struct yaml *doc)
{
	return (struct yaml_at){doc, doc && doc->count ? 0 : -1};
}

enum yaml_kind yaml_kind(struct yaml_at at)
{
	const struct node *n = node_of(at);
	return n ? n->kind : YAML_NOTHING;
}

size_t yaml_line(struct yaml_at at)
{
	const struct node *n = node_of(at);
	return n ? n->line : 0;
}

size_t yaml_count(struct yaml_at at)
{
	const struct node *n = node_of(at);
	return !n ? 0 : n->kind == YAML_MAP ? n->count / 2 : n->count;
}

static struct yaml_at child(struct yaml_at at, size_t i)
{
	const struct node *n = node_of(at);
	return (struct yaml_at){at.doc, n && i < n->count ? at.doc->index[n->first + i] : -1};
}

struct yaml_at yaml_item(struct yaml_at at, size_t i)
{
	return child(at, yaml_kind(at) == YAML_MAP ? 2 * i + 1 : i);
}

struct yaml_at yaml_key(struct yaml_at at, size_t i)
{
	return child(at, yaml_kind(at) == YAML_MAP ? 2 * i : (size_t)-1);
}

struct yaml_at yaml_get(struct yaml_at at, const char *key)
{
	for (size_t i = 0; yaml_kind(at) == YAML_MAP && i < yaml_count(at); i++)
		if (strcmp(yaml_text(yaml_key(at, i)), key) == 0)
			return yaml_item(at, i);
	return (struct yaml_at){at.doc, -1};
}

const char *yaml_text(struct yaml_at at)
{
	const struct node *n = node_of(at);
	return n && n->text ? n->text : "";
}

static bool parse_bool(const char *s, bool *out)
{
	*out = strcmp(s, "true") == 0;
	return *out || strcmp(s, "false") == 0;
}

static bool parse_int(const char *s, int64_t *out)
{
	char *end;
	errno = 0;
	long long v = strtoll(s, &end, 10);
	*out = v;
	return *s && strspn(s, "-0123456789") == strlen(s) && !*end && errno == 0;
}

bool yaml_bool(struct yaml_at at, bool preset)
{
	bool v;
	return parse_bool(yaml_text(at), &v) ? v : preset;
}

int64_t yaml_int(struct yaml_at at, int64_t preset)
{
	int64_t v;
	return parse_int(yaml_text(at), &v) ? v : preset;
}

void yaml_mistake(struct mistakes *m, struct yaml_at at, const char *format, ...)
{
	char what[400];
	va_list ap;
	va_start(ap, format);
	vsnprintf(what, sizeof what, format, ap);
	va_end(ap);
	mistakes_add(m, yaml_name(at), yaml_line(at), "%s", what);
}

static size_t edit_distance(const char *a, const char *b)
{
	size_t row[65], n = strlen(b);
	if (n > 64 || strlen(a) > 64)
		return 64;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t corner = row[0];
		row[0] = i + 1;
		for (size_t j = 1; j <= n; j++) {
			size_t best = corner + (a[i] != b[j - 1]);
			corner = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
		}
	}
	return row[n];
}

const char *yaml_nearest(const char *word, const char *(*next)(size_t i, const void *arg), const void *arg)
{
	const char *best = NULL, *c;
	size_t limit = strlen(word) / 3 + 1, least = limit + 1;
	for (size_t i = 0; (c = next(i, arg)); i++) {
		size_t d = edit_distance(word, c);
		if (d < least) {
			least = d;
			best = c;
		}
	}
	return best;
}
