/* What can happen to an order: statuses and the one table of transitions. Pure. */
#ifndef CERTDESK_RULES_TRANSITION_H
#define CERTDESK_RULES_TRANSITION_H

#include <stdbool.h>
#include <stddef.h>

/* The status that `event` leads to from `status` in `business`, or NULL where it isn't allowed. Events:
 * sign, ask-payment, pay, submit, void, skip-review, approve, return, reject, edit, take-effect, start-issue, issue, undo-issue,
 * accept, hand-over, mail, finish, undo-hand-over, cancel, unpaid, refund, refunded, keep-STATUS. */
const char *transition_to(const char *business, const char *status, const char *event);

const char *status_title(const char *status); /* 待支付; the status itself where unknown */
size_t status_count(void);
const char *status_at(size_t i); /* in the order of an order's life, draft first */
bool status_ended(const char *status);
bool status_is_draft(const char *status); /* it is being put together, and can be signed: a draft, or returned */

#endif
