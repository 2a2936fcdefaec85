/* One main certificate for a unit, of each product of a channel, under headquarters' authority: a site looks for another one among its own
 * (desk/mainkey.h), headquarters among all of them. Whose a certificate is lies here as a keyed digest of the unit's number. */
#ifndef CERTDESK_HUB_MAINKEY_H
#define CERTDESK_HUB_MAINKEY_H

#include "hub/view.h"

struct mainkey {
	char holder[DIGEST_TEXT_SIZE]; /* "": it is no unit's main one */
	char product[64], channel[64];
};

/* What the certificate of an order's item (rows of the view's site) would be. The authority is open. db.h's errors. */
enum err mainkey_find(struct view *v, int64_t order, int64_t item, struct mainkey *out, struct error *e);
/* Whether the unit has a living one already that isn't `order_no`'s own, nor the one (`about`, a serial or "") whose place the new one takes. Nobody
 * else gets one before the transaction ends. */
enum err mainkey_taken(struct hub *hub, const struct mainkey *m, const char *site, const char *order_no, const char *about, bool *taken, struct error *e);
/* What was made under a site's key is this one; in the transaction that made it. */
enum err mainkey_note(struct hub *hub, const struct mainkey *m, const char *site, const char *key, struct error *e);

#endif
