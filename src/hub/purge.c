#include "hub/purge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "hub/backups.h"
#include "hub/files.h"
#include "hub/remains.h"
#include "rules/retention.h"

enum { LEEWAY = 600 }; /* seconds that a site's clock may be ahead of ours, and its purge behind what was current when it began */

bool purge_is(const struct posted_entry *entry)
{
	return strcmp(json_text(entry->entry, "action"), "purge") == 0;
}

static const json_t *keys_of(const struct judging *j)
{
	return json_object_get(json_object_get(json_object_get(j->entry->entry, "facts"), "purge"), "keys");
}

enum { KEY_NAME = 24 };

static const char *key_name(char name[KEY_NAME], int64_t dk)
{
	snprintf(name, KEY_NAME, "%lld", (long long)dk);
	return name;
}

/* By number: a purge may name thousands. */
static json_t *key_set(const json_t *keys)
{
	const json_t *key;
	size_t i;
	json_t *set = json_object();
	json_array_foreach(keys, i, key) {
		char name[KEY_NAME];
		json_object_set_new(set, key_name(name, json_integer_value(key)), json_true());
	}
	return set;
}

static bool has_key(const json_t *set, int64_t dk)
{
	char name[KEY_NAME];
	return json_object_get(set, key_name(name, dk)) != NULL;
}

/* Until when each kind had to be kept, by the site's own table as headquarters has it: the newest version that has begun; and by number
 * what the entry lets go. */
struct limits {
	int64_t before[RETAINED_KINDS];
	json_t *keys;   /* {dk: true} of those that are named */
	json_t *used;   /* {dk: true} of those that a state is under */
	json_t *orders; /* {dk: enum retained} of those that guard an order: another site's, or one of its own */
};

static enum err load_table(struct judging *j, json_t **table, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	*table = json_array();
	enum err r = db_list(j->view.hub->db, HUB_SQL_PURGE_RETENTION, &rows, e, "t", j->view.site);
	json_array_foreach(rows, i, row) {
		json_t *state = NULL;
		if (!r && !(r = view_before(&j->view, "retention", json_number(row, "record"), &state, e)) && state)
			json_array_append(*table, state);
		json_decref(state);
	}
	json_decref(rows);
	return r;
}

/* The version of the table that was current then: when it began; -1: none had. */
static int64_t version_at(const json_t *table, int64_t when)
{
	int64_t newest = -1;
	const json_t *row;
	size_t i;
	json_array_foreach((json_t *)table, i, row) {
		int64_t from = json_number(row, "valid_from");
		newest = from <= when && from > newest ? from : newest;
	}
	return newest;
}

/* By the entry's own time, which is never before the site's clock: headquarters may hear of it much later. A site whose clock is ahead gains
 * some minutes at the most. Of a table that just changed, the version before it counts too. */
static enum err load_limits(struct judging *j, int64_t now, struct limits *out, struct error *e)
{
	json_t *table = NULL, *row;
	int64_t when = j->entry->time < now + LEEWAY ? j->entry->time : now + LEEWAY;
	size_t i;
	enum err r = load_table(j, &table, e);
	int64_t versions[] = {version_at(table, when), version_at(table, when - LEEWAY)};
	for (int k = 0; k < RETAINED_KINDS; k++)
		out->before[k] = INT64_MIN;
	for (size_t v = 0; v < sizeof versions / sizeof *versions; v++) {
		struct retention kept;
		retention_start(&kept);
		json_array_foreach(table, i, row)
			if (json_number(row, "valid_from") == versions[v])
				retention_take(&kept, json_text(row, "kind"), json_number(row, "years"));
		for (int k = 0; k < RETAINED_KINDS; k++) {
			int64_t before = retention_before(&kept, (enum retained)k, when);
			out->before[k] = before > out->before[k] ? before : out->before[k];
		}
	}
	json_decref(table);
	return r;
}

static bool ended(const json_t *certificate, int64_t before)
{
	const char *state = json_text(certificate, "state");
	int64_t end = json_number(certificate, "not_after"), at = json_number(certificate, "state_at");
	if ((strcmp(state, "revoked") == 0 || strcmp(state, "superseded") == 0) && at < end)
		end = at;
	return end < before;
}

static enum err load_used(struct judging *j, struct limits *l, struct error *e)
{
	enum err r = OK;
	l->keys = key_set(keys_of(j));
	l->used = json_object();
	l->orders = json_object();
	for (size_t i = 0; !r && i < j->entry->state_count; i++) {
		const struct posted_state *s = &j->entry->states[i];
		json_t *was = NULL;
		char name[KEY_NAME];
		json_object_set_new(l->used, key_name(name, s->dk), json_true());
		if (strcmp(s->kind, "orders") == 0 && !(r = view_before(&j->view, "orders", s->record, &was, e)))
			json_object_set_new(l->orders, name, json_integer(judge_own_number(j->view.site, json_text(was, "no")) ? RETAIN_ORDER : RETAIN_COPY));
		json_decref(was);
	}
	return r;
}

static void limits_free(struct limits *l)
{
	json_decref(l->keys);
	json_decref(l->used);
	json_decref(l->orders);
}

/* What else the entry lets go under this key: an order, or none. */
static enum retained kind_of_key(const struct limits *l, int64_t dk, enum retained none)
{
	char name[KEY_NAME];
	const json_t *kind = json_object_get(l->orders, key_name(name, dk));
	return kind ? (enum retained)json_integer_value(kind) : none;
}

static enum err judge_certificates(struct judging *j, int64_t dk, const struct limits *l, struct error *e)
{
	json_t *rows = NULL, *row;
	enum retained kind = kind_of_key(l, dk, RETAIN_ORDER);
	size_t i;
	enum err r = db_list(j->view.hub->db, HUB_SQL_PURGE_CERTIFICATES, &rows, e, "ti", j->view.site, dk);
	json_array_foreach(rows, i, row) {
		json_t *certificate = NULL;
		if (!r && !(r = view_before(&j->view, "certificate", json_number(row, "record"), &certificate, e)) && certificate &&
		    !ended(certificate, l->before[kind]))
			r = judge_refuse(j, REFUSAL_PURGE, "certificate %lld", (long long)json_number(row, "record"));
		json_decref(certificate);
	}
	json_decref(rows);
	return r;
}

/* What holds a person's data, and what was blank before may not be anything else now. */
static bool may_be_blank(const char *kind)
{
	static const char *const kinds[] = {"orders", "customer", "agent", "certificate", "document", "identity_check", "identity_refusal", "signature",
	                                    "signature_order", "order_subject", "handover", "pin_delivery", "invoice", "item",
	                                    "statement_entry", "statement_debit", "review_passed"};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i], kind) == 0)
			return true;
	return false;
}

/* An order is at its end; one that came from elsewhere has left again. */
static enum err judge_order_end(struct judging *j, int64_t record, const json_t *before, const struct limits *l, struct error *e)
{
	static const char *const ends[] = {"done", "rejected", "cancelled", "refunded", "handed-over", "mailed"};
	static const char *const times[] = {"created_at", "signed_at", "submitted_at", "decided_at", "issued_at", "done_at"};
	char custodian[SITE_CODE_SIZE], home[SITE_CODE_SIZE];
	const char *no = json_text(before, "no");
	bool end = false, own = judge_own_number(j->view.site, no);
	enum err r = judge_custodian(j->view.hub, no, custodian, home, e);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		end |= strcmp(json_text(before, "status"), ends[i]) == 0;
	bool here = *custodian ? strcmp(custodian, j->view.site) == 0 : own;
	bool right = own ? here && end : !here;
	int64_t limit = l->before[own ? RETAIN_ORDER : RETAIN_COPY];
	for (size_t i = 0; right && i < sizeof times / sizeof *times; i++)
		right = json_number(before, times[i]) < limit;
	return r || right ? r : judge_refuse(j, REFUSAL_PURGE, "%s %lld", no, (long long)record);
}

/* Payments for orders that stay. */
static enum err load_living(struct judging *j, const struct limits *l, json_t **living, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	char name[24];
	enum err r = db_list(j->view.hub->db, HUB_SQL_PURGE_ALLOCATIONS, &rows, e, "t", j->view.site);
	*living = json_object();
	json_array_foreach(rows, i, row) {
		json_t *part = NULL;
		if (r || has_key(l->keys, json_number(row, "dk")) || (r = view_before(&j->view, "payment_order", json_number(row, "record"), &part, e)))
			continue;
		snprintf(name, sizeof name, "%lld", (long long)json_number(part, "payment_id"));
		json_object_set_new(*living, name, json_true());
		json_decref(part);
	}
	json_decref(rows);
	return r;
}

/* A bank statement's line: kept long enough since it came, and what it paid for is gone. */
static enum err judge_line(struct judging *j, const json_t *was, const struct limits *l, json_t **living, struct error *e)
{
	json_t *statement = NULL, *refund = NULL, *order = NULL;
	char payment[24];
	snprintf(payment, sizeof payment, "%lld", (long long)json_number(was, "payment_id"));
	enum err r = view_before(&j->view, "statement", json_number(was, "statement_id"), &statement, e);
	bool right = statement && json_number(statement, "dk") == json_number(was, "dk") && json_number(statement, "imported_at") < l->before[RETAIN_STATEMENT];
	if (!r && right && json_number(was, "payment_id") && (*living || !(r = load_living(j, l, living, e))))
		right = !json_object_get(*living, payment);
	if (!r && right && json_number(was, "refund_id") && !(r = view_before(&j->view, "refund", json_number(was, "refund_id"), &refund, e)) &&
	    !(r = view_before(&j->view, "orders", json_number(refund, "order_id"), &order, e)))
		right = !order || has_key(l->keys, json_number(order, "dk"));
	json_decref(order);
	json_decref(refund);
	json_decref(statement);
	return r || right ? r : judge_refuse(j, REFUSAL_PURGE, "statement %lld", (long long)json_number(was, "statement_id"));
}

/* One who came with an order goes with it. */
static enum err judge_customer(struct judging *j, const struct posted_state *s, const json_t *was, const struct limits *l)
{
	enum retained kind = kind_of_key(l, s->dk, RETAIN_CUSTOMER);
	return kind != RETAIN_CUSTOMER || json_number(was, "updated_at") < l->before[kind] ? OK
		: judge_refuse(j, REFUSAL_PURGE, "customer %lld", (long long)s->record);
}

static enum err judge_state(struct judging *j, size_t at, const struct limits *l, json_t **living, struct error *e)
{
	const struct posted_state *s = &j->entry->states[at];
	json_t *was = NULL;
	int64_t gone = 0;
	if (!may_be_blank(s->kind) || !has_key(l->keys, s->dk))
		return judge_refuse(j, REFUSAL_PURGE, "%s %lld", s->kind, (long long)s->record);
	enum err r = db_int(j->view.hub->db, HUB_SQL_PURGE_KEY_GONE, 0, &gone, e, "ti", j->view.site, s->dk);
	if (r || gone)
		return r;
	r = view_before(&j->view, s->kind, s->record, &was, e);
	if (!r && (!was || json_number(was, "dk") != s->dk || (!s->purged && !j->view.opened[at])))
		r = judge_refuse(j, REFUSAL_PURGE, "%s %lld", s->kind, (long long)s->record);
	else if (!r && strcmp(s->kind, "orders") == 0)
		r = judge_order_end(j, s->record, was, l, e);
	else if (!r && strcmp(s->kind, "customer") == 0)
		r = judge_customer(j, s, was, l);
	else if (!r && strcmp(s->kind, "identity_refusal") == 0 && json_number(was, "checked_at") >= l->before[RETAIN_IDENTITY])
		r = judge_refuse(j, REFUSAL_PURGE, "%s %lld", s->kind, (long long)s->record);
	else if (!r && strncmp(s->kind, "statement_", 10) == 0)
		r = judge_line(j, was, l, living, e);
	json_decref(was);
	return r;
}

enum err purge_judge(struct judging *j, struct error *e)
{
	const json_t *keys = keys_of(j), *key;
	json_t *living = NULL;
	struct limits limits = {0};
	size_t i;
	enum err r = load_limits(j, hub_now(j->view.hub), &limits, e);
	if (!r)
		r = load_used(j, &limits, e);
	if (!r && !json_array_size(keys))
		r = judge_refuse(j, REFUSAL_PURGE, "keys");
	for (i = 0; !r && !*j->why && i < j->entry->state_count; i++)
		r = judge_state(j, i, &limits, &living, e);
	json_decref(living);
	json_array_foreach(keys, i, key) {
		if (r || *j->why)
			break;
		if (!has_key(limits.used, json_integer_value(key))) /* by a record that is blank now: no key goes that guards other things */
			r = judge_refuse(j, REFUSAL_PURGE, "key %lld", (long long)json_integer_value(key));
		if (!r && !*j->why)
			r = judge_certificates(j, json_integer_value(key), &limits, e);
	}
	limits_free(&limits);
	return r;
}

static enum err forget_order(struct judging *j, int64_t record, struct error *e)
{
	struct db *db = j->view.hub->db;
	char no[64];
	enum err r = view_order_no(&j->view, record, no, e);
	if (r || !*no)
		return r;
	if (!judge_own_number(j->view.site, no))
		return db_run(db, HUB_SQL_PURGE_FEED_OF, NULL, e, "tt", no, j->view.site);
	if (!(r = db_run(db, HUB_SQL_PURGE_FEED, NULL, e, "t", no)))
		r = db_run(db, HUB_SQL_PURGE_CUSTODY_FILES, NULL, e, "t", no);
	return r;
}

static enum err forget_file(struct judging *j, const char *digest, json_t *files, struct error *e)
{
	if (!posted_digest(digest))
		return OK;
	json_array_append_new(files, json_pack("{ss ss}", "site", j->view.site, "digest", digest));
	return db_run(j->view.hub->db, HUB_SQL_PURGE_FILE, NULL, e, "tt", j->view.site, digest);
}

/* Red invoices have no data of their own, so that no state says that they are gone: their PDFs are found by the key. */
static enum err forget_reds(struct judging *j, int64_t dk, json_t *files, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	enum err r = db_list(j->view.hub->db, HUB_SQL_PURGE_REDS, &rows, e, "ti", j->view.site, dk);
	json_array_foreach(rows, i, row) {
		json_t *red = NULL;
		if (!r && !(r = view_before(&j->view, "invoice_red", json_number(row, "record"), &red, e)) && red)
			r = forget_file(j, json_text(red, "digest"), files, e);
		json_decref(red);
	}
	json_decref(rows);
	return r;
}

static enum err forget_certificate(struct db *db, const char *serial, struct error *e)
{
	enum err r = db_run(db, HUB_SQL_PURGE_CERTIFICATE, NULL, e, "t", serial);
	return r ? r : db_run(db, HUB_SQL_PURGE_HOLDER, NULL, e, "t", serial);
}

enum err purge_note(struct judging *j, json_t *files, struct error *e)
{
	struct db *db = j->view.hub->db;
	const json_t *key;
	size_t i;
	enum err r = OK;
	for (i = 0; !r && i < j->entry->state_count; i++) {
		const struct posted_state *s = &j->entry->states[i];
		if (strcmp(s->kind, "orders") == 0)
			r = forget_order(j, s->record, e);
		else if (strcmp(s->kind, "document") == 0 || strcmp(s->kind, "invoice") == 0)
			r = forget_file(j, json_text(j->view.opened[i], "digest"), files, e);
		else if (strcmp(s->kind, "certificate") == 0)
			r = forget_certificate(db, json_text(j->view.opened[i], "serial"), e);
	}
	if (!r)
		r = backups_purged(j->view.hub, e);
	json_array_foreach(keys_of(j), i, key) {
		if (!r)
			r = forget_reds(j, json_integer_value(key), files, e);
		if (!r)
			r = remains_keep(j->view.hub, j->view.ring, json_integer_value(key), j->entry->seq, e);
		if (!r)
			r = db_run(db, HUB_SQL_PURGE_KEY, NULL, e, "ti", j->view.site, (int64_t)json_integer_value(key));
		if (!r)
			r = db_run(db, HUB_SQL_PURGE_BODIES, NULL, e, "ti", j->view.site, (int64_t)json_integer_value(key));
	}
	return r;
}

void purge_remove(struct hub *hub, const json_t *files)
{
	const json_t *file;
	size_t i;
	json_array_foreach(files, i, file) {
		const char *site = json_text(file, "site"), *digest = json_text(file, "digest");
		struct error why = {0};
		if (hub_file_remove(hub->files, (struct file_name){site, digest}, &why)) /* a store that is away: somebody has to do it */
			hub_alarm(hub, site, "purge", digest, NULL);
	}
	if (json_array_size(files))
		db_settle(hub->db);
}
