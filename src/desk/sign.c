#include "desk/sign.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/attach.h"
#include "desk/challenge.h"
#include "desk/orderrow.h"
#include "desk/submit.h"
#include "rules/transition.h"

/* Who gets the code: the agent, or the person who is their own agent. */
static const char *agent_mobile(const json_t *values)
{
	const char *mobile = json_text(values, "agent_mobile");
	return *mobile ? mobile : json_text(values, "person_mobile");
}

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
			r = error_set(e, ERR_DESK_MISTAKES, "%s: %s", text2_tr(&first->label), why.message);
	}
	json_decref(mistakes);
	if (!r && !json_flag(o->values, "identity_seen"))
		r = error_set(e, ERR_DESK_IDENTITY, "%s", "");
	if (!r && !json_flag(o->values, "consent"))
		r = error_set(e, ERR_DESK_CONSENT, "%s", "");
	return r;
}

/* Loads the draft and refuses what can't be signed yet. */
static enum err ready(struct desk *d, const char *no, struct application *a, struct error *e)
{
	const char *to;
	char *missing = NULL;
	*a = (struct application){0};
	enum err r = desk_allow(d, MAY_SIGN, &a->who, e);
	if (!r)
		r = desk_clock_right(d, e);
	if (!r)
		r = order_load(d, no, &a->order, e);
	if (!r)
		r = order_next(&a->order, "sign", &to, e);
	if (!r)
		r = desk_form(d, a->order.form, &a->form, e);
	if (!r)
		r = judge(d, &a->order, a->form, e);
	if (!r && !(r = attach_missing(d, no, &missing, e)) && *missing)
		r = error_set(e, ERR_DESK_DOCUMENTS, "%s", missing);
	if (!r)
		r = application_complete(d, a, e);
	free(missing);
	if (r)
		application_free(a);
	return r;
}

enum err sign_preview(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct application a;
	json_t *texts = json_array();
	*out = NULL;
	enum err r = ready(d, no, &a, e);
	if (!r) {
		const char *declaration = "";
		for (size_t i = 0; i < a.text_count; i++) {
			const struct agreement *t = a.texts[i];
			json_array_append_new(texts, json_pack("{ssssssss}", "id", t->id, "version", t->version, "title", text2_tr(&t->title),
			                                       "body", t->body));
			if (strcmp(t->id, "declaration") == 0)
				declaration = t->body;
		}
		char *mobile = text_mask(agent_mobile(a.order.values));
		*out = json_pack("{sO ss ss sO sI sO ss}", "texts", texts, "declaration", declaration, "agent_mobile", mobile ? mobile : "",
		                 "documents", json_object_get(a.content, "documents"), "amount", (json_int_t)a.amount, "lines", a.lines,
		                 "digest", a.digest);
		free(mobile);
		application_free(&a);
	}
	json_decref(texts);
	return r;
}

/* Inside the step, which it commits. */
static enum err send_code(struct desk *d, const struct application *a, struct error *e)
{
	const char *no = a->order.no;
	const struct challenge c = {no, "sign", a->digest, NOTIFY_SMS, agent_mobile(a->order.values), "sign-code",
		{{"order", no}, {"business", business_title(a->order.business)}}, 2, CODE_MINUTES};
	enum err r = challenge_send(d, &c, e);
	return r ? r : store_commit_plain(d->store, e);
}

enum err sign_send(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct application a = {0};
	char *masked = NULL;
	*out = NULL;
	enum err r = desk_allow(d, MAY_SIGN, NULL, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = ready(d, no, &a, e)) && !(r = send_code(d, &a, e)))
		r = (masked = text_mask(agent_mobile(a.order.values))) ? OK : ERR_MEMORY;
	store_rollback(d->store);
	if (!r) {
		*out = json_pack("{ssss}", "order", no, "sent_to", masked);
		desk_time(*out, "expires_at", desk_now(d) + CODE_MINUTES * 60);
	}
	free(masked);
	application_free(&a);
	return r;
}

enum err sign_code(struct desk *d, const char *no, const char *code, json_t **out, struct error *e)
{
	struct application a = {0};
	int64_t challenge = 0;
	char evidence[DIGEST_TEXT_SIZE];
	*out = NULL;
	enum err r = desk_allow(d, MAY_SIGN, NULL, e);
	if (!r && !(r = store_begin(d->store, e))) {
		if (!(r = ready(d, no, &a, e)) && !(r = challenge_check(d, no, "sign", a.digest, code, &challenge, evidence, e)))
			r = application_submit(d, &a, "sms", challenge, evidence, e);
		store_rollback(d->store);
	}
	if (!r)
		r = order_show(d, no, out, e);
	application_free(&a);
	return r;
}

/* The scan of the form is there, and the second person didn't key it in. */
static enum err check_paper(struct desk *d, const struct application *a, struct error *e)
{
	json_t *kinds = NULL, *row;
	size_t i;
	bool scanned = false;
	const char *title = "signed-form";
	enum err r = order_separate(d, &a->order, &d->second, MAY_SIGN_CONFIRM, e);
	if (!r)
		r = attach_kinds(d, a->order.no, &kinds, e);
	json_array_foreach(kinds, i, row)
		if (strcmp(json_text(row, "kind"), "signed-form") == 0) {
			scanned = json_flag(row, "attached");
			title = json_text(row, "title");
		}
	if (!r && !scanned)
		r = error_set(e, ERR_DESK_DOCUMENTS, "%s", title);
	json_decref(kinds);
	return r;
}

enum err sign_paper(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct application a = {0};
	*out = NULL;
	if (!d->second.id || !(d->second.roles & permission_roles(MAY_SIGN_CONFIRM)))
		return error_set(e, ERR_DESK_TWO_PERSONS, "%s", permission_title(MAY_SIGN_CONFIRM));
	enum err r = desk_allow(d, MAY_SIGN, NULL, e);
	if (!r && !(r = store_begin(d->store, e))) {
		if (!(r = ready(d, no, &a, e)) && !(r = check_paper(d, &a, e)))
			r = application_submit(d, &a, "paper", 0, "signed-form", e);
		store_rollback(d->store);
	}
	if (!r)
		r = order_show(d, no, out, e);
	application_free(&a);
	return r;
}
