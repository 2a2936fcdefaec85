/* 身份核验未通过: a check that failed leaves its record as one that passed does. While there is no signed order yet it stands by itself, and
 * the order that comes of the draft takes it over. */
#ifndef CERTDESK_DESK_IDENTITY_H
#define CERTDESK_DESK_IDENTITY_H

#include "desk/desk.h"

/* Of whom ("unit", "legal", "agent", "person"), how and why: names of rules/identity.h. `request` is the provider's number for it; NULL
 * where somebody looked. */
struct identity_refused {
	const char *of, *method, *reason, *request;
};
/* Staff say that a check failed, of a draft or of an order that isn't over. What the draft says of having seen the identity is taken
 * back: somebody has to look again. An order whose check fails after its signature isn't approved, issued or handed over until one of the same
 * person has passed; returned, it is such a draft. *out is order_show's. ERR_DESK_IDENTITY_WHAT (no such check of them, or no such reason). */
enum err identity_refuse(struct desk *d, const char *no, const struct identity_refused *what, json_t **out, struct error *e);
/* A check of them passed, of a signed order one of whose checks had failed. ERR_DESK_IDENTITY_WHAT, ERR_DESK_IDENTITY_NONE_FAILED. */
enum err identity_pass(struct desk *d, const char *no, const char *of, const char *method, const char *request, json_t **out, struct error *e);
/* [{"of","method","provider","result" (passed, failed),"reason","checked_at"}] of an order, a draft, or of a certificate's serial for which
 * nothing was begun. ERR_DESK_NO_ORDER (none of them). */
enum err identity_list(struct desk *d, const char *subject, json_t **out, struct error *e);

#endif
