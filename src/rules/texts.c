#include "rules/texts.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/lang.h"
#include "base/text.h"
#include "base/yaml.h"

enum { FILE_LIMIT = 256 << 10 };

struct texts {
	size_t count;
	struct agreement *items; /* by id, then newest first */
};

static const struct yaml_rule title_rules[] = {
	{.name = "zh", .kind = YAML_TEXT, .required = true},
	{.name = "en", .kind = YAML_TEXT, .required = true},
};
static const struct yaml_schema title_schema = YAML_SCHEMA(title_rules);
static const struct yaml_rule head_rules[] = {
	{.name = "id", .kind = YAML_TEXT, .required = true},
	{.name = "version", .kind = YAML_TEXT, .required = true},
	{.name = "channel", .kind = YAML_TEXT},
	{.name = "title", .kind = YAML_MAP, .required = true, .inside = &title_schema},
};
static const struct yaml_schema head_schema = YAML_SCHEMA(head_rules);

void texts_free(struct texts **texts)
{
	if (!*texts)
		return;
	for (size_t i = 0; i < (*texts)->count; i++) {
		struct agreement *a = &(*texts)->items[i];
		free(a->id);
		free(a->version);
		free(a->channel);
		free(a->title.zh);
		free(a->title.en);
		free(a->body);
	}
	free((*texts)->items);
	free(*texts);
	*texts = NULL;
}

/* Where the body begins and the head's length; false where the head isn't closed. */
static bool find_body(const char *text, size_t *head, const char **body)
{
	const char *end = text_starts(text, "---\n") ? strstr(text + 3, "\n---\n") : NULL;
	if (!end)
		return false;
	*head = (size_t)(end - text) + 1;
	*body = end + 5;
	*body += strspn(*body, "\n");
	return true;
}

static bool fill(struct agreement *a, struct yaml_at root, const char *body, const struct bytes *whole)
{
	*a = (struct agreement){
		.id = strdup(yaml_text(yaml_get(root, "id"))),
		.version = strdup(yaml_text(yaml_get(root, "version"))),
		.channel = strdup(yaml_text(yaml_get(root, "channel"))),
		.title = {strdup(yaml_text(yaml_get(yaml_get(root, "title"), "zh"))),
			strdup(yaml_text(yaml_get(yaml_get(root, "title"), "en")))},
		.body = strdup(body),
	};
	digest_text(whole->data, whole->length, a->digest);
	return a->id && a->version && a->channel && a->title.zh && a->title.en && a->body;
}

static void examine(const struct texts *t, const struct agreement *a, const char *path, struct mistakes *m)
{
	const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
	if (!text_starts(file, a->id) || file[strlen(a->id)] != '.')
		mistakes_add(m, path, 0, tr("文件名应以“%s.”开头", "the file's name must begin with '%s.'"), a->id);
	if (strlen(a->body) < 20)
		mistakes_add(m, path, 0, "%s", tr("没有正文", "there is no text in it"));
	for (const char *at = a->body; *at; at++)
		if ((unsigned char)*at < ' ' && *at != '\n') {
			mistakes_add(m, path, 0, "%s", tr("正文里有控制字符", "there are control characters in it"));
			break;
		}
	for (size_t i = 0; i < t->count; i++)
		if (&t->items[i] != a && strcmp(t->items[i].id, a->id) == 0 && strcmp(t->items[i].version, a->version) == 0 &&
		    strcmp(t->items[i].channel, a->channel) == 0)
			mistakes_add(m, path, 0, tr("“%s”的版本“%s”重复了", "'%s' has version '%s' twice"), a->id, a->version);
}

static void add_file(struct texts *t, const char *path, struct mistakes *m)
{
	struct bytes whole = {0};
	struct yaml *head = NULL;
	const char *body;
	size_t length, before = m->count;
	struct agreement *grown;
	if (file_read(path, FILE_LIMIT, &whole, NULL) || !text_valid((char *)whole.data, whole.length)) {
		mistakes_add(m, path, 0, "%s", tr("读不了，或不是 UTF-8 文字", "can't be read, or is not UTF-8 text"));
		goto out;
	}
	if (!find_body((char *)whole.data, &length, &body)) {
		mistakes_add(m, path, 1, "%s", tr("开头应为两行 --- 之间的 id、version、channel、title",
			"it must begin with id, version, channel, title between two lines ---"));
		goto out;
	}
	if (!(head = yaml_parse(path, (char *)whole.data, length, m)))
		goto out;
	yaml_check(yaml_root(head), &head_schema, m);
	if (m->count != before)
		goto out;
	grown = realloc(t->items, (t->count + 1) * sizeof *grown);
	if (!grown || !fill((t->items = grown) + t->count++, yaml_root(head), body, &whole))
		mistakes_add(m, path, 0, "%s", tr("内存不足", "out of memory"));
	else
		examine(t, &t->items[t->count - 1], path, m);
out:
	yaml_close(&head);
	bytes_free(&whole);
}

static int compare(const void *a, const void *b)
{
	const struct agreement *x = a, *y = b;
	int order = strcmp(x->id, y->id);
	return order ? order : strverscmp(y->version, x->version);
}

struct texts *texts_read(const char *dir, struct mistakes *m)
{
	struct dirent **names = NULL;
	size_t before = m->count;
	struct texts *t = calloc(1, sizeof *t);
	int count = t ? scandir(dir, &names, NULL, alphasort) : -1;
	if (count < 0)
		mistakes_add(m, dir, 0, "%s", tr("目录读不了，请检查路径和权限", "the directory can't be read; check the path"));
	for (int i = 0; i < count; i++) {
		size_t n = strlen(names[i]->d_name);
		char *path = n > 3 && strcmp(names[i]->d_name + n - 3, ".md") == 0 ? path_join(dir, names[i]->d_name) : NULL;
		if (path)
			add_file(t, path, m);
		free(path);
		free(names[i]);
	}
	free(names);
	if (m->count != before)
		texts_free(&t);
	else if (t->count)
		qsort(t->items, t->count, sizeof *t->items, compare);
	return t;
}

enum err texts_load(const char *dir, struct texts **out, struct error *e)
{
	struct mistakes m = {0};
	*out = texts_read(dir, &m);
	enum err r = mistakes_error(&m, ERR_RULES_TEXTS, e);
	mistakes_free(&m);
	return r;
}

size_t texts_current(const struct texts *texts, const char *channel, const struct agreement **out, size_t limit)
{
	size_t count = 0;
	for (size_t i = 0; i < texts->count; i++) {
		const struct agreement *a = &texts->items[i], *last = count ? out[count - 1] : NULL;
		if (*a->channel && strcmp(a->channel, channel) != 0)
			continue;
		bool same = last && strcmp(last->id, a->id) == 0;
		if (same && *a->channel && !*last->channel)
			out[count - 1] = a;
		else if (!same && count < limit)
			out[count++] = a;
		else if (!same)
			break;
	}
	return count;
}

const struct agreement *texts_find(const struct texts *texts, const char *id, const char *version, const char *digest)
{
	for (size_t i = 0; i < texts->count; i++) {
		const struct agreement *a = &texts->items[i];
		if (strcmp(a->id, id) == 0 && strcmp(a->version, version) == 0 && strcmp(a->digest, digest) == 0)
			return a;
	}
	return NULL;
}
