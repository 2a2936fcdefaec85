#include "hub/reading_follow.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "desk/replay.h"
#include "hub/keyring.h"
#include "hub/remains.h"
#include "hub/verify.h"
#include "store/journal.h"
#include "store/reading.h"

enum { BATCH = 200 }; /* entries in one transaction */

struct following {
	struct hub *hub;
	struct store *store;
	struct keyring ring;
	struct reading_progress *progress;
	json_t *changes; /* of the entry under way */
	int batch, pending;
	bool purged;
};

static enum err take_state(void *arg, const struct chain_state *s, struct error *e)
{
	struct following *f = arg;
	json_t *row = NULL;
	bool missing;
	if (!s->body || !journal_has_table(s->kind)) /* purged: what remains comes with the purge; or no row: an order's custody */
		return OK;
	enum err r = keyring_open_state(&f->ring, s->kind, s->record, s->version, s->dk, s->body, s->length, &row, &missing, e);
	if (!r && !row)
		r = error_set(e, ERR_HUB_READING, "%s %lld", s->kind, (long long)s->record);
	else if (!r && json_is_object(row) && json_number(row, "id") != s->record)
		r = error_set(e, ERR_HUB_READING, "%s %lld: id", s->kind, (long long)s->record);
	if (!r)
		json_array_append_new(f->changes, json_pack("{ss sI sO}", "kind", s->kind, "id", (json_int_t)s->record, "row", row));
	json_decref(row);
	return r;
}

static enum err take_purge(void *arg, const json_t *keys, const json_t *rows, struct error *e)
{
	struct following *f = arg;
	f->purged = true;
	enum err r = reading_forget(f->store, keys, e);
	return r ? r : reading_write(f->store, rows, e);
}

static enum err commit(struct following *f, struct error *e)
{
	f->pending = 0;
	return reading_commit(f->store, e);
}

static enum err take_entry(void *arg, const struct chain_entry *entry, struct error *e)
{
	struct following *f = arg;
	int64_t feed;
	enum err r = store_in_step(f->store) ? OK : store_begin(f->store, e);
	if (!r)
		r = reading_write(f->store, f->changes, e);
	if (!r)
		r = replay_foreign(f->store, entry->entry, &feed, e);
	if (!r && strcmp(json_text(entry->entry, "action"), "purge") == 0)
		r = remains_each(f->hub, f->ring.site, entry->seq - 1, entry->seq, take_purge, f, e);
	if (!r)
		r = reading_mark(f->store, entry->seq, entry->hash, e);
	json_array_clear(f->changes);
	if (!r && ++f->pending >= f->batch)
		r = commit(f, e);
	struct reading_progress *p = f->progress;
	if (!r && p && p->tell && (++p->done % BATCH == 0 || p->done == p->of))
		p->tell(p->arg, p->done, p->done > p->of ? p->done : p->of);
	return r;
}

static enum err follow(struct hub *hub, const char *site, struct store *store, int batch, struct reading_progress *progress, struct error *e)
{
	struct following f = {.hub = hub, .store = store, .ring = {.hub = hub, .site = site}, .progress = progress, .changes = json_array(), .batch = batch};
	struct chain_follower follower = {take_state, take_entry, &f};
	char hash[DIGEST_TEXT_SIZE];
	int64_t seq = 0;
	enum err r = reading_head(store, &seq, hash, e);
	if (!r)
		r = hub_verify_behind(hub, site, seq, hash, &follower, e);
	if (!r && f.pending)
		r = commit(&f, e);
	store_rollback(store);
	json_decref(f.changes);
	keyring_free(&f.ring);
	return r || !f.purged ? r : reading_settle(store, e);
}

/* Where an entry stops it, those before it are read one by one: they count. */
enum err reading_follow(struct hub *hub, const char *site, struct store *store, struct reading_progress *progress, struct error *e)
{
	enum err r = follow(hub, site, store, BATCH, progress, e);
	if (r == ERR_HUB_READING || r == ERR_HUB_ALTERED || r == ERR_STORE_REPLICA || r == ERR_JSON)
		r = follow(hub, site, store, 1, NULL, e);
	return r;
}

enum err reading_follow_purges(struct hub *hub, const char *site, struct store *store, struct error *e)
{
	struct following f = {.hub = hub, .store = store};
	char hash[DIGEST_TEXT_SIZE];
	int64_t head = 0, done = 0, last = 0;
	enum err r = reading_head(store, &head, hash, e);
	if (!r)
		r = reading_purged(store, &done, e);
	if (!r)
		r = db_int(hub->db, HUB_SQL_REMAINS_LAST, 0, &last, e, "t", site);
	done = done > head ? done : head;
	if (r || last <= done || (r = store_begin(store, e)))
		return r;
	if (!(r = remains_each(hub, site, done, last, take_purge, &f, e)) && !(r = reading_mark_purged(store, last, e)))
		r = reading_commit(store, e);
	store_rollback(store);
	return r ? r : reading_settle(store, e);
}
