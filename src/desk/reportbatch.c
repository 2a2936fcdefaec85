#include "desk/reportbatch.h"

#include <string.h>

/* While the batch is being filled a text's number is where it begins: only then the texts stay where they are. */
static enum err copy_row(struct batch *b, struct report_cell *cell, const struct rows *rows)
{
	for (int c = 0; c < b->columns; c++, cell++) {
		*cell = (struct report_cell){.kind = REPORT_CELL_NONE};
		if (rows_null(rows, c))
			continue;
		if (rows_integer(rows, c)) {
			*cell = (struct report_cell){.kind = REPORT_CELL_NUMBER, .number = rows_int(rows, c)};
			continue;
		}
		const char *text = rows_text(rows, c);
		*cell = (struct report_cell){.kind = REPORT_CELL_TEXT, .number = (int64_t)b->texts.length};
		if (bytes_add(&b->texts, text, strlen(text) + 1))
			return ERR_MEMORY;
	}
	return OK;
}

enum err batch_fill(struct batch *b, struct rows *rows, bool *more)
{
	enum err r = OK;
	b->columns = rows_columns(rows);
	b->rows = b->texts.length = 0;
	*more = true;
	while (!r && (b->rows + 1) * (size_t)b->columns <= BATCH_CELLS && (*more = rows_next(rows)))
		if (!(r = copy_row(b, b->cells + b->rows * (size_t)b->columns, rows)))
			b->rows++;
	for (size_t i = 0; i < b->rows * (size_t)b->columns; i++)
		if (b->cells[i].kind == REPORT_CELL_TEXT)
			b->cells[i].text = (const char *)b->texts.data + b->cells[i].number;
	return r;
}

struct report_cell batch_cell(const struct batch *b, size_t row, int column)
{
	return b->cells[row * (size_t)b->columns + (size_t)column];
}
