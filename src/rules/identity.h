/* How identity is checked, and why a check fails: the tables of identity.def. Pure. */
#ifndef CERTDESK_RULES_IDENTITY_H
#define CERTDESK_RULES_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

struct identity_word {
	const char *name, *whose, *zh, *en; /* `whose` of methods only */
};
const struct identity_word *identity_method(size_t i); /* NULL after the last */
const struct identity_word *identity_reason(size_t i);
/* NULL where there is none of that name. */
const struct identity_word *identity_method_find(const char *name);
const struct identity_word *identity_reason_find(const char *name);
/* Whether staff can say of "unit", "legal", "agent" or "person" that this check failed. */
bool identity_method_fits(const struct identity_word *method, const char *of);
/* Who can be checked for a customer of this kind ("unit", "person"): NULL after the last. */
const char *identity_of(const char *customer, size_t i);

#endif
