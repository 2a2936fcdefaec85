/* audit verify: the chain first, then the data keys, then every journalled row against its last state. */
#include <openssl/crypto.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "store/internal.h"
#include "store/journal.h"

struct walk {
	struct store *s;
	struct journal_report *report;
	EVP_PKEY *public_key;
	json_t *purged; /* {number: true}: the data keys that a purge's entry names */
	char prev[DIGEST_TEXT_SIZE];
	void (*progress)(void *arg, int64_t done);
	void *arg;
};

static enum err wrong(struct walk *w, struct error *e, const char *kind, int64_t id, const char *zh, const char *en)
{
	snprintf(w->report->wrong, sizeof w->report->wrong, "%s %lld: %s", kind, (long long)id, en);
	return error_set(e, ERR_STORE_ALTERED, tr("%s %lld %s", "%s %lld: %s"), kind, (long long)id, tr(zh, en));
}

static bool signed_by_site(struct walk *w, const char *hash, const void *signature, size_t length)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good = c && EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, w->public_key) == 1 &&
	            EVP_DigestVerify(c, signature, length, (const unsigned char *)hash, strlen(hash)) == 1;
	EVP_MD_CTX_free(c);
	return good;
}

/* Each record that the entry names must lie beside it with that digest, and no other may. */
static enum err check_states(struct walk *w, int64_t seq, const json_t *records, struct error *e)
{
	struct rows *rows = NULL;
	size_t seen = 0, length;
	enum err r = store_query(w->s, SQL_JOURNAL_STATES_OF, &rows, e, "i", seq);
	while (!r && rows_next(rows)) {
		const json_t *record = json_array_get(records, seen++);
		const char *kind = rows_text(rows, 0), *digest = json_string_value(json_array_get(record, 3));
		int64_t id = rows_int(rows, 1), version = rows_int(rows, 2);
		const char *named = json_string_value(json_array_get(record, 0));
		char have[DIGEST_TEXT_SIZE];
		const void *body = rows_blob(rows, 3, &length);
		if (!named || strcmp(named, kind) != 0 || json_integer_value(json_array_get(record, 1)) != id ||
		    json_integer_value(json_array_get(record, 2)) != version || !digest)
			r = wrong(w, e, "journal_state", seq, "不是这条记录的内容", "does not belong to its entry");
		else if (body && (digest_text(body, length, have), strcmp(have, digest) != 0))
			r = wrong(w, e, kind, id, "日志里存的内容被改过", "state altered in the journal");
		else if (!body && !rows_int(rows, 4)) /* a purge takes the key with the state */
			r = wrong(w, e, kind, id, "日志里存的内容被删掉", "state removed from the journal");
		w->report->records++;
		w->report->unjudged += !journal_has_table(kind) && strcmp(kind, CUSTODY_KIND) != 0;
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	if (!r && !end && seen != json_array_size(records))
		return wrong(w, e, "journal", seq, "少了一份内容", "a state is missing");
	return r ? r : end;
}

static void note_purged(struct walk *w, const json_t *entry)
{
	const json_t *keys = json_object_get(json_object_get(json_object_get(entry, "facts"), "purge"), "keys"), *key;
	size_t i;
	if (strcmp(json_text(entry, "action"), "purge") != 0)
		return;
	json_array_foreach(keys, i, key) {
		char number[24];
		snprintf(number, sizeof number, "%lld", (long long)json_integer_value(key));
		json_object_set_new(w->purged, number, json_true());
	}
}

static enum err check_entry(struct walk *w, const struct rows *rows, struct error *e)
{
	int64_t seq = rows_int(rows, 0);
	const char *text = rows_text(rows, 1), *hash = rows_text(rows, 2);
	size_t length;
	const void *signature = rows_blob(rows, 3, &length);
	char have[DIGEST_TEXT_SIZE];
	json_t *entry = NULL;
	enum err r = OK;
	if (seq != w->report->entries + 1)
		return wrong(w, e, "journal", w->report->entries + 1, "缺这条记录", "entry missing");
	digest_text(text, strlen(text), have);
	if (strcmp(have, hash) != 0)
		return wrong(w, e, "journal", seq, "记录与摘要不符", "entry does not match its hash");
	if (json_parse(text, strlen(text), &entry, NULL) || strcmp(json_text(entry, "prev"), w->prev) != 0 ||
	    json_number(entry, "seq") != seq || json_number(entry, "time") != rows_int(rows, 4) ||
	    strcmp(json_text(entry, "subject"), rows_text(rows, 5)) != 0)
		r = wrong(w, e, "journal", seq, "与前一条接不上", "chain broken");
	else if (!signed_by_site(w, hash, signature, length))
		r = wrong(w, e, "journal", seq, "签名不对", "signature wrong");
	else
		r = check_states(w, seq, json_object_get(entry, "records"), e);
	note_purged(w, entry);
	snprintf(w->prev, sizeof w->prev, "%s", have);
	w->report->entries = seq;
	json_decref(entry);
	if (!r && w->progress && seq % 256 == 0)
		w->progress(w->arg, seq);
	return r;
}

static enum err check_chain(struct walk *w, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_query(w->s, SQL_JOURNAL_ALL, &rows, e, "");
	while (!r && rows_next(rows))
		r = check_entry(w, rows, e);
	enum err end = rows_end(&rows, r ? NULL : e);
	snprintf(w->report->head, sizeof w->report->head, "%s", w->prev);
	return r ? r : end;
}

/* No entry holds a key: its wrapping proves itself, and only this program's cipher is known. */
static enum err check_keys(struct walk *w, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_query(w->s, SQL_DATA_KEY_ALL, &rows, e, "");
	while (!r && rows_next(rows)) {
		int64_t id = rows_int(rows, 0);
		uint8_t key[DATA_KEY_SIZE];
		size_t length;
		const void *wrapped = rows_blob(rows, 2, &length);
		if (rows_int(rows, 1) != 1)
			r = wrong(w, e, "data_key", id, "加密算法被改过", "cipher altered");
		else if (!wrapped && rows_int(rows, 3)) /* a purge takes the states with the key */
			r = wrong(w, e, "data_key", id, "被销毁，而内容还在", "destroyed, and states are still there");
		else if (wrapped && (length != WRAPPED_KEY_SIZE || key_unwrap(&w->s->key, wrapped, key)))
			r = wrong(w, e, "data_key", id, "打不开（被改过？）", "can't be opened (altered?)");
		OPENSSL_cleanse(key, sizeof key);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

/* Only a purge takes states away, and its entry says whose. */
static enum err check_gone(struct walk *w, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_query(w->s, SQL_JOURNAL_STATES_GONE, &rows, e, "");
	while (!r && rows_next(rows)) {
		char number[24];
		snprintf(number, sizeof number, "%lld", (long long)rows_int(rows, 2));
		if (!json_object_get(w->purged, number))
			r = wrong(w, e, rows_text(rows, 0), rows_int(rows, 1), "日志里存的内容被删掉", "state removed from the journal");
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

/* Compares one row (NULL: there is none) with the newest state of that record. */
static enum err compare(struct walk *w, const char *kind, int64_t id, const json_t *row, struct error *e)
{
	struct rows *rows = NULL;
	json_t *state = NULL;
	size_t length;
	char bind[96];
	enum err r = store_query(w->s, SQL_JOURNAL_LAST_BODY, &rows, e, "ti", kind, id);
	if (r)
		return r;
	if (!rows_next(rows))
		r = wrong(w, e, kind, id, "日志里没有这一行", "row without a journal entry");
	else if (!rows_null(rows, 2)) {
		const void *body = rows_blob(rows, 2, &length);
		snprintf(bind, sizeof bind, "%s/%lld/%lld", kind, (long long)id, (long long)rows_int(rows, 0));
		if (datakey_open_json(w->s, rows_int(rows, 1), bind, body, length, &state, NULL))
			r = wrong(w, e, kind, id, "存的内容打不开（数据密钥被改过？）", "state can't be opened (data key altered?)");
		else if (row ? !json_same_row(state, row) : !json_is_null(state)) /* a migration may have added columns since */
			r = wrong(w, e, kind, id, row ? "这一行被改过" : "这一行被删掉", row ? "row altered" : "row removed");
	}
	rows_end(&rows, NULL);
	json_decref(state);
	return r;
}

static enum err check_table(struct walk *w, const struct journal_table_row *t, struct error *e)
{
	sqlite3_stmt *st = NULL;
	enum err r = statement_get(w->s, t->all, &st, e);
	int rc = SQLITE_DONE;
	while (!r && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		json_t *row = row_state(st);
		r = compare(w, t->name, json_number(row, "id"), row, e);
		json_decref(row);
	}
	if (!r && rc != SQLITE_DONE)
		r = store_fault(w->s, t->name, e);
	statement_done(w->s, t->all, st);
	return r;
}

/* A record whose last state isn't "deleted" must have its row. */
static enum err check_removed(struct walk *w, const struct journal_table_row *t, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_query(w->s, SQL_JOURNAL_RECORDS, &rows, e, "t", t->name);
	while (!r && rows_next(rows)) {
		int64_t id = rows_int(rows, 0);
		sqlite3_stmt *st = NULL;
		if ((r = statement_get(w->s, t->one, &st, e)))
			break;
		sqlite3_bind_int64(st, 1, id);
		bool there = sqlite3_step(st) == SQLITE_ROW;
		statement_done(w->s, t->one, st);
		if (!there)
			r = compare(w, t->name, id, NULL, e);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

static enum err load_public_key(struct walk *w, struct error *e)
{
	struct rows *rows = NULL;
	size_t length = 0;
	enum err r = store_query(w->s, SQL_SITE_PUBLIC, &rows, e, "");
	if (r)
		return r;
	const unsigned char *der = rows_next(rows) ? rows_blob(rows, 0, &length) : NULL;
	if (!der || !(w->public_key = d2i_PUBKEY(NULL, &der, (long)length)))
		r = wrong(w, e, "site", 1, "签名密钥读不了", "signing key unreadable");
	rows_end(&rows, NULL);
	return r;
}

enum err journal_verify(struct store *s, struct journal_report *out, void (*progress)(void *arg, int64_t done), void *arg,
                        struct error *e)
{
	struct walk w = {.s = s, .report = out, .purged = json_object(), .progress = progress, .arg = arg};
	*out = (struct journal_report){0};
	bool alone = sqlite3_get_autocommit(s->db); /* else the caller's step is one moment already */
	enum err r = w.purged ? OK : error_set(e, ERR_MEMORY, "purge");
	if (!r && alone && (r = store_text(s, "BEGIN", "verify", e))) /* a purge beside would be seen by half */
		alone = false;
	if (!r)
		r = load_public_key(&w, e);
	if (!r)
		r = check_chain(&w, e);
	if (!r)
		r = check_keys(&w, e);
	if (!r)
		r = check_gone(&w, e);
	for (int i = 0; !r && i < journal_table_count; i++)
		if (!(r = check_table(&w, &journal_tables[i], e)))
			r = check_removed(&w, &journal_tables[i], e);
	if (alone)
		sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
	EVP_PKEY_free(w.public_key);
	json_decref(w.purged);
	return r;
}
