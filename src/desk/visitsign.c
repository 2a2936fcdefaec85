/* One signature over all drafts of a visit. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/challenge.h"
#include "desk/identityrow.h"
#include "desk/mainkey.h"
#include "desk/submit.h"
#include "rules/contact.h"

/* All its drafts, ready to be signed together, and what is signed. */
struct bundle {
	struct visit visit;
	struct application *all;
	size_t count;
	char digest[DIGEST_TEXT_SIZE];
};

static void bundle_free(struct bundle *b)
{
	for (size_t i = 0; i < b->count; i++)
		application_free(&b->all[i]);
	free(b->all);
	*b = (struct bundle){0};
}

/* Whose code it is: an order of another agent can't be signed by it. */
static enum err one_agent(const struct application *first, const struct application *a, struct error *e)
{
	static const char *const same[] = {"id_kind", "id_number", "mobile"};
	if (*application_old_phone(a))
		return error_set(e, ERR_VISIT_TWO_CODES, "%s", a->order.no);
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (strcmp(contact_value(first->order.values, same[i]), contact_value(a->order.values, same[i])) != 0)
			return error_set(e, ERR_VISIT_AGENT, "%s", a->order.no);
	return OK;
}

static enum err bundle_digest(struct bundle *b, struct error *e)
{
	struct bytes canonical = {0};
	json_t *orders = json_array();
	for (size_t i = 0; i < b->count; i++)
		json_array_append_new(orders, json_pack("{ssss}", "order", b->all[i].order.no, "digest", b->all[i].digest));
	json_t *content = json_pack("{ssso}", "visit", b->visit.no, "orders", orders);
	enum err r = !content || json_canonical(content, &canonical) ? error_set(e, ERR_MEMORY, "%s", "") : OK;
	if (!r)
		digest_text(canonical.data, canonical.length, b->digest);
	json_decref(content);
	bytes_free(&canonical);
	return r;
}

/* Neither is signed yet, so that neither is in the other's way. */
static enum err one_main(const struct bundle *b, struct error *e)
{
	for (size_t i = 1; i < b->count; i++)
		for (size_t k = 0; k < i; k++)
			if (main_key_twice(&b->all[k].order, &b->all[i].order))
				return error_set(e, ERR_VISIT_MAIN, tr("%s、%s", "%s and %s"), b->all[k].order.no, b->all[i].order.no);
	return OK;
}

/* Inside a step. Free with bundle_free, whatever it returns. */
static enum err bundle_load(struct desk *d, const char *no, struct bundle *b, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	*b = (struct bundle){0};
	enum err r = visit_load(d, no, &b->visit, e);
	if (!r && !(r = store_rows(d->store, SQL_VISIT_DRAFTS, &rows, e, "i", b->visit.id)) && json_array_size(rows) == 0)
		r = error_set(e, ERR_VISIT_EMPTY, "%s", no);
	if (!r && !(b->all = calloc(json_array_size(rows), sizeof *b->all)))
		r = error_set(e, ERR_MEMORY, "%s", "");
	json_array_foreach(rows, i, row) {
		const char *order = json_text(row, "order");
		if (r || (r = visit_name_order(application_ready(d, order, &b->all[i], e), order, e)))
			break;
		b->count++;
		r = one_agent(&b->all[0], &b->all[i], e);
	}
	json_decref(rows);
	if (!r)
		r = one_main(b, e);
	return r ? r : bundle_digest(b, e);
}

static json_t *numbers(const struct bundle *b, const char *separator, char *text, size_t size)
{
	json_t *out = json_array();
	size_t at = 0;
	for (size_t i = 0; i < b->count; i++) {
		json_array_append_new(out, json_string(b->all[i].order.no));
		if (at < size)
			at += (size_t)snprintf(text + at, size - at, "%s%s", i ? separator : "", b->all[i].order.no);
	}
	return out;
}

enum err visit_sign_check(struct desk *d, const char *no, struct error *e)
{
	struct bundle b = {0};
	enum err r = desk_allow(d, MAY_SIGN, NULL, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	r = bundle_load(d, no, &b, e);
	store_rollback(d->store);
	bundle_free(&b);
	return r;
}

enum err visit_sign_send(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct bundle b = {0};
	char list[1024] = "", count[16], *masked = NULL;
	*out = NULL;
	enum err r = desk_allow(d, MAY_SIGN, NULL, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = bundle_load(d, no, &b, e))) {
		json_t *orders = numbers(&b, "、", list, sizeof list);
		const char *mobile = contact_value(b.all[0].order.values, "mobile");
		snprintf(count, sizeof count, "%zu", b.count);
		const struct challenge c = {no, "sign", b.digest, NOTIFY_SMS, mobile, "visit-code", {{"count", count}, {"order", list}}, 2,
			CODE_MINUTES};
		if (!(r = challenge_send(d, &c, e)) && !(r = store_commit_plain(d->store, e)) && (masked = text_mask(mobile))) {
			*out = json_pack("{sssOss}", "visit", no, "orders", orders, "sent_to", masked);
			desk_time(*out, "expires_at", desk_now(d) + CODE_MINUTES * 60);
		}
		json_decref(orders);
	}
	store_rollback(d->store);
	free(masked);
	bundle_free(&b);
	return r;
}

static enum err submit(struct desk *d, struct bundle *b, struct signing *how, struct error *e)
{
	how->visit = &b->visit;
	how->digest = b->digest;
	return applications_submit(d, b->all, b->count, how, e);
}

enum err visit_sign_code(struct desk *d, const char *no, const char *code, json_t **out, struct error *e)
{
	struct bundle b = {0};
	char evidence[DIGEST_TEXT_SIZE];
	struct signing how = {.method = "sms", .evidence = evidence};
	*out = NULL;
	enum err r = desk_allow(d, MAY_SIGN, NULL, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = bundle_load(d, no, &b, e)) && !(r = challenge_check(d, no, "sign", b.digest, code, &how.code, evidence, e)))
		r = submit(d, &b, &how, e);
	else
		r = identity_signing_failed(d, r, b.all, b.count, no, false);
	store_rollback(d->store);
	bundle_free(&b);
	return r ? r : visit_show(d, no, out, e);
}

enum err visit_sign_paper(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct bundle b = {0};
	struct signing how = {.method = "paper", .evidence = "signed-form"};
	*out = NULL;
	enum err r = desk_allow(d, MAY_SIGN, NULL, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	r = bundle_load(d, no, &b, e);
	for (size_t i = 0; !r && i < b.count; i++)
		r = visit_name_order(application_on_paper(d, &b.all[i], e), b.all[i].order.no, e);
	for (size_t i = 0; !r && i < b.count; i++) /* the second person is called last */
		r = visit_name_order(application_confirmed(d, &b.all[i], e), b.all[i].order.no, e);
	if (!r)
		r = submit(d, &b, &how, e);
	store_rollback(d->store);
	bundle_free(&b);
	return r ? r : visit_show(d, no, out, e);
}
