/* One sheet being written: its next row, how wide its columns have become, its formats.
 * Private to src/report. */
#ifndef CERTDESK_REPORT_PAGE_H
#define CERTDESK_REPORT_PAGE_H

#include <xlsxwriter.h>

#include "report/workbook.h"

enum { PAGE_COLUMNS = 64, PAGE_ROWS_MOST = 1048000 };

enum page_format {
	PAGE_PLAIN,
	PAGE_TITLE,   /* a sheet's or block's own heading */
	PAGE_HEADING, /* of a column */
	PAGE_HEADING_NUMBER,
	PAGE_MONEY,
	PAGE_DATE,
	PAGE_DATETIME,
	PAGE_INTEGER,
	PAGE_PERCENT,
	PAGE_PERCENT_FINE, /* with decimals */
	PAGE_TOTAL_TEXT,
	PAGE_TOTAL_MONEY,
	PAGE_TOTAL_INTEGER,
	PAGE_WARNING,
	PAGE_FORMATS
};

struct page {
	lxw_worksheet *sheet;
	lxw_format *const *formats;
	lxw_row_t row; /* the next one */
	int widths[PAGE_COLUMNS];
	size_t columns;
	lxw_row_t heading; /* of the block whose heading stays in view */
	bool headed;
};

/* Rows high enough for Chinese. */
void page_start(struct page *p);
/* Makes the formats in `book`; false when memory ends. */
bool page_formats(lxw_workbook *book, lxw_format *formats[PAGE_FORMATS]);
/* A text cell, made safe: never a formula, no control characters. Widens the column where `measured`. */
void page_text(struct page *p, size_t column, const char *text, enum page_format format, bool measured);
void page_number(struct page *p, size_t column, double value, enum page_format format, int width);
/* A value of the store as the column's type wants it. What doesn't fit the type is shown as text. */
void page_cell(struct page *p, size_t column, const struct report_column *c, const struct report_cell *cell);
/* The headings of a block's columns, as a row. */
void page_heading(struct page *p, const struct report_block *b);
/* What the report is about, and an empty row. */
void page_facts(struct page *p, const struct report *report, const struct report_facts *facts);
/* Widths, paper, header and footer, when all rows are there. */
void page_finish(struct page *p, const struct report *report, const struct report_facts *facts);
/* The serial number that a sheet has for a UTC time in China time. */
double page_time(int64_t utc);

#endif
