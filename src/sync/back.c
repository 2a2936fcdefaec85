/* A disk that was rolled back: headquarters has entries that this machine lost. They come back, and a new epoch begins. */
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "desk/replay.h"
#include "store/journal.h"
#include "store/replay.h"
#include "sync/envelope.h"
#include "sync/internal.h"

static enum err take_keys(struct sync *s, const json_t *keys, struct error *e)
{
	json_t *row;
	size_t i;
	enum err r = OK;
	json_array_foreach(keys, i, row)
	{
		uint8_t key[DATA_KEY_SIZE];
		struct bytes cms = {0};
		const char *text = json_text(row, "cms");
		int64_t dk = json_number(row, "dk");
		if (!r && !base64_decode(text, strlen(text), &cms))
			r = error_set(e, ERR_SYNC_ANSWER, "cms %lld", (long long)dk);
		if (!r && !(r = envelope_open(s->encrypt, cms.data, cms.length, s->d->site, dk, key, e)))
			r = replay_key(s->d->store, dk, key, e);
		OPENSSL_cleanse(key, sizeof key);
		bytes_free(&cms);
	}
	return r;
}

/* One page as one transaction: a cut leaves whole entries, and the next try goes on behind them. */
static enum err take_page(struct sync *s, const json_t *page, struct error *e)
{
	json_t *entry;
	size_t i;
	enum err r = store_begin(s->d->store, e);
	if (!r)
		r = store_run(s->d->store, SQL_REPLAY_DEFER, NULL, e, "");
	if (!r)
		r = take_keys(s, json_object_get(page, "keys"), e);
	json_array_foreach(json_object_get(page, "entries"), i, entry)
		if (!r)
			r = replay_entry(s->d->store, entry, e);
	if (!r)
		r = replay_commit(s->d->store, e);
	store_rollback(s->d->store);
	return r;
}

/* The files that the entries name are headquarters' too. */
static enum err fetch_lost_files(struct sync *s, struct error *e)
{
	json_t *files = NULL, *row;
	size_t i;
	enum err r = store_rows(s->d->store, SQL_FILES_NAMED, &files, e, "");
	json_array_foreach(files, i, row)
		if (!r && (r = file_pull(s, s->d->site, json_text(row, "file"), json_text(row, "digest"), 0, e)) == ERR_SYNC_FILE)
			r = OK; /* it never got there: the order's screen says that it is lost */
	json_decref(files);
	return r;
}

enum err back_run(struct sync *s, int64_t to, json_t *counts, struct error *e)
{
	int64_t from, time, seq;
	char hash[DIGEST_TEXT_SIZE], path[64];
	enum err r = journal_head(s->d->store, &from, &time, hash, e);
	if (!r)
		r = store_run(s->d->store, SQL_REPLAY_MARK, NULL, e, "i", (int64_t)1);
	for (seq = from; !r && seq < to;) {
		json_t *page = NULL;
		snprintf(path, sizeof path, "/v1/journal?after=%lld", (long long)seq);
		r = line_ask(s, "GET", path, NULL, 0, NULL, &page, e);
		size_t n = json_array_size(json_object_get(page, "entries"));
		if (!r && n == 0)
			r = error_set(e, ERR_SYNC_ANSWER, "%s", path);
		if (!r && (r = take_page(s, page, e)) == ERR_STORE_REPLAY) /* work went on behind the roll-back: two histories */
			r = error_set(e, ERR_SYNC_FORK, "%lld", (long long)seq + 1);
		seq += (int64_t)n;
		count_add(counts, "replayed", (int64_t)n);
		json_decref(page);
	}
	if (!r)
		r = fetch_lost_files(s, e);
	return r ? r : replay_settle(s->d, from, e);
}
