#include "desk/custody.h"

#include <string.h>

#include "base/json.h"
#include "base/names.h"
#include "base/text.h"
#include "desk/claim.h"
#include "desk/custodyrow.h"
#include "desk/decide.h"
#include "desk/elsewhere.h"
#include "desk/staffnumber.h"

enum err custody_files(struct desk *d, const struct order *o, json_t **out, struct error *e)
{
	struct rows *rows = NULL;
	*out = json_array();
	enum err r = store_query(d->store, SQL_CUSTODY_FILES, &rows, e, "i", o->order_id);
	while (!r && rows_next(rows))
		json_array_append_new(*out, json_string(rows_text(rows, 0)));
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

static enum err give(struct desk *d, const char *no, struct error *e)
{
	struct order o = {0};
	json_t *bundle = NULL, *files = NULL, *facts = NULL;
	int64_t changed = 0;
	enum err r = store_begin(d->store, e);
	if (r)
		return r;
	if ((r = order_load(d, no, &o, e)) || o.draft || o.away || strcmp(o.status, "in-review") != 0)
		goto out; /* somebody was quicker */
	if (!(r = store_run(d->store, SQL_CUSTODY_SET, &changed, e, "itt", o.order_id, CUSTODY_HEADQUARTERS, (const char *)d->site)) &&
	    !(r = custody_files(d, &o, &files, e)) && !(r = custody_bundle(d, &o, &bundle, e)) &&
	    !(r = store_state(d->store, CUSTODY_KIND, o.order_id, o.dk, bundle, e))) {
		facts = json_pack("{s{ss ss ss sO}}", "custody", "order", no, "to", "", "home", o.home, "files", files);
		r = desk_commit(d, MAY_REVIEW, "custody.give", no, files, facts, e);
	}
out:
	store_rollback(d->store);
	json_decref(bundle);
	json_decref(files);
	json_decref(facts);
	order_free(&o);
	return r;
}

enum err custody_give(struct desk *d, int64_t *given, struct error *e)
{
	json_t *state = NULL, *orders = NULL, *row;
	size_t i;
	*given = 0;
	enum err r = store_row(d->store, SQL_SYNC_STATE_GET, &state, e, "");
	if (!r && json_number(state, "joined") && json_number(state, "review"))
		r = store_rows(d->store, SQL_CUSTODY_WAITING, &orders, e, "ti", (const char *)d->site, desk_now(d) - CLAIM_SECONDS);
	json_array_foreach(orders, i, row)
		if (!r && !(r = give(d, json_text(row, "no"), e)))
			++*given;
	json_decref(state);
	json_decref(orders);
	return r;
}

enum err custody_send_home(struct desk *d, const struct order *o, const char *decision, const struct staff *reviewer, int64_t at, const char *reason,
                           json_t *facts, struct error *e)
{
	char number[STAFF_NUMBER_SIZE];
	int64_t changed = 0;
	enum err r = staff_number_of(d, reviewer->id, number, e);
	if (r)
		return r;
	json_t *said = json_pack("{ss ss s{ss ss ss sI} sI ss}", "order", o->no, "decision", decision, "reviewer", "login", reviewer->login, "name",
	                         reviewer->name, "number", number, "id", (json_int_t)reviewer->id, "decided_at", (json_int_t)at, "reason", reason);
	r = said ? store_run(d->store, SQL_CUSTODY_SET, &changed, e, "itt", o->order_id, o->home, (const char *)d->site) : ERR_MEMORY;
	if (!r)
		r = store_run(d->store, SQL_CUSTODY_ASK_AGAIN, NULL, e, "i", o->order_id);
	if (!r)
		r = store_state(d->store, CUSTODY_KIND, o->order_id, o->dk, said, e);
	if (!r)
		json_object_set_new(facts, "custody", json_pack("{ss ss ss s[] ss}", "order", o->no, "to", o->home, "home", o->home, "files",
		                                                "decision", decision));
	if (!r && *elsewhere_named(o) && strcmp(decision, "approve") == 0) /* what this site's signature stands for at headquarters */
		json_object_set_new(json_object_get(facts, "custody"), "certificate", json_string(elsewhere_named(o)));
	json_decref(said);
	return r;
}

/* What the entry says of where it came from; `map` is its. */
static json_t *taken(const struct custody_item *item, json_t *map)
{
	return json_pack("{s{ss ss sI sI so}}", "taken", "order", item->order, "from", item->from, "seq", (json_int_t)item->seq, "feed",
	                 (json_int_t)item->feed, "map", map);
}

/* Who handed it on, and why, for whoever reviews it; its own site says nothing of the kind. What was refused before is over. */
static enum err note_passed(struct desk *d, const struct custody_item *item, struct error *e)
{
	const json_t *passed = json_object_get(item->bundle, "passed");
	char person[128], reason[512];
	struct order o = {0};
	text_printable(person, sizeof person, json_text(passed, "staff"));
	text_printable(reason, sizeof reason, json_text(passed, "reason"));
	enum err r = order_load(d, item->order, &o, e);
	if (!r)
		r = store_run(d->store, SQL_REVIEW_PASSED_FORGET, NULL, e, "i", o.order_id);
	if (!r)
		r = store_run(d->store, SQL_CUSTODY_ASK_AGAIN, NULL, e, "i", o.order_id);
	if (!r && json_is_object(passed))
		r = store_run(d->store, SQL_REVIEW_PASSED_ADD, NULL, e, "iittti", o.dk, o.order_id, item->from, (const char *)person, (const char *)reason, desk_now(d));
	order_free(&o);
	return r;
}

static enum err take_order(struct desk *d, const struct custody_item *item, struct error *e)
{
	json_t *map = json_array(), *facts = taken(item, map);
	enum err r = custody_unpack(d, item, map, e);
	if (!r)
		r = note_passed(d, item, e);
	if (!r)
		r = store_run(d->store, SQL_SYNC_STATE_FEED, NULL, e, "i", item->feed);
	if (!r)
		r = desk_commit(d, MAY_REVIEW, "custody.take", item->order, NULL, facts, e);
	json_decref(facts);
	return r;
}

/* Decided elsewhere: what would have happened at once had it been decided here happens now. */
static enum err take_decision(struct desk *d, const struct custody_item *item, struct order *o, struct error *e)
{
	const json_t *reviewer = json_object_get(item->bundle, "reviewer");
	struct decided how = {.event = item->decision, .reason = json_text(item->bundle, "reason"),
	                      .at = json_number(item->bundle, "decided_at")};
	json_t *map = json_array(), *facts = taken(item, map);
	json_object_set_new(facts, "decision", json_string(item->decision));
	int64_t changed = 0, now = desk_now(d);
	enum err r = OK;
	/* the other site's clock may be wrong; what is counted here goes by this one */
	how.at = how.at < o->submitted_at ? o->submitted_at : how.at > now ? now : how.at;
	if (!decide_known(item->decision) || strcmp(json_text(item->bundle, "order"), item->order) != 0 ||
	    strcmp(json_text(item->bundle, "decision"), item->decision) != 0)
		r = error_set(e, ERR_STORE_REPLICA, "%.40s", item->order);
	if (!r)
		r = custody_person(d, item->from, json_number(reviewer, "id"), json_text(reviewer, "login"), json_text(reviewer, "name"),
		                   json_text(reviewer, "number"), map,
		                   &how.by, e);
	if (!r && !(r = store_run(d->store, SQL_CUSTODY_SET, &changed, e, "itt", o->order_id, (const char *)d->site, o->custodian))) {
		o->away = false;
		text_copy(o->custodian, sizeof o->custodian, d->site);
		r = decide_apply(d, o, &how, e);
	}
	if (!r)
		r = store_run(d->store, SQL_SYNC_STATE_FEED, NULL, e, "i", item->feed);
	if (!r)
		r = desk_commit(d, MAY_REVIEW, "custody.take", item->order, NULL, facts, e);
	json_decref(facts);
	return r;
}

/* Only an order of ours that is away can come back decided; one that is here already came with this very item. */
static enum err come_home(struct desk *d, const struct custody_item *item, struct order *o, bool *decided, struct error *e)
{
	enum err r = order_load(d, item->order, o, e);
	*decided = false;
	if (r)
		return r;
	if (strcmp(o->home, d->site) != 0)
		return error_set(e, ERR_STORE_REPLICA, "%s", o->no);
	if (o->draft || !o->away) {
		if (!(r = store_run(d->store, SQL_SYNC_STATE_FEED, NULL, e, "i", item->feed)))
			r = store_commit_plain(d->store, e);
		return r;
	}
	*decided = true;
	return take_decision(d, item, o, e);
}

enum err custody_take(struct desk *d, const struct custody_item *item, struct error *e)
{
	struct order o = {0};
	bool decided = false;
	enum err r = store_begin(d->store, e);
	if (r)
		return r;
	r = *item->decision ? come_home(d, item, &o, &decided, e) : take_order(d, item, e);
	store_rollback(d->store);
	if (!r && decided)
		decide_tell(d, &o, item->decision, json_text(item->bundle, "reason"));
	order_free(&o);
	return r;
}

/* Another site's order that this one doesn't hold any more. */
static bool lost(const struct desk *d, const struct order *o, const char *why)
{
	return strcmp(o->home, d->site) != 0 && text_starts(why, "CUSTODY");
}

/* A decision that doesn't count: somebody else takes it, within what was promised. */
static enum err decide_again(struct desk *d, const struct order *o, struct error *e)
{
	if (strcmp(o->home, d->site) == 0 || strcmp(o->status, "in-review") == 0)
		return OK;
	enum err r = store_run(d->store, SQL_CUSTODY_DECIDE_AGAIN, NULL, e, "i", o->order_id);
	return r ? r : store_run(d->store, SQL_CUSTODY_DEADLINE_AGAIN, NULL, e, "it", o->order_id, "review");
}

enum err custody_refused(struct desk *d, const char *order, int64_t seq, const char *why, int64_t feed, struct error *e)
{
	struct order o = {0};
	int64_t changed = 0;
	json_t *facts = json_pack("{sI ss}", "seq", (json_int_t)seq, "why", why);
	enum err r = facts ? store_begin(d->store, e) : error_set(e, ERR_STORE_REPLICA, "%.40s", order);
	if (!r && !(r = order_load(d, order, &o, e)) && !(r = store_run(d->store, SQL_SYNC_STATE_FEED, NULL, e, "i", feed))) {
		if (!o.draft && o.away)
			r = store_run(d->store, SQL_CUSTODY_REFUSED, NULL, e, "iit", o.order_id, seq, why);
		if (!r && (o.draft || !o.away || lost(d, &o, why)))
			r = store_commit_plain(d->store, e);
		else if (!r && !(r = store_run(d->store, SQL_CUSTODY_SET, &changed, e, "itt", o.order_id, (const char *)d->site, o.custodian)) &&
		         !(r = decide_again(d, &o, e)))
			r = desk_commit(d, MAY_REVIEW, "custody.back", order, NULL, facts, e);
	}
	store_rollback(d->store);
	json_decref(facts);
	order_free(&o);
	return r;
}

enum err custody_given(struct desk *d, const char *order, const char *to, int64_t feed, struct error *e)
{
	int64_t id = 0, changed = 0;
	json_t *facts = json_pack("{ss}", "to", to);
	enum err r = facts && (!*to || site_code_good(to)) ? store_begin(d->store, e) : error_set(e, ERR_STORE_REPLICA, "%.40s", order);
	if (!r && !(r = store_int(d->store, SQL_CUSTODY_FOREIGN_HERE, 0, &id, e, "tt", order, (const char *)d->site)))
		r = store_run(d->store, SQL_SYNC_STATE_FEED, NULL, e, "i", feed);
	if (!r && (!id || strcmp(to, d->site) == 0))
		r = store_commit_plain(d->store, e);
	else if (!r && !(r = store_run(d->store, SQL_CUSTODY_SET, &changed, e, "itt", id, *to ? to : CUSTODY_HEADQUARTERS, (const char *)d->site)))
		r = desk_commit(d, MAY_REVIEW, "custody.given", order, NULL, facts, e);
	store_rollback(d->store);
	json_decref(facts);
	return r;
}

enum err custody_untaken(struct desk *d, const struct custody_item *item, const char *why, struct error *e)
{
	json_t *facts = json_pack("{s{ss ss sI ss}}", "untaken", "order", item->order, "from", item->from, "seq", (json_int_t)item->seq, "why", why);
	enum err r = facts ? store_begin(d->store, e) : error_set(e, ERR_STORE_REPLICA, "%.40s", item->order);
	if (!r && !(r = store_run(d->store, SQL_SYNC_STATE_FEED, NULL, e, "i", item->feed)))
		r = desk_commit(d, MAY_REVIEW, "custody.untaken", item->order, NULL, facts, e);
	store_rollback(d->store);
	json_decref(facts);
	return r;
}
