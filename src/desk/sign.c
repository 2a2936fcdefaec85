#include "desk/sign.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/attach.h"
#include "desk/orderrow.h"
#include "desk/submit.h"
#include "rules/transition.h"

enum { CODE_DIGITS = 6, CODE_TRIES = 5, CODE_SECONDS = 300, RESEND_SECONDS = 60, CODES_A_DAY = 10, DAY = 86400 };

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

struct challenge {
	int64_t id, sent_at, expires_at, tries;
	bool used;
	char code[DIGEST_TEXT_SIZE], content[DIGEST_TEXT_SIZE];
};

static enum err last_challenge(struct desk *d, const char *no, struct challenge *c, struct error *e)
{
	struct rows *rows = NULL;
	*c = (struct challenge){0};
	enum err r = store_query(d->store, SQL_CHALLENGE_LAST, &rows, e, "tt", no, "sign");
	if (r)
		return r;
	if (rows_next(rows)) {
		c->id = rows_int(rows, 0);
		text_copy(c->code, sizeof c->code, rows_text(rows, 1));
		text_copy(c->content, sizeof c->content, rows_text(rows, 2));
		c->sent_at = rows_int(rows, 3);
		c->expires_at = rows_int(rows, 4);
		c->tries = rows_int(rows, 5);
		c->used = rows_int(rows, 6) != 0;
	}
	return rows_end(&rows, e);
}

/* Bound to the order and the moment, so that an old code's digest is of no use. */
static void code_digest(const struct desk *d, const char *no, int64_t sent_at, const char *code, char out[DIGEST_TEXT_SIZE])
{
	char text[160];
	snprintf(text, sizeof text, "%s/%lld/%.32s", no, (long long)sent_at, code);
	digest_keyed(store_key(d->store), "code", text, strlen(text), out);
	OPENSSL_cleanse(text, sizeof text);
}

/* Five tries of each code: without a bound on the codes, a day of resending would be enough to guess one. */
static enum err may_send(struct desk *d, const char *no, struct error *e)
{
	struct challenge last;
	int64_t now = desk_now(d), sent = 0;
	enum err r = last_challenge(d, no, &last, e);
	if (!r && last.id && now - last.sent_at < RESEND_SECONDS && now >= last.sent_at)
		return error_set(e, ERR_DESK_RESEND, "%lld", (long long)(RESEND_SECONDS - (now - last.sent_at)));
	if (!r)
		r = store_int(d->store, SQL_CHALLENGE_COUNT, 0, &sent, e, "tti", no, "sign", now - DAY);
	return !r && sent >= CODES_A_DAY ? error_set(e, ERR_DESK_CODES, "%lld", (long long)sent) : r;
}

/* Inside the step, which it commits: the code is kept as a digest, then sent. */
static enum err send_code(struct desk *d, const struct application *a, const char *masked, struct error *e)
{
	char code[CODE_DIGITS + 1], digest[DIGEST_TEXT_SIZE];
	const char *no = a->order.no;
	int64_t now = desk_now(d);
	random_digits(code, CODE_DIGITS);
	code_digest(d, no, now, code, digest);
	const struct message_value values[] = {
		{"order", no}, {"code", code}, {"business", business_title(a->order.business)}, {"minutes", "5"}};
	enum err r = store_insert(d->store, SQL_CHALLENGE_INSERT, NULL, e, "tttttii", no, "sign", digest, a->digest, masked, now,
	                          now + CODE_SECONDS);
	if (!r)
		r = desk_message(d, NOTIFY_SMS, agent_mobile(a->order.values), "sign-code", values, 4, NULL, e);
	OPENSSL_cleanse(code, sizeof code);
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
	if (!(r = ready(d, no, &a, e)) && !(r = may_send(d, no, e))) {
		masked = text_mask(agent_mobile(a.order.values));
		r = masked ? send_code(d, &a, masked, e) : ERR_MEMORY;
	}
	store_rollback(d->store);
	if (!r) {
		*out = json_pack("{ssss}", "order", no, "sent_to", masked);
		desk_time(*out, "expires_at", desk_now(d) + CODE_SECONDS);
	}
	free(masked);
	application_free(&a);
	return r;
}

/* Inside the step: a wrong try is counted for good before another window may try. */
static enum err check_code(struct desk *d, const struct application *a, const char *code, struct challenge *c, struct error *e)
{
	const char *no = a->order.no;
	char digest[DIGEST_TEXT_SIZE];
	enum err r = last_challenge(d, no, c, e);
	if (r)
		return r;
	if (!c->id || c->used || c->tries >= CODE_TRIES || desk_now(d) > c->expires_at || desk_now(d) < c->sent_at)
		return error_set(e, ERR_DESK_CODE_ENDED, "%s", "");
	code_digest(d, no, c->sent_at, code, digest);
	if (strcmp(digest, c->code) == 0)
		return strcmp(a->digest, c->content) == 0 ? OK : error_set(e, ERR_DESK_CHANGED, "%s", "");
	if (!(r = store_run(d->store, SQL_CHALLENGE_TRIED, NULL, e, "ii", c->id, (int64_t)CODE_TRIES)))
		r = store_commit_plain(d->store, e);
	return r ? r : error_set(e, ERR_DESK_CODE, "%lld", (long long)(CODE_TRIES - c->tries - 1));
}

enum err sign_code(struct desk *d, const char *no, const char *code, json_t **out, struct error *e)
{
	struct application a = {0};
	struct challenge c;
	char *folded = text_fold_width(code);
	*out = NULL;
	if (!folded)
		return ERR_MEMORY;
	text_trim(folded);
	enum err r = desk_allow(d, MAY_SIGN, NULL, e);
	if (!r && !(r = store_begin(d->store, e))) {
		if (!(r = ready(d, no, &a, e)) && !(r = check_code(d, &a, folded, &c, e)))
			r = application_submit(d, &a, "sms", c.id, c.code, e);
		store_rollback(d->store);
	}
	if (!r)
		r = order_show(d, no, out, e);
	application_free(&a);
	free(folded);
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
