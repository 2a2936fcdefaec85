#include "desk/keylist.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/lang.h"
#include "token/token.h"

enum { LIST_LIMIT = 4 << 20 };

bool key_serial_valid(const char *s)
{
	size_t n = strspn(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");
	return n > 0 && n < TOKEN_SERIAL_SIZE && !s[n];
}

bool key_serial_same(const char *a, const char *b)
{
	a += strspn(a, "0");
	b += strspn(b, "0");
	return strcasecmp(a, b) == 0;
}

/* Without a heading every line is one serial, as scanners write them. */
static bool is_bare(const struct csv *csv)
{
	for (size_t i = 0; i < csv->count; i++)
		if (csv->rows[i].count != 1)
			return false;
	return true;
}

static enum err take_rows(struct key_list *l, struct mistakes *m)
{
	int serial = csv_column(&l->csv, "serial"), medium = csv_column(&l->csv, "medium");
	size_t first = serial >= 0 ? 1 : 0;
	if (serial < 0 && !is_bare(&l->csv)) {
		mistakes_add(m, l->name, 1, "%s",
		             tr("第一行应为 serial 或 serial,medium", "the first line must be serial or serial,medium"));
		return OK;
	}
	l->count = l->csv.count > first ? l->csv.count - first : 0;
	l->lines = calloc(l->count + 1, sizeof *l->lines);
	for (size_t i = 0; l->lines && i < l->count; i++) {
		const struct csv_row *row = &l->csv.rows[first + i];
		l->lines[i] = (struct key_line){csv_field(row, serial < 0 ? 0 : serial), csv_field(row, medium), row->line, 0, true};
	}
	return l->lines ? OK : ERR_MEMORY;
}

static enum err read_file(const char *path, struct key_list *l, struct mistakes *m, struct error *e)
{
	struct bytes text = {0};
	const char *slash = strrchr(path, '/');
	l->name = slash ? slash + 1 : path;
	enum err r = file_read(path, LIST_LIMIT, &text, e);
	if (!r && text.length && !(r = csv_parse((char *)text.data, text.length, ',', &l->csv, e)))
		r = take_rows(l, m);
	bytes_free(&text);
	return r;
}

static enum err take_typed(const struct key_source *from, struct key_list *l)
{
	l->name = tr("扫描", "scanned");
	l->lines = calloc(from->count + 1, sizeof *l->lines);
	if (!l->lines)
		return ERR_MEMORY;
	l->count = from->count;
	for (size_t i = 0; i < from->count; i++)
		l->lines[i] = (struct key_line){from->serials[i], "", i + 1, 0, false};
	return OK;
}

static int by_serial(const void *a, const void *b)
{
	struct key_line *const *x = a, *const *y = b;
	int c = strcmp((*x)->serial, (*y)->serial);
	return c ? c : ((*x)->line > (*y)->line) - ((*x)->line < (*y)->line);
}

static enum err find_doubles(struct key_list *l)
{
	struct key_line **sorted = calloc(l->count + 1, sizeof *sorted);
	if (!sorted)
		return ERR_MEMORY;
	for (size_t i = 0; i < l->count; i++)
		sorted[i] = &l->lines[i];
	qsort(sorted, l->count, sizeof *sorted, by_serial);
	for (size_t i = 1; i < l->count; i++)
		if (*sorted[i]->serial && strcmp(sorted[i]->serial, sorted[i - 1]->serial) == 0)
			sorted[i]->twice = sorted[i - 1]->line;
	free(sorted);
	return OK;
}

enum err key_list_read(const struct key_source *from, bool may_be_empty, struct key_list *out, struct mistakes *m, struct error *e)
{
	*out = (struct key_list){0};
	enum err r = from->path ? read_file(from->path, out, m, e) : take_typed(from, out);
	if (r)
		return r;
	if (!out->count && !m->count && !may_be_empty)
		mistakes_add(m, out->name, 0, "%s", tr("清单是空的", "the list is empty"));
	return find_doubles(out);
}

bool key_list_line(const struct key_list *list, size_t at, struct mistakes *m)
{
	const struct key_line *line = &list->lines[at];
	bool valid = key_serial_valid(line->serial);
	if (!valid && line->of_file)
		mistakes_add(m, list->name, line->line, "%s", tr("序列号不对", "the serial is wrong"));
	else if (!valid)
		mistakes_add(m, list->name, line->line, tr("序列号不对：%s", "the serial is wrong: %s"), line->serial);
	else if (line->twice)
		mistakes_add(m, list->name, line->line, tr("与第 %zu 行重复", "stands in line %zu already"), line->twice);
	return valid;
}

void key_list_free(struct key_list *list)
{
	free(list->lines);
	csv_free(&list->csv);
	*list = (struct key_list){0};
}
