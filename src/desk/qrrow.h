/* One code in the store, and the steps of its life. Private to src/desk: qrrow.c loads and shows, qrpay.c starts, qrbook.c books, qrtalk.c asks. */
#ifndef CERTDESK_DESK_QRROW_H
#define CERTDESK_DESK_QRROW_H

#include "desk/orderrow.h"
#include "desk/qrpay.h"

struct trade {
	int64_t id, dk, amount, staff_id, expires_at;
	char trade[QR_TRADE_SIZE], subject[ORDER_NO_SIZE], state[8];
	bool waits;   /* all its orders still wait for money */
	json_t *row, *parts;
};

/* What is to be paid together. */
struct due {
	struct order *orders;
	int64_t *due, sum;
	size_t count;
};
void due_free(struct due *u);

/* The code that waits for the money of a subject; "" for none. */
enum err trade_open_of(struct desk *d, const char *subject, char trade[QR_TRADE_SIZE], struct error *e);
/* ERR_QR_NONE. Free it with trade_free, zeroed or not. */
enum err trade_load(struct desk *d, const char *trade, struct trade *t, struct error *e);
void trade_free(struct trade *t);
bool trade_is(const struct trade *t, const char *state);
/* Paid or closed: nothing more happens to it. */
bool trade_ended(const struct trade *t);
/* For the journal; the caller's. */
json_t *trade_facts(const struct trade *t);

/* One step of a code without money, journalled as `action` with what `more` (may be NULL) adds. Where another window was quicker nothing is
 * done. */
enum err trade_step(struct desk *d, const char *trade, const char *state, const char *code, const char *action, json_t *more,
                    struct error *e);
/* The provider says that it was paid. What a rule forbids the orders leaves the money unclaimed; what fails otherwise is tried again.
 * ERR_PAY_PROVIDER_ANSWER where it names the same payment for two codes: nothing is booked, and doctor tells. */
enum err trade_book(struct desk *d, const char *trade, const struct alipay_answer *a, struct error *e);

#endif
