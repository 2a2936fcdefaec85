/* Who keyed an order in, as a site's states say it. Private to src/hub. */
#ifndef CERTDESK_HUB_KEYERS_H
#define CERTDESK_HUB_KEYERS_H

#include "hub/view.h"

/* Whether `keyer`, a row of staff of the order's site, is the person of `other`, a row of staff of `site`. */
typedef bool keyer_is(const json_t *keyer, const json_t *other, const char *site);

/* By one staff number, by the login's name at that site ("000000-R1/rv1"), or where `other` has the flag KEYER_EVERYWHERE, which headquarters' own
 * lists give it, by login and name. */
#define KEYER_EVERYWHERE "everywhere"
bool keyer_is_number(const json_t *keyer, const json_t *other, const char *site);
/* Where one of them has no number, by login and name too: people come to many sites by one publication. */
bool keyer_is_likely(const json_t *keyer, const json_t *other, const char *site);

enum { KEYERS_MOST = 200 /* … of one order; where more are named it is all of them */ };

/* Whether one of those who keyed `order` (a row of `v`'s site) in is the person; by the states before this entry, or with them (`now`). */
enum err keyers_have(const struct view *v, const json_t *order, bool now, keyer_is *is, const json_t *other, const char *site, bool *have, struct error *e);

#endif
