/* From one review site to another. */
#include <string.h>

#include "base/json.h"
#include "base/names.h"
#include "desk/claim.h"
#include "desk/custodyrow.h"
#include "desk/review.h"

enum err review_sites(struct desk *d, json_t **out, struct error *e)
{
	*out = NULL;
	enum err r = desk_allow(d, MAY_REVIEW, NULL, e);
	return r ? r : store_rows(d->store, SQL_REVIEW_SITE_LIST, out, e, "t", (const char *)d->site);
}

static enum err check_receiver(struct desk *d, const struct order *o, const char *to, struct error *e)
{
	json_t *state = NULL;
	int64_t is = 0;
	if (!site_code_good(to) || strcmp(to, d->site) == 0 || strcmp(to, o->home) == 0)
		return error_set(e, ERR_DESK_POINT, "%.40s", to);
	enum err r = store_row(d->store, SQL_SYNC_STATE_GET, &state, e, "");
	if (!r && !json_number(state, "joined"))
		r = error_set(e, ERR_SYNC_NOT_JOINED, "%s", "");
	json_decref(state);
	if (!r && !(r = store_int(d->store, SQL_REVIEW_SITE_IS, 0, &is, e, "t", to)) && !is)
		r = error_set(e, ERR_DESK_NO_REVIEW_SITE, "%.40s", to);
	return r;
}

static enum err check_free(struct desk *d, const struct order *o, const struct staff *who, struct error *e)
{
	int64_t claimer;
	char name[128];
	enum err r = review_claimer(d, o->order_id, &claimer, name, e);
	return !r && claimer && claimer != who->id ? error_set(e, ERR_DESK_CLAIMED, "%s", name) : r;
}

/* Files of another site lie at headquarters already, as that site's; those of our own go before the entry. */
static enum err hand_on(struct desk *d, const struct order *o, const struct staff *who, const char *to, const char *reason, struct error *e)
{
	json_t *bundle = NULL, *files = NULL, *facts = NULL;
	bool own = strcmp(o->home, d->site) == 0;
	int64_t changed = 0;
	enum err r = store_run(d->store, SQL_CUSTODY_SET, &changed, e, "itt", o->order_id, to, (const char *)d->site);
	if (!r && !changed) /* another window was quicker */
		r = error_set(e, ERR_DESK_CUSTODY, tr("%s 已在别的窗口转交，由对方", "%s was handed on at another window"), o->no);
	if (!r)
		r = store_run(d->store, SQL_CUSTODY_ASK_AGAIN, NULL, e, "i", o->order_id);
	if (!r && !(r = custody_files(d, o, &files, e)) && !(r = custody_bundle(d, o, &bundle, e)) &&
	    !json_object_set_new(bundle, "passed", json_pack("{ss ss}", "staff", who->name, "reason", reason)) &&
	    !(r = store_state(d->store, CUSTODY_KIND, o->order_id, o->dk, bundle, e)) &&
	    (own || !(r = store_run(d->store, SQL_DEADLINE_END, NULL, e, "itii", o->order_id, "review", desk_now(d), (int64_t)1)))) {
		/* from here on the other site is late, or isn't: it went into the bundle open */
		facts = json_pack("{s{ss ss ss sO} ss}", "custody", "order", o->no, "to", to, "home", o->home, "files", files, "reason", reason);
		r = desk_commit(d, MAY_REVIEW, "review.pass", o->no, own ? files : NULL, facts, e);
	}
	json_decref(bundle);
	json_decref(files);
	json_decref(facts);
	return r;
}

enum err review_pass(struct desk *d, const char *no, const char *to, const char *reason, json_t **out, struct error *e)
{
	struct order o = {0};
	const struct staff *who;
	const char *next;
	*out = NULL;
	enum err r = desk_allow(d, MAY_REVIEW, &who, e);
	if (!r && *reason && !reason_good(reason))
		r = error_set(e, ERR_DESK_REASON, "%s", no);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = order_load(d, no, &o, e)) && !(r = order_next(&o, "approve", &next, e)) && !(r = review_counts(d, &o, e)) && !(r = check_receiver(d, &o, to, e)) &&
	    !(r = check_free(d, &o, who, e)))
		r = hand_on(d, &o, who, to, reason, e);
	store_rollback(d->store);
	order_free(&o);
	return r ? r : order_show(d, no, out, e);
}
