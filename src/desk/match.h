/* Bank entries and the orders that wait for them. Private to src/desk. */
#ifndef CERTDESK_DESK_MATCH_H
#define CERTDESK_DESK_MATCH_H

#include "desk/desk.h"

/* Looks for the entry that pays for this order; a step of its own when there is one. `matched` may be NULL. */
enum err match_order(struct desk *d, const char *no, bool *matched, struct error *e);
/* Goes through all open entries: [{"order","amount"}] of what was matched. */
enum err match_all(struct desk *d, json_t **matched, struct error *e);

#endif
