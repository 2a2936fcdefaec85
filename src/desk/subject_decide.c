/* What a signed order about a certificate asks for: a review, a new certificate, a document. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/agentrow.h"
#include "desk/subject.h"
#include "desk/tables.h"
#include "rules/contact.h"
#include "rules/term.h"

static const struct replacement replacements[] = {
	{"lost", true, "lost", "key-compromise", 0},
	{"stolen", true, "lost", "key-compromise", 0},
	{"damaged", false, "damaged", "superseded", 0},
	{"defective", false, "returned", "superseded", 12},
	{"our-mistake", false, "returned", "superseded", 0},
};

const struct replacement *replacement_find(const char *reason)
{
	for (size_t i = 0; i < sizeof replacements / sizeof *replacements; i++)
		if (strcmp(replacements[i].reason, reason) == 0)
			return &replacements[i];
	return NULL;
}

bool replacement_collects(const struct replacement *how)
{
	return strcmp(how->key_state, "returned") == 0;
}

/* Who the agent is; their phone and mail are not part of it. Whoever comes for themself needs none. */
static bool agent_changed(const json_t *before, const json_t *after)
{
	static const char *const names[] = {"name", "id_kind", "id_number"};
	for (size_t i = 0; contact_is_agent(after) && i < sizeof names / sizeof *names; i++)
		if (strcmp(contact_value(before, names[i]), contact_value(after, names[i])) != 0)
			return true;
	return false;
}

static enum err part_changed(const struct profile_part *part, const json_t *before, const json_t *after, bool *changed, struct error *e)
{
	char *a = NULL, *b = NULL;
	enum err r = profile_fill(part->value, before, &a, e);
	if (!r)
		r = profile_fill(part->value, after, &b, e);
	*changed = *changed || (!r && strcmp(a, b) != 0);
	free(a);
	free(b);
	return r;
}

/* Whether the certificate would say something else. */
static enum err content_changed(struct desk *d, const struct subject *s, const json_t *after, bool *changed, struct error *e)
{
	const struct profile *profile = NULL;
	json_t *product = NULL;
	enum err r = tables_product(d, s->product, &product, e);
	if (!r)
		r = desk_profile(d, json_text(product, "profile"), &profile, e);
	*changed = strcmp(json_text(s->before, "region"), json_text(after, "region")) != 0;
	for (size_t i = 0; !r && i < profile->subject_count; i++)
		r = part_changed(&profile->subject[i], s->before, after, changed, e);
	for (size_t i = 0; !r && i < profile->identity_count; i++)
		r = part_changed(&profile->identity[i], s->before, after, changed, e);
	json_decref(product);
	return r;
}

static enum err check_warranty(struct desk *d, const struct order *o, const struct subject *s, struct error *e)
{
	const struct replacement *how = strcmp(o->business, "replace") == 0 ? replacement_find(json_text(o->values, "reason")) : NULL;
	int64_t made = 0;
	if (!how || !how->warranty_months)
		return OK;
	enum err r = store_int(d->store, SQL_SUBJECT_KEY_MADE, 0, &made, e, "t", s->key_serial);
	if (!r && desk_now(d) > term_last(made, how->warranty_months)) {
		char until[11];
		civil_date_text(term_last(made, how->warranty_months), until);
		r = error_set(e, ERR_DESK_WARRANTY, "%s", until);
	}
	return r;
}

/* A new pair can't open what was encrypted to the old one. */
static enum err check_waiting(struct desk *d, const struct order *o, const struct business *b, const struct subject *s, struct error *e)
{
	json_t *product = NULL;
	if (b->makes != MAKES_AGAIN || !json_flag(o->values, "waits_to_decrypt"))
		return OK;
	enum err r = tables_product(d, *json_text(o->values, "product") ? json_text(o->values, "product") : s->product, &product, e);
	if (!r && json_number(product, "rekey") != 0)
		r = error_set(e, ERR_DESK_WAITS, "%s", tr(json_text(product, "zh"), json_text(product, "en")));
	json_decref(product);
	return r;
}

enum err subject_rival(struct desk *d, const struct business *b, const struct subject *s, int64_t order_id, struct error *e)
{
	json_t *rival = NULL;
	enum err r = OK;
	if (b->makes != MAKES_NOTHING && !(r = store_row(d->store, SQL_SUBJECT_RIVAL, &rival, e, "ii", s->id, order_id)) && rival)
		r = error_set(e, ERR_DESK_RIVAL, "%s", json_text(rival, "no"));
	json_decref(rival);
	return r;
}

enum err subject_number_free(struct desk *d, const struct subject *s, const json_t *values, struct error *e)
{
	const char *number = customer_number(values);
	char digest[DIGEST_TEXT_SIZE];
	if (!s->id || !*number)
		return OK;
	int64_t id = 0;
	number_digest(d, number, digest);
	enum err r = store_int(d->store, SQL_CUSTOMER_BY_NUMBER, 0, &id, e, "t", digest);
	return r || !id || id == s->customer_id ? r : error_set(e, ERR_DESK_CUSTOMER_TAKEN, "%s", number);
}

enum err subject_number_free_of(struct desk *d, const struct order *o, const json_t *values, struct error *e)
{
	struct subject s = {0};
	enum err r = subject_load(d, o, &s, e);
	if (!r)
		r = subject_number_free(d, &s, values, e);
	subject_free(&s);
	return r;
}

static enum err decide_review(struct desk *d, const struct order *o, const struct form *form, const struct business *b, bool content,
                              struct subject *s, struct error *e)
{
	int64_t before = 0;
	char *signed_data = NULL;
	enum err r = OK;
	switch (b->review) {
	case REVIEW_NEVER:
	case REVIEW_ALWAYS:
		s->review = b->review == REVIEW_ALWAYS;
		break;
	case REVIEW_FIRST:
		s->review = strcmp(json_text(o->values, "verify_way"), "identity") == 0;
		r = store_int(d->store, SQL_SUBJECT_UNLOCKED, 0, &before, e, "ti", s->key_serial, s->customer_id);
		if (!r && !before && !s->review)
			r = error_set(e, ERR_DESK_FIRST_UNLOCK, "%s", s->key_serial);
		break;
	case REVIEW_CHANGED:
		s->review = content || agent_changed(s->before, o->values) || form_says(form, o->values, "old_phone_unreachable");
		if (b->end == END_RENEWED && !s->review) { /* a renewal has no step of its own in which data are looked at */
			signed_data = form_changes(form, s->before, o->values, true);
			s->review = signed_data && *signed_data;
			r = signed_data ? OK : ERR_MEMORY;
		}
		break;
	}
	free(signed_data);
	return r;
}

enum err subject_decide(struct desk *d, const struct order *o, const struct form *form, struct subject *s, char **changed,
                        struct error *e)
{
	const struct business *b = business_find(o->business);
	bool content = false;
	enum err r = OK;
	*changed = form_changes(form, s->before, o->values, false);
	if (!*changed)
		return ERR_MEMORY;
	if ((r = check_warranty(d, o, s, e)) || (r = subject_rival(d, b, s, o->order_id, e)) || (r = subject_number_free(d, s, o->values, e)) ||
	    (r = check_waiting(d, o, b, s, e)))
		return r;
	if (b->makes == MAKES_AGAIN)
		r = content_changed(d, s, o->values, &content, e);
	s->makes = b->makes == MAKES_NEW || (b->makes == MAKES_AGAIN && (content || b->end == END_RENEWED));
	if (!r && b->makes == MAKES_AGAIN && b->end == END_KEPT && !**changed)
		r = error_set(e, ERR_DESK_NOTHING_CHANGED, "%s", o->no);
	return r ? r : decide_review(d, o, form, b, content, s, e);
}

/* Asked for by the form, where it has the question at all. */
static enum err phone_lost(struct desk *d, const struct order *o, bool *lost, struct error *e)
{
	const struct form *form = NULL;
	enum err r = desk_form(d, o->form, &form, e);
	*lost = !r && form_says(form, o->values, "old_phone_unreachable");
	return r;
}

enum err subject_reason_besides(struct desk *d, const struct order *o, char reason[33], struct error *e)
{
	const struct business *b = business_find(o->business);
	bool lost = false;
	enum err r = b && b->makes == MAKES_AGAIN ? phone_lost(d, o, &lost, e) : OK;
	text_copy(reason, 33, lost ? "phone" : "");
	return r;
}

enum err subject_reason(struct desk *d, const struct order *o, char reason[33], struct error *e)
{
	const struct business *b = business_find(o->business);
	struct subject s = {0};
	bool content = false, lost = false;
	enum err r = OK;
	text_copy(reason, 33, json_text(o->values, "reason"));
	if (!b || b->makes != MAKES_AGAIN || (r = phone_lost(d, o, &lost, e)) || (r = subject_load(d, o, &s, e)))
		return r;
	if (s.id && !(r = content_changed(d, &s, o->values, &content, e)))
		text_copy(reason, 33, content ? "subject" : lost ? "phone" : "");
	subject_free(&s);
	return r;
}

const char *subject_old_phone(const struct subject *s, const json_t *values)
{
	if (!s->id)
		return "";
	/* a person's own phone is on file whoever came: it agrees to its own replacement, and to an agent's who is new */
	const char *own = json_text(s->before, "person_mobile"), *on_file = contact_value(s->before, "mobile"), *to = contact_value(values, "mobile");
	bool person = strcmp(s->customer, "person") == 0 && *own;
	if (person && strcmp(own, json_text(values, "person_mobile")) != 0)
		return own;
	if (!*on_file || strcmp(on_file, to) == 0 || (person && strcmp(own, to) == 0))
		return "";
	return person ? own : on_file;
}

static enum err save_holder(struct desk *d, const struct order *o, const struct subject *s, int64_t dk, const json_t *data,
                            struct error *e)
{
	struct bytes sealed = {0};
	char digest[DIGEST_TEXT_SIZE];
	number_digest(d, customer_number(data), digest);
	enum err r = subject_number_free(d, s, data, e);
	if (!r)
		r = datakey_seal_json(d->store, dk, "customer.data", data, &sealed, e);
	if (!r)
		r = store_run(d->store, SQL_CUSTOMER_SET, NULL, e, "ittbti", s->customer_id, digest, customer_name(data),
		              (const void *)sealed.data, sealed.length, o->no, desk_now(d));
	bytes_free(&sealed);
	return r;
}

enum err subject_keep(struct desk *d, const struct order *o, const struct form *form, const struct subject *s, struct error *e)
{
	json_t *data = NULL;
	int64_t dk = 0;
	bool apart = false;
	enum err r = subject_data(d, s->customer_id, &dk, &data, e);
	if (!r && data)
		r = agents_settle(d, o, form, s, data, &apart, e);
	for (size_t i = 0; !r && data && i < form->field_count; i++) {
		const struct form_field *f = &form->fields[i];
		json_t *value = json_object_get(o->values, f->name);
		if (f->keep == KEEP_NEVER || f->type == FIELD_HIDDEN || f->type == FIELD_NOTE || f->type == FIELD_CALCULATE ||
		    (apart && text_starts(f->name, "agent_")))
			continue;
		json_t *was = json_object_get(s->before, f->name); /* another order may have changed what this one left as it was */
		if (s->before && (value == was || (value && was && json_equal(value, was))))
			continue;
		if (value)
			json_object_set(data, f->name, value);
		else
			json_object_del(data, f->name);
	}
	if (!r && data)
		r = save_holder(d, o, s, dk, data, e);
	json_decref(data);
	return r;
}
