/* What is addressed to a site, numbered and signed. */
#ifndef CERTDESK_HUB_FEED_H
#define CERTDESK_HUB_FEED_H

#include "hub/hub.h"

/* Adds an item within the caller's transaction. `order` is a custody item's, else "". `body` is taken over. ERR_STORE_*, ERR_CRYPTO. */
enum err feed_add(struct hub *hub, const char *site, const char *kind, const char *order, json_t *body, struct error *e);
/* Headquarters' signature over "SITE N KIND " and an item's body; `signature` is added to. ERR_CRYPTO. */
enum err feed_sign(const struct hub *hub, const char *site, int64_t n, const char *kind, const struct bytes *body, struct bytes *signature, struct error *e);
/* A site says that it has had its feed up to `after`. *known is false where nothing was given out with so high a number: the database is older than what
 * headquarters has said, and nobody has declared that. It is an alarm then, once. */
enum err feed_had(struct hub *hub, const char *site, int64_t after, bool *known, struct error *e);
/* A line begins with `feed` behind it, or goes on to what is behind `after`. Whatever a site had written before it took an item is sent on the line that it
 * begins with that item behind it, before it asks on: from the newest entry of then on it knew of the review site. ERR_STORE_*. */
enum err feed_begun(struct hub *hub, const char *site, int64_t feed, struct error *e);
enum err feed_went_on(struct hub *hub, const char *site, int64_t after, struct error *e);
/* That entry; 0: there is no review site, or the site may not know. */
enum err feed_routed_from(struct hub *hub, const char *site, int64_t *seq, struct error *e);
/* Tells every counter whether there is a review site, and every review site which there are, where it doesn't know so already. In the caller's transaction. */
enum err feed_route(struct hub *hub, struct error *e);

/* Puts a site's name, where it has one, into the "names" of an item that names the site. */
enum err feed_name_site(struct hub *hub, json_t *item, const char *site, struct error *e);

#endif
