/* Some rows of a statement, copied: SQLite's texts last only until its next step. Private to src/desk. */
#ifndef CERTDESK_DESK_REPORTBATCH_H
#define CERTDESK_DESK_REPORTBATCH_H

#include "report/workbook.h"
#include "store/adhoc.h"

enum { BATCH_CELLS = 4096, BATCH_COLUMNS = 64 };

struct batch {
	struct report_cell cells[BATCH_CELLS]; /* row after row; read them by batch_cell */
	struct bytes texts;
	int columns;
	size_t rows;
};

/* Takes the next rows, as many as fit. *more: there may be others behind them. ERR_MEMORY; what else stopped the rows,
 * rows_end tells. `rows` has at most BATCH_COLUMNS columns. */
enum err batch_fill(struct batch *b, struct rows *rows, bool *more);
struct report_cell batch_cell(const struct batch *b, size_t row, int column);

#endif
