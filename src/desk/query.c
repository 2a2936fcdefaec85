#include "desk/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/agentrow.h"
#include "desk/challenge.h"
#include "desk/invoicerow.h"
#include "desk/orderrow.h"
#include "rules/business.h"
#include "rules/check.h"
#include "rules/contact.h"
#include "rules/transition.h"

struct asked {
	int64_t id; /* the customer's */
	char name[256], kind[9], digest[DIGEST_TEXT_SIZE], subject[32];
	json_t *data;
};

static bool kind_known(struct desk *d, const char *kind)
{
	const struct code_table *table;
	if (strcmp(kind, "uscc") == 0)
		return true;
	return codes_table(d->codes, "id_kinds", &table, NULL) == OK && codes_find(table, kind);
}

/* The number as forms keep it. */
static enum err fold_number(struct desk *d, const char *kind, const char *number, char **out, struct error *e)
{
	const struct check *check = kind_known(d, kind) ? check_find(kind) : NULL;
	return check ? number_fold(d, check, number, out, e) : error_set(e, ERR_DESK_QUERY_KIND, "%s", kind);
}

static enum err load_customer(struct desk *d, const char *number, struct asked *a, struct error *e)
{
	struct rows *rows = NULL;
	size_t length;
	enum err r = store_query(d->store, SQL_QUERY_CUSTOMER, &rows, e, "tt", a->digest, a->kind);
	if (r)
		return r;
	if (rows_next(rows)) {
		const void *blob = rows_blob(rows, 3, &length);
		a->id = rows_int(rows, 0);
		text_copy(a->name, sizeof a->name, rows_text(rows, 2));
		r = datakey_open_json(d->store, rows_int(rows, 1), "customer.data", blob, length, &a->data, e);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	r = r ? r : end;
	return !r && !a->id ? error_set(e, ERR_DESK_NO_CUSTOMER, "%s", number) : r;
}

static enum err find(struct desk *d, const char *kind, const char *number, struct asked *a, struct error *e)
{
	char *folded = NULL;
	*a = (struct asked){0};
	enum err r = fold_number(d, kind, number, &folded, e);
	if (!r) {
		text_copy(a->kind, sizeof a->kind, strcmp(kind, "uscc") == 0 ? "unit" : "person");
		number_digest(d, folded, a->digest);
		r = load_customer(d, folded, a, e);
	}
	snprintf(a->subject, sizeof a->subject, "customer-%lld", (long long)a->id);
	free(folded);
	return r;
}

static enum err choose_phone(struct desk *d, const struct asked *a, int64_t agent, char *out, size_t size, struct error *e)
{
	if (agent)
		return strcmp(a->kind, "unit") == 0 ? agents_phone(d, a->id, agent, out, size, e) : error_set(e, ERR_DESK_AGENT, "%lld", (long long)agent);
	text_copy(out, size, contact_value(a->data, "mobile"));
	return *out ? OK : error_set(e, ERR_DESK_NO_CUSTOMER, "%s", a->name);
}

enum err query_send_to(struct desk *d, const char *kind, const char *number, int64_t agent, json_t **out, struct error *e)
{
	struct asked a = {0};
	char to[64] = "";
	*out = NULL;
	enum err r = desk_allow(d, MAY_QUERY, NULL, e);
	if (!r)
		r = find(d, kind, number, &a, e);
	if (!r)
		r = choose_phone(d, &a, agent, to, sizeof to, e);
	if (!r && !(r = store_begin(d->store, e))) {
		const struct challenge c = {a.subject, "query", a.digest, NOTIFY_SMS, to, "query-code", {{0}}, 0, CODE_MINUTES};
		if (!(r = challenge_send(d, &c, e)))
			r = store_commit_plain(d->store, e);
		store_rollback(d->store);
	}
	if (!r) {
		char *masked = text_mask(to);
		*out = json_pack("{ssss}", "customer", a.name, "sent_to", masked ? masked : "");
		desk_time(*out, "expires_at", desk_now(d) + CODE_MINUTES * 60);
		free(masked);
	}
	json_decref(a.data);
	return r;
}

/* The newest that was taken back, which a living order has beside its new one. */
static enum err add_red(struct desk *d, json_t *row, struct error *e)
{
	json_t *all = NULL, *each, *red = NULL;
	size_t i;
	enum err r = store_rows(d->store, SQL_INVOICE_OF_ORDER, &all, e, "i", json_number(row, "order_id"));
	json_array_foreach(all, i, each)
		if (!red && *json_text(each, "red_number")) {
			red = json_pack("{ss ss ss sb}", "number", json_text(each, "red_number"), "date", json_text(each, "red_date"), "of",
			                json_text(each, "number"), "pdf", json_number(each, "red_pdf") != 0);
			desk_time(red, "sent_at", json_number(each, "red_sent_at"));
		}
	json_object_set_new(row, "red_invoice", red ? red : json_null());
	json_decref(all);
	return r;
}

/* Where it is, and what there is to save: the PDF itself is invoice_pdf's. */
static enum err add_invoice(struct desk *d, json_t *row, struct error *e)
{
	json_t *invoice = NULL;
	enum err r = invoice_of_order(d, json_number(row, "order_id"), &invoice, e);
	if (!r)
		r = add_red(d, row, e);
	json_object_del(row, "order_id");
	json_object_set_new(row, "invoice", invoice ? invoice : json_null());
	return r;
}

static void dress_order(json_t *row)
{
	const char *channel = json_text(row, "pin_channel"), *status = json_text(row, "status");
	json_t *pin = *channel ? json_pack("{ssss}", "channel", channel, "state", json_text(row, "pin_state")) : json_null();
	if (*channel)
		desk_time(pin, "sent_at", json_number(row, "pin_sent_at"));
	json_object_set_new(row, "pin", pin);
	json_object_del(row, "pin_channel");
	json_object_del(row, "pin_state");
	json_object_del(row, "pin_sent_at");
	desk_time(row, "applied_at", json_number(row, "applied_at"));
	json_object_set_new(row, "status_title", json_string(status_title(status)));
	json_object_set_new(row, "business_title", json_string(business_title(json_text(row, "business"))));
	json_object_set_new(row, "unfinished", json_boolean(!status_ended(status)));
}

/* Found by name; whose a draft is says the number in it. */
static enum err drop_namesakes(struct desk *d, const struct asked *a, json_t *drafts, struct error *e)
{
	enum err r = OK;
	for (size_t i = json_array_size(drafts); !r && i-- > 0;) {
		struct order o = {0};
		char digest[DIGEST_TEXT_SIZE] = "";
		if (!(r = order_load(d, json_text(json_array_get(drafts, i), "order"), &o, e)))
			number_digest(d, customer_number(o.values), digest);
		else if (r == ERR_DESK_NO_ORDER) /* given up meanwhile */
			r = OK;
		if (strcmp(digest, a->digest) != 0)
			json_array_remove(drafts, i);
		order_free(&o);
	}
	return r;
}

static enum err show(struct desk *d, const struct asked *a, json_t **out, struct error *e)
{
	json_t *orders = NULL, *drafts = NULL, *row;
	size_t i;
	enum err r = store_rows(d->store, SQL_QUERY_ORDERS, &orders, e, "i", a->id);
	if (!r)
		r = store_rows(d->store, SQL_QUERY_DRAFTS, &drafts, e, "tt", a->name, a->kind);
	if (!r)
		r = drop_namesakes(d, a, drafts, e);
	json_array_foreach(orders, i, row) {
		dress_order(row);
		if (!r)
			r = add_invoice(d, row, e);
	}
	json_array_foreach(drafts, i, row) {
		desk_time(row, "touched_at", json_number(row, "touched_at"));
		json_object_set_new(row, "business_title", json_string(business_title(json_text(row, "business"))));
	}
	if (!r)
		*out = json_pack("{ss ss sO sO}", "customer", a->name, "kind", a->kind, "orders", orders, "drafts", drafts);
	json_decref(orders);
	json_decref(drafts);
	return r;
}

enum err query_code(struct desk *d, const char *kind, const char *number, const char *code, json_t **out, struct error *e)
{
	struct asked a = {0};
	int64_t challenge = 0;
	char evidence[DIGEST_TEXT_SIZE];
	*out = NULL;
	enum err r = desk_allow(d, MAY_QUERY, NULL, e);
	if (!r)
		r = find(d, kind, number, &a, e);
	if (!r && !(r = store_begin(d->store, e))) {
		if (!(r = challenge_check(d, a.subject, "query", a.digest, code, &challenge, evidence, e)) &&
		    !(r = challenge_use(d, challenge, e)))
			r = store_commit_plain(d->store, e);
		store_rollback(d->store);
	}
	if (!r)
		r = show(d, &a, out, e);
	json_decref(a.data);
	return r;
}

enum err query_look(struct desk *d, const char *kind, const char *number, const char *reason, json_t **out, struct error *e)
{
	struct asked a = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_QUERY_LOOK, NULL, e);
	if (!r && !reason_good(reason))
		r = error_set(e, ERR_DESK_REASON, "%s", permission_title(MAY_QUERY_LOOK));
	if (!r)
		r = find(d, kind, number, &a, e);
	if (!r && !(r = store_begin(d->store, e))) {
		json_t *facts = json_pack("{ss}", "reason", reason);
		r = desk_commit(d, MAY_QUERY_LOOK, NULL, a.subject, NULL, facts, e);
		json_decref(facts);
		store_rollback(d->store);
	}
	if (!r)
		r = show(d, &a, out, e);
	json_decref(a.data);
	return r;
}
