/* A table that somebody else has filled in: CSV text or the first visible sheet of an Excel workbook, as rows of cells.
 * Both are hostile: text is judged here, a workbook is taken apart in a child that can reach nothing (base/child.h). */
#ifndef CERTDESK_SHEET_SHEET_H
#define CERTDESK_SHEET_SHEET_H

#include "base/bytes.h"

enum {
	SHEET_FILE_MAX = 8 << 20,      /* bytes of a file */
	SHEET_UNPACKED_MAX = 64 << 20, /* bytes of all parts of a workbook that are read */
	SHEET_COLUMNS_MAX = 256,
	SHEET_ROWS_MAX = 10000, /* with something in them */
	SHEET_TEXT_MAX = 4096   /* bytes of a cell; longer ones are cut, which no field takes either */
};

enum sheet_kind {
	SHEET_NOTHING,
	SHEET_TEXT,
	SHEET_NUMBER,  /* as digits, "13700137000" */
	SHEET_DATE,    /* "2030-01-31" */
	SHEET_BOOLEAN, /* "true", "false" */
	SHEET_LOST,    /* a number of which not all digits are kept: as it stands there */
	SHEET_FORMULA, /* a formula without a value */
	SHEET_ERROR,   /* "#N/A" */
	SHEET_KINDS
};

struct sheet_cell {
	enum sheet_kind kind;
	const char *text; /* UTF-8, trimmed, never NULL */
};
struct sheet_row {
	size_t line; /* of the file, or the workbook's row number; from 1 */
	size_t count;
	struct sheet_cell *cells;
};
struct sheet {
	size_t count;
	struct sheet_row *rows; /* those with something in them, in the file's order */
	struct sheet_cell *cells;
	struct bytes text; /* what the cells point into */
	size_t room, cell_count, cell_room;
};

/* Reads a table by its content, whatever its name: UTF-8, UTF-16 with a byte-order mark, or GBK; comma, semicolon or tab
 * between fields; .xlsx. Formulas count by the values stored beside them. ERR_SHEET_*, ERR_CSV, ERR_CHILD, ERR_MEMORY. */
enum err sheet_read(const void *data, size_t length, struct sheet *out, struct error *e);
void sheet_free(struct sheet *s);
/* The cell at a column; a cell of SHEET_NOTHING where the row is shorter. */
const struct sheet_cell *sheet_cell(const struct sheet_row *row, size_t column);
/* "A", "AB": what a spreadsheet calls the column (from 0). */
void sheet_column_name(size_t column, char out[8]);

#endif
