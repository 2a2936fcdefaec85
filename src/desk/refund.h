/* 退款: money of dead orders, surplus money and unclaimed money goes back the way it came. An order's money is asked back
 * (status refunding), a manager approves who neither asked nor took it, and each payment goes back by its own method; with
 * the last one the order is refunded and the customer is told. No order ends paid and without goods.
 *
 * SUBJECT is an order's number, or the bank reference of unclaimed money. Errors besides those of all use cases:
 * ERR_DESK_REASON, ERR_REFUND_NONE (no money, or nothing to approve or pay). */
#ifndef CERTDESK_DESK_REFUND_H
#define CERTDESK_DESK_REFUND_H

#include "desk/desk.h"

/* For an order that is paid and not being issued, or that ended and still holds money. *out is order_show's object. */
enum err refund_ask(struct desk *d, const char *no, const char *reason, json_t **out, struct error *e);
/* Approves all that was asked of the subject. *out: {"refund_of","amount","refunds":[{"method","receipt","amount"}]}.
 * ERR_DESK_SEPARATION where the actor asked or took the money. */
enum err refund_approve(struct desk *d, const char *subject, json_t **out, struct error *e);
/* Pays back one approved payment: `receipt` names it by its own receipt, and may be NULL where there is only one. `reference`
 * is the slip of the way back: receipt of the cash, POS reversal slip, the returned cheque, the bank's reference. Cash leaves
 * the till of this station's shift. What came by a code goes back by the provider (qrrefund.h), and takes no reference (NULL;
 * ERR_QR_REFUND_SLIP). *out as of refund_approve with "reference" and the order's "status".
 * ERR_REFUND_WAITS, ERR_REFUND_WHICH, ERR_REFUND_REFERENCE, ERR_REFUND_DEBIT (the bank's debit of that reference has
 * another amount, or is another refund's). */
enum err refund_pay(struct desk *d, const char *subject, const char *receipt, const char *reference, json_t **out, struct error *e);
/* Takes back what was asked by mistake, before any of it was paid: the order goes on from where it stood (in review or
 * approved; ERR_DESK_STATUS for an order that had ended), a surplus or unclaimed money waits as before, or pays for the order where it
 * waits for so much. What is approved already needs a manager. ERR_REFUND_PAID_OUT, ERR_QR_REFUND_SENT (the provider has it). */
enum err refund_withdraw(struct desk *d, const char *subject, const char *reason, json_t **out, struct error *e);
/* What waits, the oldest first, or all, the newest first: [{"refund_of","order","name","kind" (order, surplus, unclaimed),
 * "amount","method","receipt","state" (asked, approved, done, withdrawn),"state_title","reason","asked_by","asked_at",
 * "approved_by","approved_at","paid_by","paid_at","reference","business_date"}] */
enum err refund_list(struct desk *d, bool all, json_t **out, struct error *e);
/* Orders that ended without goods and still hold money: there must be none. For the day's end, doctor and audit; asks for
 * no permission. [{"order","name","status","amount"}] */
enum err refund_gaps(struct desk *d, json_t **out, struct error *e);
const char *refund_state_title(const char *state); /* 待批准 */
const char *refund_kind_title(const char *kind);   /* what money it is: 多付 */

#endif
