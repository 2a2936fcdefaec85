/* The journey of one item from a reserved key to a certificate in the customer's hands. item.step names the last
 * step that was finished; each step below finishes exactly one, with its journal entry, and can be repeated from its
 * beginning after a cut anywhere inside it; where nothing that must be remembered lies between two steps, the second one's entry is for
 * both. While a step is put into the store, the key may be at work on the next one
 * already, beside it, as far as that can be repeated whether the store takes the step or not. Private to src/desk. */
#ifndef CERTDESK_DESK_ISSUING_H
#define CERTDESK_DESK_ISSUING_H

#include "base/worker.h"
#include "desk/issue.h"
#include "desk/subject.h"

struct item {
	int64_t id, position, not_before, not_after;
	bool own_medium;
	char role[16], product[33], medium[33], algorithm[17], key_serial[TOKEN_SERIAL_SIZE], step[16],
		serial[CERT_SERIAL_SIZE];
};

struct pin_row {
	int64_t id; /* 0: none */
	bool remark;
	char state[12];
	struct secret pin;    /* empty: wiped */
	struct secret target; /* mobile or account; personal */
	struct notify_letter *letter; /* made ready, where there was time for it */
};

struct journey {
	int lock; /* on this order and its key, while the process lives */
	const char *named; /* the key that the issuer named; NULL: none */
	bool again; /* a new certificate on the key that is with the customer: renewal, change */
	bool rekey; /* … and a new pair, as the product asks: from there on the order only goes forward */
	const struct business *business;
	struct subject about;     /* the certificate that the order is about; id 0: none */
	const struct secret *pin; /* `again`: the customer's */
	struct desk *d;
	struct order o;
	struct item item;
	struct staff who, second; /* `second` counts for all steps of one issue_with_pin */
	struct key_row key;
	struct key_secrets secrets;
	struct token *ahead; /* the key, opened while the order is looked at; the worker's until it was waited for */
	struct token *token;
	bool held;     /* the key is in a transaction of its own that lasts over several steps */
	bool new_made; /* this run made secrets.*_next: the key can't have them yet */
	bool managed;  /* the management key was accepted since `held` */
	bool verified; /* the PIN was, too */
	bool to_send;  /* the key answers to the first PIN, which is on its way to nobody yet */
	struct secret surely; /* the management key, where no run before this one has recorded a new one */
	enum token_slot slot;
	enum token_algorithm algorithm;
	json_t *product; /* the row that it began with */
	int term_months;
	const struct profile *profile; /* the desk's */
	json_t *values;                /* the order's, with the region's names */
	struct name subject;           /* the certificate's */
	struct bytes pair, request, certificate; /* what this run has made or loaded: SubjectPublicKeyInfo, PKCS#10, DER */
	struct X509_req_st *proven;              /* the request, where this run has made it */
	struct bytes replaced;                   /* `again`: the certificate that was on the key */
	struct cert_info made;                   /* what stands in the certificate that this run has made */
	int64_t draft_from, draft_to;            /* its validity, where it is signed while the key signs the request; 0: it isn't */
	struct ca_draft *draft;                  /* the clerk's until it was waited for */
	struct ca *ca;                           /* the desk's */
	struct pin_row first_pin;
	unsigned begun;        /* what of the next step is done */
	struct worker *worker; /* the desk's, at work on the key beside the store; NULL: not asked yet */
	struct worker *clerk;  /* the same: does beside both what needs neither, at most one thing in a journey */
	void (*progress)(void *arg, const struct issue_progress *);
	void *arg;
};

/* One item of item_of_order. */
void item_read(const json_t *row, struct item *out);
/* Keeps other sessions off the order until journey_close. ERR_DESK_STATUS. */
enum err journey_lock(struct journey *j, struct error *e);
/* The same for the loaded key, before its secrets are. */
enum err journey_lock_key(struct journey *j, struct error *e);
void journey_close(struct journey *j);
/* What the order is about, and whether its key and pair stay (`again`). */
enum err journey_subject(struct journey *j, struct error *e);
/* What the order is about, as `about` has it now, may be made anew. As journey_subject_stands. */
enum err journey_subject_fits(const struct journey *j, const struct subject *about, struct error *e);
/* Inside a step: what the order is about may still be made anew. ERR_DESK_CERT_GONE (withdrawn), ERR_DESK_OWN_GROUND_ISSUE,
 * ERR_DESK_CERT_GIVEN (another site's by now). */
enum err journey_subject_stands(struct journey *j, struct error *e);
/* `again`: the certificate that the order is about lies on the open key once more. */
enum err journey_put_back(struct journey *j, struct error *e);

/* Makes the new management key and PUK and puts them into the store; inside a step. */
enum err journey_next_secrets(struct journey *j, struct error *e);
/* Finishes a step: sets the item's step, journals "issue.STEP" and commits. Refuses where another session was faster
 * (ERR_DESK_STATUS). The caller has begun the store's step; on an error it is gone. */
enum err journey_finish(struct journey *j, const char *step, struct error *e);
/* Journals and commits without a new step. */
enum err journey_commit(struct journey *j, const char *action, struct error *e);

/* The key is fit for this item: state, medium, not another order's, codes not blocked, no living certificate on it.
 * ERR_DESK_NOT_STOCK, ERR_DESK_KEY_STATE, ERR_DESK_KEY_USED, ERR_DESK_KEY_BLOCKED. */
enum err journey_check_key(struct journey *j, struct error *e);
enum err journey_check_card(struct journey *j, struct error *e);
/* Whether the key with this serial is in a reader now. */
bool key_is_in(const char *serial);
/* Takes back what was done on item.key_serial, inside a step: its certificate is revoked (*revoked: there was one; see
 * crl_refresh), its PIN wiped, and the key goes where it came from: back to stock where nothing was written to it or it
 * is at hand, with the secrets that are recorded for it, else as damaged. *state is which. The item begins anew. */
enum err item_take_back(struct journey *j, bool at_hand, const char *why, bool *revoked, const char **state,
                        struct error *e);
/* The same for a key that another one takes the place of; a step of its own. */
enum err journey_release(struct journey *j, struct error *e);
/* The pair on the key is not the one that was recorded: revokes what was made from it and goes back to "secured". */
enum err journey_rewind(struct journey *j, struct error *e);

/* The same, its number is free, and its unit gets no second main key: asked before the CA signs, and once more where nobody comes between the
 * answer and the certificate's row. */
enum err journey_may_certify(struct journey *j, struct error *e);
/* When the new certificate begins and ends, into the item. ERR_DESK_CERT_GONE. */
enum err journey_choose_end(struct journey *j, struct error *e);
/* Inside a step: the product is still what the journey began with, at whatever time it is now. ERR_STORE_BUSY: another table has come. */
enum err journey_same_product(struct journey *j, struct error *e);
/* Inside a step: the certificate's row and the item's. `info` is what stands in it. */
enum err journey_insert_certificate(struct journey *j, const struct cert_info *info, const struct bytes *der, struct error *e);
/* step_certify under headquarters' CA: recorded, asked for, and finished with the answer. ERR_DESK_CA_WAITS: goes on later. */
enum err hubca_certify(struct journey *j, struct ca *ca, const struct bytes *request, struct error *e);

/* The steps, in their order. What each has of these is done in this order: _load reads the store, _open and _work use the
 * key, the CA and what is loaded and touch neither the store nor the item, _keep puts what came of it into the store. _open
 * changes nothing on the key. */
enum err step_reserve_load(struct journey *j, struct error *e);
enum err step_reserve_keep(struct journey *j, struct error *e);
enum err step_secure_load(struct journey *j, struct error *e);
enum err step_secure_open(struct journey *j, struct error *e);
enum err step_secure_work(struct journey *j, struct error *e);
enum err step_secure_keep(struct journey *j, struct error *e);
enum err step_generate_load(struct journey *j, struct error *e);
enum err step_generate_work(struct journey *j, struct error *e);
enum err step_generate_keep(struct journey *j, struct error *e);
enum err step_request_load(struct journey *j, struct error *e);
enum err step_request_work(struct journey *j, struct error *e);
enum err step_request_keep(struct journey *j, struct error *e);
bool step_request_joins(const struct journey *j);
void step_request_meanwhile(void *journey);
enum err step_certify_load(struct journey *j, struct error *e);
enum err step_certify_work(struct journey *j, struct error *e);
enum err step_certify_keep(struct journey *j, struct error *e);
enum err step_write_load(struct journey *j, struct error *e);
enum err step_write_open(struct journey *j, struct error *e);
enum err step_write_work(struct journey *j, struct error *e);
enum err step_write_keep(struct journey *j, struct error *e);
enum err step_prove_load(struct journey *j, struct error *e);
enum err step_prove_work(struct journey *j, struct error *e);
enum err step_prove_keep(struct journey *j, struct error *e);
enum err step_set_pin_load(struct journey *j, struct error *e);
enum err step_set_pin_work(struct journey *j, struct error *e);
enum err step_set_pin_keep(struct journey *j, struct error *e);
enum err step_send_pin_load(struct journey *j, struct error *e);
enum err step_send_pin_work(struct journey *j, struct error *e);
bool step_send_pin_joins(const struct journey *j);
enum err step_finish_keep(struct journey *j, struct error *e);
/* What is behind an error of a step that says so: the pair on the key is another than the one that was recorded. */
bool step_pair_is_other(enum err r);

/* First PINs (pin.c). Each inside a step of the store. */
enum err pin_load(struct desk *d, const struct order *o, int64_t item_id, const char *key_serial, struct pin_row *out,
                  struct error *e);
void pin_free(struct pin_row *p);
enum err pin_record(struct desk *d, const struct order *o, int64_t item_id, const char *key_serial, struct error *e);
/* The same to another target than the application's. */
enum err pin_record_to(struct desk *d, const struct order *o, int64_t item_id, const char *key_serial, const char *target, struct error *e);
/* Whose the target is: "legal", "unit", "person" or "agent". */
const char *pin_target_of(const struct order *o);
/* The target as it is folded, or with NULL or "" the application's; it must be such a number as the application's is. ERR_DESK_PIN_TARGET. */
enum err pin_judge_target(struct desk *d, const struct order *o, const char *target, char *out, size_t size, struct error *e);
/* Whom the order's first PIN goes to, before anything is made. ERR_DESK_PIN_TARGET. */
enum err pin_check_target(const struct order *o, struct error *e);
/* Makes its message ready, which nobody gets before pin_send; what hinders that, pin_send says. */
void pin_make_ready(struct desk *d, const struct order *o, const char *key_serial, struct pin_row *p);
enum err pin_send(struct desk *d, const struct order *o, const char *key_serial, struct pin_row *p, struct error *e);
enum err pin_fail(struct desk *d, int64_t id, struct error *e);

#endif
