/* A chart of rows that a sheet has already, drawn below them. Private to src/report. */
#ifndef CERTDESK_REPORT_CHART_H
#define CERTDESK_REPORT_CHART_H

#include "report/page.h"

/* Rows of the sheet, the second one exclusive. */
struct chart_run {
	lxw_row_t first, end;
};

struct chart {
	const char *kind, *title; /* kind as in definitions */
	const char *sheet;        /* its name */
	bool money;
	size_t categories, values[REPORT_CHART_VALUES], value_count; /* columns of the sheet */
	const char *names[REPORT_CHART_VALUES];                      /* of the values */
	const struct chart_run *runs;                                /* one after the other */
	size_t run_count;
};

enum { CHART_RUNS_MOST = 48 };

/* Moves the page's next row below it. Nothing where there are no rows, or more runs than CHART_RUNS_MOST. */
void chart_draw(lxw_workbook *book, struct page *p, const struct chart *c);

#endif
