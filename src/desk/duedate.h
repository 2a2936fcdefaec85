/* Until when a step of an order is to be done: working days by the calendar's and the deadlines' tables (forms/tables),
 * kept or missed in the table `deadline`. Private to src/desk. */
#ifndef CERTDESK_DESK_DUEDATE_H
#define CERTDESK_DESK_DUEDATE_H

#include "desk/orderrow.h"

/* In how many working days `step` (review, issue, payment) of this business is to be done: the configuration's
 * review_days_* where given, else the table's row; 0 where there is none. */
enum err duedate_days(struct desk *d, const char *business, const char *step, int64_t *days, struct error *e);
/* Begins and ends the deadlines of an order whose status went `from` → o->status; inside a step. A deadline whose step
 * has no days isn't begun. */
enum err duedate_follow(struct desk *d, const struct order *o, const char *from, struct error *e);
/* How long an order waits for its money once a voucher or a transfer is there: five working days but for the table. */
enum err duedate_set_payment(struct desk *d, const struct order *o, struct error *e);
/* How many vouchers and announced transfers the order has: the first one moves the date, a second one doesn't. */
enum err duedate_proofs(struct desk *d, const struct order *o, int64_t *count, struct error *e);
/* The date of an order that waits for money from now on: by the hour, or as duedate_set_payment where there is a proof already. */
enum err duedate_begin_payment(struct desk *d, const struct order *o, struct error *e);
/* Gives open orders from before there were deadlines theirs, from the submission or the decision on; inside a step. */
enum err duedate_adopt(struct desk *d, int64_t *count, struct error *e);
/* Running deadlines that are over. */
enum err duedate_late(struct desk *d, int64_t *count, struct error *e);
/* Adds to a row of a list that has "due_at" (UTC seconds): "due_at" as RFC 3339, "late", and "alarm": true for a late revocation. */
void duedate_show(const struct desk *d, json_t *row);

#endif
