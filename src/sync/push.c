/* Entries upward, each batch after the files that it names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "desk/restored.h"
#include "sync/envelope.h"
#include "sync/internal.h"
#include "sync/raw.h"

enum { BATCH_ENTRIES = 100, BATCH_BYTES = 2 << 20 };

struct batch {
	struct sync *s;
	json_t *entries, *keys, *gone, *files;
	int64_t from, last;
	size_t bytes;
	struct bytes raw, raw_binary, raw_keys; /* what stands behind the JSON: texts, which can be compressed, and the rest */
	char hash[DIGEST_TEXT_SIZE];
};

/* NULL: memory. */
static json_t *binary_value(const struct batch *b, struct bytes *raw, const void *data, size_t length)
{
	struct bytes text = {0};
	if (b->s->raw)
		return bytes_add(raw, data, length) == OK ? json_integer((json_int_t)length) : NULL;
	json_t *value = base64_encode(data, length, &text) == OK ? json_string((char *)text.data) : NULL;
	bytes_free(&text);
	return value;
}

static bool has_key(const json_t *keys, int64_t dk)
{
	size_t i;
	const json_t *key;
	json_array_foreach(keys, i, key)
		if (json_number(key, "dk") == dk)
			return true;
	return false;
}

/* Headquarters gets each data key with the first state that it opens; one that a purge destroyed it can't have. */
static enum err add_key(struct batch *b, int64_t dk, struct error *e)
{
	uint8_t key[DATA_KEY_SIZE];
	struct bytes cms = {0};
	int64_t known = 0;
	const struct bytes *to = &b->s->hub_encrypt;
	enum err r = store_int(b->s->d->store, SQL_PUSH_KEY_KNOWN, 0, &known, e, "ii", dk, b->from);
	if (r || known || has_key(b->keys, dk))
		return r;
	if ((r = datakey_show(b->s->d->store, dk, key, e)))
		return r == ERR_SEALED ? OK : r;
	if (!(r = envelope_seal(to->data, to->length, b->s->d->site, dk, key, &cms, e)))
		json_array_append_new(b->keys, json_pack("{sI so}", "dk", (json_int_t)dk, "cms", binary_value(b, &b->raw_keys, cms.data, cms.length)));
	bytes_free(&cms);
	OPENSSL_cleanse(key, sizeof key);
	return r;
}

static enum err add_states(struct batch *b, int64_t seq, json_t *states, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_query(b->s->d->store, SQL_PUSH_STATES, &rows, e, "i", seq);
	while (!r && rows_next(rows)) {
		size_t length;
		const void *body = rows_blob(rows, 4, &length);
		json_array_append_new(states, json_pack("{ss sI sI sI so}", "kind", rows_text(rows, 0), "record", (json_int_t)rows_int(rows, 1), "version",
		                                        (json_int_t)rows_int(rows, 2), "dk", (json_int_t)rows_int(rows, 3), "body",
		                                        body ? binary_value(b, &b->raw_binary, body, length) : json_null()));
		b->bytes += length;
		r = add_key(b, rows_int(rows, 3), e);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

static void add_files(struct batch *b, const char *entry)
{
	json_t *whole = NULL, *file;
	size_t i;
	if (json_parse(entry, strlen(entry), &whole, NULL) == OK)
		json_array_foreach(json_object_get(whole, "files"), i, file)
			json_array_append(b->files, file);
	json_decref(whole);
}

static enum err collect(struct batch *b, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_query(b->s->d->store, SQL_PUSH_ENTRIES, &rows, e, "ii", b->from, (int64_t)BATCH_ENTRIES);
	while (!r && b->bytes < BATCH_BYTES && rows_next(rows)) {
		json_t *states = json_array();
		size_t length;
		const void *signature = rows_blob(rows, 3, &length);
		const char *text = rows_text(rows, 1);
		b->last = rows_int(rows, 0);
		snprintf(b->hash, sizeof b->hash, "%s", rows_text(rows, 2));
		b->bytes += strlen(text);
		add_files(b, text);
		json_t *entry = b->s->raw ? binary_value(b, &b->raw, text, strlen(text)) : json_string(text), *coded = binary_value(b, &b->raw_binary, signature, length);
		r = add_states(b, b->last, states, e); /* in the order in which they are taken */
		json_array_append_new(b->entries, json_pack("{sI so ss so so}", "seq", (json_int_t)b->last, "entry", entry, "hash", b->hash, "signature", coded,
		                                            "states", states));
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

static enum err send_files(struct batch *b, json_t *counts, struct error *e)
{
	json_t *file;
	size_t i;
	json_array_foreach(b->files, i, file)
	{
		enum err r = file_push(b->s, json_string_value(file), counts, e);
		if (r == ERR_FILE_READ)
			json_array_append(b->gone, file);
		else if (r)
			return r;
	}
	return OK;
}

/* The acknowledgement is headquarters' word that it has everything up to there: it is believed with its signature only. */
static enum err acknowledged(struct batch *b, const json_t *answer, struct error *e)
{
	char said[160];
	int64_t seq = json_number(answer, "seq");
	const char *hash = json_text(answer, "hash");
	snprintf(said, sizeof said, "%s %lld %.80s", b->s->d->site, (long long)seq, hash);
	if (!line_signed(b->s->hub_sign, said, strlen(said), json_text(answer, "signature")))
		return error_set(e, ERR_SYNC_SIGNATURE, "%lld", (long long)seq);
	if (seq < b->last || (seq == b->last && strcmp(hash, b->hash) != 0))
		return error_set(e, ERR_SYNC_ANSWER, "%lld", (long long)seq);
	if (seq > b->last) /* it has more of ours than this body held */
		seq = b->last;
	enum err r = store_run(b->s->d->store, SQL_SYNC_STATE_ACKNOWLEDGED, NULL, e, "it", seq, (const char *)b->hash);
	if (!r)
		b->s->acknowledged = seq;
	return r;
}

/* Headquarters, restored from a backup, misses files that it had: they go once more, and the batch after them. */
static enum err send_again(struct sync *s, const json_t *missing, struct error *e)
{
	json_t *digest;
	size_t i;
	enum err r = OK;
	s->files_asked = true;
	json_array_foreach(missing, i, digest)
		if (!r && json_is_string(digest))
			r = store_run(s->d->store, SQL_FILE_SENT_REMOVE, NULL, e, "t", json_string_value(digest));
	return r;
}

static enum err post(struct batch *b, const json_t *body, int *status, json_t **answer, struct error *e)
{
	struct bytes all = {0};
	if (!b->s->raw)
		return line_ask(b->s, "POST", "/v1/journal", body, 409, status, answer, e);
	enum err r = bytes_add(&b->raw, b->raw_binary.data, b->raw_binary.length);
	if (!r)
		r = bytes_add(&b->raw, b->raw_keys.data, b->raw_keys.length);
	if (!r)
		r = raw_make(body, &b->raw, &all);
	if (!r)
		r = line_send(b->s, "POST", "/v1/journal", &all, 409, status, answer, e);
	bytes_free(&all);
	return r;
}

static enum err send(struct batch *b, json_t *counts, struct error *e)
{
	json_t *body = json_pack("{ss sO sO sO}", "program", "certdesk " CERTDESK_VERSION, "entries", b->entries, "keys", b->keys, "gone", b->gone);
	json_t *answer = NULL;
	int status = 0;
	enum err r = body ? post(b, body, &status, &answer, e) : ERR_MEMORY;
	const char *said = json_text(answer, "error");
	if (!r && status == 409 && strcmp(said, SAY_GAP) == 0) { /* headquarters lost some: from there on again */
		b->s->acknowledged = json_number(answer, "expected") - 1;
		r = b->s->acknowledged >= 0 && b->s->acknowledged < b->from ? OK : error_set(e, ERR_SYNC_ANSWER, "expected");
	} else if (!r && status == 409 && strcmp(said, SAY_FILES) == 0 && !b->s->files_asked)
		r = send_again(b->s, json_object_get(answer, "missing"), e);
	else if (!r && status == 409)
		r = line_refusal(status, answer, "/v1/journal", e);
	else if (!r && !(r = acknowledged(b, answer, e))) {
		b->s->files_asked = false;
		count_add(counts, "sent", (int64_t)json_array_size(b->entries));
	}
	json_decref(answer);
	json_decref(body);
	return r;
}

/* Is headquarters' newest entry of this site the one that is here under that number? ERR_SYNC_FORK. */
static enum err same_history(struct sync *s, int64_t seq, const char *hash, bool *lost, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = seq > 0 ? store_query(s->d->store, SQL_PUSH_ENTRIES, &rows, e, "ii", seq - 1, (int64_t)1) : OK;
	if (r || seq == 0)
		return r;
	*lost = !rows_next(rows) || rows_int(rows, 0) != seq;
	if (!*lost && strcmp(rows_text(rows, 2), hash) != 0)
		r = error_set(e, ERR_SYNC_FORK, "%lld", (long long)seq);
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

/* Once in a line's life both heads are compared: a disk that was rolled back gets its entries back, and must not begin a second
 * history. */
enum err push_compare(struct sync *s, json_t *counts, struct error *e)
{
	json_t *hub = NULL, *state = NULL;
	char path[48];
	bool lost = false;
	if (s->head_known)
		return OK;
	snprintf(path, sizeof path, "/v1/head?feed=%lld", (long long)s->feed);
	enum err r = line_ask(s, "GET", path, NULL, 0, NULL, &hub, e);
	int64_t seq = json_number(hub, "seq");
	s->raw = json_flag(hub, "raw");
	if (!r)
		r = store_row(s->d->store, SQL_SYNC_STATE_GET, &state, e, "");
	if (!r)
		r = same_history(s, seq, json_text(hub, "hash"), &lost, e);
	if (!r && (lost || json_number(state, "replaying")))
		r = back_run(s, seq, counts, e);
	if (!r)
		r = restored_settle(s->d, e);
	if (!r && !(r = store_run(s->d->store, SQL_SYNC_STATE_ACKNOWLEDGED, NULL, e, "it", seq, json_text(hub, "hash")))) {
		bool renewed = false;
		s->acknowledged = seq;
		s->head_known = true;
		if (renew_run(s, &renewed, NULL) == OK && renewed)
			count_add(counts, "renewed", 1);
	}
	json_decref(state);
	json_decref(hub);
	return r;
}

enum err push_run(struct sync *s, json_t *counts, bool *moved, struct error *e)
{
	enum err r = push_compare(s, counts, e);
	for (bool more = true; !r && more;) {
		struct batch b = {.s = s, .entries = json_array(), .keys = json_array(), .gone = json_array(), .files = json_array(),
		                  .from = s->acknowledged};
		r = collect(&b, e);
		more = !r && json_array_size(b.entries) > 0;
		if (more && !(r = send_files(&b, counts, e)) && !(r = send(&b, counts, e)))
			*moved = true;
		json_decref(b.entries);
		json_decref(b.keys);
		json_decref(b.gone);
		json_decref(b.files);
		bytes_free(&b.raw);
		bytes_free(&b.raw_binary);
		bytes_free(&b.raw_keys);
	}
	return r;
}
