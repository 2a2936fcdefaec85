/* A reading store that follows a site's chain. Private to src/hub. */
#ifndef CERTDESK_HUB_READING_FOLLOW_H
#define CERTDESK_HUB_READING_FOLLOW_H

#include "hub/reading.h"

struct reading_progress {
	void (*tell)(void *arg, int64_t done, int64_t of); /* may be NULL */
	void *arg;
	int64_t done, of;
};

/* From where the store stopped to the end of the chain; what was read stands, whatever stops it. ERR_HUB_READING, ERR_HUB_ALTERED,
 * ERR_STORE_REPLICA: the site's entries; else the store or the database. */
enum err reading_follow(struct hub *hub, const char *site, struct store *store, struct reading_progress *progress, struct error *e);
/* The purges ahead of where the store is. */
enum err reading_follow_purges(struct hub *hub, const char *site, struct store *store, struct error *e);

#endif
