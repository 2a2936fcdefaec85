/* Reading stores: below DIR/reading one for each site, brought up to date from the entries that headquarters has. Each entry is proven
 * again (verify.h) before its rows are written; the store goes on where it stopped, is made anew where it doesn't fit the chain any more,
 * and may be thrown away. Whoever reads holds its lock shared; whoever writes holds it alone. */
#ifndef CERTDESK_HUB_READING_H
#define CERTDESK_HUB_READING_H

#include "hub/hub.h"
#include "store/store.h"

struct reading_site {
	char code[SITE_CODE_SIZE], kind[16], state[16];
	char *name, *region;
	int64_t seq, at;        /* the newest entry whose rows are here, and its time */
	char closed[11];        /* the newest business date that the site has closed; "" */
	int64_t there;          /* the newest entry that headquarters has */
	int64_t seen;           /* last contact; 0: never */
	int64_t received_at;    /* when the newest entry came */
	int64_t refused, first_refused, fork_at, broken_at;
	char trouble[300];      /* the sentence why it isn't up to `there`; "" */
	int lock;               /* -1: none */
	char *path;
	struct store *store;    /* NULL: closed */
};

struct readings {
	struct hub *hub;
	struct reading_site *sites; /* in order of region and code */
	size_t count, open;
};

/* Brings the stores of all sites up to date, or those of a region (its code, and those below it), or that of one site; NULL: no choice.
 * Sites that are enrolled and haven't joined are in the list without a store. `progress` (may be NULL) is told how many entries are
 * read of how many there are. ERR_HUB_NO_SITE, ERR_HUB_NO_READING (nothing fits), ERR_FILE_WRITE, db.h's, and store.h's where a store
 * can't be made; what is wrong with a site's entries is its `trouble`. */
enum err readings_open(struct hub *hub, const char *region, const char *site, void (*progress)(void *arg, int64_t done, int64_t of), void *arg,
                       struct readings **out, struct error *e);
void readings_close(struct readings **readings);

/* The open store of a site, until another is asked for; NULL and OK for a site without one. */
enum err reading_store(struct readings *r, size_t i, struct store **out, struct error *e);
/* A store that turned out to be damaged is made anew by the next report. */
void reading_spoilt(struct readings *r, size_t i);

/* What a purge has destroyed at headquarters leaves the reading stores of this machine too, and stores of an older program go. Those
 * that are being read are left to the next minute. */
enum err readings_purge(struct hub *hub, struct error *e);

#endif
