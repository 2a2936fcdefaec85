/* One order as the use cases load and change it. Private to src/desk. */
#ifndef CERTDESK_DESK_ORDERROW_H
#define CERTDESK_DESK_ORDERROW_H

#include "desk/customer.h"
#include "desk/order.h"
#include "desk/sitename.h"

/* The custodian of an order on its way to a review site that headquarters chooses. */
#define CUSTODY_HEADQUARTERS "HQ"

struct order {
	int64_t id, dk;
	bool draft;        /* still in the drafts' table; `id` is the draft's */
	int64_t order_id;  /* of a draft: the order that was returned, or 0; else id */
	char no[ORDER_NO_SIZE];
	char form[33], business[17], customer[9], status[24], name[256], channel[33], reason[33], delivery[9];
	int64_t customer_id, staff_id, reviewer_id, claimed_by, amount, signed_at, pay_due_at, submitted_at;
	int64_t about; /* the certificate that it is about, or 0 */
	bool review, makes; /* of an order: it needs a review; it makes a certificate */
	char custodian[33]; /* who may change it; of a draft: this site */
	char home[33];      /* the site where it was signed */
	bool away;          /* its custody is another site's: it can be looked at only */
	char holder[SITE_TITLE_SIZE]; /* whose that is then, as people read it (desk/sitename.h) */
	bool to_headquarters; /* in review here, but headquarters' review sites decide it: it goes to them by itself */
	bool not_taken;       /* … and headquarters didn't take it: it is returned here, and goes to them when it was signed anew */
	json_t *values; /* the form's values */
};

/* Loads a draft or an order (a returned order is its draft). ERR_DESK_NO_ORDER. Free with order_free. */
enum err order_load(struct desk *d, const char *no, struct order *out, struct error *e);
void order_free(struct order *o);
/* Refuses with ERR_DESK_CUSTODY where the order is away, with ERR_DESK_STATUS unless `event` is allowed from where the order stands; *to is the next status. */
enum err order_next(const struct order *o, const char *event, const char **to, struct error *e);
/* ERR_DESK_CUSTODY, with who has it. */
enum err order_away(const struct order *o, struct error *e);
/* Sets the status by `event`, and begins and ends deadlines with it; inside a step. Updates o->status. */
enum err order_advance(struct desk *d, struct order *o, const char *event, struct error *e);
/* Separation: may `who` do `next` on this order, which they may have keyed in or changed? ERR_DESK_SEPARATION. */
enum err order_separate(struct desk *d, const struct order *o, const struct staff *who, enum permission next, struct error *e);
/* Makes a draft of a signed order again, everything kept, by `event` (edit or return); its signature is void. Inside a step. */
enum err order_reopen(struct desk *d, struct order *o, const char *event, struct error *e);
/* The draft of a returned order, from the order. Inside a step. */
enum err order_to_draft(struct desk *d, struct order *o, struct error *e);
/* The site's code as order numbers begin with it: without dashes. */
void desk_site_digits(const struct desk *d, char out[ORDER_NO_SIZE]);
/* A number for a new order; inside a step. */
enum err order_next_number(struct desk *d, char no[ORDER_NO_SIZE], struct error *e);
/* What somebody gave as a reason: some text that can be read, and not too much of it. */
bool reason_good(const char *reason);
/* For people: "title" of each row in place of its zh and en (and the store's own price_id). */
void order_title_rows(json_t *rows);
/* Verified money allocated to an order so far, less what is going back or went back. */
enum err order_paid(struct desk *d, int64_t order_id, int64_t *fen, struct error *e);
/* Whether a customer who said at `since` that they wait (0: they didn't) is still at the desk: who signed before today (China time) has
 * gone home, and nobody waits for what has ended. */
bool order_waits(const struct desk *d, const char *status, int64_t since);

#endif
