/* What order_show says of the certificate that an order is about, and of the data that it changes. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/effect.h"
#include "desk/fieldtext.h"
#include "desk/subject.h"
#include "rules/certstate.h"

static json_t *shown(const struct form *form, const struct form_field *f, const json_t *values, bool whole)
{
	json_t *value = json_object_get(values, f->name);
	char *masked = !whole && json_is_string(value) && field_hidden(form, f, values) ? text_mask(json_string_value(value)) : NULL;
	json_t *out = masked ? json_string(masked) : value ? json_incref(value) : json_null();
	free(masked);
	return out;
}

static json_t *changes(const struct form *form, const json_t *before, const json_t *after, bool whole)
{
	json_t *out = json_array();
	char *names = form_changes(form, before, after, false), *rest = NULL;
	for (char *name = names ? strtok_r(names, ", ", &rest) : NULL; name; name = strtok_r(NULL, ", ", &rest)) {
		const struct form_field *f = form_field(form, name);
		json_array_append_new(out, json_pack("{ss ss so so}", "field", name, "label", text2_tr(&f->label), "before",
		                                     shown(form, f, before, whole), "after",
		                                     shown(form, f, after, whole)));
	}
	free(names);
	return out;
}

/* What becomes of the old key and its certificate, where the order says so. */
static void add_fate(const struct order *o, json_t *about)
{
	bool replaces = strcmp(o->business, "replace") == 0, revokes = strcmp(o->business, "revoke") == 0;
	const char *reason = replaces || revokes ? json_text(o->values, "reason") : "";
	const struct replacement *how = replaces ? replacement_find(reason) : NULL;
	json_object_set_new(about, "reason", json_string(reason));
	json_object_set_new(about, "suspends", json_boolean(how && how->suspends));
	json_object_set_new(about, "old_key", json_string(how ? how->key_state : ""));
	json_object_set_new(about, "revocation", json_string(how ? how->revocation : reason));
}

/* How long an approved unlock may be carried out, and whether by a code. */
static enum err add_unlock(struct desk *d, const struct order *o, const struct subject *s, json_t *about, struct error *e)
{
	bool by_code = false;
	int64_t until = 0;
	if (strcmp(o->business, "unlock") != 0 || strcmp(o->status, "approved") != 0)
		return OK;
	enum err r = effect_unlock_until(d, o, s, &by_code, &until, e);
	json_object_set_new(about, "unlock_code", json_boolean(by_code));
	desk_time(about, "unlock_until", until);
	return r;
}

static enum err add_certificate(struct desk *d, const struct order *o, const struct subject *s, json_t *out, struct error *e)
{
	const char *status = subject_status(d, s);
	json_t *about = json_pack("{ss ss ss ss ss ss sb}", "certificate", s->serial, "subject", s->subject, "status", status, "status_title",
	                          cert_state_title_why(status, s->reason), "key_serial", s->key_serial, "key_state", s->key_state, "review", s->review);
	if (!about)
		return ERR_MEMORY;
	desk_time(about, "not_after", s->not_after);
	add_fate(o, about);
	json_object_set_new(out, "about", about);
	return add_unlock(d, o, s, about, e);
}

enum err subject_show(struct desk *d, const struct order *o, const struct form *form, bool whole, json_t *out, struct error *e)
{
	struct subject s = {0};
	enum err r = subject_load_changed(d, o, &s, e);
	json_object_set_new(out, "about", json_null());
	json_object_set_new(out, "changes", !r && s.before ? changes(form, s.before, o->values, whole) : json_array());
	if (!r && s.id)
		r = add_certificate(d, o, &s, out, e);
	subject_free(&s);
	return r;
}
