/* What an order is about: one certificate, and what was on file of its holder when the draft was begun. Private to
 * src/desk. */
#ifndef CERTDESK_DESK_SUBJECT_H
#define CERTDESK_DESK_SUBJECT_H

#include "desk/keyrow.h"
#include "desk/orderrow.h"
#include "rules/business.h"

struct subject {
	int64_t id, customer_id, order_id; /* the certificate's id (0: the order is about none), its holder, the order that made it */
	char serial[CERT_SERIAL_SIZE], key_serial[TOKEN_SERIAL_SIZE], key_state[24];
	char subject[2048]; /* whose it says that it is: every part at its longest fits */
	char reason[33]; /* why it is suspended or revoked */
	char product[33], medium[33], algorithm[17], role[16], channel[33], customer[9], name[256];
	int64_t not_before, not_after;
	char custodian[33]; /* the other site that holds it now; "" where it is this one */
	enum cert_status status; /* now */
	bool proven;             /* the key proved its holder */
	bool stands_in;          /* by another agent on file than the contact: `before` has that one's data (a draft), or phone of now */
	bool review, makes;      /* of an order: what its signature decided */
	json_t *before;          /* the form's values as the draft began with them; NULL before there is a draft */
	json_t *holder;          /* what is on file of its holder; NULL until subject_holder was asked */
};

/* Sealed values that a query with one id finds as (dk, blob); `bind` is the column. *out is NULL where nothing is. */
enum err subject_on_file(struct desk *d, enum sql q, const char *bind, int64_t id, int64_t *dk, json_t **out, struct error *e);
/* What is on file of a customer, and its data key (may be NULL); *out is NULL where nothing is. */
enum err subject_data(struct desk *d, int64_t customer_id, int64_t *dk, json_t **out, struct error *e);
/* What is on file of its holder now, read once; `s` owns it. NULL where nothing is. */
enum err subject_holder(struct desk *d, struct subject *s, const json_t **out, struct error *e);

/* The certificate that is on the one inserted key; `serial` may be NULL. With `pin` the key proves its holder by PIN and
 * signature. ERR_TOKEN_*, ERR_DESK_ONE_KEY (a second one is in), ERR_DESK_KEY_FOREIGN (not a certificate of ours); where
 * headquarters may know it, ERR_DESK_CERT_ELSEWHERE and, without a line, _DOWN. */
enum err subject_from_key(struct desk *d, const char *serial, const struct secret *pin, struct subject *out, struct error *e);
/* Not more than one customer's key is in; staff's don't count. ERR_DESK_ONE_KEY names them. */
enum err subject_only_key(struct desk *d, struct error *e);
/* "active", "expired", …, as cert_show has it: what is suspended and over has expired. */
const char *subject_status(const struct desk *d, const struct subject *s);
/* ERR_DESK_NO_CERT, ERR_DESK_PURGED. */
enum err subject_from_certificate(struct desk *d, const char *serial, struct subject *out, struct error *e);
/* Of a draft or an order; out->id is 0 where it is about none. Free with subject_free. */
enum err subject_load(struct desk *d, const struct order *o, struct subject *out, struct error *e);
/* The same, but out->before stays NULL where the signature found that the order changes nothing. */
enum err subject_load_changed(struct desk *d, const struct order *o, struct subject *out, struct error *e);
void subject_free(struct subject *s);

/* Suspended, and by the CA itself. */
bool subject_own_ground(const struct subject *s);
/* Suspended because its hand-over was undone: the right one lifts that, nothing else. */
bool subject_undone(const struct subject *s);
/* Whether `b` is possible with this certificate now: its state, the key's, the renewal window, whose it is. ERR_DESK_CERT_GIVEN,
 * ERR_DESK_CERT_REPLACED (it is over, and another took its place), ERR_DESK_CERT_HELD, _NOT_HELD (its loss is reported, or is not), ERR_DESK_CERT_UNDONE, ERR_DESK_CERT_STATE,
 * ERR_DESK_KEY_LOST, ERR_DESK_WINDOW (from when on), _WINDOW_OVER, ERR_DESK_OWN_GROUND (only the CA lifts what it suspended itself). */
enum err subject_fit(struct desk *d, const struct business *b, const struct subject *s, struct error *e);
/* Of two orders that make a certificate anew each would make the other's wrong, and a revocation every other one's: whether none but
 * `order_id` (0: none) is under way. ERR_DESK_RIVAL. */
enum err subject_rival(struct desk *d, const struct business *b, const struct subject *s, int64_t order_id, struct error *e);
/* What the form begins with: what is on file of the holder, and of this certificate. Into `values`. */
enum err subject_prefill(struct desk *d, const struct subject *s, const struct form *form, json_t *values, struct error *e);

/* A new draft with these values, about `s` (a zeroed one: about nothing); inside a step. */
enum err draft_insert(struct desk *d, const struct form *form, const struct subject *s, const char *visit, const struct staff *who, const json_t *values,
                      char no[ORDER_NO_SIZE], struct error *e);
/* A draft can be older than a change of the phone: the one on file is the one of now. Into s->before. */
enum err subject_phone_now(struct desk *d, struct subject *s, struct error *e);

/* Inside a step. */
enum err subject_to_draft(struct desk *d, int64_t draft, int64_t dk, const struct subject *s, struct error *e);
enum err subject_to_order(struct desk *d, const struct order *o, const struct subject *s, const char *changed, struct error *e);
enum err subject_back_to_draft(struct desk *d, const struct order *o, int64_t draft, struct error *e);

/* A number that another customer has on file can't become this one's: asked when it is keyed, signed, and before a certificate
 * is made with it. ERR_DESK_CUSTOMER_TAKEN. */
enum err subject_number_free(struct desk *d, const struct subject *s, const json_t *values, struct error *e);
/* The same of the customer that the order is about. */
enum err subject_number_free_of(struct desk *d, const struct order *o, const json_t *values, struct error *e);

/* What a draft's values ask for, against those it began with: sets review and makes. `changed` is a new string.
 * ERR_DESK_NOTHING_CHANGED, ERR_DESK_FIRST_UNLOCK, ERR_DESK_WARRANTY, ERR_DESK_RIVAL (another order about the certificate
 * isn't over), ERR_DESK_CUSTOMER_TAKEN, ERR_DESK_WAITS (files wait that a new pair couldn't decrypt). */
enum err subject_decide(struct desk *d, const struct order *o, const struct form *form, struct subject *s, char **changed,
                        struct error *e);
/* The reason of the price and document tables: the form's, or for what changes data "subject" where the certificate
 * changes and "phone" where the old phone can't be reached. */
enum err subject_reason(struct desk *d, const struct order *o, char reason[33], struct error *e);
/* … and the second reason, where there are two at once: "phone" where the old phone can't be reached. */
enum err subject_reason_besides(struct desk *d, const struct order *o, char reason[33], struct error *e);
/* The phone on file where the values name another one: an agent's who is new to a person has to be agreed to by the person. Else
 * "". Owned by `s`. */
const char *subject_old_phone(const struct subject *s, const json_t *values);
/* For order_show: adds "about" (null where it is about none) and "changes" to `out`. */
enum err subject_show(struct desk *d, const struct order *o, const struct form *form, bool whole, json_t *out, struct error *e);
/* Makes the order's data what is on file of the holder. Inside a step. */
enum err subject_keep(struct desk *d, const struct order *o, const struct form *form, const struct subject *s, struct error *e);

/* A reason of replacement. */
struct replacement {
	const char *reason;
	bool suspends;          /* with the signature */
	const char *key_state;  /* the old key's, once the new one is written; returned: once it is collected */
	const char *revocation; /* reason of the old certificate's */
	int warranty_months;    /* possible only so long after the key was first made; 0: always */
};
const struct replacement *replacement_find(const char *reason); /* NULL */
bool replacement_collects(const struct replacement *how);       /* the old key comes back when the new one goes out */

#endif
