/* The tables that differ between CAs: products, channels, prices, documents, calendar, deadlines. A version of a table is a whole
 * set of rows with one valid_from; the newest one that has begun counts. Private to src/desk. */
#ifndef CERTDESK_DESK_TABLES_H
#define CERTDESK_DESK_TABLES_H

#include "desk/desk.h"

/* Reads DIR/NAME.csv of every table into the store, valid from `from`; inside a step. For desk_init. */
enum err tables_load_shipped(struct desk *d, const char *dir, int64_t from, struct error *e);
/* A site from before some of the tables existed: what is shipped for the empty ones comes in, in a step of `system`'s, and
 * open orders get their deadlines. A site that has them all isn't written to. */
enum err tables_complete(struct desk *d, struct error *e);
/* A new version from headquarters (CSV text, a date) inside a step; one whose date has passed counts from now. */
enum err tables_publish(struct desk *d, const char *name, const char *csv, const char *date, int64_t *count, struct error *e);
/* How many items an order of these values makes, and the role of each (from 1): main or secondary. */
int tables_items(const json_t *values);
const char *tables_role(const json_t *values, int item);
/* The rows of one order's lines: [{"kind","code","item" (its position),"amount","price_id","zh","en"}]. ERR_DESK_PRICE. */
enum err tables_price(struct desk *d, const char *business, const json_t *values, const char *reason, json_t **lines, int64_t *amount,
                      struct error *e);
/* [{"kind","position","required","form","zh","en"}] that an order with these values asks for, for `reason` and, where
 * there is a second one, `besides` ("" where there is none); and for `agent` where an agent came, `phone-agent`
 * where besides the old phone can't be asked. */
enum err tables_documents(struct desk *d, const char *business, const char *customer, const json_t *values, const char *reason,
                          const char *besides, json_t **out, struct error *e);
/* How long what is kept, by the table that has begun. */
struct retention;
enum err tables_retention(struct desk *d, struct retention *out, struct error *e);
/* The kinds that the table now in force leaves out, for sentences; "" where it has all. */
enum err tables_retention_gaps(struct desk *d, char *out, size_t size, struct error *e);
/* The product: {"code","zh","en","term_months","profile","slot","rekey"} and the algorithm for a medium. ERR_DESK_PRICE. */
enum err tables_product(struct desk *d, const char *code, json_t **out, struct error *e);
enum err tables_algorithm(struct desk *d, const char *channel, const char *medium, char out[17], struct error *e);

#endif
