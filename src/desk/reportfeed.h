/* The store as a report's source of rows. A thread steps through a statement while the writer is busy with the rows before:
 * both take about as long, and a counter PC has two cores. Private to src/desk. */
#ifndef CERTDESK_DESK_REPORTFEED_H
#define CERTDESK_DESK_REPORTFEED_H

#include "report/workbook.h"
#include "store/adhoc.h"

struct feed;
/* Rows of `store` with these parameters, which the caller keeps. While a statement is open nobody else may use the
 * store's connection; between the end of one and the begin of the next it is free. `twin` (NULL: none) is another
 * connection with the same view: until feed_free it is for the statements that are run ahead. */
enum err feed_make(struct store *store, struct store *twin, const struct adhoc_value *values, size_t count, struct feed **out,
                   struct error *e);
void feed_free(struct feed **feed);
struct report_source feed_source(struct feed *feed);

#endif
