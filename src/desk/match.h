/* Bank entries and the orders that wait for them; money that came by a code and that no order has goes the same way. Private to src/desk. */
#ifndef CERTDESK_DESK_MATCH_H
#define CERTDESK_DESK_MATCH_H

#include "desk/orderrow.h"
#include "pay/statement.h"

/* An entry of a statement that is no payment yet. `as_read` points into it and `data`, which is the caller's. */
struct bank_entry {
	int64_t id, dk;
	int64_t payment; /* came by a code: the payment of nobody's that it is in the books; else 0 */
	char reference[160], booked_date[11];
	json_t *data; /* payer_name, payer_account, remark */
	struct statement_entry as_read;
};
enum { BANK_RECEIPT_SIZE = 192 };

/* From the current row of statement_entries_open or statement_entry_get; its texts are those of *out, which mustn't move. */
enum err bank_entry_read(struct desk *d, struct rows *rows, struct bank_entry *out, struct error *e);
/* The receipt of the payment that the entry becomes; a new one each time, as voided numbers stay used. */
enum err bank_entry_receipt(struct desk *d, const struct bank_entry *entry, char out[BANK_RECEIPT_SIZE], struct error *e);
/* The entry becomes the order's payment: the transfer that the order announced, or a new one. An announced one of another
 * amount (the order was changed since) is not this money. Inside a step. ERR_UNCLAIMED_NONE: it is a payment already. */
enum err bank_entry_pay(struct desk *d, const struct order *o, const struct bank_entry *entry, struct error *e);

/* Where a transfer of this amount was announced for the order and others of its visit: *together, and all of them go on, or their money
 * goes back where they are dead (asked back by `by`; 0: by a rule); their numbers are added to `names`. *fits is false where one isn't as
 * it was then: the step can't be committed. Inside a step. */
enum err bank_entry_pay_together(struct desk *d, const struct order *o, const struct bank_entry *entry, int64_t by, json_t *names,
                                 bool *together, bool *fits, struct error *e);

/* Looks for the entry that pays for this order; a step of its own when there is one. `matched` may be NULL. What forbids the
 * order to go on is returned, and its entry stays unclaimed. */
enum err match_order(struct desk *d, const char *no, bool *matched, struct error *e);
/* The same behind an announcement, which stands whether or not the order may go on. */
enum err match_announced(struct desk *d, const char *no, struct error *e);

#endif
