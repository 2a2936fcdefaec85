/* The data keys of one site, opened as they are needed and kept for one request. */
#ifndef CERTDESK_HUB_KEYRING_H
#define CERTDESK_HUB_KEYRING_H

#include "base/crypt.h"
#include "hub/hub.h"

struct keyring {
	struct hub *hub;
	const char *site;
	struct {
		int64_t dk;
		uint8_t key[DATA_KEY_SIZE];
	} *keys; /* a table of `room` places by dk; 0 is free */
	size_t count, room;
	size_t values; /* of the states that it opened */
};

/* Keys that this process has opened lately, by the envelopes that they came in: what the database has let go of is found no more. They lie
 * beside headquarters' own key, which opens any. NULL where memory ends: then each is opened anew. */
struct kept_keys *kept_keys_make(void);
void kept_keys_free(struct kept_keys **k); /* wipes */

void keyring_free(struct keyring *ring); /* wipes */
/* *key is inside the ring until the next call; NULL where headquarters hasn't got the key or can't open it. ERR_STORE_*, ERR_MEMORY. */
enum err keyring_get(struct keyring *ring, int64_t dk, const uint8_t **key, struct error *e);
/* Looks at a key that the site sent; *good says whether it is an envelope to headquarters under this site's number, and no other key
 * than the one that is there; *fresh, that none is: it is in the ring from then on, and keyring_store puts it into the database. */
enum err keyring_offer(struct keyring *ring, int64_t dk, const void *cms, size_t length, bool *good, bool *fresh, struct error *e);
enum err keyring_store(const struct keyring *ring, int64_t dk, const void *cms, size_t length, struct error *e);
/* Opens a sealed state: *out is NULL where it can't be opened (also: no key; *missing says that), a JSON null where the row is gone. One of more
 * than POSTED_VALUES_MOST values isn't opened. */
enum err keyring_open_state(struct keyring *ring, const char *kind, int64_t record, int64_t version, int64_t dk, const void *body,
                            size_t length, json_t **out, bool *missing, struct error *e);

#endif
