/* Who may do what: roles, actions and separations as tables (DOMAIN.md, People). Pure. */
#ifndef CERTDESK_RULES_PERMISSION_H
#define CERTDESK_RULES_PERMISSION_H

#include <stdbool.h>
#include <stddef.h>

enum role_bit {
#define ROLE(id, name, zh, en, combines) ROLE_INDEX_##id,
#include "rules/roles.def"
#undef ROLE
	ROLE_COUNT
};
#define ROLE(id, name, zh, en, combines) enum { ROLE_##id = 1 << ROLE_INDEX_##id };
#include "rules/roles.def"
#undef ROLE

enum action {
#define ACTION(id, name, who, zh, en) ACTION_##id,
#include "rules/actions.def"
#undef ACTION
	ACTION_COUNT
};

const char *action_name(enum action action);  /* "order.sign" */
const char *action_title(enum action action); /* in the program's language */
unsigned action_roles(enum action action);    /* ROLE_* bits */

const char *role_name(size_t i);  /* "operator"; NULL after the last */
const char *role_title(size_t i); /* 受理员 */
/* "operator,reviewer" to bits; 0 where a name is unknown, the list is empty, or the roles don't combine. */
unsigned roles_parse(const char *list);
void roles_text(unsigned roles, char *out, size_t size); /* in the order of the table */
void roles_titles(unsigned roles, char *out, size_t size);

/* Separation: may somebody who did `did` on this order do `next` too? `other_approved` says that another
 * person approved the order or that it needs no review; `strict` is the site setting that forbids issuing
 * what one keyed oneself. */
bool separation_allows(enum action did, enum action next, bool other_approved, bool strict);

#endif
