#include "hub/proof.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "hub/values.h"

enum err proof_head(struct hub *hub, const char *site, struct posted_chain *head, struct error *e)
{
	struct db_rows *rows = NULL;
	*head = (struct posted_chain){.site = site};
	enum err r = db_query(hub->db, HUB_SQL_ENTRY_HEAD, &rows, e, "t", site);
	if (!r && db_rows_next(rows)) {
		head->seq = db_rows_int(rows, 0);
		text_copy(head->hash, sizeof head->hash, db_rows_text(rows, 1));
		head->epoch = db_rows_int(rows, 2);
		head->time = db_rows_int(rows, 3);
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

static void forget_opened(struct proof *p)
{
	keyring_free(&p->ring);
	for (size_t i = 0; p->entries && i < p->posted->entry_count; i++)
		opened_free(&p->entries[i].opened);
}

static enum err open_keys(struct proof *p, struct error *e)
{
	enum err r = OK;
	p->ring = (struct keyring){.hub = p->hub, .site = p->site};
	for (size_t i = 0; !r && i < p->posted->key_count; i++) {
		const struct posted_key *k = &p->posted->keys[i];
		r = keyring_offer(&p->ring, k->dk, k->cms.data, k->cms.length, &p->keys[i].good, &p->keys[i].fresh, e);
	}
	return r;
}

static bool verify(struct proof *p, size_t i)
{
	const struct posted_entry *entry = &p->posted->entries[i];
	struct proven *n = &p->entries[i];
	if (!n->verified)
		n->signature = signers_verify(&p->signers, entry->hash, entry->signature.data, entry->signature.length);
	n->verified = true;
	return n->signature;
}

/* The last entry that hangs on entry `i`, each by the hash of the one before it. */
static size_t last_of_chain(struct proof *p, size_t i)
{
	struct posted_entry *entries = p->posted->entries;
	while (i + 1 < p->posted->entry_count && entries[i + 1].seq == entries[i].seq + 1 && posted_look(&entries[i + 1]) &&
	       strcmp(json_text(entries[i + 1].entry, "prev"), entries[i].hash) == 0)
		i++;
	return i;
}

/* A signed head vouches for all that it hangs on: one look at a signature for a page, and at each one where the last is not good. */
bool proof_signed(struct proof *p, size_t i)
{
	if (i < p->vouched)
		return true;
	size_t last = posted_look(&p->posted->entries[i]) ? last_of_chain(p, i) : i;
	if (verify(p, last))
		p->vouched = last + 1;
	return i < p->vouched || verify(p, i);
}

enum err proof_opened(struct proof *p, size_t i, const struct opened **out, struct error *e)
{
	struct opened *o = &p->entries[i].opened;
	*out = o;
	return o->states ? OK : opened_make(o, &p->ring, &p->posted->entries[i], e);
}

enum err proof_make(struct proof *p, struct hub *hub, const char *site, struct posted *posted, struct error *e)
{
	const struct opened *opened;
	*p = (struct proof){.hub = hub, .site = site, .posted = posted};
	p->entries = calloc(posted->entry_count + 1, sizeof *p->entries);
	p->keys = calloc(posted->key_count + 1, sizeof *p->keys);
	enum err r = p->entries && p->keys ? proof_head(hub, site, &p->head, e) : error_set(e, ERR_MEMORY, "journal");
	if (!r && posted->entry_count && !(r = signers_load(hub, site, &p->signers, e)))
		r = open_keys(p, e);
	for (size_t i = 0; !r && i < posted->entry_count && p->ring.values <= POSTED_VALUES_MOST; i++) /* what is over is opened when its turn comes */
		if (posted->entries[i].seq > p->head.seq) { /* those before it are compared */
			if (!posted_look(&posted->entries[i]) || !proof_signed(p, i))
				break;
			if (!(r = proof_opened(p, i, &opened, e)))
				r = values_ahead(hub, &p->ring, &posted->entries[i], &p->entries[i].opened, e);
		}
	return r;
}

enum err proof_hold(struct proof *p, const struct posted_chain *head, struct error *e)
{
	bool stand = true;
	enum err r = p->posted->entry_count ? signers_stand(p->hub, p->site, &p->signers, &stand, e) : OK;
	if (!r && !stand) {
		signers_free(&p->signers);
		p->vouched = 0;
		for (size_t i = 0; i < p->posted->entry_count; i++)
			p->entries[i].verified = false;
		r = signers_load(p->hub, p->site, &p->signers, e);
	}
	if (r || (head->seq == p->head.seq && strcmp(head->hash, p->head.hash) == 0))
		return r;
	p->head = *head; /* keys come and go with entries */
	forget_opened(p);
	return p->posted->entry_count ? open_keys(p, e) : OK;
}

bool proof_drop(struct proof *p, size_t i)
{
	if (p->ring.values <= POSTED_VALUES_MOST)
		return false;
	for (size_t k = 0; k <= i; k++)
		opened_free(&p->entries[k].opened);
	bool ahead = false;
	for (size_t k = i + 1; k < p->posted->entry_count; k++)
		ahead |= p->entries[k].opened.states != NULL;
	if (!ahead)
		p->ring.values = 0;
	return true;
}

void proof_forget(struct proof *p)
{
	forget_opened(p);
	p->ring = (struct keyring){.hub = p->hub, .site = p->site};
}

void proof_free(struct proof *p)
{
	if (!p->posted)
		return;
	forget_opened(p);
	signers_free(&p->signers);
	free(p->entries);
	free(p->keys);
	*p = (struct proof){0};
}
