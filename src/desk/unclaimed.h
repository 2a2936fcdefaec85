/* 待认领: money that no order explains: on the bank's statement late transfers for dead orders and transfers that name nothing, and what
 * came by a code for an order that can't take it (qrpay.h). It is named by the entry's reference, or the provider's number. It becomes an order's payment, or goes back by desk/refund.h. */
#ifndef CERTDESK_DESK_UNCLAIMED_H
#define CERTDESK_DESK_UNCLAIMED_H

#include "desk/desk.h"

struct unclaimed_wish {
	const char *text;    /* a part of payer's name, account, remark, reference or day, or the amount; NULL or "": all */
	int64_t skip, limit; /* to page on; a limit of 0, and any above, is UNCLAIMED_MOST */
};
enum { UNCLAIMED_MOST = 1000 };
/* `wish` may be NULL. [{"reference","booked_date","amount","payer_name","payer_account" (masked),"remark","order","name","status" (of the order
 * that the remark names, or that had announced this transfer; else null)}], the oldest first. ERR_DESK_FILTER. */
enum err unclaimed_list(struct desk *d, const struct unclaimed_wish *wish, json_t **out, struct error *e);
/* The money becomes the payment of an order that waits for payment, with a reason: all of it, also where it is less or more
 * than what is due (the surplus is asked back). An order that is dead gets it to give it back: it waits for its refund. Where
 * neither the payer's name nor account nor the remark is the order's, only a manager may (ERR_DESK_FORBIDDEN). *out is
 * order_show's object. A transfer that was announced for several orders of a visit pays for all of them.
 * ERR_UNCLAIMED_NONE, ERR_DESK_REASON. */
enum err unclaimed_claim(struct desk *d, const char *reference, const char *no, const char *reason, json_t **out, struct error *e);
/* Asks it back, with a reason; refund_approve and refund_pay take its reference. *out: {"refund_of","amount","state"}. */
enum err unclaimed_refund(struct desk *d, const char *reference, const char *reason, json_t **out, struct error *e);
/* How many wait. */
enum err unclaimed_count(struct desk *d, int64_t *count, struct error *e);

#endif
