/* What names a customer, and how one is found by it. Private to src/desk. */
#ifndef CERTDESK_DESK_CUSTOMER_H
#define CERTDESK_DESK_CUSTOMER_H

#include "desk/desk.h"

/* The customer's name in the values. */
const char *customer_name(const json_t *values);
/* The number that names the customer: uscc or person_id_number. */
const char *customer_number(const json_t *values);
/* Keyed digest of a customer's number for exact search. */
void number_digest(const struct desk *d, const char *number, char out[DIGEST_TEXT_SIZE]);
/* Adds to or takes from the search index. */
enum err name_index_set(struct desk *d, int64_t order_id, const char *old, const char *name, struct error *e);
/* A search as the index takes it; new string. */
char *name_index_query(const char *text);

#endif
