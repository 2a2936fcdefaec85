/* Statements that come from definition files (reports): bound, read-only, and blind to
 * what is sealed or secret. The program's own statements stay in db/queries. */
#ifndef CERTDESK_STORE_ADHOC_H
#define CERTDESK_STORE_ADHOC_H

#include "store/store.h"

/* A named parameter: ":from". Text where `text` is not NULL, else the number. */
struct adhoc_value {
	const char *name;
	const char *text;
	int64_t number;
};

/* Whether a column is one that such statements may not read. */
bool adhoc_hidden(const char *table, const char *column);

/* One view of the store for several queries, while others go on writing. End it even after an error. */
enum err store_read_begin(struct store *s, struct error *e);
void store_read_end(struct store *s);
/* The same view in two connections, so that another thread can read meanwhile. `*twin` takes part in the read and is
 * ended by store_close; NULL where it can't be had: one connection has to do. */
enum err store_read_begin_twin(struct store *s, struct store **twin, struct error *e);

/* Opens the rows of one SELECT; `name` is what errors call it. ERR_STORE_QUERY: it is no single statement, isn't
 * read-only, asks for a parameter that is not in `values`, or for a column that holds sealed data, digests of personal
 * numbers, passwords or keys. The rows are ended by rows_end. */
enum err store_query_text(struct store *s, const char *name, const char *sql, const struct adhoc_value *values, size_t count,
                          struct rows **out, struct error *e);
/* The number of the column with this name; -1 where there is none. */
int rows_column(const struct rows *r, const char *name);
const char *rows_name(const struct rows *r, int column);
bool rows_integer(const struct rows *r, int column); /* else text, or nothing */

#endif
