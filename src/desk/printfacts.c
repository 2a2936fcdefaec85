#include "desk/printfacts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/money.h"
#include "base/text.h"
#include "desk/fieldtext.h"
#include "desk/handrow.h"
#include "desk/subject.h"
#include "rules/codeword.h"
#include "rules/contact.h"
#include "rules/transition.h"

enum { DAY = 86400, VALUE_MOST = 2048, TIME_SIZE = 17 };

static void set(json_t *object, const char *name, const char *value)
{
	json_object_set_new(object, name, json_string(value));
}

static void set_money(json_t *object, const char *name, int64_t fen)
{
	char digits[MONEY_TEXT_SIZE], text[MONEY_TEXT_SIZE + 4];
	money_text(fen, digits);
	snprintf(text, sizeof text, "¥%s", digits);
	set(object, name, text);
}

static void set_words(json_t *object, const char *name, int64_t fen)
{
	char text[MONEY_WORDS_SIZE];
	money_words(fen, text);
	set(object, name, text);
}

static void set_time(json_t *object, const char *name, int64_t utc)
{
	char text[TIME_SIZE] = "";
	if (utc)
		civil_minute_text(utc, text);
	set(object, name, text);
}

static void set_position(json_t *row, size_t i)
{
	json_object_set_new(row, "position", json_sprintf("%zu", i + 1));
}

/* RFC 3339 in UTC, as results have it, to China time. */
static void set_shown_time(json_t *object, const char *name, const char *rfc3339)
{
	int64_t utc = 0;
	set_time(object, name, rfc3339_parse(rfc3339, &utc) ? utc : 0);
}

/* The day alone; what stands there stays where the time is none. */
static void set_day(json_t *object, const char *name, int64_t utc)
{
	char date[11];
	if (!utc)
		return;
	civil_date_text(utc, date);
	set(object, name, date);
}

/* An empty set of facts with what the site says of itself. */
static json_t *begin(struct desk *d)
{
	char date[11];
	json_t *texts = json_object();
	desk_business_date(d, date);
	set(texts, "site", d->site_name);
	set(texts, "site_code", d->site);
	set(texts, "phone", d->config.phone);
	set(texts, "station", d->station);
	set(texts, "printed_by", d->actor.name);
	set(texts, "printed_on", date);
	set(texts, "date", date);
	set_time(texts, "printed_at", desk_now(d));
	return json_pack("{s{} so s{} s[] s[]}", "values", "texts", texts, "lists", "sections", "agreements");
}

static void shown_value(struct desk *d, const struct print_template *t, const struct form *form, const struct form_field *field,
                        const json_t *values, char *out, size_t size)
{
	field_text(d, form, field, values, out, size);
	char *hidden = *out && !t->whole && field_hidden(form, field, values) ? text_mask(out) : NULL;
	if (hidden)
		text_copy(out, size, hidden);
	free(hidden);
}

static void add_fields(struct desk *d, const struct print_template *t, const struct form *form, const json_t *values, json_t *facts)
{
	char value[VALUE_MOST];
	json_t *texts = json_object_get(facts, "texts"), *sections = json_object_get(facts, "sections");
	for (size_t i = 0; i < form->section_count; i++) {
		const struct form_section *section = &form->sections[i];
		json_t *fields = json_array();
		for (size_t k = section->first; k < section->first + section->count; k++) {
			const struct form_field *field = &form->fields[k];
			if (!form_shown(form, field, values))
				continue;
			shown_value(d, t, form, field, values, value, sizeof value);
			set(texts, field->name, value);
			if (*value)
				json_array_append_new(fields, json_pack("{ss ss ss sb}", "name", field->name, "label", text2_tr(&field->label),
				                                        "value", value, "no", json_is_false(json_object_get(values, field->name))));
		}
		if (json_array_size(fields) > 0)
			json_array_append_new(sections, json_pack("{ss sO}", "title", text2_tr(&section->label), "fields", fields));
		json_decref(fields);
	}
}

/* The agent, or the person who is their own. */
static void add_agent(json_t *texts)
{
	static const struct {
		const char *name, *of[2];
	} rows[] = {{"agent", {"agent_name", "person_name"}},
	            {"agent_number", {"agent_id_number", "person_id_number"}},
	            {"agent_phone", {"agent_mobile", "person_mobile"}},
	            {"customer_number", {"uscc", "person_id_number"}}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *value = json_text(texts, rows[i].of[0]);
		set(texts, rows[i].name, *value ? value : json_text(texts, rows[i].of[1]));
	}
}

json_t *printfacts_values(const struct order *o, int64_t paid)
{
	json_t *values = json_object(), *value;
	const char *name;
	json_object_foreach(o->values, name, value)
		json_object_set(values, name, value);
	set(values, "status", o->status);
	set(values, "business", o->business);
	set(values, "customer", o->customer);
	set(values, "delivery", o->delivery);
	set(values, "channel", o->channel);
	json_object_set_new(values, "paid", json_sprintf("%lld", (long long)paid));
	return values;
}

/* A receipt is for money that is there. */
static bool payment_counts(const json_t *payment)
{
	return strcmp(json_text(payment, "state"), "verified") == 0;
}

/* When it was applied for, paid and mailed, whenever the paper is printed; today where that is still to come, by the calendar, which goes on
 * behind the day's end. */
static void add_days(struct desk *d, const struct order *o, const json_t *shown, json_t *texts)
{
	static const char *const days[] = {"applied_on", "paid_on", "mailed_on"};
	int64_t at = 0, paid = 0;
	json_t *payment;
	size_t i;
	for (i = 0; i < sizeof days / sizeof *days; i++)
		set_day(texts, days[i], desk_now(d));
	if (!o->draft && rfc3339_parse(json_text(shown, "signed_at"), &at))
		set_day(texts, "applied_on", at);
	json_array_foreach(json_object_get(shown, "payments"), i, payment)
		if (payment_counts(payment) && rfc3339_parse(json_text(payment, "taken_at"), &at) && at > paid)
			paid = at;
	set_day(texts, "paid_on", paid);
}

static void add_order_texts(struct desk *d, const struct order *o, const json_t *shown, json_t *texts)
{
	static const char *const copied[] = {"order", "name", "business", "business_title", "status", "status_title", "staff", "reviewer",
	                                     "issuer", "decision", "visit"};
	static const char *const times[] = {"created_at", "signed_at", "pay_due_at", "review_due_at", "decided_at", "issued_at", "done_at"};
	for (size_t i = 0; i < sizeof copied / sizeof *copied; i++)
		set(texts, copied[i], json_text(shown, copied[i]));
	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		set_shown_time(texts, times[i], json_text(shown, times[i]));
	set(texts, "customer", codeword_customer(o->customer));
	set(texts, "channel", code_text(d, "channels", o->channel));
	set(texts, "delivery", code_text(d, "delivery", o->delivery));
	set_money(texts, "amount", json_number(shown, "amount"));
	set_money(texts, "paid", json_number(shown, "paid"));
	set_money(texts, "due", json_number(shown, "due"));
	set_words(texts, "amount_words", json_number(shown, "amount"));
	set_words(texts, "paid_words", json_number(shown, "paid"));
	set(texts, "signature", code_text(d, "signature_methods", json_text(json_object_get(shown, "signature"), "method")));
	json_object_set_new(texts, "item_count", json_sprintf("%zu", json_array_size(json_object_get(shown, "items"))));
	add_days(d, o, shown, texts);
}

/* Who took it and when; before that room to write it by hand. */
static enum err add_taker(struct desk *d, const struct order *o, const json_t *shown, json_t *texts, struct error *e)
{
	const char *room = "＿＿＿＿＿＿＿＿＿＿";
	json_t *whole = NULL; /* the name stands on the sheet as it is, the number masked */
	const json_t *taken = json_object_get(shown, "handover");
	enum err r = o->draft ? OK : handing_show(d, o, true, &whole, e);
	if (r)
		return r;
	const char *by = json_text(whole, "taker_name"), *as = json_text(taken, "taker"), *receipt = json_text(taken, "receipt");
	char document[VALUE_MOST];
	snprintf(document, sizeof document, "%s %s", json_text(taken, "taker_document"), json_text(taken, "taker_number"));
	set(texts, "taken_by", *by ? by : room);
	set(texts, "taken_as", *as ? as : strcmp(o->customer, "unit") == 0 ? tr("□ 经办人 □ 法定代表人 □ 其他", "□ agent □ legal rep. □ other")
		: tr("□ 本人 □ 其他", "□ in person □ other"));
	set(texts, "taken_document", document[1] ? document : room);
	set(texts, "taken_receipt", *receipt ? receipt : room);
	set_shown_time(texts, "taken_at", json_text(taken, "handed_at"));
	if (!*json_text(texts, "taken_at"))
		set(texts, "taken_at", room);
	json_decref(whole);
	return OK;
}

static json_t *payment_rows(struct desk *d, const json_t *shown)
{
	json_t *rows = json_array(), *payment;
	size_t i;
	json_array_foreach(json_object_get(shown, "payments"), i, payment) {
		if (!payment_counts(payment))
			continue;
		json_t *row = json_object();
		set_position(row, json_array_size(rows));
		set(row, "method", code_text(d, "payment_methods", json_text(payment, "method")));
		set(row, "receipt", json_text(payment, "receipt"));
		set(row, "staff", json_text(payment, "staff"));
		set_money(row, "amount", json_number(payment, "amount"));
		set_shown_time(row, "taken_at", json_text(payment, "taken_at"));
		json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *line_rows(const json_t *shown)
{
	json_t *rows = json_array(), *line;
	size_t i;
	json_array_foreach(json_object_get(shown, "lines"), i, line) {
		json_t *row = json_object();
		set_position(row, i);
		set(row, "title", json_text(line, "title"));
		set_money(row, "amount", json_number(line, "amount"));
		json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *document_rows(struct desk *d, const json_t *shown)
{
	json_t *rows = json_array(), *document;
	size_t i;
	json_array_foreach(json_object_get(shown, "documents"), i, document) {
		bool attached = json_flag(document, "attached");
		if (!attached && !json_flag(document, "required"))
			continue;
		json_t *row = json_object();
		set_position(row, json_array_size(rows));
		set(row, "title", json_text(document, "title"));
		set(row, "form", code_text(d, "document_forms", json_text(document, "form")));
		set(row, "attached", attached ? tr("已收", "taken") : tr("待交", "still to come"));
		json_array_append_new(rows, row);
	}
	return rows;
}

/* Of an order of several keys some may be taken, and others lie here still. */
static void set_handed(json_t *row, const json_t *item, const json_t *items)
{
	const json_t *other;
	size_t i;
	char minute[17], text[VALUE_MOST] = "";
	if (json_number(item, "handed_at")) {
		civil_minute_text(json_number(item, "handed_at"), minute);
		snprintf(text, sizeof text, "%s %s", json_text(item, "receipt"), minute);
	}
	json_array_foreach(items, i, other)
		if (!*text && json_number(other, "handed_at"))
			text_copy(text, sizeof text, tr("未领取", "not taken"));
	set(row, "handed", text);
}

static enum err item_rows(struct desk *d, const struct order *o, json_t **rows, struct error *e)
{
	json_t *items = NULL, *item;
	size_t i;
	*rows = json_array();
	enum err r = o->draft ? OK : store_rows(d->store, SQL_PRINT_ITEMS, &items, e, "i", o->order_id);
	json_array_foreach(items, i, item) {
		json_t *row = json_object();
		set_position(row, i);
		set(row, "role", code_text(d, "item_roles", json_text(item, "role")));
		set(row, "product", code_text(d, "products", json_text(item, "product")));
		set(row, "medium", code_text(d, "media", json_text(item, "medium")));
		set(row, "key_serial", json_text(item, "key_serial"));
		set(row, "certificate", json_text(item, "serial"));
		set(row, "subject", json_text(item, "subject"));
		set_time(row, "not_before", json_number(item, "not_before"));
		set_time(row, "not_after", json_number(item, "not_after"));
		set_handed(row, item, items);
		json_array_append_new(*rows, row);
	}
	json_decref(items);
	return r;
}

/* A parcel holds all keys that went by one tracking number; a courier needs name, phone and address whole. */
static json_t *parcel_of(struct desk *d, const struct order *o, const char *tracking, json_t *rows)
{
	json_t *row;
	size_t i;
	char address[VALUE_MOST];
	const struct code_table *regions = NULL;
	json_array_foreach(rows, i, row)
		if (strcmp(json_text(row, "order"), o->no) == 0 && strcmp(json_text(row, "tracking"), tracking) == 0)
			return row;
	const struct code_row *region = codes_table(d->codes, "regions", &regions, NULL) == OK
	                                    ? codes_find(regions, json_text(o->values, "mail_region"))
	                                    : NULL;
	address[0] = '\0';
	if (region)
		codes_full_name_zh(regions, region, address, sizeof address - 1);
	if (*address)
		strcat(address, " ");
	text_copy(address + strlen(address), sizeof address - strlen(address), json_text(o->values, "mail_address"));
	row = json_object();
	set_position(row, json_array_size(rows));
	set(row, "order", o->no);
	set(row, "tracking", tracking);
	set(row, "recipient", contact_value(o->values, "name"));
	set(row, "phone", contact_value(o->values, "mobile"));
	set(row, "address", address);
	set(row, "keys", "");
	json_array_append_new(rows, row);
	return row;
}

static void add_parcel(struct desk *d, const struct order *o, const char *key, const char *tracking, json_t *rows)
{
	json_t *row = parcel_of(d, o, tracking, rows);
	const char *before = json_text(row, "keys");
	json_object_set_new(row, "keys", json_sprintf("%s%s%s", before, *before && *key ? tr("、", ", ") : "", key));
}

/* What was mailed, the last of it on `mailed_on` of `texts`; before that, what is about to be. */
static enum err parcels_of_order(struct desk *d, const struct order *o, const json_t *items, json_t *rows, json_t *texts, struct error *e)
{
	json_t *sent = NULL, *row;
	size_t i;
	if (strcmp(o->delivery, "mail") != 0 || o->draft)
		return OK;
	enum err r = store_rows(d->store, SQL_PRINT_PARCELS_OF_ORDER, &sent, e, "i", o->order_id);
	json_array_foreach(sent, i, row) {
		add_parcel(d, o, json_text(row, "key_serial"), json_text(row, "tracking"), rows);
		set_day(texts, "mailed_on", json_number(row, "handed_at"));
	}
	if (!r && json_array_size(sent) == 0)
		json_array_foreach((json_t *)items, i, row)
			add_parcel(d, o, json_text(row, "key_serial"), "", rows);
	json_decref(sent);
	return r;
}

/* What the customer has in hands: what the order made, where that is one certificate; before that, what it is about. */
static void add_held(json_t *facts, const struct subject *s)
{
	json_t *texts = json_object_get(facts, "texts"), *items = json_object_get(json_object_get(facts, "lists"), "items");
	const json_t *made = json_array_size(items) == 1 ? json_array_get(items, 0) : NULL;
	bool own = *json_text(made, "certificate") != '\0';
	set(texts, "held_certificate", own ? json_text(made, "certificate") : s->id ? s->serial : "");
	set(texts, "held_key", own ? json_text(made, "key_serial") : s->id ? s->key_serial : "");
}

/* The certificate that a renewal, a replacement, a revocation … is about. */
static enum err add_about(struct desk *d, const struct order *o, json_t *facts, struct error *e)
{
	struct subject s = {0};
	json_t *texts = json_object_get(facts, "texts");
	enum err r = subject_load(d, o, &s, e);
	if (!r) {
		set(texts, "about_certificate", s.id ? s.serial : "");
		set(texts, "about_key", s.id ? s.key_serial : "");
		set_time(texts, "about_until", s.id ? s.not_after : 0);
		json_object_set(json_object_get(facts, "values"), "about_certificate", json_object_get(texts, "about_certificate"));
		add_held(facts, &s);
	}
	subject_free(&s);
	return r;
}

/* The texts as they were agreed to; of a draft those that hold now. */
static enum err add_agreements(struct desk *d, const struct order *o, const json_t *shown, json_t *agreements, struct error *e)
{
	enum { MOST = 16 };
	const struct texts *texts = NULL;
	const struct agreement *current[MOST], *a;
	json_t *row;
	size_t i, n = 0;
	enum err r = desk_texts(d, &texts, e);
	if (r)
		return r;
	if (o->draft)
		n = texts_current(texts, o->channel, current, MOST);
	else
		json_array_foreach(json_object_get(shown, "texts"), i, row)
			if (n < MOST && (a = texts_find(texts, json_text(row, "id"), json_text(row, "version"), json_text(row, "digest"))))
				current[n++] = a;
	for (i = 0; i < n; i++)
		json_array_append_new(agreements, json_pack("{ss ss ss ss ss}", "id", current[i]->id, "title", text2_tr(&current[i]->title),
		                                            "version", current[i]->version, "digest", current[i]->digest, "body",
		                                            current[i]->body));
	return OK;
}

bool printfacts_left_out(const struct print_template *t, const char *field)
{
	for (size_t i = 0; i < t->block_count; i++)
		if (t->blocks[i].type == PRINT_FIELDS && yaml_count(t->blocks[i].leave_out) && print_listed(t->blocks[i].leave_out, field))
			return true;
	return false;
}

enum err printfacts_data_code(const struct print_template *t, const struct form *form, const json_t *values,
                              char out[DATA_CODE_SIZE], struct error *e)
{
	struct bytes canonical = {0};
	char digest[DIGEST_TEXT_SIZE], letters[17];
	json_t *fields = form_signed_values(form, values);
	for (size_t i = 0; fields && i < form->field_count; i++)
		if (printfacts_left_out(t, form->fields[i].name))
			json_object_del(fields, form->fields[i].name);
	enum err r = fields && !json_canonical(fields, &canonical) ? OK : error_set(e, ERR_MEMORY, "%s", form->name);
	if (!r) {
		digest_text(canonical.data, canonical.length, digest);
		const char *hex = strchr(digest, ':');
		snprintf(letters, sizeof letters, "%.16s", hex ? hex + 1 : digest);
		for (char *c = letters; *c; c++)
			*c = *c >= 'a' && *c <= 'f' ? (char)(*c - 'a' + 'A') : *c;
		snprintf(out, DATA_CODE_SIZE, "%.4s-%.4s-%.4s-%.4s", letters, letters + 4, letters + 8, letters + 12);
	}
	bytes_free(&canonical);
	json_decref(fields);
	return r;
}

/* Rows of every list that a template can name. */
static enum err add_lists(struct desk *d, const struct order *o, const json_t *shown, json_t *facts, struct error *e)
{
	json_t *items = NULL, *parcels = json_array(), *lists = json_object_get(facts, "lists");
	enum err r = item_rows(d, o, &items, e);
	if (!r)
		r = parcels_of_order(d, o, items, parcels, json_object_get(facts, "texts"), e);
	json_object_set_new(json_object_get(facts, "texts"), "parcel_count", json_sprintf("%zu", json_array_size(parcels)));
	json_object_set_new(lists, "items", items);
	json_object_set_new(lists, "parcels", parcels);
	json_object_set_new(lists, "lines", line_rows(shown));
	json_object_set_new(lists, "payments", payment_rows(d, shown));
	json_t *documents = document_rows(d, shown);
	json_t *count = json_sprintf("%zu", json_array_size(documents));
	json_object_set(json_object_get(facts, "values"), "documents", count);
	json_object_set_new(json_object_get(facts, "texts"), "documents", count); /* a name that texts may write too */
	json_object_set_new(lists, "documents", documents);
	return r;
}

enum err printfacts_order(struct desk *d, const struct print_template *t, const struct order *o, json_t **out, struct error *e)
{
	const struct form *form = NULL;
	json_t *shown = NULL, *facts = NULL;
	char code[DATA_CODE_SIZE];
	*out = NULL;
	enum err r = desk_form(d, o->form, &form, e);
	if (!r)
		r = order_show(d, o->no, &shown, e);
	if (!r && !(facts = begin(d)))
		r = error_set(e, ERR_MEMORY, "%s", o->no);
	if (!r) {
		json_t *texts = json_object_get(facts, "texts");
		json_object_set_new(facts, "values", printfacts_values(o, json_number(shown, "paid")));
		add_fields(d, t, form, o->values, facts);
		add_agent(texts);
		add_order_texts(d, o, shown, texts);
		set(texts, "form_title", text2_tr(&form->title));
		if (!(r = add_taker(d, o, shown, texts, e)))
			r = add_lists(d, o, shown, facts, e);
	}
	if (!r)
		r = add_about(d, o, facts, e);
	if (!r)
		r = add_agreements(d, o, shown, json_object_get(facts, "agreements"), e);
	if (!r && !(r = printfacts_data_code(t, form, o->values, code, e)))
		set(json_object_get(facts, "texts"), "data_code", code);
	json_decref(shown);
	if (r)
		json_decref(facts);
	else
		*out = facts;
	return r;
}

enum err printfacts_day(struct desk *d, const char *date, json_t **out, struct error *e)
{
	json_t *sent = NULL, *row, *parcels = json_array(), *facts = begin(d);
	size_t i;
	int64_t from = 0;
	*out = NULL;
	enum err r = civil_parse_date(date, &from) ? OK : error_set(e, ERR_DESK_DATE, "%s", date);
	if (!r)
		r = store_rows(d->store, SQL_PRINT_PARCELS_OF_DAY, &sent, e, "ii", from, from + DAY);
	json_array_foreach(sent, i, row) {
		struct order o = {0};
		if (!r && !(r = order_load(d, json_text(row, "no"), &o, e)))
			add_parcel(d, &o, json_text(row, "key_serial"), json_text(row, "tracking"), parcels);
		order_free(&o);
	}
	json_t *texts = json_object_get(facts, "texts");
	set(texts, "date", date);
	json_object_set_new(texts, "parcel_count", json_sprintf("%zu", json_array_size(parcels)));
	if (!r && json_array_size(parcels) == 0)
		r = error_set(e, ERR_DESK_PRINT_EMPTY, "%s", date);
	json_object_set_new(json_object_get(facts, "lists"), "parcels", parcels);
	json_decref(sent);
	if (r)
		json_decref(facts);
	else
		*out = facts;
	return r;
}

enum err printfacts_blank(struct desk *d, json_t **out, struct error *e)
{
	*out = begin(d);
	return *out ? OK : error_set(e, ERR_MEMORY, "%s", "");
}
