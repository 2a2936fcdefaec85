/* What other use cases record of checks that failed. Private to src/desk. */
#ifndef CERTDESK_DESK_IDENTITYROW_H
#define CERTDESK_DESK_IDENTITYROW_H

#include "desk/identity.h"
#include "desk/orderrow.h"

struct application;
struct subject;

/* The failed check that stops the order; *row is NULL for none. */
enum err identity_open(struct desk *d, const struct order *o, json_t **row, struct error *e);
/* The checks of a subject as identity_list has them; asks for no permission. */
enum err identity_rows(struct desk *d, const char *subject, json_t **out, struct error *e);
/* For order_show: "identity_checks", and "identity_open": of whom a check failed that stops the order, or null. */
enum err identity_show(struct desk *d, const struct order *o, json_t *out, struct error *e);
/* Inside the signature's step: what failed before becomes part of the order. */
enum err identity_carry(struct desk *d, const struct order *o, struct error *e);

/* No check of the order failed after its signature without one of the same person that passed since: asked before an approval, before
 * something is made or unlocked, and before it goes out. ERR_DESK_IDENTITY_FAILED. */
enum err identity_settled(struct desk *d, const struct order *o, struct error *e);
/* Inside the step that makes the order a draft again: where one failed, its values don't say any more that the identity was seen. */
enum err identity_again(struct desk *d, struct order *o, struct error *e);

/* After a step that `why` ended: a wrong code (`old`: the one to the phone on file) or PIN is recorded in a step of its own; anything else is
 * nothing. `visit` is NULL, or the visit whose applications these are. Returns `why`, and leaves its sentence. */
enum err identity_signing_failed(struct desk *d, enum err why, const struct application *all, size_t count, const char *visit, bool old);
/* The same of a key whose certificate was read, and whose PIN was wrong, before there was a draft. */
enum err identity_key_failed(struct desk *d, enum err why, const struct subject *s, const struct staff *who);

#endif
