/* A complete application and the step that makes it an order. Private to src/desk. */
#ifndef CERTDESK_DESK_SUBMIT_H
#define CERTDESK_DESK_SUBMIT_H

#include "desk/subject.h"
#include "desk/visitrow.h"

enum { APPLICATION_TEXTS = 16 };

struct application {
	struct order order;
	const struct form *form;
	const struct staff *who;
	struct subject subject; /* what it is about; id 0: nothing */
	char *changed;          /* … and what of it changes */
	json_t *lines; /* priced, as tables_price gives them */
	int64_t amount;
	const struct agreement *texts[APPLICATION_TEXTS];
	size_t text_count;
	json_t *content; /* what is signed: fields, documents, texts, amount */
	char digest[DIGEST_TEXT_SIZE];
};

/* Loads the draft `no` and refuses what can't be signed yet: as sign_send says, and what subject.h says of what it is about. */
enum err application_ready(struct desk *d, const char *no, struct application *a, struct error *e);
/* Adds prices, texts, documents and the digest to a loaded draft. */
enum err application_complete(struct desk *d, struct application *a, struct error *e);
void application_free(struct application *a);
/* The phone on file, which has to agree to its own replacement; "" where it stays, or where it can't be reached: then there
 * is more to show and a review. */
const char *application_old_phone(const struct application *a);
/* Whether the code goes to a phone that was on file before: a new one proves nothing of who it is. */
bool application_phone_on_file(const struct application *a);
/* The printed form was scanned, and says what the draft says. */
enum err application_on_paper(struct desk *d, const struct application *a, struct error *e);
/* There is a second person who may confirm it (ERR_DESK_TWO_PERSONS), beside somebody who may sign (ERR_DESK_OWN_RIGHT), and who didn't key it in. */
enum err application_confirmed(struct desk *d, const struct application *a, struct error *e);

/* One signature, over one order or over those of a visit. */
struct signing {
	const char *method, *evidence;
	int64_t code, old_code; /* by SMS: to the agent, and to the phone on file where that changes; 0 is none */
	const struct visit *visit; /* NULL: the order alone */
	const char *digest;        /* of a visit's: what was signed, over the digests of all its orders */
};
/* Inside a step, which it commits: each order with its visit, customer, items, lines, documents, texts and identity checks,
 * and one signature for all; the drafts go. Then on to payment, or past it where nothing is due. The applications were
 * completed inside the same step: what is signed is what is stored. What one of them makes impossible for the next is
 * found: then none is signed. */
enum err applications_submit(struct desk *d, struct application *a, size_t count, const struct signing *how, struct error *e);

#endif
