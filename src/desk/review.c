#include "desk/review.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/claim.h"
#include "desk/custodyrow.h"
#include "desk/decide.h"
#include "desk/duedate.h"
#include "desk/elsewhere.h"
#include "desk/identityrow.h"
#include "rules/business.h"
#include "rules/transition.h"

enum err review_list(struct desk *d, json_t **out, struct error *e)
{
	json_t *row;
	size_t i;
	int64_t now = desk_now(d);
	const struct staff *who;
	*out = NULL;
	enum err r = desk_allow(d, MAY_REVIEW, &who, e);
	if (!r)
		r = store_rows(d->store, SQL_REVIEW_QUEUE, out, e, "iit", who->id, now, (const char *)d->site);
	json_array_foreach(*out, i, row) {
		int64_t submitted = json_number(row, "submitted_at"), due = json_number(row, "review_due_at");
		bool claimed = json_number(row, "claimer") && now - json_number(row, "claimed_at") < CLAIM_SECONDS;
		json_object_set_new(row, "minutes", json_integer((now - submitted) / 60));
		json_object_set_new(row, "due_at", json_integer(due));
		duedate_show(d, row);
		json_object_set_new(row, "waiting", json_boolean(json_number(row, "waiting")));
		json_object_set_new(row, "own", json_boolean(json_number(row, "own")));
		json_object_set_new(row, "mine", json_boolean(claimed && json_number(row, "claimer") == d->actor.id));
		if (!claimed)
			json_object_set_new(row, "claimed_by", json_null());
		desk_time(row, "submitted_at", submitted);
		desk_time(row, "review_due_at", due);
		desk_time(row, "created_at", json_number(row, "created_at"));
		json_object_set_new(row, "business_title", json_string(business_title(json_text(row, "business"))));
		json_object_set_new(row, "status_title", json_string(status_title(json_text(row, "status"))));
		json_object_del(row, "claimer");
		json_object_del(row, "claimed_at");
	}
	return r;
}

static enum err claim(struct desk *d, const char *no, const struct staff *who, struct error *e)
{
	struct order o = {0};
	int64_t claimer;
	char name[128];
	const char *to;
	enum err r = store_begin(d->store, e);
	if (r)
		return r;
	if (!(r = order_load(d, no, &o, e)) && !(r = order_next(&o, "approve", &to, e)) && !(r = order_separate(d, &o, who, MAY_REVIEW, e)) &&
	    !(r = review_counts(d, &o, e)) && !(r = review_claimer(d, o.id, &claimer, name, e))) {
		if (claimer && claimer != who->id)
			r = error_set(e, ERR_DESK_CLAIMED, "%s", name);
		else if (!claimer && o.to_headquarters) /* without a line too: else who cuts it reviews in headquarters' stead */
			r = error_set(e, ERR_DESK_REVIEW_AWAY, "%s", no);
		else if (!(r = store_run(d->store, SQL_REVIEW_CLAIM_SET, NULL, e, "iii", o.id, who->id, desk_now(d))))
			r = desk_commit(d, MAY_REVIEW, "review.claim", no, NULL, NULL, e);
	}
	store_rollback(d->store);
	order_free(&o);
	return r;
}

/* The first that is free and may be reviewed by this person; somebody else may take it between look and claim. */
static enum err claim_first(struct desk *d, const struct staff *who, char no[ORDER_NO_SIZE], struct error *e)
{
	json_t *queue = NULL, *row;
	size_t i;
	enum err r = review_list(d, &queue, e);
	bool done = false;
	json_array_foreach(queue, i, row) {
		const char *by = json_text(row, "claimed_by");
		if (r || done || json_flag(row, "own") || (*by && !json_flag(row, "mine")))
			continue;
		enum err one = claim(d, json_text(row, "order"), who, e);
		if (one == OK) {
			text_copy(no, ORDER_NO_SIZE, json_text(row, "order"));
			done = true;
		} else if (one != ERR_DESK_CLAIMED && one != ERR_DESK_STATUS && one != ERR_DESK_SEPARATION && one != ERR_DESK_REVIEW_AWAY)
			r = one;
	}
	json_decref(queue);
	return r ? r : done ? OK : error_set(e, ERR_DESK_QUEUE_EMPTY, "%s", "");
}

enum err review_claim(struct desk *d, const char *no, json_t **out, struct error *e)
{
	const struct staff *who;
	char first[ORDER_NO_SIZE];
	*out = NULL;
	enum err r = desk_allow(d, MAY_REVIEW, &who, e);
	if (!r && no)
		r = claim(d, no, who, e);
	else if (!r)
		r = claim_first(d, who, first, e);
	return r ? r : order_show(d, no ? no : first, out, e);
}

/* The action's name in the journal; a reason is asked for. */
static const struct decision {
	const char *event, *action;
	bool reason;
} decisions[] = {{"approve", "review.approve", false}, {"return", "review.return", true}, {"reject", "review.reject", true}};

/* An order of another site takes the decision home; what follows from it happens there. */
static enum err decide_elsewhere(struct desk *d, struct order *o, const struct decided *how, const struct staff *who, json_t *facts,
                                 struct error *e)
{
	enum err r = store_run(d->store, SQL_REVIEW_DECIDE, NULL, e, "iiit", o->id, how->by, how->at, how->reason);
	if (!r)
		r = order_advance(d, o, how->event, e);
	if (!r) /* what is promised from here on is home's to keep */
		r = store_run(d->store, SQL_DEADLINE_END, NULL, e, "itii", o->id, "issue", desk_now(d), (int64_t)1);
	return r ? r : custody_send_home(d, o, how->event, who, how->at, how->reason, facts, e);
}

static enum err decide_step(struct desk *d, struct order *o, const struct decision *decision, const char *reason, const struct staff *who,
                            bool foreign, struct error *e)
{
	struct decided how = {.event = decision->event, .reason = reason, .by = who->id, .at = desk_now(d)};
	int64_t claimer;
	char name[128];
	const char *to;
	enum err r = order_next(o, how.event, &to, e);
	if (!r)
		r = review_counts(d, o, e);
	if (!r)
		r = order_separate(d, o, who, MAY_REVIEW, e);
	if (!r)
		r = review_claimer(d, o->id, &claimer, name, e);
	if (!r && claimer != who->id)
		r = claimer ? error_set(e, ERR_DESK_CLAIMED, "%s", name) : error_set(e, ERR_DESK_CLAIM_FIRST, "%s", o->no);
	bool approve = strcmp(how.event, "approve") == 0;
	if (!r && approve && o->not_taken)
		r = error_set(e, ERR_DESK_NOT_TAKEN, "%s", o->no);
	if (!r && approve && !(r = identity_settled(d, o, e)))
		r = elsewhere_approve(d, o, e);
	json_t *facts = json_pack("{ss}", "reason", reason);
	if (!r)
		r = foreign ? decide_elsewhere(d, o, &how, who, facts, e) : decide_apply(d, o, &how, e);
	if (!r)
		r = desk_commit(d, MAY_REVIEW, decision->action, o->no, NULL, facts, e);
	json_decref(facts);
	return r;
}

static enum err decide(struct desk *d, const char *no, const struct decision *how, const char *reason, json_t **out, struct error *e)
{
	struct order o = {0};
	const struct staff *who;
	bool foreign = false;
	*out = NULL;
	enum err r = desk_allow(d, MAY_REVIEW, &who, e);
	if (!r && how->reason && !reason_good(reason))
		r = error_set(e, ERR_DESK_REASON, "%s", no);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = order_load(d, no, &o, e))) {
		foreign = strcmp(o.home, d->site) != 0;
		r = decide_step(d, &o, how, reason, who, foreign, e);
	}
	store_rollback(d->store);
	enum err told = r || foreign ? OK : decide_tell(d, &o, how->event, reason);
	if (!r && !(r = order_show(d, no, out, e)) && told)
		json_object_set_new(*out, "notice", json_string(error_name(told)));
	order_free(&o);
	return r;
}

enum err review_approve(struct desk *d, const char *no, json_t **out, struct error *e)
{
	return decide(d, no, &decisions[0], "", out, e);
}

enum err review_return(struct desk *d, const char *no, const char *reason, json_t **out, struct error *e)
{
	return decide(d, no, &decisions[1], reason, out, e);
}

enum err review_reject(struct desk *d, const char *no, const char *reason, json_t **out, struct error *e)
{
	return decide(d, no, &decisions[2], reason, out, e);
}
