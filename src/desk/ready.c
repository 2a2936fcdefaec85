/* Whether a draft can be signed: its values, what it is about, its documents. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "desk/attach.h"
#include "desk/mainkey.h"
#include "desk/submit.h"

static enum err judge(struct desk *d, const struct order *o, const struct form *form, struct error *e)
{
	json_t *mistakes = NULL;
	const struct form_field *first = form_judge_all(form, d->codes, o->values, desk_now(d), &mistakes);
	enum err r = OK;
	if (first) {
		struct check_result why;
		form_judge(form, d->codes, first, o->values, desk_now(d), &why);
		if (strcmp(first->name, "identity_seen") == 0)
			r = error_set(e, ERR_DESK_IDENTITY, "%s", "");
		else if (strcmp(first->name, "consent") == 0)
			r = error_set(e, ERR_DESK_CONSENT, "%s", "");
		else
			r = error_set(e, ERR_DESK_MISTAKES, tr("%s：%s", "%s: %s"), text2_tr(&first->label), why.message);
	}
	json_decref(mistakes);
	/* where no key proves the holder, no form may forget to ask */
	if (!r && !business_find(o->business)->pin && (!form_field(form, "identity_seen") || !form_field(form, "consent")))
		r = error_set(e, ERR_DESK_IDENTITY, "%s", form->name);
	return r;
}

/* What the order is about is looked at again, and what it asks for decided. */
static enum err decide(struct desk *d, struct application *a, struct error *e)
{
	struct order *o = &a->order;
	enum err r = subject_load(d, o, &a->subject, e);
	if (r || !a->subject.id)
		return r;
	if (!(r = subject_fit(d, business_find(o->business), &a->subject, e)) && !(r = subject_phone_now(d, &a->subject, e)))
		r = subject_decide(d, o, a->form, &a->subject, &a->changed, e);
	if (!r && a->subject.makes) /* an expired one is renewed: another may have taken its place */
		r = main_key_asked(d, o, &a->subject, e);
	o->review = a->subject.review;
	o->makes = a->subject.makes;
	return r;
}

static enum err fit_to_sign(struct desk *d, const char *no, struct application *a, struct error *e)
{
	const char *to;
	enum err r = order_load(d, no, &a->order, e);
	if (!r)
		r = order_next(&a->order, "sign", &to, e);
	if (!r)
		r = desk_form(d, a->order.form, &a->form, e);
	if (!r)
		r = judge(d, &a->order, a->form, e);
	if (!r && strcmp(a->order.business, "new") == 0)
		r = main_key_asked(d, &a->order, &a->subject, e);
	return r ? r : decide(d, a, e);
}

enum err draft_filled(struct desk *d, const char *no, struct error *e)
{
	struct application a = {0};
	enum err r = desk_allow(d, MAY_ORDER_NEW, NULL, e);
	if (!r)
		r = fit_to_sign(d, no, &a, e);
	application_free(&a);
	return r;
}

/* A main key that the unit can't have is put right where main or secondary is chosen. */
static enum err advise(struct desk *d, const struct order *o, json_t *out, struct error *e)
{
	static const struct subject nothing;
	struct error why = {0};
	char sentence[600];
	if (strcmp(o->business, "new") != 0)
		return OK;
	enum err r = main_key_asked(d, o, &nothing, &why);
	if (r != ERR_DESK_MAIN_KEY && r != ERR_DESK_MAIN_ASKED) {
		if (r && e)
			*e = why;
		return r;
	}
	json_object_set_new(out, "key_role", json_string(error_sentence(&why, sentence, sizeof sentence)));
	return OK;
}

enum err draft_advice(struct desk *d, const char *no, const json_t *values, json_t **out, struct error *e)
{
	struct order o = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_NEW, NULL, e);
	if (!r && !(r = order_load(d, no, &o, e))) {
		json_decref(o.values);
		o.values = json_deep_copy(values);
		if (!o.values || !(*out = json_object()))
			r = error_set(e, ERR_MEMORY, "%s", no);
		else
			r = advise(d, &o, *out, e);
	}
	if (r) {
		json_decref(*out);
		*out = NULL;
	}
	order_free(&o);
	return r;
}

/* Loads the draft and refuses what can't be signed yet. */
enum err application_ready(struct desk *d, const char *no, struct application *a, struct error *e)
{
	char *missing = NULL;
	*a = (struct application){0};
	enum err r = desk_allow(d, MAY_SIGN, &a->who, e);
	if (!r)
		r = desk_clock_right(d, e);
	if (!r)
		r = fit_to_sign(d, no, a, e);
	if (!r && !(r = attach_missing(d, &a->order, &missing, e)) && *missing)
		r = error_set(e, ERR_DESK_DOCUMENTS, "%s", missing);
	if (!r)
		r = application_complete(d, a, e);
	free(missing);
	if (r)
		application_free(a);
	return r;
}
