/* POST and GET /v1/journal, GET /v1/head. */
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "base/text.h"
#include "hub/authority.h"
#include "hub/giving.h"
#include "hub/feed.h"
#include "hub/h_data.h"
#include "hub/judge.h"
#include "hub/log.h"
#include "hub/newer.h"
#include "hub/posted.h"
#include "hub/proof.h"
#include "hub/purge.h"
#include "hub/restore.h"
#include "sync/envelope.h"

enum err h_head(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	struct posted_chain head;
	bool known = false;
	int64_t feed = request_number(q, "feed", 0);
	enum err r = feed_had(hub, q->site, feed, &known, e);
	if (!r && !known)
		return reply_say(p, 503, SAY_OLDER, NULL);
	if (!r)
		r = feed_begun(hub, q->site, feed, e);
	if (!r)
		r = proof_head(hub, q->site, &head, e);
	return r ? r : reply_json(p, json_pack("{sI ss sI sI sb}", "seq", (json_int_t)head.seq, "hash", head.hash, "epoch", (json_int_t)head.epoch,
	                                       "time", (json_int_t)hub_now(hub), "raw", 1));
}

/* --- taking -------------------------------------------------------------------------------------------------------- */

struct taking {
	struct hub *hub;
	struct request *q;
	struct posted *posted;
	struct posted_chain chain;
	struct proof proof;
	json_t *known; /* what view reads once */
	json_t *refused, *missing, *purged; /* purged: files that go when that is committed */
	bool list; /* the revocation list changes */
	/* why nothing of the body is taken; SAY_*, NULL: all is well */
	const char *say;
	int64_t at; /* the entry, or the one that is expected */
	char why[POSTED_WHY];
};

static enum err take_keys(struct taking *t, struct error *e)
{
	enum err r = OK;
	for (size_t i = 0; !r && i < t->posted->key_count; i++) {
		const struct posted_key *k = &t->posted->keys[i];
		char detail[32];
		if (t->proof.keys[i].fresh)
			r = keyring_store(&t->proof.ring, k->dk, k->cms.data, k->cms.length, e);
		snprintf(detail, sizeof detail, "%lld", (long long)k->dk);
		if (!t->proof.keys[i].good) /* what needs it is refused, one by one */
			r = hub_alarm_once(t->hub, t->q->site, "key", detail, HUB_ALARMS_A_DAY, e);
	}
	return r;
}

static void stop(struct taking *t, const char *say, int64_t at, const char *why)
{
	t->say = say;
	t->at = at;
	text_copy(t->why, sizeof t->why, why);
}

/* Had before: the same again, or another history. */
static enum err compare_known(struct taking *t, const struct posted_entry *p, struct error *e)
{
	struct db_rows *rows = NULL;
	enum err r = db_query(t->hub->db, HUB_SQL_ENTRY_GET, &rows, e, "ti", t->q->site, p->seq);
	if (r)
		return r;
	if (!db_rows_next(rows) || strcmp(db_rows_text(rows, 0), p->hash) != 0)
		stop(t, SAY_FORK, p->seq, "");
	else if (*db_rows_text(rows, 1))
		json_array_append_new(t->refused, json_pack("{sIss}", "seq", (json_int_t)p->seq, "why", db_rows_text(rows, 1)));
	return db_rows_end(&rows, e);
}

/* The next version of its record, and no other: nothing is left out, nothing is written over. */
static enum err store_state(struct taking *t, const struct posted_entry *p, const struct posted_state *s, int64_t *stored, struct error *e)
{
	struct db *db = t->hub->db;
	const void *body = s->purged ? NULL : s->body.data;
	if (s->version == 1)
		return db_run_later(db, HUB_SQL_STATE_FIRST, stored, e, "ttiiib", t->q->site, s->kind, s->record, p->seq, s->dk, body, s->body.length);
	return db_run_later(db, HUB_SQL_STATE_NEXT, stored, e, "ttiiiib", t->q->site, s->kind, s->record, s->version, p->seq, s->dk, body, s->body.length);
}

static enum err store_entry(struct taking *t, const struct posted_entry *p, const char *why, struct error *e)
{
	int64_t *stored = calloc(p->state_count + 1, sizeof *stored);
	enum err r = stored ? OK : error_set(e, ERR_MEMORY, "states");
	if (!r)
		r = db_run_later(t->hub->db, HUB_SQL_ENTRY_INSERT, NULL, e, "tiittbiit", t->q->site, p->seq, p->epoch, p->text, p->hash,
		                 (const void *)p->signature.data, p->signature.length, p->time, hub_now(t->hub), why);
	for (size_t i = 0; !r && i < p->state_count; i++)
		r = store_state(t, p, &p->states[i], &stored[i], e);
	enum err waited = db_await(t->hub->db, r ? NULL : e); /* in any case: it writes to `stored` */
	r = r ? r : waited;
	for (size_t i = 0; !r && !t->say && i < p->state_count; i++)
		if (!stored[i])
			stop(t, SAY_BROKEN, p->seq, "version");
	free(stored);
	return r;
}

static enum err tell_refused(struct taking *t, const struct judging *j, bool custody, struct error *e)
{
	char detail[REFUSAL_SIZE + 32];
	snprintf(detail, sizeof detail, "%lld %s", (long long)j->entry->seq, j->why);
	json_array_append_new(t->refused, json_pack("{sIss}", "seq", (json_int_t)j->entry->seq, "why", j->why));
	enum err r = hub_alarm_once(t->hub, t->q->site, "refused", detail, HUB_ALARMS_A_DAY, e);
	return r ? r : feed_add(t->hub, t->q->site, custody ? "refused" : "entry-refused", "",
	                        json_pack("{sI ss ss}", "seq", (json_int_t)j->entry->seq, "order", j->order, "why", j->why), e);
}

/* What headquarters gave and the site can't carry out. */
static enum err note_untaken(struct taking *t, const struct posted_entry *p, struct error *e)
{
	char detail[REFUSAL_SIZE + 64], why[REFUSAL_SIZE];
	if (strcmp(json_text(p->entry, "action"), "sync.untaken") != 0)
		return OK;
	text_printable(why, sizeof why, json_text(json_object_get(p->entry, "facts"), "why"));
	snprintf(detail, sizeof detail, "%.60s: %s", json_text(p->entry, "subject"), why);
	return hub_alarm_once(t->hub, t->q->site, "untaken", detail, HUB_ALARMS_A_DAY, e);
}

static enum err note_epoch(struct taking *t, int64_t before, const struct posted_entry *p, struct error *e)
{
	char detail[64];
	if (p->seq == 1 || p->epoch == before)
		return OK;
	snprintf(detail, sizeof detail, "%lld > %lld: %lld", (long long)before, (long long)p->epoch, (long long)p->seq);
	return hub_alarm_once(t->hub, t->q->site, "epoch", detail, HUB_ALARMS_A_DAY, e);
}

static enum err file_missing(struct taking *t, const char *digest, bool *missing, struct error *e)
{
	struct db_rows *rows = NULL;
	*missing = false;
	if (json_object_get(t->posted->gone, digest))
		return OK;
	enum err r = db_query(t->hub->db, HUB_SQL_FILE_GET, &rows, e, "tt", t->q->site, digest);
	if (r)
		return r;
	*missing = !db_rows_next(rows) || !db_rows_int(rows, 2);
	return db_rows_end(&rows, e);
}

/* Files come before the entries that name them. */
static enum err files_are_there(struct taking *t, const struct posted_entry *p, struct error *e)
{
	const json_t *file;
	size_t i;
	enum err r = OK;
	json_array_foreach(json_object_get(p->entry, "files"), i, file) {
		bool missing = false;
		if (r || !json_is_string(file) || !posted_digest(json_string_value(file)) || (r = file_missing(t, json_string_value(file), &missing, e)) || !missing)
			continue;
		if (!t->missing)
			t->missing = json_array();
		json_array_append_new(t->missing, json_string(json_string_value(file)));
	}
	if (t->missing)
		stop(t, SAY_FILES, p->seq, "");
	return r;
}

/* After a restore the other site's half of a hand-over may come later than this one's. */
static enum err waits(struct taking *t, const struct judging *j, struct error *e)
{
	static const char *const halves[] = {"NUMBER", "CUSTODY", "NOT_GIVEN", "DECISION"};
	bool lately = false, half = false;
	for (size_t i = 0; i < sizeof halves / sizeof *halves; i++)
		half |= strncmp(j->why, halves[i], strlen(halves[i])) == 0;
	enum err r = half ? hub_restored_lately(t->hub, &lately, e) : OK;
	if (!r && lately)
		stop(t, SAY_FAULT, j->entry->seq, j->why);
	return r;
}

static enum err purged(struct taking *t, struct judging *j, struct error *e)
{
	enum err r = purge_note(j, t->purged, e);
	proof_forget(&t->proof);
	json_object_clear(t->known);
	return r;
}

static enum err accepted(struct taking *t, struct judging *j, const struct giving *g, struct error *e)
{
	enum err r = view_accepted(&j->view, e);
	if (!r && !(r = judge_note(j, e)) && !(r = note_untaken(t, j->entry, e)) && !(r = authority_follow(j, &t->list, e)))
		r = giving_note_take(j, e);
	return r || !g->any ? r : giving_note(j, g, e);
}

/* What it was judged to be is known. */
static enum err store_judged(struct taking *t, struct judging *j, const struct giving *g, struct error *e)
{
	const struct posted_entry *p = j->entry;
	enum err r = waits(t, j, e);
	if (r || t->say || (r = store_entry(t, p, j->why, e)) || t->say)
		return r;
	if (*j->why)
		return tell_refused(t, j, json_object_get(json_object_get(p->entry, "facts"), "custody") != NULL, e);
	return purge_is(p) ? purged(t, j, e) : accepted(t, j, g, e);
}

static enum err judge_and_store(struct taking *t, size_t at, struct error *e)
{
	const struct posted_entry *p = &t->posted->entries[at];
	const struct opened *opened = NULL;
	struct judging j = {.entry = p, .gone = t->posted->gone};
	struct giving g = {0};
	enum err r = proof_opened(&t->proof, at, &opened, e);
	if (!r) {
		view_begin(&j.view, t->hub, t->q->site, &t->proof.ring, p, opened);
		j.view.known = t->known;
		r = judge_entry(&j, e);
	}
	if (!r)
		r = giving_judge(&j, &g, e);
	if (r == ERR_HUB_PARTS)
		r = judge_refuse(&j, REFUSAL_PART, "%s", e->detail);
	if (!r && !*j.why && g.missing) {
		stop(t, SAY_FILES, p->seq, "");
		t->missing = json_incref(g.missing);
	} else if (!r)
		r = store_judged(t, &j, &g, e);
	giving_free(&g);
	judging_end(&j);
	if (proof_drop(&t->proof, at))
		json_object_clear(t->known);
	return r;
}

static enum err take_entry(struct taking *t, size_t at, struct error *e)
{
	struct posted_entry *p = &t->posted->entries[at];
	int64_t epoch = t->chain.epoch;
	if (p->seq <= t->chain.seq)
		return compare_known(t, p, e);
	if (p->seq > t->chain.seq + 1) {
		stop(t, SAY_GAP, t->chain.seq + 1, "");
		return OK;
	}
	char why[POSTED_WHY];
	if (!posted_follows(p, &t->chain, why)) {
		stop(t, SAY_BROKEN, p->seq, why);
		return OK;
	}
	if (!proof_signed(&t->proof, at)) {
		stop(t, SAY_BROKEN, p->seq, "signature");
		return OK;
	}
	const char *unknown = newer_unknown(p);
	if (unknown) {
		snprintf(why, sizeof why, "%.40s: %.64s", json_text(p->entry, "program"), unknown);
		stop(t, SAY_NEWER, p->seq, why);
		return OK;
	}
	enum err r = files_are_there(t, p, e);
	if (!r && !t->say)
		r = note_epoch(t, epoch, p, e);
	return r || t->say ? r : judge_and_store(t, at, e);
}

static enum err take_all(struct taking *t, struct error *e)
{
	enum err r = proof_make(&t->proof, t->hub, t->q->site, t->posted, e);
	if (!r)
		r = db_begin_together(t->hub->db, e);
	if (!r)
		r = db_lock(t->hub->db, "site", t->q->site, e);
	if (!r)
		r = proof_head(t->hub, t->q->site, &t->chain, e);
	if (!r && !(r = proof_hold(&t->proof, &t->chain, e)) && t->posted->entry_count)
		r = take_keys(t, e);
	for (size_t i = 0; !r && !t->say && i < t->posted->entry_count; i++)
		r = take_entry(t, i, e);
	bool waiting = t->say && (strcmp(t->say, SAY_FAULT) == 0 || strcmp(t->say, SAY_NEWER) == 0); /* what stands before it is taken: the other half may wait for that */
	if (!r && (!t->say || waiting))
		r = db_commit(t->hub->db, e);
	if (!r && (!t->say || waiting))
		purge_remove(t->hub, t->purged);
	db_rollback(t->hub->db);
	return r;
}

/* --- answering ----------------------------------------------------------------------------------------------------- */

static enum err say_why(struct taking *t, struct reply *p, struct error *e)
{
	char detail[POSTED_WHY + 32];
	json_int_t at = (json_int_t)t->at;
	enum err r = OK;
	if (strcmp(t->say, SAY_GAP) == 0)
		return reply_say(p, 409, SAY_GAP, json_pack("{sI}", "expected", at));
	if (strcmp(t->say, SAY_FILES) == 0)
		return reply_say(p, 409, SAY_FILES, json_pack("{sO}", "missing", t->missing));
	snprintf(detail, sizeof detail, "%lld %s", (long long)t->at, t->why);
	if (strcmp(t->say, SAY_FAULT) == 0) {
		r = hub_alarm_once(t->hub, t->q->site, "waits", detail, HUB_ALARMS_A_DAY, e);
		return r ? r : reply_say(p, 503, SAY_FAULT, NULL);
	}
	if ((r = hub_alarm_once(t->hub, t->q->site, t->say, detail, HUB_ALARMS_A_DAY, e)))
		return r;
	if (strcmp(t->say, SAY_FORK) == 0)
		return reply_say(p, 409, SAY_FORK, json_pack("{sI}", "seq", at));
	if (strcmp(t->say, SAY_NEWER) == 0)
		return reply_say(p, 409, SAY_NEWER, json_pack("{sI ss}", "seq", at, "why", t->why));
	return reply_say(p, 422, SAY_BROKEN, json_pack("{sI ss}", "seq", at, "why", t->why));
}

static enum err acknowledge(struct taking *t, struct reply *p, struct error *e)
{
	struct bytes text = {0}, signature = {0}, coded = {0};
	enum err r = bytes_format(&text, "%s %lld %s", t->q->site, (long long)t->chain.seq, t->chain.hash);
	if (!r)
		r = hub_sign(t->hub, (char *)text.data, text.length, &signature, e);
	if (!r)
		r = base64_encode(signature.data, signature.length, &coded);
	if (!r)
		r = reply_json(p, json_pack("{sI ss ss sO}", "seq", (json_int_t)t->chain.seq, "hash", t->chain.hash, "signature", (char *)coded.data,
		                            "refused", t->refused));
	bytes_free(&text);
	bytes_free(&signature);
	bytes_free(&coded);
	return r;
}

/* What was taken stands; where the list can't be made now, the next minute tries again. */
static void list_now(struct hub *hub)
{
	struct error why = {0};
	if (authority_crl(hub, NULL, &why))
		hub_log("%s", hub_log_error(&why));
}

enum err h_journal_post(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	struct bytes body = {0};
	struct posted posted = {0};
	struct taking t = {.hub = hub, .q = q, .posted = &posted};
	if (!request_body(q, JOURNAL_BODY_MOST, &body, p))
		return OK;
	enum err r = posted_read(&body, &posted, e);
	if (r == ERR_JSON)
		r = reply_say(p, 400, SAY_REQUEST, NULL);
	else if (!r) {
		t.refused = json_array();
		t.purged = json_array();
		t.known = json_object();
		if (!(r = take_all(&t, e)) && t.list && !t.say)
			list_now(hub);
		if (!r)
			r = t.say ? say_why(&t, p, e) : acknowledge(&t, p, e);
	}
	json_decref(t.refused);
	json_decref(t.missing);
	json_decref(t.purged);
	json_decref(t.known);
	proof_free(&t.proof);
	posted_free(&posted);
	return r;
}

/* --- giving back ----------------------------------------------------------------------------------------------------- */

static enum err states_back(struct hub *hub, const char *site, int64_t seq, json_t *states, size_t *bytes, struct error *e)
{
	struct db_rows *rows = NULL;
	enum err r = db_query(hub->db, HUB_SQL_STATE_OF_ENTRY, &rows, e, "ti", site, seq);
	while (!r && db_rows_next(rows)) {
		size_t length = 0;
		const void *body = db_rows_blob(rows, 4, &length);
		json_t *state = json_pack("{ss sI sI sI}", "kind", db_rows_text(rows, 0), "record", (json_int_t)db_rows_int(rows, 1), "version",
		                          (json_int_t)db_rows_int(rows, 2), "dk", (json_int_t)db_rows_int(rows, 3));
		if (body)
			r = json_set_base64(state, "body", body, length, e);
		else
			json_object_set_new(state, "body", json_null());
		*bytes += length * 4 / 3 + 100;
		json_array_append_new(states, state);
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

/* As posted. A page ends at its size too: *last is the newest in it. */
static enum err entries_back(struct hub *hub, const char *site, int64_t after, json_t *entries, int64_t *last, bool *more, struct error *e)
{
	struct db_rows *rows = NULL;
	size_t bytes = 0, length = 0;
	*more = false;
	*last = after;
	enum err r = db_query(hub->db, HUB_SQL_ENTRY_AFTER, &rows, e, "tii", site, after, (int64_t)PAGE_ENTRIES + 1);
	while (!r && db_rows_next(rows)) {
		if (json_array_size(entries) == PAGE_ENTRIES || bytes > JOURNAL_BODY_MOST / 2) {
			*more = true;
			break;
		}
		const void *signature = db_rows_blob(rows, 3, &length);
		json_t *entry = json_pack("{sI ss ss s[]}", "seq", (json_int_t)db_rows_int(rows, 0), "entry", db_rows_text(rows, 1), "hash",
		                          db_rows_text(rows, 2), "states");
		bytes += strlen(db_rows_text(rows, 1)) + 300;
		*last = db_rows_int(rows, 0);
		r = json_set_base64(entry, "signature", signature, length, e);
		if (!r)
			r = states_back(hub, site, *last, json_object_get(entry, "states"), &bytes, e);
		json_array_append_new(entries, entry);
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

static enum err one_key_back(struct keyring *ring, const unsigned char *to, size_t to_length, int64_t dk, json_t *keys, struct error *e)
{
	const uint8_t *key = NULL;
	struct bytes cms = {0};
	json_t *row = json_pack("{sI}", "dk", (json_int_t)dk);
	enum err r = keyring_get(ring, dk, &key, e);
	if (!r && key && !(r = envelope_seal(to, to_length, ring->site, dk, key, &cms, e)) && !(r = json_set_base64(row, "cms", cms.data, cms.length, e)))
		json_array_append(keys, row);
	json_decref(row);
	bytes_free(&cms);
	return r;
}

/* The data keys of these entries, for the site's own certificate. */
static enum err keys_back(struct hub *hub, const char *site, int64_t after, int64_t last, json_t *keys, struct error *e)
{
	struct keyring ring = {.hub = hub, .site = site};
	X509 *certificate = NULL;
	unsigned char *der = NULL;
	json_t *rows = NULL, *row;
	size_t i;
	enum err r = hub_certificate(hub, site, "encrypt", &certificate, e);
	int n = r ? -1 : i2d_X509(certificate, &der);
	if (!r && n <= 0)
		r = error_set(e, ERR_CRYPTO, "certificate");
	if (!r)
		r = db_list(hub->db, HUB_SQL_DATA_KEY_OF_ENTRIES, &rows, e, "tii", site, after, last);
	json_array_foreach(rows, i, row)
		if (!r)
			r = one_key_back(&ring, der, (size_t)n, json_number(row, "dk"), keys, e);
	json_decref(rows);
	keyring_free(&ring);
	OPENSSL_free(der);
	X509_free(certificate);
	return r;
}

enum err h_journal_get(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	int64_t after = request_number(q, "after", 0), last = 0;
	json_t *entries = json_array(), *keys = json_array();
	bool more = false;
	enum err r = OK;
	if (after < 0)
		r = reply_say(p, 400, SAY_REQUEST, NULL);
	else if (!(r = entries_back(hub, q->site, after, entries, &last, &more, e)) && !(r = keys_back(hub, q->site, after, last, keys, e)))
		r = reply_json(p, json_pack("{sO sO sb}", "entries", entries, "keys", keys, "more", more));
	json_decref(entries);
	json_decref(keys);
	return r;
}
