#include "desk/identityrow.h"

#include <string.h>

#include "base/json.h"
#include "desk/submit.h"
#include "rules/contact.h"
#include "rules/identity.h"
#include "rules/transition.h"

enum { REQUEST_MOST = 64 };
#define REQUEST_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/"

struct failure {
	const char *of, *method, *provider, *request, *reason, *evidence;
	int64_t staff;
};

/* Inside a step. */
static enum err put(struct desk *d, const char *subject, const struct order *o, const struct failure *f, struct error *e)
{
	int64_t dk = 0;
	if (o && o->order_id)
		return store_insert(d->store, SQL_IDENTITY_FAILED_INSERT, NULL, e, "iitttit" "tti", o->dk, o->order_id, f->of, f->method, f->provider,
		                    f->staff, f->request, f->reason, f->evidence, desk_now(d));
	enum err r = datakey_new(d->store, &dk, e);
	return r ? r : store_insert(d->store, SQL_IDENTITY_REFUSAL_INSERT, NULL, e, "itttti" "ttti", dk, subject, f->of, f->method, f->provider,
	                            f->staff, f->request, f->reason, f->evidence, desk_now(d));
}

enum err identity_list(struct desk *d, const char *subject, json_t **out, struct error *e)
{
	struct order o = {0};
	struct subject s = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_VIEW, NULL, e);
	if (r || (r = identity_rows(d, subject, out, e)) || json_array_size(*out))
		return r;
	if (subject_from_certificate(d, subject, &s, NULL) != OK) /* nothing failed of what there is; of anything else nothing is known */
		r = order_load(d, subject, &o, e);
	subject_free(&s);
	order_free(&o);
	if (r) {
		json_decref(*out);
		*out = NULL;
	}
	return r;
}

static json_t *facts_of(const struct failure *f)
{
	return *f->reason ? json_pack("{ss ss ss ss}", "of", f->of, "method", f->method, "reason", f->reason, "result", "failed")
	                  : json_pack("{ss ss ss}", "of", f->of, "method", f->method, "result", "passed");
}

/* Somebody said before that they had seen it: that is asked anew. */
static enum err not_seen(struct desk *d, struct order *o, struct error *e)
{
	struct bytes sealed = {0};
	if (!o->draft || !json_is_true(json_object_get(o->values, "identity_seen")))
		return OK;
	json_object_set_new(o->values, "identity_seen", json_false());
	enum err r = datakey_seal_json(d->store, o->dk, "draft.data", o->values, &sealed, e);
	if (!r)
		r = store_run(d->store, SQL_DRAFT_SET_DATA, NULL, e, "ib", o->id, (const void *)sealed.data, sealed.length);
	bytes_free(&sealed);
	return r;
}

static enum err check_what(const struct order *o, const struct identity_refused *what, struct error *e)
{
	const struct identity_word *method = identity_method_find(what->method);
	const char *of, *request = what->request ? what->request : "";
	bool known = false;
	for (size_t i = 0; (of = identity_of(o->customer, i)); i++)
		known |= strcmp(of, what->of) == 0;
	if (!known)
		return error_set(e, ERR_DESK_IDENTITY_WHAT, "%.40s", what->of);
	if (!method || !identity_method_fits(method, what->of))
		return error_set(e, ERR_DESK_IDENTITY_WHAT, "%.40s", what->method);
	if (strlen(request) > REQUEST_MOST || request[strspn(request, REQUEST_LETTERS)])
		return error_set(e, ERR_DESK_IDENTITY_WHAT, "%s", "request");
	return !what->reason || identity_reason_find(what->reason) ? OK : error_set(e, ERR_DESK_IDENTITY_WHAT, "%.40s", what->reason);
}

/* What was looked at: the data as they stood. */
static enum err evidence_of(const struct order *o, char digest[DIGEST_TEXT_SIZE])
{
	struct bytes text = {0};
	enum err r = json_canonical(o->values, &text);
	if (!r)
		digest_text(text.data, text.length, digest);
	bytes_free(&text);
	return r;
}

/* Inside a step. */
static enum err put_passed(struct desk *d, const struct order *o, const struct failure *f, struct error *e)
{
	json_t *open = NULL;
	enum err r = o->draft ? error_set(e, ERR_DESK_STATUS, "%s %s", o->no, status_title(o->status)) : identity_open(d, o, &open, e);
	bool failed = open != NULL;
	json_decref(open);
	if (!r && !failed)
		r = error_set(e, ERR_DESK_IDENTITY_NONE_FAILED, "%s", o->no);
	return r ? r : store_insert(d->store, SQL_IDENTITY_INSERT, NULL, e, "iitttit" "ti", o->dk, o->order_id, f->of, f->method, f->provider,
	                            f->staff, f->request, f->evidence, desk_now(d));
}

/* Inside a step, which it commits. */
static enum err say(struct desk *d, struct order *o, const struct identity_refused *what, const struct staff *who, struct error *e)
{
	char evidence[DIGEST_TEXT_SIZE];
	const char *request = what->request ? what->request : "";
	bool passed = !what->reason;
	const struct failure f = {what->of, what->method, *request ? "provider" : "face-to-face", request, passed ? "" : what->reason, evidence, who->id};
	enum err r = o->away ? order_away(o, e) : status_ended(o->status) ? error_set(e, ERR_DESK_STATUS, "%s %s", o->no, status_title(o->status)) : OK;
	if (!r)
		r = check_what(o, what, e);
	if (!r)
		r = evidence_of(o, evidence);
	if (!r && passed)
		r = put_passed(d, o, &f, e);
	else if (!r && !(r = put(d, o->no, o, &f, e)))
		r = not_seen(d, o, e);
	if (!r) {
		json_t *facts = facts_of(&f);
		r = desk_commit(d, passed ? MAY_IDENTITY_PASS : MAY_IDENTITY_REFUSE, NULL, o->no, NULL, facts, e);
		json_decref(facts);
	}
	return r;
}

static enum err said(struct desk *d, const char *no, enum permission action, const struct identity_refused *what, json_t **out, struct error *e)
{
	struct order o = {0};
	const struct staff *who;
	*out = NULL;
	enum err r = desk_allow(d, action, &who, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = order_load(d, no, &o, e)))
		r = say(d, &o, what, who, e);
	store_rollback(d->store);
	order_free(&o);
	return r ? r : order_show(d, no, out, e);
}

enum err identity_refuse(struct desk *d, const char *no, const struct identity_refused *what, json_t **out, struct error *e)
{
	return said(d, no, MAY_IDENTITY_REFUSE, what, out, e);
}

enum err identity_pass(struct desk *d, const char *no, const char *of, const char *method, const char *request, json_t **out, struct error *e)
{
	return said(d, no, MAY_IDENTITY_PASS, &(struct identity_refused){.of = of, .method = method, .request = request}, out, e);
}

static bool is_code(enum err why)
{
	return why == ERR_DESK_CODE || why == ERR_DESK_CODE_SPENT;
}

static bool is_pin(enum err why)
{
	return why == ERR_TOKEN_PIN_WRONG || why == ERR_TOKEN_PIN_BLOCKED;
}

/* What a wrong code or PIN says of one application; false where it was no check of who is here. */
static bool failed_of(const struct application *a, enum err why, bool old, struct failure *f)
{
	bool person = strcmp(a->order.customer, "person") == 0, agent = contact_is_agent(a->order.values);
	const char *of = is_pin(why) || old ? (person ? "person" : is_pin(why) ? "unit" : "agent") : agent ? "agent" : "person";
	if (!a->subject.id || !a->who)
		return false;
	*f = (struct failure){of, is_pin(why) ? "key-signature" : old || application_phone_on_file(a) ? "code-on-file" : "code-new-phone",
	                      is_pin(why) ? "key" : "sms", a->order.no, is_pin(why) ? "wrong-pin" : "wrong-code", a->digest, a->who->id};
	return true;
}

static enum err record_signing(struct desk *d, enum err why, const struct application *all, size_t count, const char *visit, bool old,
                               struct error *e)
{
	json_t *orders = json_array(), *facts = NULL;
	struct failure f = {0};
	enum err r = store_begin(d->store, e);
	for (size_t i = 0; !r && i < count; i++)
		if (failed_of(&all[i], why, old, &f) && !(r = put(d, all[i].order.no, &all[i].order, &f, e)))
			json_array_append_new(orders, json_string(all[i].order.no));
	if (!r && json_array_size(orders)) {
		facts = facts_of(&f);
		if (visit)
			json_object_set(facts, "orders", orders);
		r = desk_commit(d, MAY_IDENTITY_REFUSE, NULL, visit ? visit : all->order.no, NULL, facts, e);
	}
	store_rollback(d->store);
	json_decref(facts);
	json_decref(orders);
	return r;
}

enum err identity_signing_failed(struct desk *d, enum err why, const struct application *all, size_t count, const char *visit, bool old)
{
	struct error unsaid = {0};
	enum err r = is_code(why) || is_pin(why) ? record_signing(d, why, all, count, visit, old, &unsaid) : OK;
	(void)r; /* what went wrong first is what the operator has to know */
	return why;
}

enum err identity_key_failed(struct desk *d, enum err why, const struct subject *s, const struct staff *who)
{
	struct error unsaid = {0};
	const struct failure f = {s->customer, "key-signature", "key", s->key_serial, "wrong-pin", "", who->id};
	if (!is_pin(why) || !s->id || store_begin(d->store, &unsaid))
		return why;
	if (!put(d, s->serial, NULL, &f, &unsaid)) {
		json_t *facts = facts_of(&f);
		(void)desk_commit(d, MAY_IDENTITY_REFUSE, NULL, s->serial, NULL, facts, &unsaid);
		json_decref(facts);
	}
	store_rollback(d->store);
	return why;
}
