/* Statements that take long and give few rows, run before they are asked for: a thread with a connection of its own works
 * on them while the writer is at the long lists. Private to src/desk. */
#ifndef CERTDESK_DESK_REPORTAHEAD_H
#define CERTDESK_DESK_REPORTAHEAD_H

#include "desk/reportbatch.h"

struct ahead;
struct ahead_rows;

/* `store` is this thread's alone until ahead_free; the values are the caller's. */
enum err ahead_make(struct store *store, const struct adhoc_value *values, size_t count, struct ahead **out, struct error *e);
/* Adds one, before the first is taken. `sql` is the caller's. What doesn't fit is left to the caller. */
void ahead_add(struct ahead *a, const char *name, const char *sql);
/* Waits for the rows of a statement that was added. NULL: it was not, failed, or has more rows than a batch: the caller
 * runs it, and is told why it fails. The rows last until ahead_free. */
const struct ahead_rows *ahead_take(struct ahead *a, const char *sql);
const struct batch *ahead_batch(const struct ahead_rows *rows);
int ahead_column(const struct ahead_rows *rows, const char *name); /* -1 where there is none */
void ahead_free(struct ahead **ahead); /* lets the statement that is running end */

#endif
