#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/lang.h"
#include "base/mistakes.h"
#include "base/text.h"
#include "pay/maps.h"

enum { FILE_MAX = 1 << 20, HEAD_MAX = 128, COLUMNS_MAX = 200 };

static const char *const cell_names[MAP_CELLS] = {
	"id",
	"name",
	"date",
	"credit",
	"debit",
	"amount",
	"direction",
	"in_words",
	"out_words",
	"payer_name",
	"payer_account",
	"reference",
	"remark",
};

void statement_maps_free(struct statement_maps **m)
{
	if (*m) {
		csv_free(&(*m)->csv);
		free((*m)->maps);
		free(*m);
	}
	*m = NULL;
}

/* Copies the next word of a list, "a|b" by '|' or "a+b" by '+'; returns what follows, NULL at the end. */
static const char *next_word(const char *list, char separator, char out[HEAD_MAX])
{
	if (!list || !*list)
		return NULL;
	const char *end = strchr(list, separator);
	size_t n = end ? (size_t)(end - list) : strlen(list);
	if (n >= HEAD_MAX)
		n = HEAD_MAX - 1;
	memcpy(out, list, n);
	out[n] = '\0';
	return end ? end + 1 : list + strlen(list);
}

bool map_has_word(const char *words, const char *text)
{
	char word[HEAD_MAX];
	while ((words = next_word(words, '|', word)))
		if (strcmp(word, text) == 0)
			return true;
	return false;
}

/* What is wrong with a row of the table, or NULL. */
static const char *check_map(const struct statement_map *m)
{
	bool pair = *m->cells[MAP_CREDIT] && *m->cells[MAP_DEBIT], single = *m->cells[MAP_AMOUNT] != '\0';
	bool words = *m->cells[MAP_IN_WORDS] && *m->cells[MAP_OUT_WORDS];
	if (!*m->cells[MAP_ID] || !*m->cells[MAP_DATE] || !*m->cells[MAP_PAYER_NAME])
		return tr("id、date 和 payer_name 不能为空", "id, date and payer_name are needed");
	if (pair == single)
		return tr("应有 credit 和 debit，或者 amount", "credit and debit, or amount, are needed");
	if ((*m->cells[MAP_DIRECTION] != '\0') != words)
		return tr("direction 要和 in_words、out_words 一起写", "direction goes with in_words and out_words");
	return NULL;
}

static const char *read_map(struct statement_maps *m, const struct csv_row *row)
{
	struct statement_map *to = &m->maps[m->count];
	if (row->count != MAP_CELLS)
		return tr("列数不对", "the number of columns is wrong");
	for (int i = 0; i < MAP_CELLS; i++)
		to->cells[i] = row->fields[i];
	for (size_t i = 0; i < m->count; i++)
		if (strcmp(m->maps[i].cells[MAP_ID], to->cells[MAP_ID]) == 0)
			return tr("id 重复", "the id stands twice");
	const char *wrong = check_map(to);
	if (!wrong)
		m->count++;
	return wrong;
}

static const char *check_head(const struct csv_row *row)
{
	for (int i = 0; i < MAP_CELLS; i++)
		if (row->count != MAP_CELLS || strcmp(row->fields[i], cell_names[i]) != 0)
			return tr("表头不对", "the head row is wrong");
	return NULL;
}

static void read_maps(struct statement_maps *m, const char *path, struct mistakes *all)
{
	bool head = false;
	for (size_t i = 0; i < m->csv.count; i++) {
		const struct csv_row *row = &m->csv.rows[i];
		if (row->fields[0][0] == '#')
			continue;
		const char *wrong = head ? read_map(m, row) : check_head(row);
		if (wrong)
			mistakes_add(all, path, row->line, "%s", wrong);
		head = true;
	}
	if (m->count == 0 && all->count == 0)
		mistakes_add(all, path, 1, "%s", tr("文件是空的", "the file is empty"));
}

enum err statement_maps_load(const char *path, struct statement_maps **out, struct error *e)
{
	struct bytes text = {0};
	struct mistakes all = {0};
	struct error inner = {0};
	struct statement_maps *m = calloc(1, sizeof *m);
	enum err r = m ? file_read(path, FILE_MAX, &text, e) : error_set(e, ERR_MEMORY, "%s", path);
	if (r)
		goto out;
	if (csv_parse((char *)text.data, text.length, '\t', &m->csv, &inner))
		mistakes_add(&all, path, 0, "%s", inner.detail);
	else if (!(m->maps = calloc(m->csv.count + 1, sizeof *m->maps))) {
		r = error_set(e, ERR_MEMORY, "%s", path);
		goto out;
	} else
		read_maps(m, path, &all);
	r = mistakes_error(&all, ERR_PAY_MAP, e);
out:
	mistakes_free(&all);
	bytes_free(&text);
	if (r)
		statement_maps_free(&m);
	*out = m;
	return r;
}

/* Takes out what stands in brackets; one that isn't closed goes to the end. A head that is nothing else stays. */
static void drop_brackets(char *text)
{
	char *from = text, *to = text;
	int depth = 0;
	if (*text == '[' || *text == '(')
		return;
	for (; *from; from++) {
		depth += *from == '[' || *from == '(';
		if (depth == 0)
			*to++ = *from;
		depth -= depth > 0 && (*from == ']' || *from == ')');
	}
	*to = '\0';
}

/* A head as it is compared: narrow, without brackets and what is in them, and spaces around it. */
static bool head_text(const char *cell, char out[HEAD_MAX])
{
	char *folded = text_fold_width(cell);
	if (!folded)
		return false;
	drop_brackets(folded);
	text_trim(folded);
	bool fits = text_copy(out, HEAD_MAX, folded) && *out;
	free(folded);
	return fits;
}

/* The column with one of the spellings "a|b", or -1. */
static int find_column(const struct csv_row *head, const char *spellings)
{
	char word[HEAD_MAX], text[HEAD_MAX];
	while ((spellings = next_word(spellings, '|', word)))
		for (size_t i = 0; i < head->count; i++)
			if (head_text(head->fields[i], text) && strcmp(text, word) == 0)
				return (int)i;
	return -1;
}

/* Finds what a cell of the map names; false where it must be there and is not. */
static bool place(const struct csv_row *head, const char *cell, int *column, int *last)
{
	bool optional = *cell == '?';
	*column = *cell ? find_column(head, cell + optional) : -1;
	if (!optional && *column > *last)
		*last = *column;
	return !*cell || optional || *column >= 0;
}

bool map_fits(const struct statement_map *map, const struct csv_row *head, struct layout *out)
{
	static const enum map_cell placed[] = {
		MAP_DATE, MAP_CREDIT, MAP_DEBIT, MAP_AMOUNT, MAP_DIRECTION, MAP_PAYER_NAME, MAP_PAYER_ACCOUNT, MAP_REFERENCE};
	char word[HEAD_MAX];
	size_t count = 0;
	*out = (struct layout){.map = map};
	if (head->count > COLUMNS_MAX)
		return false;
	for (size_t i = 0; i < sizeof placed / sizeof *placed; i++)
		if (!place(head, map->cells[placed[i]], &out->columns[placed[i]], &out->last))
			return false;
	for (size_t i = 0; i < REMARKS_MAX; i++)
		out->remarks[i] = -1;
	for (const char *list = map->cells[MAP_REMARK]; count < REMARKS_MAX && (list = next_word(list, '+', word));
		 count++)
		if (!place(head, word, &out->remarks[count], &out->last))
			return false;
	return true;
}
