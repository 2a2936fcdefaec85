/* A complete application and the step that makes it an order. Private to src/desk. */
#ifndef CERTDESK_DESK_SUBMIT_H
#define CERTDESK_DESK_SUBMIT_H

#include "desk/subject.h"

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
/* The codes of a signature by SMS: to the agent, and to the phone on file where that changes; 0 is none. */
struct signing {
	const char *method, *evidence;
	int64_t code, old_code;
};
/* Inside a step, which it commits: the order with its visit, customer, items, lines, documents, texts, identity checks and
 * signature; the draft goes. Then on to payment, or past it where nothing is due. The application was
 * completed inside the same step: what is signed is what is stored. */
enum err application_submit(struct desk *d, struct application *a, const struct signing *how, struct error *e);

#endif
