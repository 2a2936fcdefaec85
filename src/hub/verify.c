#include "hub/verify.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypt.h"
#include "base/json.h"
#include "base/lang.h"
#include "hub/files.h"
#include "hub/signers.h"
#include "sync/envelope.h"

struct walk {
	struct hub *hub;
	struct hub_report *out;
	void (*progress)(void *arg, int64_t done);
	void *arg;
	const char *site;
	int64_t seq;
	char prev[DIGEST_TEXT_SIZE];
	struct signers signers; /* of this site, revoked ones too */
	const struct chain_follower *follower; /* may be NULL */
};

static enum err wrong(struct walk *w, struct error *e, const char *what)
{
	snprintf(w->out->wrong, sizeof w->out->wrong, "%s %lld: %s", w->site, (long long)w->seq, what);
	return error_set(e, ERR_HUB_ALTERED, "%s", w->out->wrong);
}

/* The entry names its records, [[kind, id, version, digest], …]; the states lie beside it in nearly the same order, so that each is looked for
 * from where the one before was found. */
static enum err check_states(struct walk *w, const json_t *records, struct error *e)
{
	struct db_rows *rows = NULL;
	size_t at = 0, count = json_array_size(records);
	char digest[DIGEST_TEXT_SIZE], what[160];
	enum err r = db_query(w->hub->db, HUB_SQL_VERIFY_STATES, &rows, e, "ti", w->site, w->seq);
	if (r)
		return r;
	for (; db_rows_next(rows) && !r; w->out->states++) {
		const char *kind = db_rows_text(rows, 0);
		size_t length = 0;
		const json_t *named = NULL;
		for (size_t i = 0; i < count && !named; i++, at++) {
			const json_t *one = json_array_get(records, at % count);
			const char *its = json_string_value(json_array_get(one, 0));
			if (its && strcmp(its, kind) == 0 && json_integer_value(json_array_get(one, 1)) == db_rows_int(rows, 1) &&
			    json_integer_value(json_array_get(one, 2)) == db_rows_int(rows, 2))
				named = one;
		}
		const void *body = db_rows_blob(rows, 3, &length);
		const char *want = json_string_value(json_array_get(named, 3));
		snprintf(what, sizeof what, "%s %lld", kind, (long long)db_rows_int(rows, 1));
		if (!want)
			r = wrong(w, e, what);
		else if (body) { /* purged ones are gone, their digest stays */
			digest_text(body, length, digest);
			if (strcmp(digest, want) != 0)
				r = wrong(w, e, what);
		}
		if (!r && w->follower) {
			struct chain_state state = {kind, db_rows_int(rows, 1), db_rows_int(rows, 2), db_rows_int(rows, 4), body, length};
			r = w->follower->state(w->follower->arg, &state, e);
		}
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

static enum err check_entry(struct walk *w, const struct db_rows *rows, struct error *e)
{
	const char *text = db_rows_text(rows, 1), *hash = db_rows_text(rows, 2);
	char digest[DIGEST_TEXT_SIZE];
	size_t length;
	const void *signature = db_rows_blob(rows, 3, &length);
	json_t *entry = NULL;
	int64_t before = w->seq, states = w->out->states;
	w->seq = db_rows_int(rows, 0);
	digest_text(text, strlen(text), digest);
	enum err r = OK;
	if (w->seq != before + 1)
		r = wrong(w, e, tr("前面缺少记录", "entries before it are missing"));
	else if (strcmp(digest, hash) != 0)
		r = wrong(w, e, tr("摘要不符", "its hash doesn't fit"));
	else if (!(entry = json_of_line(text)))
		r = wrong(w, e, "JSON");
	else if (strcmp(json_text(entry, "prev"), w->prev) != 0 || json_number(entry, "seq") != w->seq || strcmp(json_text(entry, "site"), w->site) != 0)
		r = wrong(w, e, tr("与前一条不相连", "it doesn't follow the one before"));
	else if (!signers_verify(&w->signers, hash, signature, length))
		r = wrong(w, e, tr("签名不符", "its signature doesn't fit"));
	if (!r && !(r = check_states(w, json_object_get(entry, "records"), e)) &&
	    w->out->states - states != (int64_t)json_array_size(json_object_get(entry, "records")))
		r = wrong(w, e, tr("缺少记录状态", "states are missing"));
	if (!r && w->follower)
		r = w->follower->entry(w->follower->arg, &(struct chain_entry){w->seq, hash, entry}, e);
	snprintf(w->prev, sizeof w->prev, "%s", hash);
	json_decref(entry);
	return r;
}

/* Page by page, so that workers aren't kept waiting and memory stays small. */
static enum err walk_on(struct walk *w, struct error *e)
{
	bool more = true;
	enum err r = signers_load_ever(w->hub, w->site, &w->signers, e);
	while (!r && more) {
		struct db_rows *rows = NULL;
		if ((r = db_query(w->hub->db, HUB_SQL_VERIFY_ENTRIES, &rows, e, "ti", w->site, w->seq)))
			break;
		for (more = false; !r && db_rows_next(rows); more = true, w->out->entries++)
			r = check_entry(w, rows, e);
		enum err end = db_rows_end(&rows, r ? NULL : e);
		r = r ? r : end;
		if (w->progress)
			w->progress(w->arg, w->out->entries);
	}
	signers_free(&w->signers);
	return r;
}

static enum err check_chain(struct walk *w, struct error *e)
{
	int64_t states = w->out->states, stored = 0;
	w->seq = 0;
	w->prev[0] = '\0';
	enum err r = walk_on(w, e);
	if (!r && !(r = db_int(w->hub->db, HUB_SQL_VERIFY_STATES_COUNT, 0, &stored, e, "t", w->site)) && stored < w->out->states - states)
		r = wrong(w, e, tr("记录状态数不符", "the number of states doesn't fit"));
	return r;
}

enum err hub_verify_behind(struct hub *hub, const char *site, int64_t seq, const char *hash, const struct chain_follower *follower,
                           struct error *e)
{
	struct hub_report report = {0};
	struct walk w = {.hub = hub, .out = &report, .site = site, .seq = seq, .follower = follower};
	snprintf(w.prev, sizeof w.prev, "%s", hash);
	return walk_on(&w, e);
}

/* No entry holds a key: its envelope proves itself. */
static enum err check_key(struct walk *w, const struct db_rows *rows, struct error *e)
{
	uint8_t key[DATA_KEY_SIZE];
	size_t length;
	char what[96];
	int64_t dk = db_rows_int(rows, 0);
	const void *cms = db_rows_blob(rows, 1, &length);
	bool opens = !cms || envelope_open(w->hub->encrypt_key, cms, length, w->site, dk, key, NULL) == OK;
	OPENSSL_cleanse(key, sizeof key);
	if (opens && !db_rows_int(rows, 2))
		return OK;
	snprintf(what, sizeof what, opens ? tr("数据密钥 %lld 被销毁，而内容还在", "data key %lld destroyed, and states are still there")
	                                  : tr("数据密钥 %lld 打不开", "data key %lld can't be opened"), (long long)dk);
	return wrong(w, e, what);
}

static enum err check_keys(struct walk *w, struct error *e)
{
	int64_t last = 0;
	bool more = true;
	enum err r = OK;
	while (!r && more) {
		struct db_rows *rows = NULL;
		if ((r = db_query(w->hub->db, HUB_SQL_VERIFY_KEYS, &rows, e, "ti", w->site, last)))
			return r;
		for (more = false; !r && db_rows_next(rows); more = true) {
			last = db_rows_int(rows, 0);
			r = check_key(w, rows, e);
		}
		enum err end = db_rows_end(&rows, r ? NULL : e);
		r = r ? r : end;
	}
	return r;
}

/* hub_file_get compares the digest; nobody wants the bytes. */
static enum err pass_by(void *arg, const void *data, size_t n, struct error *e)
{
	(void)arg, (void)data, (void)n, (void)e;
	return OK;
}

static enum err check_files(struct walk *w, struct error *e)
{
	char last[DIGEST_TEXT_SIZE] = "", what[128];
	bool more = true;
	enum err r = OK;
	while (!r && more) {
		struct db_rows *rows = NULL;
		if ((r = db_query(w->hub->db, HUB_SQL_VERIFY_FILES, &rows, e, "tt", w->site, last)))
			return r;
		for (more = false; !r && db_rows_next(rows); more = true, w->out->files++) {
			snprintf(last, sizeof last, "%s", db_rows_text(rows, 0));
			int64_t size = db_rows_int(rows, 1);
			r = hub_file_get(w->hub->files, (struct file_name){w->site, last}, (struct file_range){0, size, size}, pass_by, NULL, e);
			if (r == ERR_HUB_FILE_GONE || r == ERR_HUB_FILE_WRONG || r == ERR_FILE_READ) {
				snprintf(what, sizeof what, tr("文件 %s", "file %s"), last);
				r = wrong(w, e, what);
			}
		}
		enum err end = db_rows_end(&rows, r ? NULL : e);
		r = r ? r : end;
	}
	return r;
}

enum err hub_verify_all(struct hub *hub, struct hub_report *out, void (*progress)(void *arg, int64_t done), void *arg, struct error *e)
{
	json_t *sites = NULL, *row;
	size_t i;
	*out = (struct hub_report){0};
	enum err r = db_list(hub->db, HUB_SQL_VERIFY_SITES, &sites, e, "");
	if (r)
		return r;
	json_array_foreach(sites, i, row) {
		struct walk w = {.hub = hub, .out = out, .progress = progress, .arg = arg, .site = json_text(row, "code")};
		if ((r = check_chain(&w, e)) || (r = check_keys(&w, e)) || (r = check_files(&w, e)))
			break;
		out->sites++;
	}
	json_decref(sites);
	return r;
}
