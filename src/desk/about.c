#include "desk/about.h"

#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/cert.h"
#include "desk/subject.h"
#include "desk/unlock.h"
#include "rules/transition.h"

/* The key that is in, if one is. */
struct key_in {
	bool in;
	int tries;
	struct error dead; /* why it can't be unlocked any more, where its PIN is blocked */
};

/* What would be refused with its signature isn't begun. */
static bool fits(struct desk *d, const struct business *b, const struct subject *s, struct error *e)
{
	return subject_fit(d, b, s, e) == OK && subject_rival(d, b, s, 0, e) == OK;
}

static json_t *one(struct desk *d, const struct business *b, const struct subject *s, const struct key_in *key)
{
	const struct form *form = NULL;
	char why[400] = "";
	struct error e = {0};
	if (desk_form_for(d, b->name, s->customer, &form, NULL) != OK)
		return NULL;
	bool allowed = fits(d, b, s, &e) && (key->in || b->about != ABOUT_KEY);
	if (allowed && key->dead.code && strcmp(b->name, "unlock") == 0) {
		allowed = false;
		e = key->dead;
	}
	if (allowed && key->in && key->tries == 0 && b->pin) { /* its signature opens it */
		allowed = false;
		if (key->dead.code)
			e = key->dead;
		else
			error_set(&e, ERR_TOKEN_PIN_BLOCKED, "%s", s->key_serial);
	}
	if (!allowed && e.code)
		error_sentence(&e, why, sizeof why);
	else if (!allowed)
		text_copy(why, sizeof why, tr("请插入要办理的介质", "insert the key concerned"));
	return json_pack("{ss ss ss sb sb sb ss}", "business", b->name, "title", business_title(b->name), "form", form->name, "needs_key",
	                 b->about == ABOUT_KEY, "needs_pin", b->pin, "allowed", allowed, "why", why);
}

static const char *proposed(struct desk *d, const struct subject *s, const struct key_in *key)
{
	const struct business *renew = business_find("renew");
	if (key->tries == 0)
		return key->dead.code ? "replace" : "unlock";
	return fits(d, renew, s, NULL) ? "renew" : "";
}

static json_t *all(struct desk *d, const struct subject *s, const struct key_in *key)
{
	json_t *list = json_array();
	const struct business *b;
	for (size_t i = 0; (b = business_at(i)); i++) {
		json_t *row = b->about == ABOUT_NOTHING ? NULL : one(d, b, s, key);
		if (row)
			json_array_append_new(list, row);
	}
	json_t *out = json_pack("{ss ss ss ss ss ss so ss so}", "certificate", s->serial, "custodian", s->custodian, "key_serial", s->key_serial, "name", s->name,
	                        "customer", s->customer, "key_state", s->key_state, "businesses", list, "proposed",
	                        key->in ? proposed(d, s, key) : "", "pin_tries",
	                        key->in && key->tries != TOKEN_TRIES_UNKNOWN ? json_integer(key->tries) : json_null());
	desk_time(out, "not_after", s->not_after);
	return out;
}

/* Subject, status and why as certificates are shown everywhere. */
static enum err add_certificate(struct desk *d, json_t *out, const struct subject *s, struct error *e)
{
	json_t *certificate = NULL;
	enum err r = cert_show(d, s->serial, &certificate, e);
	if (!r) {
		json_object_set(out, "subject", json_object_get(certificate, "subject"));
		json_object_set(out, "status", json_object_get(certificate, "status"));
		json_object_set(out, "reason", json_object_get(certificate, "reason"));
	}
	json_decref(certificate);
	return r;
}

/* What is under way about it: drafts and orders that aren't over. */
static enum err add_orders(struct desk *d, json_t *out, const struct subject *s, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	enum err r = store_rows(d->store, SQL_SUBJECT_UNDER_WAY, &rows, e, "i", s->id);
	json_array_foreach(rows, i, row) {
		json_object_set_new(row, "business_title", json_string(business_title(json_text(row, "business"))));
		json_object_set_new(row, "status_title", json_string(status_title(json_text(row, "status"))));
	}
	json_object_set_new(out, "orders", rows ? rows : json_array());
	return r;
}

static enum err finish(struct desk *d, struct subject *s, bool key, json_t **out, struct error *e)
{
	struct key_in it = {.in = key, .tries = key ? token_pin_tries(s->key_serial) : TOKEN_TRIES_UNKNOWN};
	if (it.tries == 0 && unlock_possible(s->key_serial, &it.dead) != ERR_DESK_UNLOCK_DEAD)
		it.dead = (struct error){0}; /* what else is the matter shows when it is unlocked */
	*out = all(d, s, &it);
	enum err r = *out ? add_certificate(d, *out, s, e) : ERR_MEMORY;
	if (!r)
		r = add_orders(d, *out, s, e);
	if (r) {
		json_decref(*out);
		*out = NULL;
	}
	subject_free(s);
	return r;
}

enum err about_key(struct desk *d, const char *serial, json_t **out, struct error *e)
{
	struct subject s = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_CERT_VIEW, NULL, e);
	if (!r)
		r = subject_from_key(d, serial, NULL, &s, e);
	return r ? r : finish(d, &s, true, out, e);
}

enum err about_certificate(struct desk *d, const char *serial, json_t **out, struct error *e)
{
	struct subject s = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_CERT_VIEW, NULL, e);
	if (!r)
		r = subject_from_certificate(d, serial, &s, e);
	return r ? r : finish(d, &s, false, out, e);
}
