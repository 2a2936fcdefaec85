/* Workbooks: a report's definition and the rows of its statements become one .xlsx file,
 * row after row, so that memory doesn't grow with them. Text cells are always text. */
#ifndef CERTDESK_REPORT_WORKBOOK_H
#define CERTDESK_REPORT_WORKBOOK_H

#include <stdint.h>

#include "report/definition.h"

struct report_cell {
	enum { REPORT_CELL_NONE, REPORT_CELL_NUMBER, REPORT_CELL_TEXT } kind;
	int64_t number;
	const char *text; /* until the next row; may be anything */
};

/* Where rows come from: one statement at a time. */
struct report_source {
	void *arg;
	void (*ahead)(void *arg, const char *name, const char *sql); /* will be opened later and has few rows; may be NULL */
	enum err (*open)(void *arg, const char *name, const char *sql, struct error *e);
	int (*column)(void *arg, const char *key); /* its number in the open statement; -1: there is none */
	bool (*next)(void *arg);
	struct report_cell (*cell)(void *arg, int column);
	enum err (*close)(void *arg, struct error *e); /* also after a failed open; tells what stopped next */
};

struct report_over; /* over.h */

/* What the first sheet and the footers say. */
struct report_facts {
	const char *site, *site_name, *by; /* by: who prints it */
	const char *from, *to;             /* dates as text */
	int64_t printed_at;
	const char *head; /* of the journal */
	bool demonstration;
	const struct report_over *over; /* several sites; NULL: the one */
};

struct report_progress {
	void (*tell)(void *arg, int64_t done, int64_t of); /* may be NULL */
	void *arg;
};

struct report_result {
	int64_t rows, sheets;
};

/* Writes the workbook to a temporary name beside `path`, reads it back and renames it: there is the whole report or
 * what was there before. ERR_REPORT_DEFINITION (a statement lacks a column), ERR_REPORT_ROWS (more than a sheet holds),
 * ERR_REPORT_PATH, ERR_REPORT_FULL, ERR_REPORT_WRITE, and what `source` returns. */
enum err report_write(const struct report *report, const struct report_facts *facts, const struct report_source *source,
                      const struct report_progress *progress, const char *path, struct report_result *out, struct error *e);

#endif
