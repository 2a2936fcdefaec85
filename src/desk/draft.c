#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "desk/elsewhere.h"
#include "desk/identityrow.h"
#include "desk/round.h"
#include "desk/subject.h"
#include "desk/unlock.h"
#include "desk/visitrow.h"
#include "rules/transition.h"

enum { DRAFT_DAYS = 90, DAY = 86400 };

/* Site, date, counter, check digit: 11011401-261122-00015. The check digit is Luhn's over all digits. */
static void order_number(const struct desk *d, int64_t count, char out[ORDER_NO_SIZE])
{
	char site[ORDER_NO_SIZE], all[80];
	desk_site_digits(d, site);
	char date[11]; /* the counter's: two numbers of one evening would be the same */
	int64_t day = 0;
	desk_business_date(d, date);
	civil_parse_date(date, &day);
	struct civil c = civil_from_utc(day);
	snprintf(all, sizeof all, "%s%02d%02d%02d%04lld", site, c.year % 100, c.month, c.day, (long long)count);
	int sum = 0, twice = 1;
	for (size_t i = strlen(all); i > 0; i--, twice = !twice) {
		int digit = all[i - 1] % 16 % 10 * (twice ? 2 : 1);
		sum += digit > 9 ? digit - 9 : digit;
	}
	snprintf(out, ORDER_NO_SIZE, "%.16s-%02u%02u%02u-%04lld%d", site, (unsigned)c.year % 100, (unsigned)c.month % 100,
	         (unsigned)c.day % 100, (long long)count, (10 - sum % 10) % 10);
}

enum err order_next_number(struct desk *d, char no[ORDER_NO_SIZE], struct error *e)
{
	int64_t count = 0;
	char counter[64] = "order-";
	desk_business_date(d, counter + strlen(counter));
	enum err r = desk_count(d, counter, &count, e);
	if (!r)
		order_number(d, count, no);
	return r;
}

static enum err about_another(const struct business *b, bool key, bool certificate, const struct form *form, struct error *e)
{
	if (key)
		return error_set(e, ERR_DESK_ABOUT, tr("%s 不针对已有的介质，请去掉 --key", "%s is about no key; leave --key out"), form->name);
	if (certificate && b->about == ABOUT_KEY)
		return error_set(e, ERR_DESK_ABOUT, tr("%s 要用客户的介质办理，请插入介质，用 --key 指明", "%s is done on the customer's key; put it in and name it with --key"), form->name);
	return error_set(e, ERR_DESK_ABOUT, tr("%s 要指明介质（--key）或证书（--cert）", "%s is about a key or a certificate; name it with --key or --cert"), form->name);
}

/* Finds what the order will be about, before anything is written; for a new application only what to begin with. */
static enum err find_subject(struct desk *d, const struct form *form, const struct draft_about *about, const struct staff *who, struct subject *s,
                             struct error *e)
{
	const struct business *b = business_find(form->business);
	bool key = about && about->key, certificate = about && about->certificate;
	enum err r = OK;
	if (b->about == ABOUT_NOTHING ? key : !key && (b->about == ABOUT_KEY || !certificate))
		return about_another(b, key, certificate, form, e);
	if (key && b->pin && (!about->pin || !about->pin->length))
		return error_set(e, ERR_DESK_PIN_NEEDED, "%s", about->key);
	if (certificate && about->elsewhere) {
		char folded[CERT_SERIAL_SIZE];
		cert_fold_serial(about->certificate, folded);
		return elsewhere_allowed(d, form, folded, e);
	}
	if (key)
		r = identity_key_failed(d, subject_from_key(d, about->key, b->pin ? about->pin : NULL, s, e), s, who);
	else if (certificate)
		r = subject_from_certificate(d, about->certificate, s, e);
	if (!r && s->id && b->about != ABOUT_NOTHING)
		r = subject_fit(d, b, s, e);
	if (!r && key && strcmp(b->name, "unlock") == 0)
		r = unlock_possible(s->key_serial, e);
	if (!r && s->id && strcmp(form->customer, "any") != 0 && strcmp(form->customer, s->customer) != 0)
		r = error_set(e, ERR_DESK_CERT_CUSTOMER, "%s", form->name);
	return r;
}

enum err draft_insert(struct desk *d, const struct form *form, const struct subject *s, const char *visit, const struct staff *who,
                      const json_t *values, char no[ORDER_NO_SIZE], struct error *e)
{
	const char *customer = strcmp(form->customer, "any") == 0 ? s->customer : form->customer;
	struct bytes sealed = {0};
	int64_t dk = 0, draft = 0;
	enum err r = order_next_number(d, no, e);
	if (!r && !(r = datakey_new(d->store, &dk, e)) && !(r = datakey_seal_json(d->store, dk, "draft.data", values, &sealed, e))) {
		r = store_insert(d->store, SQL_DRAFT_INSERT, &draft, e, "itnttttti" "tbi", dk, no, form->name, form->digest, form->business,
		                 customer, customer_name(values), who->id, d->station, (const void *)sealed.data, sealed.length, desk_now(d));
	}
	if (!r && s->id && business_find(form->business)->about != ABOUT_NOTHING)
		r = subject_to_draft(d, draft, dk, s, e);
	if (!r && visit)
		r = visit_take_draft(d, visit, draft, e);
	bytes_free(&sealed);
	return r;
}

/* Which certificate it will be about when a review has proven it. */
static void name_elsewhere(const struct draft_about *about, json_t *values)
{
	char folded[CERT_SERIAL_SIZE];
	if (!about || !about->elsewhere || !about->certificate)
		return;
	cert_fold_serial(about->certificate, folded);
	json_object_set_new(values, ELSEWHERE, json_string(folded));
}

enum err draft_new_in(struct desk *d, const char *form_name, const struct draft_about *about, const struct draft_in *in,
                      const json_t *data, char no[ORDER_NO_SIZE], struct error *e)
{
	const struct form *form = NULL;
	const struct staff *who = NULL;
	struct subject s = {0};
	enum err r = desk_allow(d, MAY_ORDER_NEW, &who, e);
	if (!r)
		r = desk_form(d, form_name, &form, e);
	if (!r)
		r = find_subject(d, form, about, who, &s, e);
	if (r)
		return r;
	json_t *values = form_defaults(form);
	if (s.id)
		r = subject_prefill(d, &s, form, values, e);
	else if (in)
		r = visit_prefill(d, in->visit, in->like, in->same, form, values, e);
	name_elsewhere(about, values);
	form_prefill(form, NULL, values);
	s.before = json_deep_copy(values);
	if (!r && data && !(r = form_merge(form, d->codes, data, true, desk_now(d), values, e)))
		form_prefill(form, NULL, values);
	if (!about || !about->asked)
		form_answer_no(form, values);
	if (!r && business_find(form->business)->about != ABOUT_NOTHING && strcmp(customer_number(values), customer_number(s.before)) != 0)
		r = subject_number_free(d, &s, values, e); /* the one just read from its file is free for it */
	if (!r && !(r = store_begin(d->store, e))) {
		if (!(r = draft_insert(d, form, &s, in ? in->visit : NULL, who, values, no, e)))
			r = store_commit_plain(d->store, e);
		store_rollback(d->store);
	}
	json_decref(values);
	subject_free(&s);
	return r;
}

enum err draft_new_about(struct desk *d, const char *form, const struct draft_about *about, const json_t *data, char no[ORDER_NO_SIZE],
                         struct error *e)
{
	return draft_new_in(d, form, about, NULL, data, no, e);
}

/* Inside a step, which it commits. */
static enum err write_draft(struct desk *d, const struct order *o, const struct staff *who, const json_t *values, const char *focus,
                            int cursor, struct error *e)
{
	struct bytes sealed = {0};
	enum err r = datakey_seal_json(d->store, o->dk, "draft.data", values, &sealed, e);
	if (!r)
		r = store_run(d->store, SQL_DRAFT_UPDATE, NULL, e, "ttbtiii", o->no, customer_name(values), (const void *)sealed.data,
		              sealed.length, focus ? focus : "", (int64_t)cursor, desk_now(d), who->id);
	if (!r)
		r = store_commit_plain(d->store, e);
	bytes_free(&sealed);
	return r;
}

/* Of `typed` what differs from `base`; the rest as it is kept. `theirs` gets the labels of what another window changed since. */
static json_t *only_changed(const struct form *form, const json_t *kept, const json_t *base, const json_t *typed, json_t *theirs)
{
	json_t *out = json_deep_copy(typed);
	for (size_t i = 0; out && i < form->field_count; i++) {
		const struct form_field *f = &form->fields[i];
		json_t *now = json_object_get(kept, f->name);
		const json_t *before = json_object_get(base, f->name), *mine = json_object_get(typed, f->name);
		bool same = before == now || json_equal(before, now);
		if (same || form_readonly(form, f, typed))
			continue;
		if (mine != now && !json_equal(mine, now))
			json_array_append_new(theirs, json_string(text2_tr(&f->label)));
		if (mine != before && !json_equal(mine, before))
			continue;
		if (now)
			json_object_set_new(out, f->name, json_deep_copy(now));
		else
			json_object_del(out, f->name);
	}
	return out;
}

enum err draft_save_over(struct desk *d, const char *no, const json_t *base, const json_t *values, const char *focus, int cursor,
                         json_t **theirs, struct error *e)
{
	struct order o = {0};
	const struct staff *who;
	const struct form *form = NULL;
	json_t *kept = NULL, *mine = NULL, *others = json_array();
	enum err r = desk_allow(d, MAY_ORDER_NEW, &who, e);
	if (!r)
		r = store_begin(d->store, e);
	if (r) {
		json_decref(others);
		return r;
	}
	if (!(r = order_load(d, no, &o, e)) && !o.draft)
		r = error_set(e, ERR_DESK_STATUS, "%s %s", no, status_title(o.status));
	if (!r && !(r = desk_form(d, o.form, &form, e)) &&
	    (!(mine = base ? only_changed(form, o.values, base, values, others) : json_deep_copy(values)) ||
	     !(kept = form_keep_typed(form, o.values, mine))))
		r = error_set(e, ERR_MEMORY, "%s", no);
	if (!r)
		r = write_draft(d, &o, who, kept, focus, cursor, e);
	store_rollback(d->store);
	if (!r && theirs)
		*theirs = json_incref(others);
	json_decref(others);
	json_decref(mine);
	json_decref(kept);
	order_free(&o);
	return r;
}

enum err draft_load(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct order o = {0};
	struct rows *rows = NULL;
	json_t *facts = NULL;
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_NEW, NULL, e);
	if (!r)
		r = order_load(d, no, &o, e);
	if (r)
		return r;
	if (o.order_id)
		r = store_row(d->store, SQL_ORDER_FACTS, &facts, e, "i", o.order_id);
	if (!r)
		r = store_query(d->store, SQL_DRAFT_GET, &rows, e, "t", no);
	if (!r) {
		bool there = rows_next(rows);
		*out = json_pack("{ss ss sO ss si ss ss}", "order", no, "form", o.form, "values", o.values, "focus",
		                 there ? rows_text(rows, 10) : "", "cursor", there ? (int)rows_int(rows, 11) : 0, "status", o.status,
		                 "reasons", json_text(facts, "decision"));
		r = rows_end(&rows, e);
	}
	json_decref(facts);
	order_free(&o);
	return r;
}

/* Whether any signed value differs. */
static bool signed_changed(const struct form *form, const json_t *before, const json_t *after)
{
	json_t *a = form_signed_values(form, before), *b = form_signed_values(form, after);
	bool changed = !json_equal(a, b);
	json_decref(a);
	json_decref(b);
	return changed;
}

/* Inside a step, which it commits. */
static enum err edit_order(struct desk *d, struct order *o, const struct staff *who, json_t *values, bool reopen, struct error *e)
{
	struct bytes sealed = {0};
	enum err r = store_run(d->store, SQL_ORDER_ADD_KEYER, NULL, e, "ii", o->order_id, who->id);
	json_t *before = o->values;
	o->values = json_incref(values);
	json_decref(before);
	if (!r && reopen)
		r = order_reopen(d, o, "edit", e);
	else if (!r && !(r = datakey_seal_json(d->store, o->dk, "orders.data", values, &sealed, e)))
		r = store_run(d->store, SQL_ORDER_SET_DATA, NULL, e, "ib", o->id, (const void *)sealed.data, sealed.length);
	if (!r)
		r = desk_commit(d, MAY_ORDER_NEW, "order.edit", o->no, NULL, NULL, e);
	bytes_free(&sealed);
	return r;
}

enum err draft_number_free(struct desk *d, const char *no, const json_t *values, struct error *e)
{
	struct order o = {0};
	enum err r = desk_allow(d, MAY_ORDER_NEW, NULL, e);
	if (!r && !(r = order_load(d, no, &o, e)))
		r = subject_number_free_of(d, &o, values, e);
	order_free(&o);
	return r;
}

static enum err edit_loaded(struct desk *d, struct order *o, const struct staff *who, const json_t *data, struct error *e)
{
	const struct form *form = NULL;
	enum err r = desk_form(d, o->form, &form, e);
	if (r)
		return r;
	if (!o->draft && o->away)
		return order_away(o, e);
	json_t *values = json_deep_copy(o->values);
	r = form_merge(form, d->codes, data, true, desk_now(d), values, e);
	if (!r)
		r = subject_number_free_of(d, o, values, e);
	if (!r && o->draft)
		r = write_draft(d, o, who, values, NULL, 0, e);
	else if (!r && signed_changed(form, o->values, values)) {
		const char *to;
		if (!(r = order_next(o, "edit", &to, e)))
			r = edit_order(d, o, who, values, true, e);
		else if (r == ERR_DESK_STATUS && strcmp(json_text(o->values, "delivery"), json_text(values, "delivery")) != 0)
			r = error_set(e, r, tr("%s %s，领取方式付款后不能再改（邮费随它计价）；要改请退款后重新申请", "%s %s; how it is delivered decides the price and stays as paid; refund it and apply anew"), o->no,
			              status_title(o->status));
	} else if (!r && status_ended(o->status))
		r = error_set(e, ERR_DESK_STATUS, "%s %s", o->no, status_title(o->status));
	else if (!r)
		r = edit_order(d, o, who, values, false, e);
	json_decref(values);
	return r;
}

enum err draft_edit(struct desk *d, const char *no, const json_t *data, struct error *e)
{
	struct order o = {0};
	const struct staff *who;
	enum err r = desk_allow(d, MAY_ORDER_NEW, &who, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = order_load(d, no, &o, e)))
		r = edit_loaded(d, &o, who, data, e);
	store_rollback(d->store);
	order_free(&o);
	return r;
}

enum err draft_list(struct desk *d, json_t **out, struct error *e)
{
	size_t i;
	json_t *row;
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_VIEW, NULL, e);
	if (!r)
		r = store_rows(d->store, SQL_DRAFT_ALL, out, e, "");
	json_array_foreach(*out, i, row) {
		desk_time(row, "touched_at", json_number(row, "touched_at"));
		json_object_set_new(row, "status_title", json_string(status_title(json_text(row, "status"))));
		json_object_set_new(row, "business_title", json_string(business_title(json_text(row, "business"))));
	}
	return r;
}

enum err customer_known(struct desk *d, const char *customer, const char *number, json_t **values, struct error *e)
{
	struct rows *rows = NULL;
	char digest[DIGEST_TEXT_SIZE];
	size_t length;
	*values = NULL;
	enum err r = desk_allow(d, MAY_ORDER_NEW, NULL, e);
	if (r || !*number)
		return r;
	number_digest(d, number, digest);
	if ((r = store_query(d->store, SQL_CUSTOMER_DATA, &rows, e, "tt", digest, customer)))
		return r;
	if (rows_next(rows)) {
		const void *blob = rows_blob(rows, 1, &length);
		r = datakey_open_json(d->store, rows_int(rows, 0), "customer.data", blob, length, values, e);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	/* who has a main key takes another one besides it */
	json_t *main_key = NULL;
	if (!r && *values && !(r = store_row(d->store, SQL_SUBJECT_MAIN, &main_key, e, "ttti", digest, json_text(*values, "product"),
	                                     json_text(*values, "channel"), desk_now(d))) && !main_key)
		r = store_row(d->store, SQL_SUBJECT_MAIN_ASKED, &main_key, e, "tttii", digest, json_text(*values, "product"),
		              json_text(*values, "channel"), desk_now(d), (int64_t)0);
	if (!r && main_key)
		json_object_set_new(*values, "key_role", json_string("secondary"));
	json_decref(main_key);
	/* what is asked anew each time isn't taken over */
	static const char *const again[] = {"identity_seen", "consent"};
	for (size_t i = 0; *values && i < sizeof again / sizeof *again; i++)
		json_object_del(*values, again[i]);
	return r ? r : end;
}

enum err draft_purge(struct desk *d, int64_t *gone, struct error *e)
{
	json_t *old = NULL, *row;
	size_t i;
	*gone = 0;
	enum err r = store_rows(d->store, SQL_DRAFT_OLD, &old, e, "i", desk_now(d) - DRAFT_DAYS * DAY), one = r;
	json_array_foreach(old, i, row) {
		if (!round_goes_on(one))
			break;
		one = order_cancel(d, json_text(row, "no"), r ? NULL : e);
		r = r ? r : one;
		*gone += one == OK;
	}
	json_decref(old);
	if (round_goes_on(one)) {
		one = store_run(d->store, SQL_CHALLENGE_PURGE, NULL, r ? NULL : e, "i", desk_now(d) - DAY);
		r = r ? r : one;
	}
	return r;
}
