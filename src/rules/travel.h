/* The kinds of rows that an order takes along to another site: for who gives it, for headquarters, which compares, and for who takes it. Pure. */
#ifndef CERTDESK_RULES_TRAVEL_H
#define CERTDESK_RULES_TRAVEL_H

#include <stdbool.h>

enum { TRAVEL_RECORDS_MOST = 2000 };

struct travel {
	const char *kind;
	const char *changed; /* columns that who gives it makes anew; spaces part them */
	bool renewed;        /* written over what came before; the rest is only referred to */
};

/* NULL: of that kind nothing travels. */
const struct travel *travel_find(const char *kind);

#endif
