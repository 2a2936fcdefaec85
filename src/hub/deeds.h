/* What a site's actions ask for and may do, as a table (deeds.def) over rules/permission.h and rules/transition.h. Pure. */
#ifndef CERTDESK_HUB_DEEDS_H
#define CERTDESK_HUB_DEEDS_H

#include <stdbool.h>

enum { DEED_NOBODY = -1 };

struct deed {
	const char *action;
	int permission;     /* enum permission, or DEED_NOBODY */
	bool system;        /* the timer may do it */
	const char *events; /* separated by spaces */
};

/* False where no table knows the action. */
bool deed_find(const char *action, struct deed *out);
/* Whether the events of the deed, in any order and number, lead an order of the business from one status to the other ("draft": it wasn't there).
 * Staying is always allowed, but for a new order. */
bool deed_moves(const struct deed *d, const char *business, const char *from, const char *to);
/* Roles (bits) one of which it takes to change a row of this kind at all; 0 where any may. */
unsigned deed_kind_roles(const char *kind);

#endif
