/* Money: taken at the desk or matched from a statement, verified, never ticked. */
#ifndef CERTDESK_DESK_PAY_H
#define CERTDESK_DESK_PAY_H

#include "desk/desk.h"

#define RECEIPT_SIZE 41

/* method cash, pos, cheque: verified by its receipt number; the amount must be what is due (ERR_DESK_AMOUNT). transfer: needs the
 * document payment-voucher or stays open until a statement matches; the receipt is the voucher's number. ERR_DESK_RECEIPT (used
 * already, or empty). *out is order_show's object. Opens the station's shift with the first money; ERR_TILL_CLOSED once it is closed. */
enum err pay_take(struct desk *d, const char *no, const char *method, const char *receipt, int64_t amount, json_t **out,
                  struct error *e);
/* Asks the provider about the order's open code (qrpay.h): ERR_QR_UNPAID, ERR_QR_CLOSED, ERR_QR_LATE, ERR_PAY_PROVIDER_*. Else looks for its
 * open transfer in the imported statements: ERR_DESK_NOT_MATCHED. */
enum err pay_verify(struct desk *d, const char *no, json_t **out, struct error *e);
/* A receipt taken by mistake, before the order is approved; the reason is kept. A matched transfer's bank entry is free again.
 * ERR_QR_VOID for what the provider confirmed: that money goes back by a refund. As till_void: a correction where the shift is closed, ERR_DAY_FROZEN where the day is. ERR_REFUND_BEGUN where its money
 * is going back. A payment over several orders is void for all of them, and all wait for money again; ERR_VISIT_PAID_TOGETHER
 * where one is past that. */
enum err pay_void(struct desk *d, const char *no, const char *receipt, const char *reason, json_t **out, struct error *e);
/* Imports a bank's CSV once (again changes nothing) and matches: {"entries","new","matched":[{"order","amount"}],
 * "refused":[{"order","reference","amount","why"}] (money for orders that may not go on: it stays unclaimed),"refunds":[{"refund_of","amount"}] (debits that prove a transfer back),
 * "taken_back":[{"reference","amount","payer_name"}] (credits that the bank has booked back: somebody has to look what they had paid for),"unmatched" (all that
 * no order explains yet, of every statement)}.
 * ERR_PAY_STATEMENT. */
enum err statement_import(struct desk *d, const char *path, json_t **out, struct error *e);
/* Cancels what is unpaid past its time; returns how many. One that fails stays as it is, is the error that comes back (the first), and
 * the others are cancelled (round.h). For `tick` and at start. */
enum err pay_cancel_unpaid(struct desk *d, int64_t *cancelled, struct error *e);

/* For use cases. */
/* Folds the number of a slip; *good is false for an empty, long or odd one. ERR_MEMORY. */
enum err receipt_fold(const char *receipt, char out[RECEIPT_SIZE], bool *good);

#endif
