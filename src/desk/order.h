/* Orders and drafts: keyed in, shown, listed, cancelled. */
#ifndef CERTDESK_DESK_ORDER_H
#define CERTDESK_DESK_ORDER_H

#include "desk/desk.h"

/* A new draft. `data` (may be NULL) is merged strictly over the form's defaults: ERR_RULES_FIELD. `about` (may be NULL) is for a business
 * about a certificate: the one on the inserted key `key`, whose PIN proves its holder where the
 * business asks for it, or `certificate` by serial. What is on file is prefilled, `data` goes over it. For a new application
 * `certificate` only says what to begin with. ERR_DESK_ABOUT (neither named, or what this business isn't about), ERR_DESK_PIN_NEEDED, ERR_DESK_CERT_CUSTOMER, what
 * subject.h says, ERR_TOKEN_*. */
struct draft_about {
	const char *key, *certificate; /* NULL: not named */
	const struct secret *pin;
	bool asked;     /* the questions of a form that take yes or no are asked on the screen; else what `data` leaves out is no */
	bool elsewhere; /* `certificate` is another counter's, and a review is to prove it: nothing is prefilled (elsewhere.h) */
};
enum err draft_new_about(struct desk *d, const char *form, const struct draft_about *about, const json_t *data,
                         char no[ORDER_NO_SIZE], struct error *e);
/* The same in a visit (visit.h): ERR_VISIT_NONE. */
enum visit_same { VISIT_NOTHING_SAME, VISIT_SAME_AGENT, VISIT_SAME_CUSTOMER };
struct draft_in {
	const char *visit;
	enum visit_same same; /* what a new application takes over from … */
	const char *like;     /* … this order, or with NULL from the visit's last; ERR_VISIT_CUSTOMER */
};
enum err draft_new_in(struct desk *d, const char *form, const struct draft_about *about, const struct draft_in *in, const json_t *data,
                      char no[ORDER_NO_SIZE], struct error *e);
/* What the screens save while typing: everything as it stands, right or wrong, and where the cursor is. Fields that the form
 * lets nobody key (hidden, read-only, none of its own) stay as they were. From a window that began with `base` (may be NULL) only what
 * differs from it is written, so that two windows at
 * one draft lose nothing of each other; where both changed a field, the one that saves last counts. *theirs (may be NULL): [label] of
 * the fields that another window has changed since, to other values than stand here. */
enum err draft_save_over(struct desk *d, const char *no, const json_t *base, const json_t *values, const char *focus, int cursor,
                         json_t **theirs, struct error *e);
/* For the form's screen: {"order","form","values","focus","cursor","status","reasons"}. Values are not masked. */
enum err draft_load(struct desk *d, const char *no, json_t **out, struct error *e);
/* Whether the customer's number, as it stands in `values`, is free for the one that the draft is about: ERR_DESK_CUSTOMER_TAKEN
 * where another customer has it on file. For the form's screen, as soon as it is keyed; draft_edit and draft_new_about ask it too. */
enum err draft_number_free(struct desk *d, const char *no, const json_t *values, struct error *e);
/* The form is filled, as far as its data go: what the signature would refuse of them is said here already, documents aside.
 * MAY_ORDER_NEW; as sign_send. */
enum err draft_filled(struct desk *d, const char *no, struct error *e);
/* What draft_filled would refuse in `values`, as they stand on the form's screen, though the form takes it: {field: sentence}, by the
 * field that mends it; empty where there is nothing. MAY_ORDER_NEW. */
enum err draft_advice(struct desk *d, const char *no, const json_t *values, json_t **out, struct error *e);
/* By command: merged strictly. A change of a signed field of a signed, not yet reviewed order voids the signature and
 * makes it a draft again. */
enum err draft_edit(struct desk *d, const char *no, const json_t *data, struct error *e);
/* 继续办理: drafts of this site, newest touch first, returned ones with their reasons. [{"order","name","business","form",
 * "status","touched_at","staff"}] */
enum err draft_list(struct desk *d, json_t **out, struct error *e);
/* The last signed data of the customer with this number (credit code or identity number), or *values = NULL. */
enum err customer_known(struct desk *d, const char *customer, const char *number, json_t **values, struct error *e);

/* One order or draft, whole: {"order","site" (where it was signed),"custodian" (who may change it; "HQ": on its way to a review site),"form","form_title","business","business_title","status","status_title","next","next_title","next_who" (nextstep.h),"name","customer","channel",
 * "amount","paid","refunded","refunding" (asked back),"surplus" (of that, what was paid too much),"due","delivery","waiting","fields":{…masked unless revealed…},"mistakes":[…],"items":[{"role","product",
 * "medium","own_medium","key_serial","step","certificate"}],"lines":[{"kind","code","title","amount"}],"documents":[{"kind",
 * "title","required","form","attached","mime","size","width","height","refit","attached_at"}],"signature":{"method","signed_at",
 * "digest"}|null,"payments":[…],"qr" (the code that it can be paid by now, as qrpay.h says)|null,"refunds":[{"kind","amount","method","state","receipt","reference","reason","asked_by",
 * "asked_at","approved_by","approved_at","paid_by","paid_at"}],"pin_deliveries":[{"key_serial","channel" (sms, or remark of the bank transfer),"state" (of the table, or replaced by a later one),"sent_at"}],
 * "texts":[…],"identity_checks":[…],"identity_open":of whom a check failed that stops it,"handover":{…}|null,"invoice":{…}|null (see invoice.h),"staff","reviewer","issuer","decision","created_at","signed_at",
 * "pay_due_at","review_due_at","issue_due_at" (written or mailed by then),"decided_at","issued_at","done_at","due_at" (of the
 * step it is at),"late","about":{"certificate","subject","status","status_title","not_after","key_serial","key_state","review" (of a signed one:
 * it needs a review),"reason","suspends" (at signature),"old_key" (the old key's state at the end),"revocation" (… its certificate's reason), of an approved unlock "unlock_code" (it needs one) and "unlock_until"}|null, "" where it doesn't
 * apply,"elsewhere":{"certificate" (of another counter, which an approved review brings here),"why" (… headquarters didn't give it),"asked_at"}|null,"changes":[{"field","label","before","after"}] (what of the customer's data differs from what was on file; masked as
 * fields are, but for names; null where there was or is no value)}. */
enum err order_show(struct desk *d, const char *no, json_t **out, struct error *e);
/* The same with whole personal numbers; journalled. */
enum err order_reveal(struct desk *d, const char *no, json_t **out, struct error *e);
/* Filter: {"status","date","from","to","business","text","before" (id to page on),"limit" (default 50, at most 1000)}, each optional.
 * Newest first. [{"id","order","name","business","business_title","status","status_title","amount","waiting","created_at",
 * "staff","claimed_by","due_at","late"}] With "queue": true and a "status" as work is done: waiting customers first, then what
 * is late, then by due date; "skip" pages on, "business" may be "!unlock": every other, and "delivery" is "counter" or "mail". `text` finds in names, order numbers, key serials. */
enum err order_list(struct desk *d, const json_t *filter, json_t **out, struct error *e);
/* {"draft": 3, "awaiting-payment": 12, …, "to-unlock": 1, "refunds": 1}: the counts of the desk's list; approved unlocks are
 * counted under "to-unlock" and not under "approved", what is to be mailed under "to-mail" and not under "issued", refunds and unclaimed
 * money together, PINs for the bank's list under "bank-pins". */
enum err order_counts(struct desk *d, json_t **out, struct error *e);
/* [{"seq","time","action","action_title","actor","second","station","facts"}]: its own entries, and those of its visit or of
 * another order whose facts name it in "orders". */
enum err order_history(struct desk *d, const char *no, json_t **out, struct error *e);
/* A draft goes with its files; an order that isn't being issued is cancelled, and what was paid for it waits for its refund
 * (refunding). One that is paid while the call begins is left alone (ERR_DESK_STATUS). */
enum err order_cancel(struct desk *d, const char *no, struct error *e);
/* Drafts untouched for 90 days go; challenges that ended too. One that fails is told, and the others go (round.h). For `tick`. */
enum err draft_purge(struct desk *d, int64_t *gone, struct error *e);

#endif
