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

#endif
