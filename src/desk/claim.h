/* A reviewer's claim on an order, which the others see, and whether this site's word on it counts. Private to src/desk. */
#ifndef CERTDESK_DESK_CLAIM_H
#define CERTDESK_DESK_CLAIM_H

#include "desk/orderrow.h"

/* How long it lasts. */
enum { CLAIM_SECONDS = 30 * 60 };

/* Whose claim on an order lives: 0 nobody's. */
enum err review_claimer(struct desk *d, int64_t order, int64_t *claimer, char name[128], struct error *e);
/* ERR_SYNC_REVOKED: another site's order, and headquarters has told this site that it is revoked: nothing that is decided here counts. */
enum err review_counts(struct desk *d, const struct order *o, struct error *e);

#endif
