/* order_show and order_reveal: one order as interfaces see it. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/attach.h"
#include "desk/duedate.h"
#include "desk/handrow.h"
#include "desk/invoicerow.h"
#include "desk/elsewhere.h"
#include "desk/fieldtext.h"
#include "desk/identityrow.h"
#include "desk/nextstep.h"
#include "desk/qrpay.h"
#include "desk/subject.h"
#include "desk/tables.h"
#include "rules/business.h"
#include "rules/transition.h"
#include "store/adhoc.h"

void order_title_rows(json_t *rows)
{
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row) {
		json_object_set_new(row, "title", json_string(tr(json_text(row, "zh"), json_text(row, "en"))));
		json_object_del(row, "zh");
		json_object_del(row, "en");
		json_object_del(row, "price_id"); /* the store's own */
	}
}

static void time_rows(json_t *rows, const char *name)
{
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
		desk_time(row, name, json_number(row, name));
}

static json_t *shown_fields(const struct form *form, const json_t *values, bool whole)
{
	json_t *out = json_object(), *value;
	const char *name;
	json_object_foreach((json_t *)values, name, value) {
		const struct form_field *f = form_field(form, name);
		char *masked = f && !whole && json_is_string(value) && field_hidden(form, f, values) ? text_mask(json_string_value(value)) : NULL;
		if (masked)
			json_object_set_new(out, name, json_string(masked));
		else
			json_object_set(out, name, value);
		free(masked);
	}
	return out;
}

/* The order's own rows; a draft has none of these. */
static enum err add_signed_parts(struct desk *d, const struct order *o, bool whole, json_t *out, struct error *e)
{
	static const struct {
		const char *name;
		enum sql query;
		const char *time;
		bool titles;
	} lists[] = {
		{"items", SQL_ITEM_ALL, NULL, false},
		{"lines", SQL_LINE_ALL, NULL, true},
		{"texts", SQL_TEXT_ALL, NULL, false},
		{"payments", SQL_PAYMENTS_OF_ORDER, "taken_at", false},
		{"refunds", SQL_REFUNDS_OF_ORDER, "paid_at", false},
		{"pin_deliveries", SQL_PIN_SHOWN, "sent_at", false},
	};
	enum err r = OK;
	for (size_t i = 0; !r && i < sizeof lists / sizeof *lists; i++) {
		json_t *rows = NULL;
		if (!(r = store_rows(d->store, lists[i].query, &rows, e, "i", o->order_id))) {
			if (lists[i].titles)
				order_title_rows(rows);
			if (lists[i].time)
				time_rows(rows, lists[i].time);
			json_object_set_new(out, lists[i].name, rows);
		}
	}
	json_t *row = NULL;
	if (!r && !(r = store_row(d->store, SQL_SIGNATURE_GET, &row, e, "i", o->order_id))) {
		if (row)
			desk_time(row, "signed_at", json_number(row, "signed_at"));
		json_object_set_new(out, "signature", row ? row : json_null());
	}
	row = NULL;
	if (!r && !(r = handing_show(d, o, whole, &row, e)))
		json_object_set_new(out, "handover", row ? row : json_null());
	else
		json_decref(row);
	row = NULL;
	if (!r && !(r = invoice_of_order(d, o->order_id, &row, e)))
		json_object_set_new(out, "invoice", row ? row : json_null());
	return r;
}

static bool gone_back(const char *status)
{
	return strcmp(status, "refunding") == 0 || strcmp(status, "refunded") == 0;
}

bool order_waits(const struct desk *d, const char *status, int64_t since)
{
	char then[11], now[11];
	civil_date_text(since, then);
	civil_date_text(desk_now(d), now);
	return since > 0 && !status_ended(status) && strcmp(then, now) == 0;
}

/* `paid` is what counts for the order; all that was paid, and what of it goes or went back. */
static enum err add_refunds(struct desk *d, const struct order *o, int64_t paid, json_t *out, struct error *e)
{
	json_t *sums = NULL, *row;
	size_t i;
	enum err r = store_row(d->store, SQL_REFUND_SUMS, &sums, e, "i", o->order_id);
	static const char *const names[] = {"refunded", "refunding", "surplus"};
	for (i = 0; i < sizeof names / sizeof *names; i++)
		json_object_set_new(out, names[i], json_integer(json_number(sums, names[i])));
	json_object_set_new(out, "paid", json_integer(paid + json_number(sums, "refunded") + json_number(sums, "refunding")));
	json_array_foreach(json_object_get(out, "refunds"), i, row)
	{
		desk_time(row, "asked_at", json_number(row, "asked_at"));
		desk_time(row, "approved_at", json_number(row, "approved_at"));
	}
	json_decref(sums);
	return r;
}

static enum err add_facts(struct desk *d, const struct order *o, json_t *out, struct error *e)
{
	static const char *const times[] = {"created_at", "signed_at", "pay_due_at", "submitted_at", "review_due_at", "issue_due_at",
	                                    "decided_at", "issued_at", "done_at"};
	json_t *facts = NULL, *value;
	const char *name;
	int64_t paid = 0, amount = 0;
	enum err r = store_row(d->store, SQL_ORDER_FACTS, &facts, e, "i", o->order_id);
	if (!r)
		r = order_paid(d, o->order_id, &paid, e);
	if (r || !facts) {
		json_decref(facts);
		return r;
	}
	amount = json_number(facts, "amount");
	if (strcmp(o->home, d->site) != 0) /* its money is at home, and all there: else it would not be in review */
		paid = amount;
	json_object_foreach(facts, name, value)
		if (!json_object_get(out, name))
			json_object_set(out, name, value);
	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		desk_time(out, times[i], json_number(facts, times[i]));
	duedate_show(d, out);
	json_object_set_new(out, "waiting", json_boolean(json_number(facts, "waiting") && order_waits(d, o->status, json_number(facts, "signed_at"))));
	if (!(r = add_refunds(d, o, paid, out, e)))
		json_object_set_new(out, "due", json_integer(amount > paid && !gone_back(o->status) ? amount - paid : 0));
	json_decref(facts);
	return r;
}

/* The code that it, or its visit, can be paid by now. */
static enum err add_code(struct desk *d, const struct order *o, json_t *out, struct error *e)
{
	char subject[ORDER_NO_SIZE];
	json_t *code = NULL;
	enum qr_open open = QR_NONE_OPEN;
	enum err r = qr_open_of_order(d, o->order_id, &open, subject, e);
	if (!r && open != QR_NONE_OPEN && !(r = qr_of(d, subject, &code, e)) && code)
		json_object_set_new(out, "qr", code);
	return r;
}

/* Whom another review site's reviewer left it to, and why. */
static enum err add_passed(struct desk *d, const struct order *o, json_t *out, struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_REVIEW_PASSED_GET, &row, e, "i", o->order_id);
	if (!r && row) {
		desk_time(row, "passed_at", json_number(row, "passed_at"));
		json_object_set(out, "passed", row);
	}
	json_decref(row);
	return r;
}

/* What a draft would cost; nothing where the form isn't far enough to tell. */
static void add_estimate(struct desk *d, const struct order *o, json_t *out)
{
	json_t *lines = NULL;
	int64_t amount = 0;
	if (tables_price(d, o->business, o->values, o->reason, &lines, &amount, NULL) != OK)
		lines = json_array();
	order_title_rows(lines);
	json_object_set_new(out, "lines", lines);
	json_object_set_new(out, "amount", json_integer(amount));
	json_object_set_new(out, "due", json_integer(amount));
	json_object_set_new(out, "paid", json_integer(0));
	json_object_set_new(out, "items", json_array());
	json_object_set_new(out, "signature", json_null());
	json_object_set_new(out, "handover", json_null());
	json_object_set_new(out, "payments", json_array());
}

/* Every order has the same members; what it hasn't got yet is null or an empty list. */
static void complete(json_t *out)
{
	static const char *const lists[] = {"mistakes", "items", "lines", "payments", "refunds", "pin_deliveries", "texts", "identity_checks"};
	static const char *const values[] = {"amount", "paid", "refunded", "refunding", "surplus", "due", "waiting", "signature", "handover", "invoice", "staff", "reviewer", "issuer",
	                                     "decision", "created_at", "signed_at", "pay_due_at", "submitted_at", "review_due_at",
	                                     "issue_due_at", "decided_at", "issued_at", "done_at", "due_at", "late", "qr", "passed", "not_taken"};
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (!json_object_get(out, lists[i]))
			json_object_set_new(out, lists[i], json_array());
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (!json_object_get(out, values[i]))
			json_object_set_new(out, values[i], json_null());
}

/* Another customer's number is a mistake of its field. */
static void add_taken(struct desk *d, const struct order *o, const struct form *form, json_t *mistakes)
{
	const struct form_field *f = form_field(form, *json_text(o->values, "uscc") ? "uscc" : "person_id_number");
	struct error why = {0};
	char sentence[700], *masked = f && f->personal ? text_mask(json_text(o->values, f->name)) : NULL;
	if (f && subject_number_free_of(d, o, o->values, &why) == ERR_DESK_CUSTOMER_TAKEN) {
		if (masked)
			error_set(&why, ERR_DESK_CUSTOMER_TAKEN, "%s", masked);
		json_array_append_new(mistakes, json_pack("{ss ss ss ss}", "field", f->name, "label", text2_tr(&f->label), "message",
		                                          error_sentence(&why, sentence, sizeof sentence), "verdict", "invalid"));
	}
	free(masked);
}

/* What a draft lacks first, as far as it is shown. One that a reviewer returned is put right first, whatever that is. */
static const char *draft_lacks(const struct order *o, const json_t *out)
{
	const json_t *each;
	size_t i;
	if (o->order_id && *json_text(out, "decision"))
		return "form";
	json_array_foreach(json_object_get(out, "mistakes"), i, each)
		if (strcmp(json_text(each, "verdict"), "warn") != 0)
			return "form";
	json_array_foreach(json_object_get(out, "documents"), i, each)
		if (json_flag(each, "required") && !json_flag(each, "attached"))
			return "attach";
	return "sign";
}

static enum err show(struct desk *d, const char *no, bool whole, json_t **out, struct error *e)
{
	struct order o = {0};
	const struct form *form = NULL;
	json_t *documents = NULL, *mistakes = NULL;
	*out = NULL;
	enum err r = order_load(d, no, &o, e);
	if (!r)
		r = desk_form(d, o.form, &form, e);
	if (!r)
		r = attach_kinds_of(d, &o, &documents, e);
	if (r)
		goto out;
	*out = json_pack("{ss ss ss ss ss ss ss ss ss ss ss ss ss so so}", "order", no, "site", o.home, "custodian", o.custodian, "form", o.form,
	                 "form_title", text2_tr(&form->title), "business", o.business, "business_title", business_title(o.business), "status", o.status, "status_title", status_title(o.status), "name",
	                 o.draft ? customer_name(o.values) : o.name, "customer", o.customer, "channel", o.channel, "delivery", o.delivery,
	                 "fields", shown_fields(form, o.values, whole), "documents", json_incref(documents));
	if (o.draft) {
		form_judge_all(form, d->codes, o.values, desk_now(d), &mistakes);
		json_object_set_new(*out, "mistakes", mistakes ? mistakes : json_array());
		add_taken(d, &o, form, json_object_get(*out, "mistakes"));
		add_estimate(d, &o, *out);
	}
	if (o.order_id && !o.draft)
		r = add_signed_parts(d, &o, whole, *out, e);
	if (!r)
		r = identity_show(d, &o, *out, e);
	if (!r && o.order_id)
		r = add_facts(d, &o, *out, e);
	if (!r && o.order_id)
		r = add_code(d, &o, *out, e);
	if (!r && o.order_id)
		r = add_passed(d, &o, *out, e);
	if (!r)
		r = subject_show(d, &o, form, whole, *out, e);
	if (!r)
		r = elsewhere_show(d, &o, *out, e);
	if (!r) {
		r = next_step_add(d, &o, o.draft ? draft_lacks(&o, *out) : NULL, *out, e);
		complete(*out);
	}
out:
	if (r) {
		json_decref(*out);
		*out = NULL;
	}
	json_decref(documents);
	order_free(&o);
	return r;
}

/* All of it as it is at one moment, and locked once for some thirty looks into the store. */
static enum err show_at_once(struct desk *d, const char *no, bool whole, json_t **out, struct error *e)
{
	if (store_in_step(d->store))
		return show(d, no, whole, out, e);
	enum err r = store_read_begin(d->store, e);
	if (r)
		return r;
	r = show(d, no, whole, out, e);
	store_read_end(d->store);
	return r;
}

enum err order_show(struct desk *d, const char *no, json_t **out, struct error *e)
{
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_VIEW, NULL, e);
	return r ? r : show_at_once(d, no, false, out, e);
}

enum err order_reveal(struct desk *d, const char *no, json_t **out, struct error *e)
{
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_REVEAL, NULL, e);
	if (!r)
		r = show_at_once(d, no, true, out, e);
	if (!r && !(r = store_begin(d->store, e)))
		r = desk_commit(d, MAY_ORDER_REVEAL, NULL, no, NULL, NULL, e);
	if (r) {
		json_decref(*out);
		*out = NULL;
	}
	return r;
}
