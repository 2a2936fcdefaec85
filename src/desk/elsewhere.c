#include "desk/elsewhere.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/cert.h"
#include "desk/effect.h"
#include "rules/transition.h"

/* Approved, named, and not about anything yet: with what is known of the certificate here. */
static enum err load(struct desk *d, const char *no, struct order *o, int64_t *id, bool *ours, struct error *e)
{
	enum err r = order_load(d, no, o, e);
	return r ? r : elsewhere_find(d, elsewhere_named(o), id, ours, e);
}

enum err elsewhere_wanted(struct desk *d, json_t **out, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	*out = json_array();
	enum err r = store_rows(d->store, SQL_ELSEWHERE_APPROVED, &rows, e, "t", (const char *)d->site);
	json_array_foreach(rows, i, row) {
		struct order o = {0};
		int64_t id;
		bool ours;
		if (r || !json_is_null(json_object_get(row, "asked")))
			continue;
		if (!(r = load(d, json_text(row, "no"), &o, &id, &ours, e)) && *elsewhere_named(&o) && !ours)
			json_array_append_new(*out, json_pack("{ss ss}", "order", o.no, "certificate", elsewhere_named(&o)));
		order_free(&o);
	}
	json_decref(rows);
	return r;
}

enum err elsewhere_order(struct desk *d, const char *no, char *serial, struct error *e)
{
	struct order o = {0};
	enum err r = order_load(d, no, &o, e);
	if (!r && !*elsewhere_named(&o))
		r = error_set(e, ERR_DESK_ELSEWHERE_NONE, "%s", no);
	else if (!r && strcmp(o.status, "approved") != 0)
		r = error_set(e, ERR_DESK_STATUS, "%s %s", no, status_title(o.status));
	if (!r)
		text_copy(serial, CERT_SERIAL_SIZE, elsewhere_named(&o));
	order_free(&o);
	return r;
}

enum err elsewhere_said(struct desk *d, const char *no, const char *why, struct error *e)
{
	int64_t id = 0;
	enum err r = store_int(d->store, SQL_ORDER_NAMED, 0, &id, e, "t", no);
	return r || !id ? r : store_run(d->store, SQL_ELSEWHERE_NOTE, NULL, e, "iit", id, desk_now(d), why);
}

/* --- it has come ---------------------------------------------------------------------------------------------------- */

/* As the draft would have begun with the certificate here, and the signature found. */
static enum err decide(struct desk *d, const struct order *o, const struct form *form, struct subject *s, char **changed, struct error *e)
{
	enum err r = subject_fit(d, business_find(o->business), s, e);
	json_t *values = form_defaults(form);
	if (!r)
		r = subject_prefill(d, s, form, values, e);
	form_prefill(form, NULL, values);
	s->before = values;
	return r ? r : subject_decide(d, o, form, s, changed, e);
}

static enum err commit(struct desk *d, struct order *o, const struct subject *s, const char *changed, struct error *e)
{
	json_t *facts = json_pack("{ss}", "certificate", s->serial);
	enum err r = facts ? subject_to_order(d, o, s, changed, e) : error_set(e, ERR_MEMORY, "%s", o->no);
	if (!r && !(r = store_run(d->store, SQL_ELSEWHERE_SET_ROLE, NULL, e, "it", o->order_id, s->role)) &&
	    !(r = store_run(d->store, SQL_ELSEWHERE_SET_CUSTOMER, NULL, e, "ii", o->order_id, s->customer_id)) && !(r = effect_signed(d, o, s, e)))
		r = desk_commit(d, MAY_SYNC, "custody.about", o->no, NULL, facts, e);
	json_decref(facts);
	return r;
}

/* Inside a step, which it commits: what is decided is what is written. */
static enum err settle_step(struct desk *d, struct order *o, struct error *e)
{
	const struct form *form = NULL;
	struct subject s = {0};
	char *changed = NULL;
	enum err r = desk_form(d, o->form, &form, e);
	if (!r)
		r = subject_from_certificate(d, elsewhere_named(o), &s, e);
	if (!r && !(r = decide(d, o, form, &s, &changed, e)))
		r = commit(d, o, &s, changed, e);
	free(changed);
	subject_free(&s);
	return r;
}

static enum err settle(struct desk *d, const char *no, bool *done, struct error *e)
{
	struct order o = {0};
	struct error why = {0};
	char sentence[ERROR_DETAIL_SIZE * 3];
	int64_t id;
	bool ours = false;
	enum err r = store_begin(d->store, &why);
	if (!r && !(r = load(d, no, &o, &id, &ours, &why)) && *elsewhere_named(&o) && ours && strcmp(o.status, "approved") == 0) {
		r = settle_step(d, &o, &why);
		*done = r == OK;
	}
	store_rollback(d->store);
	order_free(&o);
	if (*done)
		crl_publish(d, NULL); /* what was lost is suspended; the timer tries again */
	else if (r && error_exit(r) == EXIT_REFUSED)
		r = elsewhere_said(d, no, error_sentence(&why, sentence, sizeof sentence), e);
	else if (r && e)
		*e = why;
	return r;
}

enum err elsewhere_settle(struct desk *d, int64_t *settled, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	*settled = 0;
	enum err r = store_rows(d->store, SQL_ELSEWHERE_APPROVED, &rows, e, "t", (const char *)d->site);
	json_array_foreach(rows, i, row) {
		struct order o = {0};
		int64_t id;
		bool ours, done = false;
		if (r)
			break;
		if (!(r = load(d, json_text(row, "no"), &o, &id, &ours, e)) && *elsewhere_named(&o) && ours)
			r = settle(d, o.no, &done, e);
		*settled += done;
		order_free(&o);
	}
	json_decref(rows);
	return r;
}
