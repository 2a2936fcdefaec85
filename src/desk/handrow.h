/* Keys of one order or of a visit that are handed over in one step. Private to src/desk. */
#ifndef CERTDESK_DESK_HANDROW_H
#define CERTDESK_DESK_HANDROW_H

#include "desk/orderrow.h"

/* One key, and whose order it is of; borrowed. */
struct handing {
	struct order *order;
	const json_t *item;
};
/* Which of the takers (agent, legal, other) `to` is. ERR_DESK_TAKER. */
enum err handing_taker(const char *to, size_t *taker, struct error *e);
/* What the taker is called for the order's customer (also "mail"), or NULL where it has none such: 本人 or 代办人 for a person,
 * who has no legal representative. */
const char *handing_title(const struct order *o, const char *to);
/* [{"to","title"}]: who may take it; new reference. */
json_t *handing_takers(const struct order *o);
/* The inserted key holds what was issued for its item, by reading it. ERR_TOKEN_*, ERR_DESK_OTHER_KEY. */
enum err handing_check(struct desk *d, const struct handing *h, struct error *e);
/* A step: all of them to `taker` under one receipt; each order whose last key it is is done. `visit` NULL: the keys' one order
 * is what the journal's entry is about. ERR_DESK_STATUS (handed over already), ERR_DESK_RECEIPT, ERR_DESK_TAKER. */
enum err handing_take(struct desk *d, const struct handing *h, size_t count, const char *visit, const struct staff *who, size_t taker,
                      const char *receipt, struct error *e);

#endif
