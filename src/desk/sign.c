#include "desk/sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/attach.h"
#include "desk/challenge.h"
#include "desk/identityrow.h"
#include "desk/print.h"
#include "desk/slot.h"
#include "desk/submit.h"
#include "rules/contact.h"
#include "rules/transition.h"

/* Who gets the code. */
static const char *agent_mobile(const json_t *values)
{
	return contact_value(values, "mobile");
}

/* The phone on file has to agree to its own replacement, unless it can't be reached; then there is more to show and a
 * review. */
const char *application_old_phone(const struct application *a)
{
	return form_says(a->form, a->order.values, "old_phone_unreachable") ? "" : subject_old_phone(&a->subject, a->order.values);
}

enum err sign_preview(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct application a;
	json_t *texts = json_array();
	*out = NULL;
	enum err r = application_ready(d, no, &a, e);
	if (!r) {
		const char *declaration = "";
		for (size_t i = 0; i < a.text_count; i++) {
			const struct agreement *t = a.texts[i];
			json_array_append_new(texts, json_pack("{ssssssss}", "id", t->id, "version", t->version, "title", text2_tr(&t->title),
			                                       "body", t->body));
			if (strcmp(t->id, "declaration") == 0)
				declaration = t->body;
		}
		order_title_rows(a.lines);
		char *mobile = text_mask(agent_mobile(a.order.values)), *old = text_mask(application_old_phone(&a));
		*out = json_pack("{sO ss ss sO sI sO ss}", "texts", texts, "declaration", declaration, "agent_mobile", mobile ? mobile : "",
		                 "documents", json_object_get(a.content, "documents"), "amount", (json_int_t)a.amount, "lines", a.lines,
		                 "digest", a.digest);
		bool key = a.subject.id && business_find(a.order.business)->pin && old && !*old;
		json_object_set_new(*out, "key_serial", json_string(key ? a.subject.key_serial : ""));
		json_object_set_new(*out, "old_mobile", json_string(old ? old : ""));
		json_object_set_new(*out, "agent", json_boolean(contact_is_agent(a.order.values)));
		free(mobile);
		free(old);
		application_free(&a);
	}
	json_decref(texts);
	return r;
}

/* Inside the step, which it commits. */
static enum err send_codes(struct desk *d, const struct application *a, struct error *e)
{
	const char *no = a->order.no, *old = application_old_phone(a);
	const struct challenge c = {no, "sign", a->digest, NOTIFY_SMS, agent_mobile(a->order.values), "sign-code",
		{{"order", no}, {"business", business_title_zh(a->order.business)}}, 2, CODE_MINUTES};
	const struct challenge too = {no, "sign-old", a->digest, NOTIFY_SMS, old, "phone-code",
		{{"customer", customer_name(a->order.values)}}, 1, CODE_MINUTES};
	enum err r = challenge_send(d, &c, e);
	if (!r && *old)
		r = challenge_send(d, &too, e);
	return r ? r : store_commit_plain(d->store, e);
}

enum err sign_send(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct application a = {0};
	char *masked = NULL, *old = NULL;
	*out = NULL;
	enum err r = desk_allow(d, MAY_SIGN, NULL, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = application_ready(d, no, &a, e)) && !(r = send_codes(d, &a, e))) {
		masked = text_mask(agent_mobile(a.order.values));
		old = text_mask(application_old_phone(&a));
		r = masked && old ? OK : ERR_MEMORY;
	}
	store_rollback(d->store);
	if (!r) {
		*out = json_pack("{ssss}", "order", no, "sent_to", masked);
		if (*old)
			json_object_set_new(*out, "sent_to_old", json_string(old));
		desk_time(*out, "expires_at", desk_now(d) + CODE_MINUTES * 60);
	}
	free(masked);
	free(old);
	application_free(&a);
	return r;
}

/* A wrong one ends the step, and is recorded after it. */
static enum err check_codes(struct desk *d, const struct application *a, const char *code, const char *old_code, struct signing *how,
                            char evidence[2][DIGEST_TEXT_SIZE], struct error *e)
{
	const char *no = a->order.no;
	bool two = *application_old_phone(a) != '\0';
	if (two && (!old_code || !*old_code))
		return error_set(e, ERR_DESK_TWO_CODES, "%s", "");
	enum err r = challenge_check(d, no, "sign", a->digest, code, &how->code, evidence[0], e);
	bool old = !r && two;
	if (old)
		r = challenge_check(d, no, "sign-old", a->digest, old_code, &how->old_code, evidence[1], e);
	r = identity_signing_failed(d, r, a, 1, NULL, old);
	if (r == ERR_DESK_CODE && two && e) { /* which of the two */
		char left[16];
		text_copy(left, sizeof left, e->detail);
		r = error_set(e, old ? ERR_DESK_CODE_OLD : ERR_DESK_CODE_NEW, "%s", left);
	}
	return r;
}

enum err sign_codes(struct desk *d, const char *no, const char *code, const char *old_code, json_t **out, struct error *e)
{
	struct application a = {0};
	char evidence[2][DIGEST_TEXT_SIZE];
	struct signing how = {.method = "sms", .evidence = evidence[0]};
	*out = NULL;
	enum err r = desk_allow(d, MAY_SIGN, NULL, e);
	if (!r && !(r = store_begin(d->store, e))) {
		if (!(r = application_ready(d, no, &a, e)) && !(r = check_codes(d, &a, code, old_code, &how, evidence, e)))
			r = applications_submit(d, &a, 1, &how, e);
		store_rollback(d->store);
	}
	if (!r)
		r = order_show(d, no, out, e);
	application_free(&a);
	return r;
}

/* Signs the application's canonical text on the key and keeps the signature, in hex, as the evidence. */
static enum err sign_on_key(struct desk *d, const struct application *a, const char *serial, const struct secret *pin,
                            char **evidence, struct error *e)
{
	struct token *t = NULL;
	struct bytes text = {0}, der = {0}, signature = {0};
	struct cert_info info = {0};
	enum token_algorithm algorithm;
	enum token_slot slot = TOKEN_SLOT_SIGN;
	uint8_t digest[32];
	enum err r = json_canonical(a->content, &text) ? ERR_MEMORY : blob_load(d, SQL_CERT_DER, a->subject.id, &der, e);
	if (!r && !(r = cert_info(der.data, der.length, &info, e)))
		r = spki_digest(info.spki.data, info.spki.length, text.data, text.length, digest, e);
	if (!r && !token_algorithm_named(a->subject.algorithm, &algorithm))
		r = error_set(e, ERR_DESK_ALGORITHM, "%s", a->subject.algorithm);
	if (!r)
		r = slot_of(d, a->subject.product, &slot, e);
	if (!r && !(r = token_open(serial, &t, e)) && !(r = token_begin(t, e))) {
		if (!(r = token_verify_pin(t, pin, e)))
			r = token_sign(t, slot, algorithm, digest, &signature, e);
		token_end(t);
	}
	r = identity_signing_failed(d, r, a, 1, NULL, false);
	if (!r)
		r = spki_verify(info.spki.data, info.spki.length, digest, signature.data, signature.length, e);
	if (!r && !(*evidence = malloc(2 * signature.length + 1)))
		r = ERR_MEMORY;
	if (!r)
		hex_encode(*evidence, signature.data, signature.length);
	token_close(&t);
	cert_info_free(&info);
	bytes_free(&signature);
	bytes_free(&der);
	bytes_free(&text);
	return r;
}

/* The key is asked before the step begins, so that a slow one keeps nobody waiting; inside it the text must be the same. */
enum err sign_key(struct desk *d, const char *no, const char *serial, const struct secret *pin, json_t **out, struct error *e)
{
	struct application a = {0}, b = {0};
	char *evidence = NULL;
	*out = NULL;
	enum err r = desk_allow(d, MAY_SIGN, NULL, e);
	if (!r && !(r = application_ready(d, no, &a, e))) {
		if (!a.subject.id || !business_find(a.order.business)->pin)
			r = error_set(e, ERR_DESK_NO_KEY_SIGNATURE, "%s", no);
		else if (*application_old_phone(&a))
			r = error_set(e, ERR_DESK_TWO_CODES, "%s", "");
		else if (strcmp(serial, a.subject.key_serial) != 0)
			r = error_set(e, ERR_DESK_OTHER_KEY, tr("应为 %s", "%s is needed"), a.subject.key_serial);
		else if (!(r = subject_only_key(d, e)))
			r = sign_on_key(d, &a, serial, pin, &evidence, e);
	}
	if (!r && !(r = store_begin(d->store, e))) {
		if (!(r = application_ready(d, no, &b, e)))
			r = strcmp(a.digest, b.digest) != 0
			            ? error_set(e, ERR_DESK_CHANGED, "%s", "")
			            : applications_submit(d, &b, 1, &(struct signing){.method = "key", .evidence = evidence}, e);
		store_rollback(d->store);
	}
	if (!r)
		r = order_show(d, no, out, e);
	free(evidence);
	application_free(&a);
	application_free(&b);
	return r;
}

/* No code comes with paper: where one is the only check of who is here, or the phone on file has to agree and nobody looks
 * at the order afterwards, paper can't stand for it. */
static enum err paper_is_enough(const struct application *a, struct error *e)
{
	if (!a->subject.id)
		return OK;
	bool seen = form_says(a->form, a->order.values, "identity_seen");
	if (!a->subject.proven && !seen)
		return error_set(e, ERR_DESK_IDENTITY, "%s", "");
	return *application_old_phone(a) && !seen ? error_set(e, ERR_DESK_TWO_CODES, "%s", "") : OK;
}

enum err application_on_paper(struct desk *d, const struct application *a, struct error *e)
{
	json_t *kinds = NULL, *row;
	size_t i;
	bool scanned = false;
	const char *title = "signed-form";
	enum err r = paper_is_enough(a, e);
	if (!r)
		r = attach_kinds_of(d, &a->order, &kinds, e);
	json_array_foreach(kinds, i, row)
		if (strcmp(json_text(row, "kind"), "signed-form") == 0) {
			scanned = json_flag(row, "attached");
			title = json_text(row, "title");
		}
	if (!r && !scanned)
		r = error_set(e, ERR_DESK_DOCUMENTS, "%s", title);
	json_decref(kinds);
	return r ? r : print_paper_current(d, a->order.no, e);
}

enum err application_confirmed(struct desk *d, const struct application *a, struct error *e)
{
	if (!d->second.id || !(d->second.roles & permission_roles(MAY_SIGN_CONFIRM)))
		return error_set(e, ERR_DESK_TWO_PERSONS, "%s", permission_title(MAY_SIGN_CONFIRM));
	if (!(d->actor.roles & permission_roles(MAY_SIGN)))
		return error_set(e, ERR_DESK_OWN_RIGHT, "%s", permission_title(MAY_SIGN));
	return order_separate(d, &a->order, &d->second, MAY_SIGN_CONFIRM, e);
}

/* The second person is called last: not for a form that has yet to be scanned. */
enum err sign_paper(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct application a = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_SIGN, NULL, e);
	if (!r && !(r = store_begin(d->store, e))) {
		if (!(r = application_ready(d, no, &a, e)) && !(r = application_on_paper(d, &a, e)) && !(r = application_confirmed(d, &a, e)))
			r = applications_submit(d, &a, 1, &(struct signing){.method = "paper", .evidence = "signed-form"}, e);
		store_rollback(d->store);
	}
	if (!r)
		r = order_show(d, no, out, e);
	application_free(&a);
	return r;
}
