/* A complete application and the step that makes it an order. Private to src/desk. */
#ifndef CERTDESK_DESK_SUBMIT_H
#define CERTDESK_DESK_SUBMIT_H

#include "desk/orderrow.h"

enum { APPLICATION_TEXTS = 16 };

struct application {
	struct order order;
	const struct form *form;
	const struct staff *who;
	json_t *lines; /* priced, as tables_price gives them */
	int64_t amount;
	const struct agreement *texts[APPLICATION_TEXTS];
	size_t text_count;
	json_t *content; /* what is signed: fields, documents, texts, amount */
	char digest[DIGEST_TEXT_SIZE];
};

/* Adds prices, texts, documents and the digest to a loaded draft. */
enum err application_complete(struct desk *d, struct application *a, struct error *e);
void application_free(struct application *a);
/* Inside a step, which it commits: the order with its visit, customer, items, lines, documents, texts, identity checks and
 * signature; the draft goes. Then on to payment, or past it where nothing is due. `challenge` may be 0. The application was
 * completed inside the same step: what is signed is what is stored. */
enum err application_submit(struct desk *d, struct application *a, const char *method, int64_t challenge, const char *evidence,
                            struct error *e);

#endif
