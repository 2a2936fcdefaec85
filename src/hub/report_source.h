/* Reading stores as a report's source of rows: each statement runs on one after the other. Private to src/hub. */
#ifndef CERTDESK_HUB_REPORT_SOURCE_H
#define CERTDESK_HUB_REPORT_SOURCE_H

#include "hub/reading.h"
#include "report/over.h"
#include "store/adhoc.h"

struct report_rows {
	struct readings *readings;
	const struct report_site *sites; /* as the report shows them, in the readings' order */
	const struct adhoc_value *values;
	size_t value_count;
	/* the open statement */
	const char *name, *sql;
	size_t at;
	struct rows *rows;
	struct error why; /* what stopped it */
};

struct report_source report_rows_source(struct report_rows *r);
/* For struct report_over. */
size_t report_rows_site(void *arg);

#endif
