/* Rows and cells, as they are added and read. */
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "sheet/internal.h"

static enum err grow(struct sheet *s)
{
	if (s->count == s->room) {
		size_t room = s->room ? s->room * 2 : 64;
		struct sheet_row *rows = realloc(s->rows, room * sizeof *rows);
		if (!rows)
			return ERR_MEMORY;
		s->rows = rows;
		s->room = room;
	}
	if (s->cell_count + SHEET_COLUMNS_MAX > s->cell_room) {
		size_t room = (s->cell_room ? s->cell_room * 2 : 1024) + SHEET_COLUMNS_MAX;
		struct sheet_cell *cells = realloc(s->cells, room * sizeof *cells);
		if (!cells)
			return ERR_MEMORY;
		s->cells = cells;
		s->cell_room = room;
	}
	return OK;
}

enum err sheet_add(struct sheet *s, size_t line, size_t column, enum sheet_kind kind, const char *text, size_t length, struct error *e)
{
	struct sheet_row *row = s->count ? &s->rows[s->count - 1] : NULL;
	if (column >= SHEET_COLUMNS_MAX)
		return error_set(e, ERR_SHEET_LIMIT, tr("第 %zu 行超过 %d 列", "line %zu has more than %d columns"), line, SHEET_COLUMNS_MAX);
	if (row && line < row->line)
		return error_set(e, ERR_SHEET_BROKEN, tr("第 %zu 行", "line %zu"), line);
	if (!row || line > row->line) {
		if (s->count == SHEET_ROWS_MAX)
			return error_set(e, ERR_SHEET_LIMIT, tr("超过 %d 行", "more than %d rows"), SHEET_ROWS_MAX);
		if (grow(s))
			return error_set(e, ERR_MEMORY, "%zu", line);
		row = &s->rows[s->count++];
		*row = (struct sheet_row){.line = line};
	} else if (column < row->count)
		return error_set(e, ERR_SHEET_BROKEN, tr("第 %zu 行", "line %zu"), line);
	for (; row->count <= column; row->count++)
		s->cells[s->cell_count++] = (struct sheet_cell){SHEET_NOTHING, NULL};
	/* an offset + 1, since the text may still move; sheet_finish makes it a pointer */
	s->cells[s->cell_count - 1] = (struct sheet_cell){kind, (const char *)(s->text.length + 1)};
	return bytes_add(&s->text, text, length) || bytes_add(&s->text, "", 1) ? error_set(e, ERR_MEMORY, "%zu", line) : OK;
}

void sheet_finish(struct sheet *s)
{
	size_t at = 0;
	for (size_t i = 0; i < s->cell_count; i++)
		s->cells[i].text = s->cells[i].text ? (const char *)s->text.data + ((size_t)s->cells[i].text - 1) : "";
	for (size_t i = 0; i < s->count; i++) {
		s->rows[i].cells = s->cells + at;
		at += s->rows[i].count;
	}
}

void sheet_free(struct sheet *s)
{
	free(s->rows);
	free(s->cells);
	bytes_free(&s->text);
	*s = (struct sheet){0};
}

const struct sheet_cell *sheet_cell(const struct sheet_row *row, size_t column)
{
	static const struct sheet_cell nothing = {SHEET_NOTHING, ""};
	return column < row->count ? &row->cells[column] : &nothing;
}

void sheet_column_name(size_t column, char out[8])
{
	char letters[8];
	size_t n = 0;
	for (size_t c = column + 1; c > 0 && n < sizeof letters - 1; c = (c - 1) / 26)
		letters[n++] = (char)('A' + (c - 1) % 26);
	for (size_t i = 0; i < n; i++)
		out[i] = letters[n - 1 - i];
	out[n] = '\0';
}
