#include "desk/replay.h"

#include <string.h>

#include "base/json.h"
#include "desk/orderrow.h"

/* The search index holds no rows of its own. */
static enum err index_again(struct desk *d, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_run(d->store, SQL_REPLAY_INDEX_CLEAR, NULL, e, "");
	if (!r)
		r = store_query(d->store, SQL_REPLAY_NAMES, &rows, e, "");
	while (!r && rows && rows_next(rows))
		r = name_index_set(d, rows_int(rows, 0), NULL, rows_text(rows, 1), e);
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err replay_foreign(struct store *s, const json_t *entry, int64_t *feed, struct error *e)
{
	const json_t *facts = json_object_get(entry, "facts"), *taken = json_object_get(facts, "taken"), *one;
	size_t i;
	enum err r = OK;
	if (!taken)
		taken = json_object_get(facts, "fetched");
	*feed = taken ? json_number(taken, "feed") : -1;
	json_array_foreach(json_object_get(taken, "map"), i, one)
	{
		const char *site = NULL, *kind = NULL;
		json_int_t remote, local;
		if (!r && json_unpack((json_t *)one, "[ssII]", &site, &kind, &remote, &local) == 0)
			r = store_run(s, SQL_REPLAY_FOREIGN, NULL, e, "ttii", site, kind, (int64_t)remote, (int64_t)local);
	}
	return r;
}

/* Whose rows came with a custody, and how far the feed was carried out, is said by the entries themselves. */
static enum err taken_again(struct desk *d, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_query(d->store, SQL_REPLAY_TAKEN, &rows, e, "");
	while (!r && rows_next(rows)) {
		json_t *entry = NULL;
		int64_t feed;
		const char *text = rows_text(rows, 0);
		r = json_parse(text, strlen(text), &entry, e);
		if (!r && !(r = replay_foreign(d->store, entry, &feed, e)) && feed >= 0)
			r = store_run(d->store, SQL_SYNC_STATE_FEED, NULL, e, "i", feed);
		json_decref(entry);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

/* A draft of the new life has a number that the lost life gave to an order: it gets another. One of an order that went on
 * since is past; one that was returned in the lost life is made again. */
static enum err drafts_again(struct desk *d, struct error *e)
{
	json_t *twice = NULL, *returned = NULL, *row;
	size_t i;
	enum err r = store_rows(d->store, SQL_REPLAY_DRAFTS_TWICE, &twice, e, "");
	json_array_foreach(twice, i, row)
	{
		char no[ORDER_NO_SIZE];
		if (!r && !(r = order_next_number(d, no, e)))
			r = store_run(d->store, SQL_REPLAY_DRAFT_NUMBER, NULL, e, "it", json_number(row, "id"), (const char *)no);
	}
	if (!r)
		r = store_run(d->store, SQL_REPLAY_DRAFTS_PAST, NULL, e, "");
	if (!r)
		r = store_rows(d->store, SQL_REPLAY_RETURNED, &returned, e, "t", (const char *)d->site);
	json_array_foreach(returned, i, row)
	{
		struct order o = {0};
		if (!r && !(r = order_load(d, json_text(row, "no"), &o, e)))
			r = order_to_draft(d, &o, e);
		order_free(&o);
	}
	json_decref(twice);
	json_decref(returned);
	return r;
}

enum err replay_settle(struct desk *d, int64_t from, struct error *e)
{
	json_t *facts = json_pack("{sI}", "replayed_after", (json_int_t)from);
	enum err r = store_begin(d->store, e);
	if (!r && !(r = store_new_epoch(d->store, e)) && !(r = index_again(d, e)) && !(r = taken_again(d, e)) && !(r = drafts_again(d, e)) &&
	    !(r = store_run(d->store, SQL_REPLAY_MARK, NULL, e, "i", (int64_t)0)))
		r = desk_commit(d, MAY_SYNC, "site.epoch", d->site, NULL, facts, e);
	store_rollback(d->store);
	json_decref(facts);
	return r;
}
