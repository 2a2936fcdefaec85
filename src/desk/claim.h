/* A reviewer's claim on an order, which the others see. Private to src/desk. */
#ifndef CERTDESK_DESK_CLAIM_H
#define CERTDESK_DESK_CLAIM_H

#include "desk/desk.h"

/* How long it lasts. */
enum { CLAIM_SECONDS = 30 * 60 };

/* Whose claim on an order lives: 0 nobody's. */
enum err review_claimer(struct desk *d, int64_t order, int64_t *claimer, char name[128], struct error *e);

#endif
