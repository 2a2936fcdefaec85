/* How a customer is found. Private to src/desk. */
#ifndef CERTDESK_DESK_CUSTOMER_H
#define CERTDESK_DESK_CUSTOMER_H

#include "desk/desk.h"
#include "rules/check.h"
#include "rules/customer.h"

/* A number as forms keep it, which its check finds right; new string, also with an error. ERR_DESK_NUMBER. */
enum err number_fold(const struct desk *d, const struct check *check, const char *number, char **out, struct error *e);
/* Keyed digest of a customer's number for exact search. */
void number_digest(const struct desk *d, const char *number, char out[DIGEST_TEXT_SIZE]);
/* Adds to or takes from the search index. */
enum err name_index_set(struct desk *d, int64_t order_id, const char *old, const char *name, struct error *e);
/* A search as the index takes it; new string. */
char *name_index_query(const char *text);

#endif
