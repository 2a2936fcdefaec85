/* Who may do what: roles, actions and separations as tables (DOMAIN.md, People). Pure. */
#ifndef CERTDESK_RULES_PERMISSION_H
#define CERTDESK_RULES_PERMISSION_H

#include <stdbool.h>
#include <stddef.h>

enum role_bit {
#define ROLE(id, name, zh, en, combines) ROLE_INDEX_##id,
#include "rules/roles.def"
#undef ROLE
	ROLES_ALL
};
#define ROLE(id, name, zh, en, combines) enum { ROLE_##id = 1 << ROLE_INDEX_##id };
#include "rules/roles.def"
#undef ROLE

enum permission {
#define MAY(id, name, who, zh, en) MAY_##id,
#include "rules/permissions.def"
#undef MAY
	MAY_COUNT
};

const char *permission_name(enum permission permission);  /* "order.sign" */
const char *permission_title(enum permission permission); /* in the program's language */
unsigned permission_roles(enum permission permission);    /* ROLE_* bits */

const char *role_name(size_t i);  /* "operator"; NULL after the last */
const char *role_title(size_t i); /* 受理员 */
const char *role_title_of(const char *name); /* of "operator"; the name itself where unknown */
/* "operator,reviewer" to bits; 0 where a name is unknown, the list is empty, or the roles don't combine. */
unsigned roles_parse(const char *list);
void roles_text(unsigned roles, char *out, size_t size); /* in the order of the table */
void roles_titles(unsigned roles, char *out, size_t size);

/* Whether who acts, with the roles `first`, and the second person on the spot, with `second` (0: nobody), are two for it: the second has one of
 * `seconds`, the first one of those or what the action asks for. Each by a role of their own: who acts by what the second may adds nothing. */
bool permission_two(enum permission permission, unsigned first, unsigned second, unsigned seconds);
/* For how long whom one person alone disabled still counts where two persons are needed: nobody becomes the only one by disabling the others. */
enum { SECOND_LATELY_SECONDS = 7 * 86400 };

/* Separation: may somebody who did `did` on this order do `next` too? `other_approved` says that another
 * person approved the order or that it needs no review; `strict` is the site setting that forbids issuing
 * what one keyed oneself. */
bool separation_allows(enum permission did, enum permission next, bool other_approved, bool strict);

#endif
