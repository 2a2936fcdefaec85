#include "store/replay.h"

#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "store/internal.h"
#include "store/journal.h"
#include "store/replica.h"

static enum err wrong(int64_t seq, const char *what, struct error *e)
{
	return error_set(e, ERR_STORE_REPLAY, "%lld %s", (long long)seq, what);
}

/* Only a draft that was begun since can have taken a number that the lost entries use. */
static enum err make_room(struct store *s, int64_t dk, struct error *e)
{
	int64_t journalled = 0, to = 0;
	enum err r = store_int(s, SQL_REPLAY_KEY_JOURNALLED, 0, &journalled, e, "i", dk);
	if (!r && journalled)
		r = wrong(dk, "data_key", e);
	if (!r)
		r = store_int(s, SQL_REPLAY_KEY_MOVE, 0, &to, e, "i", dk);
	if (!r)
		r = store_run(s, SQL_REPLAY_DRAFT_KEY, NULL, e, "ii", dk, to);
	return r;
}

enum err replay_key(struct store *s, int64_t dk, const uint8_t key[DATA_KEY_SIZE], struct error *e)
{
	uint8_t have[DATA_KEY_SIZE], wrapped[WRAPPED_KEY_SIZE];
	int64_t there = 0;
	enum err r = store_int(s, SQL_REPLAY_KEY_HAS, 0, &there, e, "i", dk);
	if (r)
		return r;
	if (there) {
		bool same = !(r = datakey_show(s, dk, have, e)) && memcmp(have, key, sizeof have) == 0;
		OPENSSL_cleanse(have, sizeof have);
		if (r || same || (r = make_room(s, dk, e)))
			return r;
	}
	r = key_wrap(&s->key, key, wrapped);
	return r ? error_set(e, r, "data key") : store_run(s, SQL_REPLAY_KEY_ADD, NULL, e, "ib", dk, (const void *)wrapped, sizeof wrapped);
}

static bool signed_by_us(struct store *s, const char *hash, const struct bytes *signature)
{
	struct rows *rows = NULL;
	size_t length;
	EVP_PKEY *key = NULL;
	if (store_query(s, SQL_SITE_PUBLIC, &rows, NULL, "") == OK && rows_next(rows)) {
		const unsigned char *der = rows_blob(rows, 0, &length);
		key = d2i_PUBKEY(NULL, &der, (long)length);
	}
	rows_end(&rows, NULL);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good = c && key && EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, key) == 1 &&
	            EVP_DigestVerify(c, signature->data, signature->length, (const unsigned char *)hash, strlen(hash)) == 1;
	EVP_MD_CTX_free(c);
	EVP_PKEY_free(key);
	return good;
}

/* The text, its hash, its place in the chain. */
static enum err prove(struct store *s, const json_t *entry, json_t **whole, struct bytes *signature, struct error *e)
{
	const char *text = json_text(entry, "entry"), *hash = json_text(entry, "hash"), *mark = json_text(entry, "signature");
	char have[DIGEST_TEXT_SIZE], prev[DIGEST_TEXT_SIZE];
	int64_t seq = json_number(entry, "seq"), newest, time;
	enum err r = journal_head(s, &newest, &time, prev, e);
	if (r)
		return r;
	digest_text(text, strlen(text), have);
	if (seq != newest + 1 || strcmp(have, hash) != 0 || json_parse(text, strlen(text), whole, NULL) ||
	    json_number(*whole, "seq") != seq || strcmp(json_text(*whole, "prev"), prev) != 0)
		return wrong(seq, "chain", e);
	if (!base64_decode(mark, strlen(mark), signature) || !signed_by_us(s, hash, signature))
		return wrong(seq, "signature", e);
	return OK;
}

static const json_t *state_of(const json_t *entry, const json_t *record)
{
	const json_t *states = json_object_get(entry, "states"), *state;
	size_t i;
	json_array_foreach(states, i, state)
		if (json_number(state, "record") == json_integer_value(json_array_get(record, 1)) &&
		    json_number(state, "version") == json_integer_value(json_array_get(record, 2)) &&
		    strcmp(json_text(state, "kind"), json_string_value(json_array_get(record, 0))) == 0)
			return state;
	return NULL;
}

/* Stores the state and gives its row; NULL for a purged one, and for a custody, which has none. ERR_STORE_NO_PLACE where a newer
 * program wrote it to a table that isn't here: once it is, its row would be missing. */
static enum err take_state(struct store *s, int64_t seq, const json_t *record, const json_t *state, json_t **row, struct error *e)
{
	const char *kind = json_text(state, "kind"), *text = json_text(state, "body");
	int64_t id = json_number(state, "record"), version = json_number(state, "version"), dk = json_number(state, "dk");
	struct bytes body = {0};
	char digest[DIGEST_TEXT_SIZE], bind[96];
	bool purged = json_is_null(json_object_get(state, "body"));
	enum err r = OK;
	*row = NULL;
	if (!purged && !base64_decode(text, strlen(text), &body))
		r = wrong(seq, kind, e);
	digest_text(body.data, body.length, digest);
	if (!r && !purged && strcmp(digest, json_string_value(json_array_get(record, 3))) != 0)
		r = wrong(seq, kind, e);
	if (!r)
		r = store_run(s, SQL_JOURNAL_STATE_INSERT, NULL, e, "tiiiib", kind, id, version, seq, dk, purged ? NULL : (const void *)body.data,
		              body.length);
	snprintf(bind, sizeof bind, "%s/%lld/%lld", kind, (long long)id, (long long)version);
	bool rows = strcmp(kind, CUSTODY_KIND) != 0;
	if (!r && rows && !replica_takes(s, kind))
		r = error_set(e, ERR_STORE_NO_PLACE, "%.40s", kind);
	if (!r && !purged && rows)
		r = datakey_open_json(s, dk, bind, body.data, body.length, row, e);
	bytes_free(&body);
	return r;
}

/* Rows go before rows come: what was unique before the step and after it may not be so in between. */
static enum err write_rows(struct store *s, const json_t *records, json_t *rows, struct error *e)
{
	enum err r = OK;
	for (size_t i = 0; !r && i < json_array_size(records); i++) {
		const json_t *record = json_array_get(records, i);
		if (json_is_string(json_array_get(rows, i))) /* nothing to write */
			continue;
		r = replica_delete(s, json_string_value(json_array_get(record, 0)), json_integer_value(json_array_get(record, 1)), e);
	}
	for (size_t i = 0; !r && i < json_array_size(records); i++) {
		const char *kind = json_string_value(json_array_get(json_array_get(records, i), 0));
		if (json_is_object(json_array_get(rows, i)))
			r = replica_restore(s, kind, json_array_get(rows, i), e);
	}
	return r;
}

enum err replay_entry(struct store *s, const json_t *entry, struct error *e)
{
	json_t *whole = NULL, *record, *rows = json_array();
	struct bytes signature = {0};
	int64_t seq = json_number(entry, "seq");
	size_t i;
	enum err r = prove(s, entry, &whole, &signature, e);
	const json_t *records = json_object_get(whole, "records");
	json_array_foreach(records, i, record)
	{
		const json_t *state = !r && json_is_string(json_array_get(record, 0)) && json_is_string(json_array_get(record, 3))
		                          ? state_of(entry, record) : NULL;
		json_t *row = NULL;
		if (!r && !state)
			r = wrong(seq, "states", e);
		if (!r)
			r = take_state(s, seq, record, state, &row, e);
		json_array_append_new(rows, row ? row : json_string(""));
	}
	if (!r)
		r = write_rows(s, records, rows, e);
	if (!r)
		r = store_run(s, SQL_JOURNAL_INSERT, NULL, e, "ittbit", seq, json_text(entry, "entry"), json_text(entry, "hash"),
		              (const void *)signature.data, signature.length, json_number(whole, "time"), json_text(whole, "subject"));
	json_decref(rows);
	json_decref(whole);
	bytes_free(&signature);
	return r;
}

enum err replay_commit(struct store *s, struct error *e)
{
	s->entered = true; /* the rows touched have the entries that came with them */
	return store_finish(s, e);
}
