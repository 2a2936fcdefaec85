#include "desk/submit.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/challenge.h"
#include "desk/duedate.h"
#include "desk/effect.h"
#include "desk/elsewhere.h"
#include "desk/identityrow.h"
#include "desk/refundrow.h"
#include "desk/tables.h"
#include "rules/contact.h"

static enum err keep_customer(struct desk *d, struct application *a, int64_t *customer, struct error *e)
{
	struct order *o = &a->order;
	char digest[DIGEST_TEXT_SIZE];
	struct rows *rows = NULL;
	struct bytes sealed = {0};
	/* what its own counter has on file of a certificate's holder is newer than what is keyed in here to get it */
	int64_t id = 0, dk = 0, holds = 0, now = *elsewhere_named(o) ? 0 : desk_now(d);
	number_digest(d, customer_number(o->values), digest);
	enum err r = store_query(d->store, SQL_CUSTOMER_BY_NUMBER, &rows, e, "t", digest);
	if (r)
		return r;
	if (rows_next(rows)) {
		id = rows_int(rows, 0);
		dk = rows_int(rows, 1);
	}
	json_t *data = json_deep_copy(o->values);
	form_forget(a->form, data);
	if ((r = rows_end(&rows, e)) || (!dk && (r = datakey_new(d->store, &dk, e))) ||
	    (r = datakey_seal_json(d->store, dk, "customer.data", data, &sealed, e)))
		goto out;
	if (id && !(r = store_int(d->store, SQL_CUSTOMER_HOLDS, 0, &holds, e, "i", id)) && holds)
		goto out; /* whose phone is asked about a certificate changes only by what was reviewed: see effect_issued */
	if (!r && id)
		r = store_run(d->store, SQL_CUSTOMER_UPDATE, NULL, e, "itbti", id, customer_name(o->values), (const void *)sealed.data,
		              sealed.length, o->no, now);
	else if (!r)
		r = store_insert(d->store, SQL_CUSTOMER_INSERT, &id, e, "itttbti", dk, o->customer, digest, customer_name(o->values),
		                 (const void *)sealed.data, sealed.length, o->no, now);
out:
	*customer = id;
	json_decref(data);
	bytes_free(&sealed);
	return r;
}

/* The one it was begun in; a draft of none has a visit of its own, a returned one stays in its first (0). */
static enum err choose_visit(struct desk *d, struct application *a, int64_t *visit, struct error *e)
{
	char no[VISIT_NO_SIZE];
	enum err r = store_int(d->store, SQL_VISIT_OF_DRAFT, 0, visit, e, "i", a->order.id);
	return r || *visit || a->order.order_id ? r : visit_insert(d, a->order.dk, "", visit, no, e);
}

/* The order's row: new, or the returned one signed again. */
static enum err put_order(struct desk *d, struct application *a, int64_t customer, struct error *e)
{
	struct order *o = &a->order;
	struct bytes sealed = {0};
	const char *delivery = *o->delivery ? o->delivery : "counter", *to;
	int64_t visit = 0, now = desk_now(d), waiting = strcmp(delivery, "counter") == 0;
	char date[11];
	desk_business_date(d, date);
	enum err r = order_next(o, "sign", &to, e);
	if (!r)
		r = datakey_seal_json(d->store, o->dk, "orders.data", o->values, &sealed, e);
	if (!r)
		r = choose_visit(d, a, &visit, e);
	if (!r && o->order_id)
		r = store_run(d->store, SQL_ORDER_RESIGN, NULL, e, "itittttt" "iiibi", o->order_id, a->form->digest, customer,
		              customer_name(o->values), o->channel, o->reason, delivery, to, a->amount, waiting, now,
		              (const void *)sealed.data, sealed.length, visit);
	else if (!r)
		r = store_insert(d->store, SQL_ORDER_INSERT, &o->order_id, e, "itittti" "tttttt" "iititiit" "b", o->dk, o->no, visit, o->business,
		                 o->form, a->form->digest, customer, o->customer, customer_name(o->values), o->channel, o->reason, delivery,
		                 to, a->amount, waiting, d->site, o->staff_id, d->station, now, now, date, (const void *)sealed.data,
		                 sealed.length);
	if (!r)
		text_copy(o->status, sizeof o->status, to);
	bytes_free(&sealed);
	return r;
}

enum { ITEMS_MOST = 32 };

/* One certificate on one key; a key that the order is about stays what it is. */
static enum err put_item(struct desk *d, struct application *a, int position, int64_t *item, struct error *e)
{
	struct order *o = &a->order;
	bool again = business_find(o->business)->makes == MAKES_AGAIN;
	const char *medium = again ? a->subject.medium : json_text(o->values, "medium");
	char algorithm[17];
	enum err r = OK;
	if (again)
		text_copy(algorithm, sizeof algorithm, a->subject.algorithm);
	else
		r = tables_algorithm(d, o->channel, medium, algorithm, e);
	return r ? r : store_insert(d->store, SQL_ITEM_INSERT, item, e, "iiittt" "it", o->dk, o->order_id, (int64_t)position,
	                            a->subject.id ? a->subject.role : tables_role(o->values, position), json_text(o->values, "product"),
	                            medium, (int64_t)(again || json_flag(o->values, "own_medium")), algorithm);
}

/* Its items, where it makes any, and what each of them costs. */
static enum err put_items(struct desk *d, struct application *a, struct error *e)
{
	struct order *o = &a->order;
	int64_t items[ITEMS_MOST + 1] = {0};
	int count = o->makes ? tables_items(o->values) : 0;
	size_t i;
	json_t *line;
	enum err r = store_run(d->store, SQL_LINE_CLEAR, NULL, e, "i", o->order_id);
	if (!r)
		r = store_run(d->store, SQL_ITEM_CLEAR, NULL, e, "i", o->order_id);
	for (int k = 1; !r && k <= count && k <= ITEMS_MOST; k++)
		r = put_item(d, a, k, &items[k], e);
	json_array_foreach(a->lines, i, line)
		if (!r)
			r = store_insert(d->store, SQL_LINE_INSERT, NULL, e, "iiittii", o->dk, o->order_id, items[json_number(line, "item")],
			                 json_text(line, "kind"), json_text(line, "code"), json_number(line, "amount"),
			                 json_number(line, "price_id"));
	return r;
}

static enum err put_texts_and_documents(struct desk *d, struct application *a, struct error *e)
{
	struct order *o = &a->order;
	enum err r = store_run(d->store, SQL_DOCUMENT_CLEAR, NULL, e, "i", o->order_id);
	if (!r)
		r = store_run(d->store, SQL_DOCUMENT_FROM_DRAFT, NULL, e, "iii", o->id, o->order_id, o->dk);
	if (!r)
		r = store_run(d->store, SQL_TEXT_CLEAR, NULL, e, "i", o->order_id);
	for (size_t i = 0; !r && i < a->text_count; i++)
		r = store_insert(d->store, SQL_TEXT_INSERT, NULL, e, "iitttt", o->dk, o->order_id, a->texts[i]->id, a->texts[i]->version,
		                 a->texts[i]->digest, "screen");
	return r;
}

/* One record for each person or unit that was checked: what staff looked at, what the key proved, whose phone answered. */
static enum err put_identity(struct desk *d, struct application *a, const struct signing *how, struct error *e)
{
	struct order *o = &a->order;
	bool seen = form_says(a->form, o->values, "identity_seen"), phone = a->subject.id && how->code, key = a->subject.proven;
	bool agent = contact_is_agent(o->values), sent = seen && agent; /* somebody else came for a person */
	const char *whose = agent ? "agent" : "person", *code = phone && application_phone_on_file(a) ? "code-on-file" : "code-new-phone";
	const struct {
		bool done;
		const char *customer, *of, *method, *provider;
	} checks[] = {
		{seen, "unit", "unit", "originals-seen", "face-to-face"},
		{seen, "unit", "legal", "originals-seen", "face-to-face"},
		{seen, "unit", "agent", "face-matches", "face-to-face"},
		{seen && !agent, "person", "person", "face-matches", "face-to-face"},
		{sent, "person", "person", "originals-seen", "face-to-face"},
		{sent, "person", "agent", "face-matches", "face-to-face"},
		{key, "unit", "unit", "key-signature", "key"},
		{key, "person", "person", "key-signature", "key"},
		{how->old_code, "unit", "agent", "code-on-file", "sms"},
		{how->old_code, "person", "person", "code-on-file", "sms"},
		{phone, "unit", "agent", code, "sms"},
		{phone, "person", whose, code, "sms"},
	};
	enum err r = OK;
	for (size_t i = 0; !r && i < sizeof checks / sizeof *checks; i++)
		if (checks[i].done && strcmp(checks[i].customer, o->customer) == 0)
			r = store_insert(d->store, SQL_IDENTITY_INSERT, NULL, e, "iitttit" "ti", o->dk, o->order_id, checks[i].of, checks[i].method,
			                 checks[i].provider, a->who->id, o->no, a->digest, desk_now(d));
	return r;
}

static enum err put_signature(struct desk *d, int64_t dk, const struct staff *who, const struct signing *how, int64_t *id, struct error *e)
{
	const char *method = how->method, *evidence = how->evidence;
	return d->second.id ? store_insert(d->store, SQL_SIGNATURE_INSERT, id, e, "itiiti", dk, method, who->id, d->second.id, evidence, desk_now(d))
	                    : store_insert(d->store, SQL_SIGNATURE_INSERT, id, e, "itinti", dk, method, who->id, evidence, desk_now(d));
}

static enum err put_signed(struct desk *d, struct application *a, int64_t signature, struct error *e)
{
	struct order *o = &a->order;
	struct bytes sealed = {0};
	enum err r = datakey_seal_json(d->store, o->dk, "signature_order.data", a->content, &sealed, e);
	if (!r)
		r = store_insert(d->store, SQL_SIGNATURE_ORDER_INSERT, NULL, e, "iiitb", o->dk, signature, o->order_id, a->digest,
		                 (const void *)sealed.data, sealed.length);
	bytes_free(&sealed);
	return r;
}

/* On to payment, or past it where what was paid already covers it. */
static enum err after_signature(struct desk *d, struct application *a, struct error *e)
{
	int64_t paid = 0;
	enum err r = refund_surplus(d, &a->order, a->who->id, e);
	if (!r)
		r = order_paid(d, a->order.order_id, &paid, e);
	if (r || a->amount <= paid)
		return r ? r : effect_paid(d, &a->order, e);
	if (!(r = order_advance(d, &a->order, "ask-payment", e)))
		r = duedate_begin_payment(d, &a->order, e);
	return r;
}

/* A new application puts its customer on file; an order about a certificate has its holder, whose data it changes when it is done. Its
 * agent comes on file when it is approved (agents.h). */
static enum err put_customer(struct desk *d, struct application *a, int64_t *customer, struct error *e)
{
	enum err r = OK;
	if (a->subject.id)
		*customer = a->subject.customer_id;
	else
		r = keep_customer(d, a, customer, e);
	return r;
}

static enum err put_subject(struct desk *d, struct application *a, struct error *e)
{
	if (!a->subject.id)
		return OK;
	a->order.about = a->subject.id;
	enum err r = subject_to_order(d, &a->order, &a->subject, a->changed, e);
	return r ? r : effect_signed(d, &a->order, &a->subject, e);
}

/* Everything of the order but its way on; the draft goes. */
static enum err put_all(struct desk *d, struct application *a, const struct signing *how, int64_t signature, struct error *e)
{
	struct order *o = &a->order;
	int64_t customer = 0;
	json_t *before = NULL;
	enum err r = o->order_id ? store_row(d->store, SQL_ORDER_FACTS, &before, e, "i", o->order_id) : OK;
	if (!r && !(r = put_customer(d, a, &customer, e)) && !(r = put_order(d, a, customer, e)) && !(r = put_subject(d, a, e)) &&
	    !(r = put_items(d, a, e)) && !(r = put_texts_and_documents(d, a, e)) && !(r = identity_carry(d, o, e)) && !(r = put_identity(d, a, how, e)) &&
	    !(r = put_signed(d, a, signature, e)) &&
	    !(r = name_index_set(d, o->order_id, before ? json_text(before, "name") : NULL, customer_name(o->values), e)) &&
	    !(r = store_run(d->store, SQL_DRAFT_DELETE, NULL, e, "i", o->id))) {
		o->draft = false;
		o->id = o->order_id;
	}
	json_decref(before);
	return r;
}

/* Those signed before it in the same step may have changed what it is about. */
static enum err still_ready(struct desk *d, const struct application *a, struct error *e)
{
	struct application b = {0};
	enum err r = application_ready(d, a->order.no, &b, e);
	if (!r && strcmp(a->digest, b.digest) != 0)
		r = error_set(e, ERR_DESK_CHANGED, "%s", "");
	application_free(&b);
	return visit_name_order(r, a->order.no, e);
}

static enum err commit_signed(struct desk *d, const struct application *a, size_t count, bool again, const struct signing *how, struct error *e)
{
	json_t *files = json_array(), *orders = json_array(), *row;
	size_t k;
	for (size_t i = 0; i < count; i++) {
		json_array_append_new(orders, json_string(a[i].order.no));
		json_array_foreach(json_object_get(a[i].content, "documents"), k, row)
			json_array_append(files, json_object_get(row, "digest"));
	}
	json_t *facts = how->visit ? json_pack("{sssssO}", "method", how->method, "digest", how->digest, "orders", orders)
	                           : json_pack("{sssssb}", "method", how->method, "digest", a->digest, "again", again);
	enum err r = how->visit ? desk_commit(d, MAY_SIGN, "visit.sign", how->visit->no, files, facts, e)
	                        : desk_commit(d, MAY_SIGN, NULL, a->order.no, files, facts, e);
	json_decref(facts);
	json_decref(orders);
	json_decref(files);
	return r;
}

enum err applications_submit(struct desk *d, struct application *a, size_t count, const struct signing *how, struct error *e)
{
	bool again = a->order.order_id != 0;
	int64_t signature = 0;
	enum err r = put_signature(d, how->visit ? how->visit->dk : a->order.dk, a->who, how, &signature, e);
	for (size_t i = 0; !r && i < count; i++)
		if (!i || !(r = still_ready(d, &a[i], e)))
			r = put_all(d, &a[i], how, signature, e);
	if (!r && !(r = challenge_use(d, how->code, e)))
		r = challenge_use(d, how->old_code, e);
	for (size_t i = 0; !r && i < count; i++)
		if (!again || !(r = store_run(d->store, SQL_CUSTODY_ASK_AGAIN, NULL, e, "i", a[i].order.order_id)))
			r = after_signature(d, &a[i], e);
	if (!r)
		r = commit_signed(d, a, count, again, how, e);
	enum err published = OK;
	for (size_t i = 0; !r && i < count; i++) {
		enum err one = effect_published(d, &a[i].order, published ? NULL : e);
		published = published ? published : one;
	}
	return r ? r : published;
}
