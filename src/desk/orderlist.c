/* Lists, counts, history, and the end of an order that isn't wanted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/attach.h"
#include "desk/duedate.h"
#include "desk/refundrow.h"
#include "rules/business.h"
#include "rules/codeword.h"
#include "rules/transition.h"

enum { LIST_PRESET = 50, LIST_MOST = 1000 };

static void finish_rows(const struct desk *d, json_t *rows)
{
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row) {
		json_object_set_new(row, "status_title", json_string(status_title(json_text(row, "status"))));
		json_object_set_new(row, "business_title", json_string(business_title(json_text(row, "business"))));
		json_object_set_new(row, "waiting", json_boolean(order_waits(d, json_text(row, "status"), json_number(row, "waiting"))));
		desk_time(row, "created_at", json_number(row, "created_at"));
		duedate_show(d, row);
	}
}

static enum err append(enum err r, json_t *out, json_t **rows)
{
	if (!r)
		json_array_extend(out, *rows);
	json_decref(*rows);
	*rows = NULL;
	return r;
}

/* As people read an order's number out: 00015 of today, 261122-00015 of another day. False where it's nothing of the kind. */
static bool order_tail(struct desk *d, const char *text, char no[ORDER_NO_SIZE])
{
	enum { DATE = 6, MOST = 7 };
	const char *count = text[strspn(text, "0123456789")] == '-' && strspn(text, "0123456789") == DATE ? text + DATE + 1 : text;
	size_t length = strspn(count, "0123456789");
	char digits[ORDER_NO_SIZE], day[11];
	if (length == 0 || length > MOST || count[length])
		return false;
	desk_site_digits(d, digits);
	if (count > text)
		return snprintf(no, ORDER_NO_SIZE, "%.16s-%s", digits, text) < ORDER_NO_SIZE;
	desk_business_date(d, day);
	return snprintf(no, ORDER_NO_SIZE, "%.16s-%.2s%.2s%.2s-%05d", digits, day + 2, day + 5, day + 8, atoi(text)) < ORDER_NO_SIZE;
}

/* By text: an order number or its end, a key's serial, a customer's number, or a part of a name. Drafts are paged with none of the orders'
 * numbers: all of them stand on the first page, before its orders. */
static enum err list_text(struct desk *d, const char *text, int64_t before, int64_t limit, json_t *out, struct error *e)
{
	json_t *rows = NULL;
	char digest[DIGEST_TEXT_SIZE], no[ORDER_NO_SIZE], *query = NULL;
	char *clean = text_nfc(text);
	if (!clean)
		return error_set(e, ERR_DESK_FILTER, "%s", tr("不是 UTF-8 文本", "not UTF-8 text"));
	text_trim(clean);
	number_digest(d, clean, digest);
	bool first = before == INT64_MAX;
	enum err r = store_rows(d->store, SQL_LIST_BY_NUMBER, &rows, e, "ttii", clean, digest, before, limit);
	bool found = !r && json_array_size(rows) > 0;
	r = append(r, out, &rows);
	if (!r && !found && order_tail(d, clean, no)) {
		r = append(store_rows(d->store, SQL_LIST_BY_NUMBER, &rows, e, "ttii", no, "", before, limit), out, &rows);
		if (!r && first)
			r = append(store_rows(d->store, SQL_LIST_DRAFTS_BY_TEXT, &rows, e, "ti", no, limit), out, &rows);
		found = !r && json_array_size(out) > 0;
	}
	if (!r && !found && *clean && (query = name_index_query(clean))) {
		r = first ? append(store_rows(d->store, SQL_LIST_DRAFTS_BY_TEXT, &rows, e, "ti", clean, limit), out, &rows) : OK;
		/* a text without letters finds nothing in the index: no mistake of the store's */
		if (store_rows(d->store, SQL_LIST_BY_NAME, &rows, NULL, "tii", query, before, limit) == OK)
			append(OK, out, &rows);
	}
	free(query);
	free(clean);
	return r;
}

static bool status_known(const char *status)
{
	size_t i = 0;
	while (i < status_count() && strcmp(status_at(i), status) != 0)
		i++;
	return i < status_count();
}

enum err order_list(struct desk *d, const json_t *filter, json_t **out, struct error *e)
{
	const char *status = json_text(filter, "status"), *business = json_text(filter, "business"), *text = json_text(filter, "text");
	const char *date = json_text(filter, "date"), *from = json_text(filter, "from"), *to = json_text(filter, "to");
	int64_t before = json_number(filter, "before"), limit = json_number(filter, "limit"), ignored;
	json_t *rows = NULL;
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_VIEW, NULL, e);
	if (r)
		return r;
	if (*date)
		from = to = date;
	if ((*from && !civil_parse_date(from, &ignored)) || (*to && !civil_parse_date(to, &ignored)))
		return error_set(e, ERR_DESK_DATE, "%s", *from ? from : to);
	if (*status && !status_known(status))
		return error_set(e, ERR_DESK_FILTER, "%.64s", status);
	if (before <= 0)
		before = INT64_MAX;
	if (limit <= 0 || limit > LIST_MOST)
		limit = limit <= 0 ? LIST_PRESET : LIST_MOST;
	*out = json_array();
	if (*text)
		r = list_text(d, text, before, limit, *out, e);
	else if (*from || *to)
		r = append(store_rows(d->store, SQL_LIST_BY_DATE, &rows, e, "ttitti", *from ? from : "0000", *to ? to : "9999", before,
		                      business, status, limit), *out, &rows);
	else if (strcmp(status, "draft") == 0)
		r = append(store_rows(d->store, SQL_LIST_DRAFTS, &rows, e, "iti", before, business, limit), *out, &rows);
	else if (*status && json_flag(filter, "queue"))
		r = append(store_rows(d->store, SQL_LIST_QUEUE, &rows, e, "ttiiit", status, business, desk_now(d), limit,
		                      json_number(filter, "skip"), json_text(filter, "delivery")), *out, &rows);
	else if (*status)
		r = append(store_rows(d->store, SQL_LIST_BY_STATUS, &rows, e, "titi", status, before, business, limit), *out, &rows);
	else {
		if (before == INT64_MAX)
			r = append(store_rows(d->store, SQL_LIST_DRAFTS, &rows, e, "iti", before, business, limit), *out, &rows);
		if (!r)
			r = append(store_rows(d->store, SQL_LIST_ALL, &rows, e, "iti", before, business, limit), *out, &rows);
	}
	finish_rows(d, *out);
	return r;
}

enum err order_counts(struct desk *d, json_t **out, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	int64_t drafts = 0, refunds = 0, unlocks = 0, parcels = 0, pins = 0;
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_VIEW, NULL, e);
	if (!r)
		r = store_int(d->store, SQL_DRAFT_COUNT, 0, &drafts, e, "");
	if (!r)
		r = store_int(d->store, SQL_REFUND_WAITING_COUNT, 0, &refunds, e, "");
	if (!r)
		r = store_rows(d->store, SQL_ORDER_COUNTS, &rows, e, "");
	if (!r)
		r = store_int(d->store, SQL_ORDER_COUNT_UNLOCK, 0, &unlocks, e, "");
	if (!r)
		r = store_int(d->store, SQL_PIN_WAITING_COUNT, 0, &pins, e, "");
	if (!r)
		r = store_int(d->store, SQL_ORDER_COUNT_MAIL, 0, &parcels, e, "");
	if (r) {
		json_decref(rows);
		return r;
	}
	*out = json_object();
	for (size_t k = 0; k < status_count(); k++)
		if (!status_ended(status_at(k)))
			json_object_set_new(*out, status_at(k), json_integer(0));
	json_array_foreach(rows, i, row)
		json_object_set(*out, json_text(row, "status"), json_object_get(row, "count"));
	json_object_set_new(*out, "approved", json_integer(json_number(*out, "approved") - unlocks));
	json_object_set_new(*out, "to-unlock", json_integer(unlocks));
	json_object_set_new(*out, "issued", json_integer(json_number(*out, "issued") - parcels));
	json_object_set_new(*out, "to-mail", json_integer(parcels));
	json_object_set_new(*out, "draft", json_integer(drafts));
	json_object_set_new(*out, "bank-pins", json_integer(pins));
	json_object_set_new(*out, "refunds", json_integer(refunds));
	json_decref(rows);
	return OK;
}

/* An entry of a visit, or of another order, that was about this one too. */
static bool names_order(const json_t *facts, const char *no)
{
	json_t *each;
	size_t i;
	json_array_foreach(json_object_get(facts, "orders"), i, each)
		if (strcmp(json_is_string(each) ? json_string_value(each) : "", no) == 0)
			return true;
	return false;
}

enum err order_history(struct desk *d, const char *no, json_t **out, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_VIEW, NULL, e);
	if (!r)
		r = store_rows(d->store, SQL_JOURNAL_OF_ORDER, &rows, e, "t", no);
	if (!r && json_array_size(rows) == 0) { /* a draft has none yet; what never was has no history */
		struct order o = {0};
		r = order_load(d, no, &o, e);
		order_free(&o);
	}
	if (r) {
		json_decref(rows);
		return r;
	}
	*out = json_array();
	json_array_foreach(rows, i, row) {
		json_t *entry = NULL, *facts;
		if (json_parse(json_text(row, "entry"), strlen(json_text(row, "entry")), &entry, NULL))
			continue;
		const char *action = json_text(entry, "action");
		facts = json_object_get(entry, "facts");
		if (strcmp(json_text(row, "subject"), no) != 0 && !names_order(facts, no)) {
			json_decref(entry);
			continue;
		}
		json_t *shown = json_pack("{sO ss ss ss ss ss sO}", "seq", json_object_get(row, "seq"), "action", action, "action_title",
		                          codeword_action(action), "actor", json_text(entry, "actor"), "second", json_text(entry, "second"),
		                          "station", json_text(entry, "station"), "facts", facts ? facts : json_null());
		desk_time(shown, "time", json_number(entry, "time"));
		json_array_append_new(*out, shown);
		json_decref(entry);
	}
	json_decref(rows);
	return OK;
}

/* A draft leaves nothing behind: its data key is destroyed with it. */
static enum err drop_draft(struct desk *d, const struct order *o, struct error *e)
{
	enum err r = store_run(d->store, SQL_DRAFT_DELETE, NULL, e, "i", o->id);
	if (!r)
		r = store_run(d->store, SQL_DATA_KEY_DESTROY, NULL, e, "i", o->dk);
	return r ? r : store_commit_plain(d->store, e);
}

/* An order that had been signed: its history stays, and money for it waits to go back. */
static enum err cancel_signed(struct desk *d, struct order *o, const struct staff *who, struct error *e)
{
	enum err r = o->draft ? store_run(d->store, SQL_DRAFT_DELETE, NULL, e, "i", o->id) : OK;
	if (!r)
		r = order_advance(d, o, "cancel", e);
	if (!r)
		r = store_run(d->store, SQL_PAYMENT_UNCLAIMED, NULL, e, "i", o->order_id);
	/* no order ends paid and without goods: its money waits to be refunded */
	if (!r)
		r = refund_begin(d, o, who->id, tr("订单取消", "the order was cancelled"), NULL, e);
	return r ? r : desk_commit(d, MAY_ORDER_CANCEL, NULL, o->no, NULL, NULL, e);
}

/* Money that comes between the word and the step makes another thing of it. */
static enum err not_paid_since(struct desk *d, const struct order *before, const struct order *now, struct error *e)
{
	int64_t paid = 0;
	enum err r = strcmp(before->status, now->status) != 0 ? order_paid(d, now->order_id, &paid, e) : OK;
	return r || paid == 0 ? r : error_set(e, ERR_DESK_STATUS, "%s %s", now->no, status_title(now->status));
}

enum err order_cancel(struct desk *d, const char *no, struct error *e)
{
	struct order o = {0}, before = {0};
	json_t *documents = NULL;
	const char *to;
	const struct staff *who;
	enum err r = desk_allow(d, MAY_ORDER_CANCEL, &who, e);
	if (r || (r = order_load(d, no, &before, e)))
		return r;
	order_free(&before); /* its status is looked at only */
	if ((r = store_begin(d->store, e)))
		return r;
	if (!(r = order_load(d, no, &o, e)) && !(r = not_paid_since(d, &before, &o, e)) && !(r = order_next(&o, "cancel", &to, e)) &&
	    !(r = o.draft ? store_rows(d->store, SQL_DRAFT_DOCUMENT_ALL, &documents, e, "i", o.id) : OK))
		r = o.order_id ? cancel_signed(d, &o, who, e) : drop_draft(d, &o, e);
	store_rollback(d->store);
	if (!r)
		attach_drop_unused(d, documents);
	json_decref(documents);
	order_free(&o);
	return r;
}
