/* What every step of the journey stands on: its order, its item, its entry in the journal (issuing.h). */
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "ca/request.h"
#include "desk/issuing.h"
#include "desk/mainkey.h"
#include "desk/tables.h"
#include "rules/term.h"

enum err journey_commit(struct journey *j, const char *action, struct error *e)
{
	json_t *facts = json_pack("{sI ss ss}", "item", (json_int_t)j->item.position, "key", j->item.key_serial,
	                          "certificate", j->item.serial);
	j->d->second = j->second;
	enum err r =
		facts ? desk_commit(j->d, MAY_ISSUE, action, j->o.no, NULL, facts, e) : error_set(e, ERR_MEMORY, "facts");
	json_decref(facts);
	store_rollback(j->d->store); /* after a commit there is nothing to roll back */
	return r;
}

enum err journey_finish(struct journey *j, const char *step, struct error *e)
{
	int64_t changed = 0;
	char action[32] = "issue.";
	strcat(action, step);
	enum err r =
		store_run(j->d->store, SQL_ITEM_SET_STEP, &changed, e, "itti", j->item.id, j->item.step, step, desk_now(j->d));
	if (!r && changed != 1)
		r = error_set(e, ERR_DESK_STATUS, "%s", tr("别处正在为这张订单制证", "another session is issuing this order"));
	if (r)
		store_rollback(j->d->store);
	else
		r = journey_commit(j, action, e);
	if (!r)
		text_copy(j->item.step, sizeof j->item.step, step);
	return r;
}

void item_read(const json_t *row, struct item *out)
{
	*out = (struct item){.id = json_number(row, "id"),
	                     .position = json_number(row, "position"),
	                     .not_before = json_number(row, "not_before"),
	                     .not_after = json_number(row, "not_after"),
	                     .own_medium = json_number(row, "own_medium") != 0};
	text_copy(out->role, sizeof out->role, json_text(row, "role"));
	text_copy(out->product, sizeof out->product, json_text(row, "product"));
	text_copy(out->medium, sizeof out->medium, json_text(row, "medium"));
	text_copy(out->algorithm, sizeof out->algorithm, json_text(row, "algorithm"));
	text_copy(out->key_serial, sizeof out->key_serial, json_text(row, "key_serial"));
	text_copy(out->step, sizeof out->step, json_text(row, "step"));
	text_copy(out->serial, sizeof out->serial, json_text(row, "serial"));
}

enum err journey_same_product(struct journey *j, struct error *e)
{
	json_t *now = NULL;
	enum err r = tables_product(j->d, j->item.product, &now, e);
	if (!r && !json_equal(now, j->product)) /* the next run goes by the new one */
		r = error_set(e, ERR_STORE_BUSY, "products");
	json_decref(now);
	return r;
}

/* Two windows on one order would undo each other's work on the key. */
enum err journey_lock(struct journey *j, struct error *e)
{
	return key_lock(j->d, &j->lock, LOCK_ORDER, j->o.id, tr("别处正在为这张订单制证", "another session is issuing this order"), e);
}

enum err journey_lock_key(struct journey *j, struct error *e)
{
	return j->key.id ? key_lock(j->d, &j->lock, LOCK_KEY, j->key.id, key_busy(), e) : OK; /* of one that nobody knows there are no secrets */
}

void journey_close(struct journey *j)
{
	worker_wait(j->worker);
	worker_wait(j->clerk);
	token_close(&j->ahead);
	token_close(&j->token);
	key_secrets_wipe(&j->secrets);
	secret_wipe(&j->surely);
	pin_free(&j->first_pin);
	name_free(&j->subject);
	bytes_free(&j->pair);
	bytes_free(&j->request);
	request_free(&j->proven);
	bytes_free(&j->certificate);
	bytes_free(&j->replaced);
	cert_info_free(&j->made);
	ca_draft_free(&j->draft);
	json_decref(j->values);
	json_decref(j->product);
	subject_free(&j->about);
	order_free(&j->o);
	if (j->lock >= 0)
		close(j->lock);
}

enum err journey_subject(struct journey *j, struct error *e)
{
	enum err r = subject_load(j->d, &j->o, &j->about, e);
	j->business = business_find(j->o.business);
	j->again = j->about.id && j->business->makes == MAKES_AGAIN;
	return r;
}

/* Revoked since: only by the loss that this replacement is for. What the CA or its holder withdrew isn't made anew. */
static bool withdrawn(const struct journey *j, const struct subject *about)
{
	const struct replacement *how = replacement_find(j->o.reason);
	return about->status == CERT_REVOKED && (!how || strcmp(how->revocation, about->reason) != 0);
}

enum err journey_subject_fits(const struct journey *j, const struct subject *about, struct error *e)
{
	bool counts = about->status == CERT_ACTIVE || (about->status == CERT_EXPIRED && j->business->end == END_RENEWED);
	if (*about->custodian)
		return site_has_taken(j->d, about->custodian, e);
	if (subject_own_ground(about))
		return error_set(e, ERR_DESK_OWN_GROUND_ISSUE, "%s", about->serial);
	return (j->again ? !counts : withdrawn(j, about)) ? error_set(e, ERR_DESK_CERT_GONE, "%s", about->serial) : OK;
}

enum err journey_subject_stands(struct journey *j, struct error *e)
{
	struct subject now = {0};
	enum err r = j->about.id ? subject_from_certificate(j->d, j->about.serial, &now, e) : OK;
	if (!r && now.id == j->about.id && now.id) {
		j->about.status = now.status;
		r = journey_subject_fits(j, &now, e);
	}
	subject_free(&now);
	return r;
}

/* The last second of the new certificate. */
enum err journey_choose_end(struct journey *j, struct error *e)
{
	int64_t now = j->item.not_before = desk_now(j->d);
	switch (j->about.id ? j->business->end : END_NEW) {
	case END_NEW:
		j->item.not_after = term_last(now, j->term_months);
		break;
	case END_RENEWED:
		j->item.not_after = term_renewed(now, j->about.not_after, j->term_months);
		break;
	case END_KEPT:
		j->item.not_after = j->about.not_after;
		break;
	}
	return j->item.not_after > now ? OK : error_set(e, ERR_DESK_CERT_GONE, "%s", j->about.serial);
}

enum err journey_insert_certificate(struct journey *j, const struct cert_info *info, const struct bytes *der, struct error *e)
{
	text_copy(j->item.serial, sizeof j->item.serial, info->serial);
	enum err r = store_insert(j->d->store, SQL_CERT_INSERT, NULL, e, "ittiiitttiiitb", j->o.dk, info->issuer, info->serial,
	                          j->o.id, j->item.id, j->o.customer_id, j->item.key_serial, j->item.product, info->subject,
	                          j->item.not_before, j->item.not_after, desk_now(j->d), j->d->site, (const void *)der->data, der->length);
	return r ? r : store_run(j->d->store, SQL_ITEM_SET_CERTIFICATE, NULL, e, "itii", j->item.id, j->item.serial,
	                         j->item.not_before, j->item.not_after);
}

enum err journey_may_certify(struct journey *j, struct error *e)
{
	enum err r = journey_subject_stands(j, e);
	if (!r)
		r = subject_number_free(j->d, &j->about, j->o.values, e);
	return r ? r : main_key_free(j->d, &j->o, &j->about, j->item.role, j->item.product, e);
}
