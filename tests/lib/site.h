/* For tests: a site of its own in a temporary directory, with staff of every role and keys in stock, and orders brought
 * to where a test begins by the use cases themselves. Failures end the test (cmocka). */
#ifndef CERTDESK_TESTS_SITE_H
#define CERTDESK_TESTS_SITE_H

#include <jansson.h>

#include "desk/desk.h"
#include "desk/order.h"
#include "short.h"

#define SITE_PASSWORD "Correct-Horse-7!"
#define SITE_STOCK    8 /* keys 10000001 … 10000008, UKEY-RS; 10000009 is a card */

struct site {
	char root[64]; /* removed by site_end */
	char dir[80];  /* the site; its store key is beside it and shared with copies */
	int64_t now;   /* where the clock of site_open stands still; 0: the system's goes on */
	struct staff people[8];
	size_t count;
};

/* Staff: root1 (admin), op1, rv1, is1, mg1, au1. */
void site_make(struct site *s);
/* The same at another time than now: what is done until s->now is 0 is done then. */
void site_make_at(struct site *s, int64_t now);
/* … under another code than 110114-01. */
void site_make_as(struct site *s, const char *code, int64_t now);
void site_end(struct site *s);
/* The site as it stands under another directory below the same root, for tests that try the same thing many times. */
void site_copy(const struct site *s, const char *name, struct site *out);
/* The open site; desk_close is the caller's. */
struct desk *site_open(const struct site *s);
/* Makes `login` the actor, as after staff_login with the right password. */
void site_as(const struct site *s, struct desk *d, const char *login);

/* tests/samples/NAME.json with `changes` (may be NULL) over it; a null removes a field. */
json_t *site_sample(const char *name, const json_t *changes);
/* Writes `text` to a file below the site's root and gives its path (of the next eight calls). */
const char *site_file(const struct site *s, const char *name, const char *text);
/* A picture file of that name; JPEG, whatever the name, and another picture where the name is longer. */
const char *site_picture(const struct site *s, const char *name);

/* A draft of form `form` with all its required documents; as op1. */
void site_draft(const struct site *s, struct desk *d, const char *form, const json_t *changes, char no[ORDER_NO_SIZE]);
/* … signed by code, of another unit where the sample's asked for its main key already and `changes` names neither unit nor role; … paid in cash; … approved by rv1. Each leaves op1 (rv1, the last) as actor. */
void site_signed(const struct site *s, struct desk *d, const char *form, const json_t *changes, char no[ORDER_NO_SIZE]);
void site_paid(const struct site *s, struct desk *d, const char *form, const json_t *changes, char no[ORDER_NO_SIZE]);
void site_approved(const struct site *s, struct desk *d, const char *form, const json_t *changes,
                   char no[ORDER_NO_SIZE]);

/* The steps of these for a draft that is there: its required documents; a signature by code; what is due, in cash. */
void site_attach(const struct site *s, struct desk *d, const char *no);
void site_sign(const struct site *s, struct desk *d, const char *no);
void site_pay(struct desk *d, const char *no);

/* The digits after `word` in the newest message of outbox/CHANNEL that has it; "" where there is none. */
void site_message(const struct site *s, const char *channel, const char *word, char out[32]);
/* How many messages are in outbox/CHANNEL. */
size_t site_messages(const struct site *s, const char *channel);

/* Fails the test with the error's sentence unless `got` is `wanted`. */
#define site_is(wanted, got, e) site_is_at(wanted, got, e, __FILE__, __LINE__)
void site_is_at(enum err wanted, enum err got, const struct error *e, const char *file, int line);

#endif
