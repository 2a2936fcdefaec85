/* What a site posts to its journal, read from untrusted JSON and checked as far as it needs no database. Pure. */
#ifndef CERTDESK_HUB_POSTED_H
#define CERTDESK_HUB_POSTED_H

#include <jansson.h>
#include <stdbool.h>

#include "base/bytes.h"
#include "base/crypt.h"

/* Values: of a body, of all its entries' texts together, and of one entry's states once they are opened. */
enum { POSTED_STATES_MOST = 20000, POSTED_VALUES_MOST = 400000, POSTED_NAME = 64, POSTED_WHY = 160 };

/* Within the body as it came, or decoded from it; owned by the posted. */
struct posted_value {
	const uint8_t *data;
	size_t length;
};

struct posted_state {
	const char *kind;
	int64_t record, version, dk;
	bool purged; /* no body: the site has destroyed it */
	struct posted_value body;
};

struct posted_entry {
	int64_t seq, epoch, time;
	const char *text, *hash; /* as they came, owned by `root` or `raw` */
	size_t length;
	struct bytes raw; /* the text, where it stood behind the JSON */
	struct posted_value signature;
	json_t *entry; /* the text parsed */
	bool looked;   /* posted_look was here, and what it found: "" is good */
	char wrong[POSTED_WHY], states_wrong[POSTED_WHY];
	struct posted_state *states;
	size_t state_count;
};

struct posted_key {
	int64_t dk;
	struct posted_value cms;
};

struct posted {
	struct bytes body, decoded; /* decoded: what base64 was; it never moves */
	json_t *root;
	struct posted_entry *entries;
	struct posted_key *keys;
	size_t entry_count, key_count;
	json_t *gone; /* an object by digest: files that the site hasn't got any more */
};

/* Reads a body, and takes it over in any case: *body is empty then. ERR_JSON for what protocol.h does not describe, with more than PAGE_ENTRIES entries or POSTED_STATES_MOST states, or made
 * to fill memory; ERR_MEMORY. `out` must be zeroed and ends with posted_free in any case. */
enum err posted_read(struct bytes *body, struct posted *out, struct error *e);
void posted_free(struct posted *p);

/* The newest entry that a site's next one has to follow. */
struct posted_chain {
	const char *site;
	int64_t seq, epoch, time;
	char hash[DIGEST_TEXT_SIZE];
};
/* What an entry shows of itself, whatever it follows: its hash is that of its text, which is canonical and whole (p->entry is there), and
 * the states are those that it names. Once for each entry; posted_follows asks it. False: it can't be taken. */
bool posted_look(struct posted_entry *p);
/* Whether the entry is what journal.h describes, the one after `chain`, with its own hash and the states that it names; false
 * with a sentence in `why`. Its signature is the caller's to check. On success `chain` is the entry, and p->entry is there. */
bool posted_follows(struct posted_entry *p, struct posted_chain *chain, char why[POSTED_WHY]);

/* "sha256:" and 64 lower-case hex digits. */
bool posted_digest(const char *text);

#endif
