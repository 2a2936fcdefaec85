/* What comes next for an order: one table, for whoever shows one. Private to src/desk. */
#ifndef CERTDESK_DESK_NEXTSTEP_H
#define CERTDESK_DESK_NEXTSTEP_H

#include "desk/orderrow.h"

/* Adds "next" (form, attach, sign, pay, review, fetch, unlock, issue, accept, handover, mail, refund, wait, none) and "next_title".
 * `draft` is what a draft lacks first: form, attach or sign. */
void next_step_add(const struct order *o, const char *draft, json_t *out);

#endif
