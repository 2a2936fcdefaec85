#include "sheet/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "base/lang.h"
#include "base/text.h"
#include "sheet/internal.h"

enum { ANSWER_MAX = 48 << 20 };

struct job {
	const void *data;
	size_t length;
	struct bytes cells;
};

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

/* In the child. */
static enum err work(void *context, struct child_answer *answer, struct error *e)
{
	struct job *job = context;
	enum err r = book_read(job->data, job->length, &job->cells, e);
	answer->data = r ? NULL : job->cells.data;
	answer->length = r ? 0 : job->cells.length;
	return r;
}

/* The child's word counts for nothing but its form: what doesn't fit is a damaged workbook. */
static enum err take_cells(const struct bytes *cells, struct sheet *out, struct error *e)
{
	enum err r = OK;
	for (size_t at = 0; !r && at < cells->length;) {
		uint32_t head[4];
		if (cells->length - at < sizeof head)
			return error_set(e, ERR_SHEET_BROKEN, "%zu", at);
		memcpy(head, cells->data + at, sizeof head);
		at += sizeof head;
		const char *text = (const char *)cells->data + at;
		if (cells->length - at < head[3] || head[3] > SHEET_TEXT_MAX || head[2] >= SHEET_KINDS || !head[0] ||
			memchr(text, 0, head[3]) || !text_valid(text, head[3]))
			return error_set(e, ERR_SHEET_BROKEN, "%zu", at);
		at += head[3];
		r = sheet_add(out, head[0], head[1], (enum sheet_kind)head[2], text, head[3], e);
	}
	return r;
}

static enum err from_book(const void *data, size_t length, struct sheet *out, struct error *e)
{
	static const struct child_errors errors = {"xlsx", ERR_SHEET_BROKEN, ERR_SHEET_SLOW};
	struct job job = {.data = data, .length = length};
	struct child_answer answer;
	struct bytes cells = {0};
	enum err r = child_run(work, &job, ANSWER_MAX, &errors, &answer, &cells, e);
	if (!r)
		r = take_cells(&cells, out, e);
	bytes_free(&cells);
	return r;
}

/* Excel keeps a workbook with a password, and every old one, in another kind of file. */
static enum err compound(const void *data, size_t length, struct error *e)
{
	static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
	return error_set(e, memmem(data, length, name, sizeof name) ? ERR_SHEET_ENCRYPTED : ERR_SHEET_OLD, "%s", "");
}

enum err sheet_read(const void *data, size_t length, struct sheet *out, struct error *e)
{
	*out = (struct sheet){0};
	enum err r;
	if (length == 0)
		r = error_set(e, ERR_SHEET_EMPTY, "%s", "");
	else if (length > SHEET_FILE_MAX)
		r = error_set(e, ERR_FILE_TOO_BIG, "%zu > %d", length, SHEET_FILE_MAX);
	else if (length >= 8 && memcmp(data, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0)
		r = compound(data, length, e);
	else if (length >= 4 && (memcmp(data, "PK\3\4", 4) == 0 || memcmp(data, "PK\5\6", 4) == 0))
		r = from_book(data, length, out, e);
	else
		r = sheet_from_text(data, length, out, e);
	if (r)
		sheet_free(out);
	else
		sheet_finish(out);
	return r;
}
