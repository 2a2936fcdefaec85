#include "print/fill.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"

enum { NAME_MOST = 64, LINE_MOST = 80 };

static const struct {
	const char *list, *name;
} names[] = {
#define NAME(list, name) {list, name},
#include "print/names.def"
#undef NAME
};

bool print_name_known(const char *list, const char *name)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i].list, list) == 0 && strcmp(names[i].name, name) == 0)
			return true;
	return false;
}

static const char *next_name(size_t i, const void *list)
{
	for (size_t k = 0; k < sizeof names / sizeof *names; k++)
		if ((strcmp(names[k].list, list) == 0 || !*names[k].list) && i-- == 0)
			return names[k].name;
	return NULL;
}

/* Reads "${name}" or "${name:20}" at `s`: its length, or 0 where it is none. */
static size_t read_name(const char *s, char name[NAME_MOST], int *line)
{
	size_t n = strspn(s + 2, "abcdefghijklmnopqrstuvwxyz0123456789_");
	const char *end = s + 2 + n;
	if (n == 0 || n >= NAME_MOST)
		return 0;
	memcpy(name, s + 2, n);
	name[n] = '\0';
	*line = 0;
	if (*end == ':')
		*line = (int)strtol(end + 1, (char **)&end, 10);
	return *end == '}' && *line >= 0 && *line <= LINE_MOST ? (size_t)(end + 1 - s) : 0;
}

void print_fill_check(struct yaml_at at, const char *list, bool (*known)(const char *name, void *arg), void *arg,
                      struct mistakes *m)
{
	char name[NAME_MOST];
	int line;
	for (const char *s = yaml_text(at); (s = strstr(s, "${")); s += 2) {
		if (!read_name(s, name, &line)) {
			yaml_mistake(m, at, "%s", tr("${ 后面要有名称和 }，如 ${name} 或 ${name:20}",
			                             "${ takes a name and }, as ${name} or ${name:20}"));
			continue;
		}
		if (print_name_known(list, name) || print_name_known("", name) || !known || known(name, arg))
			continue;
		const char *near = yaml_nearest(name, next_name, list);
		if (near)
			yaml_mistake(m, at, tr("没有 ${%s}，是不是 ${%s}？", "there is no ${%s}; is ${%s} meant?"), name, near);
		else
			yaml_mistake(m, at, tr("没有 ${%s}", "there is no ${%s}"), name);
	}
}

static enum err add_value(struct bytes *out, const char *value, int line)
{
	size_t room = strlen(value) * 3 + 1;
	if (!*value) {
		enum err r = OK;
		for (int i = 0; !r && i < line; i += 2)
			r = bytes_text(out, "＿"); /* two columns, and no gap to the next */
		return r;
	}
	char *clean = malloc(room);
	if (!clean)
		return ERR_MEMORY;
	text_printable(clean, room, value);
	enum err r = bytes_text(out, clean);
	free(clean);
	return r;
}

enum err print_fill(const char *text, const json_t *texts, const json_t *row, struct bytes *out)
{
	char name[NAME_MOST];
	int line;
	enum err r = OK;
	out->length = 0;
	for (const char *next; !r && (next = strstr(text, "${")); ) {
		size_t n = read_name(next, name, &line);
		r = bytes_add(out, text, (size_t)(next - text));
		if (!r && n)
			r = add_value(out, json_text(json_object_get(row, name) ? row : texts, name), line);
		else if (!r)
			r = bytes_add(out, next, n = 2);
		text = next + n;
	}
	return r ? r : bytes_text(out, text);
}
