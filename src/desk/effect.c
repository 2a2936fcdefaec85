#include "desk/effect.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/agentrow.h"
#include "desk/cert.h"
#include "desk/challenge.h"
#include "desk/handoverundo.h"
#include "desk/keys.h"
#include "desk/oldkey.h"
#include "desk/round.h"
#include "rules/contact.h"
#include "rules/keystate.h"
#include "desk/tell.h"

enum { HOUR = 3600 };

static enum err set_state(struct desk *d, int64_t id, const char *state, const char *reason, struct error *e)
{
	return store_run(d->store, SQL_CERT_SET_STATE, NULL, e, "itit", id, state, desk_now(d), reason);
}

/* What becomes of the key: the event of rules/keystate.h that ends in this state. */
static const struct {
	const char *state, *event;
} fates[] = {{"lost", "report-lost"}, {"damaged", "report-damaged"}, {"handed-over", "resume"}};

/* Keys that were never ours, or are where this can't happen to them any more (in our drawer, destroyed), stay as they are: a
 * loss report isn't refused for that. */
static enum err move_key(struct desk *d, const struct subject *s, const char *state, const char *why, struct error *e)
{
	for (size_t i = 0; *s->key_state && i < sizeof fates / sizeof *fates; i++)
		if (strcmp(fates[i].state, state) == 0 && key_event_to(fates[i].event, s->key_state))
			return key_move(d, s->key_serial, state, 0, why, NULL, e);
	return OK;
}

enum err effect_signed(struct desk *d, const struct order *o, const struct subject *s, struct error *e)
{
	const struct replacement *how = strcmp(o->business, "replace") == 0 ? replacement_find(o->reason) : NULL;
	enum err r = OK;
	if (!how || !how->suspends)
		return OK;
	if (s->status != CERT_SUSPENDED || subject_undone(s)) /* who got it by mistake may not bring it back: that is a loss */
		r = set_state(d, s->id, "suspended", CERT_HELD, e);
	return r ? r : move_key(d, s, "lost", o->no, e);
}

static enum err finish(struct desk *d, struct order *o, struct error *e)
{
	enum err r = order_advance(d, o, "take-effect", e);
	return r ? r : store_run(d->store, SQL_ORDER_SET_DONE, NULL, e, "ii", o->order_id, desk_now(d));
}

/* The code that lets the key be unlocked once, soon: by mail where identity was checked, else to the phone on file. */
enum err effect_unlock_code(struct desk *d, const struct order *o, const struct subject *s, char **to, struct error *e)
{
	const char *mail = contact_value(o->values, "email"), *phone = contact_value(s->before, "mobile");
	const struct challenge c = {o->no, "unlock", s->key_serial, s->review ? NOTIFY_MAIL : NOTIFY_SMS, s->review ? mail : phone,
		s->review ? "unlock-code" : "phone-unlock-code", {{"customer", o->name}, {"serial", s->key_serial}}, 2, d->config.unlock_minutes};
	if (to && !(*to = text_mask(c.to)))
		return ERR_MEMORY;
	return challenge_send(d, &c, e);
}

enum err effect_unlock_until(struct desk *d, const struct order *o, const struct subject *s, bool *by_code, int64_t *until, struct error *e)
{
	json_t *code = NULL;
	*until = s->review ? 0 : o->signed_at + (int64_t)d->config.unlock_minutes * 60;
	*by_code = desk_now(d) > *until;
	enum err r = *by_code ? store_row(d->store, SQL_CHALLENGE_LAST, &code, e, "tt", o->no, "unlock") : OK;
	if (code)
		*until = json_number(code, "expires_at");
	json_decref(code);
	return r;
}

static enum err unlock(struct desk *d, struct order *o, const struct subject *s, struct error *e)
{
	return s->review ? effect_unlock_code(d, o, s, NULL, e) : OK;
}

static enum err revoke(struct desk *d, struct order *o, const struct subject *s, struct error *e)
{
	enum err r = set_state(d, s->id, "revoked", o->reason, e);
	return r ? r : finish(d, o, e);
}

static enum err suspend(struct desk *d, struct order *o, const struct subject *s, struct error *e)
{
	enum err r = set_state(d, s->id, "suspended", CERT_HELD, e);
	if (!r)
		r = move_key(d, s, "lost", o->no, e);
	return r ? r : finish(d, o, e);
}

static enum err resume(struct desk *d, struct order *o, const struct subject *s, struct error *e)
{
	bool undone = false;
	enum err r = handover_waits(d, s->id, &undone, e);
	if (!r)
		r = set_state(d, s->id, undone ? "suspended" : "active", undone ? CERT_HANDOVER_UNDONE : "", e);
	if (!r && strcmp(s->key_state, "lost") == 0)
		r = move_key(d, s, "handed-over", o->no, e);
	return r ? r : finish(d, o, e);
}

static enum err change(struct desk *d, struct order *o, const struct subject *s, struct error *e)
{
	const struct form *form = NULL;
	if (s->makes)
		return OK; /* counts with the new certificate */
	enum err r = desk_form(d, o->form, &form, e);
	if (!r)
		r = subject_keep(d, o, form, s, e);
	return r ? r : finish(d, o, e);
}

static const struct {
	const char *business;
	enum err (*approved)(struct desk *d, struct order *o, const struct subject *s, struct error *e);
	const char *told; /* template of the message behind it */
} effects[] = {
	{"unlock", unlock, NULL},
	{"revoke", revoke, "revoked"},
	{"suspend", suspend, "suspended"},
	{"resume", resume, "resumed"},
	{"change", change, NULL},
};
enum { EFFECTS = sizeof effects / sizeof *effects };

/* What was true when it was signed may not be any more. */
static enum err still_fit(struct desk *d, const struct order *o, const struct subject *s, struct error *e)
{
	const struct business *b = business_find(o->business);
	if (*s->custodian) /* … and another site may have taken it over */
		return site_has_taken(d, s->custodian, e);
	if (b->certificate == CERT_SUSPENDED && subject_own_ground(s)) /* suspended since by the CA too */
		return error_set(e, ERR_DESK_OWN_GROUND, "%s", s->serial);
	if (b->certificate == CERT_SUSPENDED && subject_undone(s)) /* … or handed over by mistake */
		return error_set(e, ERR_DESK_CERT_UNDONE, "%s", s->serial);
	if (!(b->certificate & s->status) && !(b->end == END_RENEWED && s->status == CERT_EXPIRED))
		return error_set(e, ERR_DESK_CERT_GONE, "%s", s->serial);
	(void)d;
	return OK;
}

enum err effect_approved(struct desk *d, struct order *o, struct error *e)
{
	struct subject s = {0};
	size_t i = 0;
	while (i < EFFECTS && strcmp(effects[i].business, o->business) != 0)
		i++;
	if (i == EFFECTS)
		return OK;
	enum err r = subject_load(d, o, &s, e);
	if (!r)
		r = still_fit(d, o, &s, e);
	if (!r)
		r = effects[i].approved(d, o, &s, e);
	subject_free(&s);
	return r;
}

enum err effect_paid(struct desk *d, struct order *o, struct error *e)
{
	enum err r = order_advance(d, o, "pay", e);
	if (!r && !o->review) {
		r = order_advance(d, o, "skip-review", e);
		return r ? r : effect_approved(d, o, e);
	}
	if (!r)
		r = order_advance(d, o, "submit", e);
	return r ? r : store_run(d->store, SQL_ORDER_SET_SUBMITTED, NULL, e, "ii", o->order_id, desk_now(d));
}

enum err effect_unlocked(struct desk *d, struct order *o, struct error *e)
{
	return finish(d, o, e);
}

/* A new application of somebody who has certificates is on file from here on, unless something newer is. */
static enum err keep_applicant(struct desk *d, const struct order *o, struct error *e)
{
	const struct form *form = NULL;
	const struct subject s = {.customer_id = o->customer_id};
	int64_t newest = 0;
	enum err r = store_int(d->store, SQL_CUSTOMER_UNCHANGED_SINCE, 0, &newest, e, "ii", o->customer_id, o->signed_at);
	if (!r)
		r = desk_form(d, o->form, &form, e);
	if (!r)
		r = newest ? subject_keep(d, o, form, &s, e) : agents_note(d, o, form, e);
	return r;
}

enum err effect_issued(struct desk *d, struct order *o, struct error *e)
{
	const struct form *form = NULL;
	struct subject s = {0};
	const struct business *b = business_find(o->business);
	enum err r = subject_load(d, o, &s, e);
	if (!r && !s.id)
		return b->keeps == KEEPS_SIGNED ? keep_applicant(d, o, e) : OK;
	if (r)
		return r;
	const struct replacement *how = b->makes == MAKES_NEW ? replacement_find(o->reason) : NULL;
	if (b->makes == MAKES_AGAIN)
		r = set_state(d, s.id, "superseded", "", e);
	else if (how && s.status != CERT_REVOKED)
		r = set_state(d, s.id, "revoked", how->revocation, e);
	if (!r && how)
		r = replacement_collects(how) ? oldkey_issued(d, o, s.key_serial, s.key_state, e) : move_key(d, &s, how->key_state, o->no, e);
	if (!r && b->keeps == KEEPS_DONE && !(r = desk_form(d, o->form, &form, e)))
		r = subject_keep(d, o, form, &s, e);
	subject_free(&s);
	return r;
}

static void tell(struct desk *d, const struct order *o, const struct subject *s, const char *template)
{
	const struct message_value values[] = {{"serial", s->key_serial}};
	tell_customer(d, o, template, values, 1, NULL);
}

/* The template of what the holder is told behind this step; NULL: nothing. */
static const char *told(const struct order *o, const struct business *b)
{
	const struct replacement *how = b->makes == MAKES_NEW ? replacement_find(o->reason) : NULL;
	if (how && how->suspends && (strcmp(o->status, "awaiting-payment") == 0 || strcmp(o->status, "in-review") == 0))
		return "suspended";
	for (size_t i = 0; i < EFFECTS; i++)
		if (strcmp(effects[i].business, o->business) == 0 && strcmp(o->status, "done") == 0)
			return effects[i].told;
	return NULL;
}

enum err effect_published(struct desk *d, const struct order *o, struct error *e)
{
	const struct business *b = business_find(o->business);
	struct subject s = {0};
	if (!b || b->about == ABOUT_NOTHING)
		return OK;
	const char *template = told(o, b);
	enum err published = crl_publish(d, e), r = template ? subject_load(d, o, &s, published ? NULL : e) : OK;
	if (r || !template)
		return published ? published : r;
	if (s.id) /* else it isn't here yet; a loss that was lifted may leave an undone hand-over */
		tell(d, o, &s, strcmp(template, "resumed") == 0 && subject_undone(&s) ? "handover-undone" : template);
	subject_free(&s);
	return published;
}

/* Looked for inside the step: a holder may just have lifted it. *last is the one that had its turn, and none behind it is 0. */
static enum err revoke_next(struct desk *d, int64_t before, json_t *done, int64_t *last, struct error *e)
{
	json_t *row = NULL;
	enum err r = store_begin(d->store, e);
	if (!r)
		r = store_row(d->store, SQL_CERT_HELD_TOO_LONG, &row, e, "ii", before, *last);
	*last = json_number(row, "id");
	const struct replacement *how = replacement_find(json_text(row, "reason"));
	if (!r && row && how) {
		json_t *facts = json_pack("{ssss}", "certificate", json_text(row, "serial"), "reason", how->revocation);
		if (!(r = set_state(d, json_number(row, "id"), "revoked", how->revocation, e)))
			r = desk_commit(d, MAY_TICK, "cert.revoke", json_text(row, "order"), NULL, facts, e);
		json_decref(facts);
		if (!r)
			json_array_append(done, row);
	}
	store_rollback(d->store);
	json_decref(row);
	return r;
}

/* The holder may not know that the time is up. */
static void tell_revoked(struct desk *d, const json_t *rows)
{
	const json_t *row;
	size_t i;
	json_array_foreach((json_t *)rows, i, row) {
		struct order o = {0};
		const struct message_value values[] = {{"serial", json_text(row, "key_serial")}};
		if (order_load(d, json_text(row, "order"), &o, NULL) == OK)
			tell_customer(d, &o, "revoked", values, 1, NULL);
		order_free(&o);
	}
}

enum err effect_tick(struct desk *d, int64_t *revoked, struct error *e)
{
	int64_t before = desk_now(d) - (int64_t)d->config.lost_hours * HOUR;
	int64_t last = 0;
	json_t *done = json_array();
	enum err r = OK, one;
	do {
		one = revoke_next(d, before, done, &last, r ? NULL : e);
		r = r ? r : one;
	} while (last && round_goes_on(one));
	*revoked = (int64_t)json_array_size(done);
	enum err published = *revoked ? crl_publish(d, r ? NULL : e) : OK; /* those before the one that failed are revoked */
	tell_revoked(d, done);
	json_decref(done);
	return r ? r : published;
}
