/* What comes next for an order: one table, for whoever shows one. Private to src/desk. */
#ifndef CERTDESK_DESK_NEXTSTEP_H
#define CERTDESK_DESK_NEXTSTEP_H

#include "desk/orderrow.h"

/* Adds "next" (form, attach, sign, pay, review, fetch, unlock, issue, accept, handover, mail, refund, wait, none), "next_title" and
 * "next_who": whom it waits for, in words ("" where the actor can do it now, or nothing comes next): a role, another person where the actor
 * keyed the order in and is kept apart from the step, who has claimed its review, the site that holds it or that it goes to.
 * `draft` is what a draft lacks first: form, attach or sign. */
enum err next_step_add(struct desk *d, const struct order *o, const char *draft, json_t *out, struct error *e);

#endif
