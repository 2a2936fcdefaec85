/* The CA acts by itself: wrong data, a key that leaked, a court's order. Two persons, and the ground in the journal. */
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/cert.h"
#include "desk/handoverundo.h"
#include "desk/keyrow.h"
#include "desk/orderrow.h"
#include "desk/subject.h"
#include "desk/tell.h"

static const struct change {
	const char *name, *state, *action, *told;
	enum cert_status to;
	unsigned from; /* enum cert_status */
	bool reason;
} changes[] = {
	{"revoke", "revoked", "cert.revoke", "revoked", CERT_REVOKED, CERT_ACTIVE | CERT_EXPIRED | CERT_SUSPENDED, true},
	{"suspend", "suspended", "cert.suspend", "ca-suspended", CERT_SUSPENDED, CERT_ACTIVE | CERT_SUSPENDED, false},
	{"resume", "active", "cert.resume", "ca-resumed", CERT_ACTIVE, CERT_SUSPENDED, false},
};

static const struct change *find_change(const char *name)
{
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
		if (strcmp(changes[i].name, name) == 0)
			return &changes[i];
	return NULL;
}

/* What the CA suspended itself it doesn't suspend once more. */
static bool possible(const struct change *c, enum cert_status status, const char *reason)
{
	return (c->from & status) && !(c->to == CERT_SUSPENDED && status == CERT_SUSPENDED && cert_own_reason(reason));
}

bool cert_own_possible(const char *change, const char *status, const char *reason)
{
	static const struct {
		const char *name;
		enum cert_status status;
	} known[] = {{"active", CERT_ACTIVE}, {"expired", CERT_EXPIRED}, {"suspended", CERT_SUSPENDED}};
	const struct change *c = find_change(change);
	for (size_t i = 0; c && i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].name, status) == 0)
			return possible(c, known[i].status, reason);
	return false;
}

/* Why it stays suspended when the CA lifts its own; NULL: it doesn't. */
static enum err find_below(struct desk *d, const struct subject *s, const char **why, struct error *e)
{
	bool undone = false;
	*why = cert_own_below(s->reason);
	enum err r = *why ? OK : handover_waits(d, s->id, &undone, e);
	if (undone)
		*why = CERT_HANDOVER_UNDONE;
	return r;
}

/* What is suspended already is suspended by the CA too, and stays suspended for what it was when the CA lifts its own. *changed: its holder
 * can do with it what they couldn't, or no longer. */
static enum err set_state(struct desk *d, const struct change *c, const struct subject *s, const char *reason, bool *changed, struct error *e)
{
	const char *below = NULL, *why = c->reason ? reason : "";
	enum err r = c->to == CERT_ACTIVE ? find_below(d, s, &below, e) : OK;
	if (c->to == CERT_SUSPENDED)
		why = s->status == CERT_SUSPENDED ? cert_own_over(s->reason) : CERT_OWN_GROUND;
	*changed = s->status != c->to && !below;
	return r ? r : store_run(d->store, SQL_CERT_SET_STATE, NULL, e, "itit", s->id, below ? "suspended" : c->state, desk_now(d), below ? below : why);
}

static enum err carry_out(struct desk *d, const struct change *c, const char *serial, const char *reason, const char *ground,
                          struct subject *s, bool *changed, struct error *e)
{
	enum err r = store_begin(d->store, e);
	if (r)
		return r;
	if (!(r = subject_from_certificate(d, serial, s, e)) && *s->custodian)
		r = site_has_taken(d, s->custodian, e);
	else if (!r && !possible(c, s->status, s->reason))
		r = error_set(e, ERR_DESK_CERT_STATE, tr(" %s", "%s"), s->serial);
	if (!r)
		r = set_state(d, c, s, reason, changed, e);
	json_t *facts = json_pack("{ssss}", "reason", reason ? reason : "", "ground", ground);
	if (!r)
		r = desk_commit(d, MAY_CERT_OWN, c->action, s->serial, NULL, facts, e);
	json_decref(facts);
	store_rollback(d->store);
	return r;
}

enum err cert_own_ground(struct desk *d, const char *serial, const char *change, const char *reason, const char *ground,
                         json_t **out, struct error *e)
{
	const struct change *c = find_change(change);
	struct subject s = {0};
	bool changed = false;
	*out = NULL;
	if (!c)
		return error_set(e, ERR_INTERNAL, "%s", change);
	enum err r = desk_two(d, MAY_CERT_OWN, MAY_CERT_OWN, e);
	if (!r && !reason_good(ground))
		r = error_set(e, ERR_DESK_REASON, "%s", serial);
	const char *why = reason ? reason : "";
	if (!r && c->reason && (ca_reason_code(why) < 0 || strcmp(why, CERT_HELD) == 0))
		r = error_set(e, ERR_DESK_REVOCATION, "%s", why);
	if (!r)
		r = carry_out(d, c, serial, reason, ground, &s, &changed, e);
	if (!r) {
		r = crl_publish(d, e);
		if (changed)
			tell_holder(d, &s, c->told, NULL);
	}
	subject_free(&s);
	return r ? r : cert_show(d, serial, out, e);
}
