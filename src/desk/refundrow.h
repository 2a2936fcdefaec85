/* Refunds inside other steps, and bank entries as money. Private to src/desk. */
#ifndef CERTDESK_DESK_REFUNDROW_H
#define CERTDESK_DESK_REFUNDROW_H

#include "desk/orderrow.h"

/* All verified money of the order that isn't going back yet is asked back, and the order waits for it (event refund). An
 * order without money stays where it is. asked_by 0: by a rule. *began (may be NULL) says which. Inside a step. */
enum err refund_begin(struct desk *d, struct order *o, int64_t asked_by, const char *reason, bool *began, struct error *e);
/* What was paid beyond the order's amount is asked back, the newest payment first; what was asked so before and isn't
 * approved counts anew. The order goes on as it is. Inside a step. */
enum err refund_surplus(struct desk *d, const struct order *o, int64_t asked_by, struct error *e);
/* One row of `payment` for money that no order claimed. Inside a step. */
enum err refund_unclaimed(struct desk *d, int64_t dk, int64_t payment, const char *method, int64_t amount, int64_t asked_by,
                          const char *reason, struct error *e);
/* Marks an approved row as paid back, and the order as refunded with its last one. Inside a step. *refunded (may be NULL)
 * is true where the order is. */
enum err refund_settle(struct desk *d, int64_t refund, struct order *o, int64_t paid_by, int64_t shift, const char *reference,
                       bool *refunded, struct error *e);
/* Of rows of refunds, keeps those in this state: what they come to. */
int64_t refund_keep(json_t *rows, const char *state);
/* `who` neither asked for these rows' money nor took it. */
bool refund_rows_separate(const json_t *rows, const struct staff *who);
/* *approved: some of the order's money was approved and has not gone back yet. */
enum err refund_approved(struct desk *d, const struct order *o, bool *approved, struct error *e);
/* *separate: `who` neither asked for what waits to be approved nor took that money. */
enum err refund_separate(struct desk *d, const struct order *o, const struct staff *who, bool *separate, struct error *e);
/* The customer hears that the order's money went back. */
void refund_tell(struct desk *d, const struct order *o);

#endif
