/* Headquarters' data against itself: what certdesk-hub verify does. */
#ifndef CERTDESK_HUB_VERIFY_H
#define CERTDESK_HUB_VERIFY_H

#include "hub/hub.h"

struct hub_report {
	int64_t sites, entries, states, files;
	char wrong[256]; /* "110114-01 17: …"; "" where all is right */
};

/* Walks every site's chain from its first entry (hash, link, sequence, signature), each state's digest, each whole file's digest.
 * ERR_HUB_ALTERED with the first thing that is wrong; files.h's where the store of files is away. `progress` may be NULL. */
enum err hub_verify_all(struct hub *hub, struct hub_report *out, void (*progress)(void *arg, int64_t done), void *arg, struct error *e);

/* For one who makes something of a chain: what the walk meets, proven. */
struct chain_state {
	const char *kind;
	int64_t record, version, dk;
	const void *body; /* NULL: purged */
	size_t length;
};
struct chain_entry {
	int64_t seq;
	const char *hash;
	const json_t *entry;
};
struct chain_follower {
	enum err (*state)(void *arg, const struct chain_state *state, struct error *e);
	enum err (*entry)(void *arg, const struct chain_entry *entry, struct error *e); /* after its states */
	void *arg;
};
/* Walks one site's chain from behind the entry `seq`, whose hash is `hash`, to its end. ERR_HUB_ALTERED, and what the follower returns. */
enum err hub_verify_behind(struct hub *hub, const char *site, int64_t seq, const char *hash, const struct chain_follower *follower,
                           struct error *e);

#endif
