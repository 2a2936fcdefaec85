#include "rules/codes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/text.h"

enum { FILE_LIMIT = 4 << 20, DEPTH_LIMIT = 6 };

struct code_table {
	char *name;
	struct csv csv; /* what the rows' texts point into */
	size_t count;
	struct code_row *rows;
	const struct code_row **by_code;
	struct code_table *next;
};

struct code_tables {
	char *dir;
	struct code_table *first;
};

enum err codes_open(const char *dir, struct code_tables **out, struct error *e)
{
	(void)e;
	*out = calloc(1, sizeof **out);
	if (*out && ((*out)->dir = strdup(dir)))
		return OK;
	free(*out);
	*out = NULL;
	return ERR_MEMORY;
}

static void table_free(struct code_table *t)
{
	if (!t)
		return;
	csv_free(&t->csv);
	free(t->name);
	free(t->rows);
	free(t->by_code);
	free(t);
}

void codes_free(struct code_tables **tables)
{
	if (!*tables)
		return;
	for (struct code_table *t = (*tables)->first, *next; t; t = next) {
		next = t->next;
		table_free(t);
	}
	free((*tables)->dir);
	free(*tables);
	*tables = NULL;
}

static int compare_rows(const void *a, const void *b)
{
	const struct code_row *x = *(const struct code_row *const *)a, *y = *(const struct code_row *const *)b;
	int order = strcmp(x->code, y->code);
	return order ? order : (x > y) - (x < y);
}

static int compare_code(const void *code, const void *row)
{
	return strcmp(code, (*(const struct code_row *const *)row)->code);
}

const struct code_row *codes_find(const struct code_table *t, const char *code)
{
	const struct code_row **found = t->count ? bsearch(code, t->by_code, t->count, sizeof *t->by_code,
	                                                   compare_code) : NULL;
	return found ? *found : NULL;
}

static void check_row(const struct code_table *t, const struct code_row *row, const char *path, struct mistakes *m)
{
	size_t line = t->csv.rows[row - t->rows + 1].line;
	const struct code_row *up = row;
	if (!*row->code || !*row->zh || !*row->en)
		mistakes_add(m, path, line, "%s", tr("code、zh、en 三列都要填", "code, zh and en must not be empty"));
	for (int depth = 0; *up->parent; depth++) {
		const struct code_row *parent = codes_find(t, up->parent);
		if (!parent && up == row)
			mistakes_add(m, path, line, tr("上级代码“%s”不在本表中", "parent '%s' is not in this table"), row->parent);
		if (depth == DEPTH_LIMIT)
			mistakes_add(m, path, line, tr("“%s”的上级绕成了圈", "the parents of '%s' go in a circle"), row->code);
		if (!parent || depth == DEPTH_LIMIT)
			return;
		up = parent;
	}
}

static void check_rows(const struct code_table *t, const char *path, struct mistakes *m)
{
	for (size_t i = 1; i < t->count; i++)
		if (strcmp(t->by_code[i]->code, t->by_code[i - 1]->code) == 0)
			mistakes_add(m, path, t->csv.rows[t->by_code[i] - t->rows + 1].line,
			             tr("代码“%s”重复了", "code '%s' is there twice"), t->by_code[i]->code);
	for (size_t i = 0; i < t->count; i++)
		check_row(t, &t->rows[i], path, m);
}

static bool fill_rows(struct code_table *t, const char *path, struct mistakes *m)
{
	static const char *const names[] = {"code", "zh", "en", "initials", "parent"};
	int columns[5];
	bool whole = true;
	for (size_t c = 0; c < 5; c++)
		if ((columns[c] = t->csv.count ? csv_column(&t->csv, names[c]) : -1) < 0) {
			mistakes_add(m, path, 1, tr("表头缺少“%s”列", "the head row has no column '%s'"), names[c]);
			whole = false;
		}
	if (!whole)
		return false;
	t->count = t->csv.count - 1;
	t->rows = calloc(t->count + 1, sizeof *t->rows);
	t->by_code = calloc(t->count + 1, sizeof *t->by_code);
	if (!t->rows || !t->by_code) {
		mistakes_add(m, path, 0, "%s", tr("内存不足", "out of memory"));
		return false;
	}
	for (size_t i = 0; i < t->count; i++) {
		const struct csv_row *r = &t->csv.rows[i + 1];
		t->rows[i] = (struct code_row){csv_field(r, columns[0]), csv_field(r, columns[1]), csv_field(r, columns[2]),
		                               csv_field(r, columns[3]), csv_field(r, columns[4])};
		t->by_code[i] = &t->rows[i];
		if (r->count > t->csv.rows[0].count)
			mistakes_add(m, path, r->line, "%s", tr("这一行的列比表头多", "this row has more columns than the head row"));
	}
	qsort(t->by_code, t->count, sizeof *t->by_code, compare_rows);
	return true;
}

static struct code_table *table_read(const char *path, struct mistakes *m)
{
	struct code_table *t = calloc(1, sizeof *t);
	struct bytes text = {0};
	struct error e = {0};
	size_t before = m->count;
	if (!t || file_read(path, FILE_LIMIT, &text, NULL))
		mistakes_add(m, path, 0, "%s", tr("代码表读不了，请检查文件", "the code table can't be read; check the file"));
	else if (csv_parse((const char *)text.data, text.length, '\t', &t->csv, &e))
		mistakes_add(m, path, 0, "%s", e.detail);
	else if (fill_rows(t, path, m))
		check_rows(t, path, m);
	bytes_free(&text);
	if (m->count == before)
		return t;
	table_free(t);
	return NULL;
}

/* The table's file in a new string; NULL for what can't be a name, or where memory ends. */
static char *table_path(const struct code_tables *tables, const char *name)
{
	char *file = NULL, *path;
	bool plain = *name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
	if (!plain || asprintf(&file, "%s.tsv", name) < 0)
		return NULL;
	path = path_join(tables->dir, file);
	free(file);
	return path;
}

bool codes_exist(const struct code_tables *tables, const char *name)
{
	char *path = table_path(tables, name);
	bool there = path && access(path, R_OK) == 0;
	free(path);
	return there;
}

const struct code_table *codes_read(struct code_tables *tables, const char *name, struct mistakes *m)
{
	struct code_table *t;
	for (t = tables->first; t; t = t->next)
		if (strcmp(t->name, name) == 0)
			return t;
	char *path = table_path(tables, name);
	if (!path)
		mistakes_add(m, tables->dir, 0, tr("没有代码表“%s”", "there is no code table '%s'"), name);
	else if ((t = table_read(path, m)) && !(t->name = strdup(name))) {
		table_free(t);
		t = NULL;
	}
	if (t) {
		t->next = tables->first;
		tables->first = t;
	}
	free(path);
	return t;
}

enum err codes_table(struct code_tables *tables, const char *name, const struct code_table **out, struct error *e)
{
	struct mistakes m = {0};
	enum err r = OK;
	*out = codes_read(tables, name, &m);
	if (!*out)
		r = m.count ? mistakes_error(&m, ERR_RULES_CODES, e) : ERR_MEMORY;
	mistakes_free(&m);
	return r;
}

size_t codes_count(const struct code_table *t)
{
	return t->count;
}

const struct code_row *codes_at(const struct code_table *t, size_t i)
{
	return i < t->count ? &t->rows[i] : NULL;
}

static void full_name(const struct code_table *t, const struct code_row *row, enum lang lang, char *out, size_t size)
{
	const struct code_row *chain[DEPTH_LIMIT + 1];
	size_t count = 0;
	struct bytes text = {0};
	for (; row && count <= DEPTH_LIMIT; row = *row->parent ? codes_find(t, row->parent) : NULL)
		chain[count++] = row;
	while (count-- > 0) {
		bytes_text(&text, lang == LANG_ZH ? chain[count]->zh : chain[count]->en);
		bytes_text(&text, count ? " " : "");
	}
	text_copy(out, size, text.data ? (const char *)text.data : "");
	bytes_free(&text);
}

void codes_full_name(const struct code_table *t, const struct code_row *row, char *out, size_t size)
{
	full_name(t, row, lang_now(), out, size);
}

void codes_full_name_zh(const struct code_table *t, const struct code_row *row, char *out, size_t size)
{
	full_name(t, row, LANG_ZH, out, size);
}
