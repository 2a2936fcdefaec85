/* A report over several sites, from the same definition: every block gets the columns region and site in front, its rows come in the
 * order of these, and the first sheet begins with sums by region and site and with how far each site's data goes. A block's chart is
 * drawn there of the sums over all sites, and once more by site (by region, where there are many). */
#ifndef CERTDESK_REPORT_OVER_H
#define CERTDESK_REPORT_OVER_H

#include "report/page.h"

struct report_site {
	const char *region, *code, *name; /* the region as people call it */
	int64_t seq, at, seen;            /* the newest entry that counts here, its time, the last contact; 0: none */
	const char *closed;               /* the newest business date that it has closed; "" */
	const char *note;                 /* why its data may not be all; "" */
};

struct report_over {
	const struct report_site *sites; /* in the order of the rows; those of a region stand together */
	size_t count;
	size_t (*site)(void *arg); /* whose the source's row is */
};

/* What the source is asked for besides the statements' columns. */
#define REPORT_REGION "@region"
#define REPORT_SITE "@site"

/* The definition with the two columns; it borrows from `report`. over_narrow frees it, also after an error. ERR_MEMORY. */
enum err over_widen(const struct report *report, struct report *wide, struct error *e);
void over_narrow(struct report *wide);
/* The blocks of the first sheet (its name is `sheet`). The statements whose columns are summed or charted run once more for it. */
enum err over_write(const struct report_over *over, const struct report *wide, const struct report_source *source, lxw_workbook *book,
                    const char *sheet, struct page *p, struct error *e);

#endif
