/* A payment over one order or over several. Private to src/desk. */
#ifndef CERTDESK_DESK_PAYROW_H
#define CERTDESK_DESK_PAYROW_H

#include "desk/orderrow.h"

/* What a payment is to be: how, which number, how much in all. */
struct taking {
	const char *method, *receipt;
	int64_t amount;
	const struct staff *by; /* who took it, where nobody takes it now: the provider says that it came. NULL: the actor, who must be allowed to */
	const char *action;     /* the step's name then */
};
/* Inside a step, which it commits with `subject` (the order, or the visit that the orders are of): one payment over `count`
 * orders, each of which gets what is due of it and goes on. As pay_take; the money of a transfer is only announced. */
enum err pay_orders(struct desk *d, struct order *orders, const int64_t *due, size_t count, const char *subject, const struct taking *t,
                    struct error *e);
/* Of those that are taken by hand. ERR_DESK_METHOD. */
enum err pay_method(const char *method, bool *till, struct error *e);
/* Money for the order is on its way by a transfer or a code: taking it twice is no way to pay. ERR_DESK_TRANSFER_OPEN (its voucher), ERR_QR_OPEN. */
enum err pay_not_under_way(struct desk *d, const struct order *o, struct error *e);

#endif
