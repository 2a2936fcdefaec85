/* What a block's chart shows, over all sites: the chart's values summed up by its categories. Private to src/report. */
#ifndef CERTDESK_REPORT_GROUPED_H
#define CERTDESK_REPORT_GROUPED_H

#include "report/workbook.h"

struct grouped {
	const struct report_block *block;
	int category, values[REPORT_CHART_VALUES]; /* columns of the open statement */
	struct grouped_row {
		struct report_cell category; /* its text is owned */
		int64_t sums[REPORT_CHART_VALUES];
	} *rows;                                   /* one that a site has alone stands behind what it has before it */
	size_t count, last;
};

/* The block's statement is open. ERR_REPORT_DEFINITION: it lacks a column. */
enum err grouped_begin(struct grouped *g, const struct report_block *b, const struct report_source *source, struct error *e);
/* The source's row; `first`: of a site. ERR_MEMORY. */
enum err grouped_add(struct grouped *g, const struct report_source *source, bool first, struct error *e);
void grouped_free(struct grouped *g);

#endif
