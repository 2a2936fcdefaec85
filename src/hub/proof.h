/* What a posted journal shows of itself, by arithmetic: its keys opened, its entries' hashes, signatures and states looked at. It is made
 * before the site (with SQLite: all of headquarters) is locked, so that workers prove side by side and only write one after the
 * other; under the lock it is held against what stands there then. */
#ifndef CERTDESK_HUB_PROOF_H
#define CERTDESK_HUB_PROOF_H

#include "hub/keyring.h"
#include "hub/posted.h"
#include "hub/signers.h"
#include "hub/view.h"

struct proof {
	struct hub *hub;
	const char *site;
	struct posted *posted;
	struct posted_chain head; /* where the site's journal ended when it was made */
	struct keyring ring;
	struct signers signers;
	size_t vouched; /* so many entries are signed, by their own signature or by that of one that hangs on them */
	struct proven {
		bool verified, signature; /* its own was looked at; it is by one of the signers */
		struct opened opened;
	} *entries;
	struct offered {
		bool good, fresh;
	} *keys;
};

enum err proof_head(struct hub *hub, const char *site, struct posted_chain *head, struct error *e);
/* `posted` stays the caller's, and there as long as the proof. Goes as far as to the first entry that can't be taken. ERR_STORE_*,
 * ERR_MEMORY. `p` ends with proof_free in any case. */
enum err proof_make(struct proof *p, struct hub *hub, const char *site, struct posted *posted, struct error *e);
/* Under the lock, with the head as it stands: where the site's journal has grown since, or its certificates are others now, all that
 * hangs on them is proven once more. */
enum err proof_hold(struct proof *p, const struct posted_chain *head, struct error *e);
/* Whether entry `i` is signed by one who may: itself, or a later one of the page, which hangs on it by its hash. */
bool proof_signed(struct proof *p, size_t i);
/* What entry `i` says, opened. */
enum err proof_opened(struct proof *p, size_t i, const struct opened **out, struct error *e);
/* Entry `i` was judged: where a page holds more than memory should, what was opened of it goes, and the caller drops `known`: true. */
bool proof_drop(struct proof *p, size_t i);
/* Keys of the site were destroyed: what was opened under them isn't known any more. */
void proof_forget(struct proof *p);
void proof_free(struct proof *p);

#endif
