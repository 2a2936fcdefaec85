/* The third proof: an order of the asking counter that names the certificate, and that a review site approved. What the asker itself says
 * proves nothing, for its keys may be stolen: the approval is an entry that another site signed, about an order that headquarters gave it. */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "hub/giving.h"
#include "hub/h_data.h"
#include "hub/holding.h"
#include "hub/keyers.h"
#include "hub/values.h"
#include "rules/customer.h"

enum { DAY = 86400 };

struct proof {
	struct hub *hub;
	const char *site, *order; /* who asks */
	char serial[CERT_SERIAL_SIZE], issuer[1024];
	char reviewer[SITE_CODE_SIZE]; /* whose entry decided */
	int64_t seq;
	struct keyring ring, other_ring;
	struct view here, other; /* the asker's rows, the review site's */
	int64_t record;          /* of the order, here */
	json_t *row, *values;    /* … and what it is */
	const char *say;         /* SAY_*, why it proves nothing; NULL: it does */
};

static void refuse(struct proof *p, const char *say)
{
	if (!p->say)
		p->say = say;
}

/* --- the approval --------------------------------------------------------------------------------------------------- */

/* The order is this counter's, and it is back from a review site that may still be believed. */
static enum err find_reviewer(struct proof *p, struct error *e)
{
	json_t *moved = NULL, *site = NULL;
	enum err r = db_row(p->hub->db, HUB_SQL_CUSTODY_GET, &moved, e, "t", p->order);
	if (!r && !moved) /* it was never anywhere else */
		refuse(p, judge_own_number(p->site, p->order) ? SAY_REVIEW_OWN : SAY_REVIEW_NONE);
	else if (!r && (strcmp(json_text(moved, "home"), p->site) != 0 || strcmp(json_text(moved, "custodian"), p->site) != 0))
		refuse(p, SAY_REVIEW_NONE);
	text_copy(p->reviewer, sizeof p->reviewer, json_text(moved, "site"));
	p->seq = json_number(moved, "seq");
	if (!r && !p->say && !(r = db_row(p->hub->db, HUB_SQL_SITE_GET, &site, e, "t", (const char *)p->reviewer))) {
		if (strcmp(p->reviewer, p->site) == 0 || strcmp(json_text(site, "kind"), "review") != 0)
			refuse(p, SAY_REVIEW_OWN);
		else if (strcmp(json_text(site, "state"), "joined") != 0)
			refuse(p, SAY_REVIEW_NONE);
	}
	json_decref(moved);
	json_decref(site);
	return r;
}

/* That site's entry, which headquarters accepted, says so itself, and names the certificate. */
static enum err judge_entry_said(struct proof *p, struct error *e)
{
	json_t *said = NULL, *entry = NULL;
	enum err r = db_row(p->hub->db, HUB_SQL_ENTRY_SAID, &said, e, "ti", (const char *)p->reviewer, p->seq);
	const char *text = json_text(said, "entry");
	if (!r && *text)
		entry = json_of_line(text);
	const json_t *custody = json_object_get(json_object_get(entry, "facts"), "custody");
	if (!r && (!custody || *json_text(said, "refused") || strcmp(json_text(entry, "action"), "review.approve") != 0 ||
	           strcmp(json_text(custody, "decision"), "approve") != 0 || strcmp(json_text(custody, "order"), p->order) != 0 ||
	           strcmp(json_text(custody, "to"), p->site) != 0))
		refuse(p, SAY_REVIEW_NONE);
	else if (!r && strcmp(json_text(custody, "certificate"), p->serial) != 0)
		refuse(p, SAY_REVIEW_OTHER);
	else if (!r && hub_now(p->hub) - json_number(said, "received_at") > (int64_t)REVIEW_PROOF_DAYS * DAY)
		refuse(p, SAY_REVIEW_OLD);
	json_decref(entry);
	json_decref(said);
	return r;
}

/* --- the order ------------------------------------------------------------------------------------------------------ */

static enum err open_values(struct proof *p, struct error *e)
{
	enum err r = values_open(&p->ring, p->row, &p->values, e);
	if (!r && !p->values)
		refuse(p, SAY_REVIEW_NONE);
	else if (!r && strcmp(json_text(p->values, "elsewhere"), p->serial) != 0)
		refuse(p, SAY_REVIEW_OTHER);
	return r;
}

/* As its counter's newest accepted entry has it: approved, and neither given up nor purged since. */
static enum err judge_order_now(struct proof *p, struct error *e)
{
	enum err r = db_int(p->hub->db, HUB_SQL_ORDER_RECORD_FIND, 0, &p->record, e, "tt", p->site, p->order);
	if (!r && p->record)
		r = view_before(&p->here, "orders", p->record, &p->row, e);
	if (!r && (!p->row || strcmp(json_text(p->row, "status"), "approved") != 0))
		refuse(p, SAY_REVIEW_NONE);
	return r || p->say ? r : open_values(p, e);
}

/* Who of them stood at the desk; the unit itself, where it is one. */
static enum err judge_identity(struct proof *p, struct error *e)
{
	json_t *parts = NULL;
	bool customer = false, person = false, failed = false, unit = strcmp(json_text(p->row, "customer"), "unit") == 0;
	enum err r = view_parts(&p->here, p->record, "identity_check", &parts, e);
	for (size_t i = 0; !r && i < json_array_size(parts); i++) {
		json_t *check = NULL;
		r = view_before(&p->here, "identity_check", json_integer_value(json_array_get(parts, i)), &check, e);
		const char *of = json_text(check, "of");
		bool passed = strcmp(json_text(check, "result"), "passed") == 0;
		failed |= check && !passed;
		customer |= passed && strcmp(of, "unit") == 0;
		person |= passed && (strcmp(of, "agent") == 0 || strcmp(of, "person") == 0);
		json_decref(check);
	}
	json_decref(parts);
	if (!r && (failed || !person || (unit && !customer)))
		refuse(p, SAY_REVIEW_UNCHECKED);
	return r;
}

/* --- the persons ---------------------------------------------------------------------------------------------------- */

/* That the reviewer had the role and acted was judged with the entry. */
static enum err judge_persons(struct proof *p, struct error *e)
{
	json_t *order = NULL, *reviewer = NULL, *first = NULL;
	int64_t record = 0;
	bool keyed = false;
	enum err r = db_int(p->hub->db, HUB_SQL_ORDER_RECORD_FIND, 0, &record, e, "tt", (const char *)p->reviewer, p->order);
	if (!r && record)
		r = view_before(&p->other, "orders", record, &order, e);
	if (!r && order)
		r = view_before(&p->other, "staff", row_number(order, "reviewer_id"), &reviewer, e);
	if (!r && !reviewer)
		refuse(p, SAY_REVIEW_NONE);
	if (!r && !p->say)
		r = keyers_have(&p->here, p->row, false, keyer_is_likely, reviewer, p->reviewer, &keyed, e);
	if (!r && !p->say && !keyed && !(r = view_before(&p->here, "staff", row_number(p->row, "staff_id"), &first, e)))
		keyed = first && keyer_is_likely(first, reviewer, p->reviewer);
	if (keyed)
		refuse(p, SAY_REVIEW_PERSON);
	json_decref(first);
	json_decref(order);
	json_decref(reviewer);
	return r;
}

/* --- all of it ------------------------------------------------------------------------------------------------------ */

static enum err judge_unused(struct proof *p, struct error *e)
{
	json_t *used = NULL, *held = NULL;
	enum err r = db_row(p->hub->db, HUB_SQL_REVIEW_PROOF_GET, &used, e, "t", p->order);
	if (!r && used)
		r = db_row(p->hub->db, HUB_SQL_HOLDING_GET, &held, e, "tt", (const char *)p->issuer, (const char *)p->serial);
	/* on its way to this counter still: given again, where it got lost */
	bool waits = held && strcmp(json_text(held, "custodian"), p->site) == 0;
	if (!r && used && !waits)
		refuse(p, SAY_REVIEW_USED);
	json_decref(used);
	json_decref(held);
	return r;
}

static enum err judge(struct proof *p, struct error *e)
{
	enum err (*const steps[])(struct proof *p, struct error *e) = {find_reviewer, judge_entry_said, judge_order_now, judge_identity, judge_persons,
	                                                               judge_unused};
	enum err r = OK;
	view_begin(&p->here, p->hub, p->site, &p->ring, NULL, NULL);
	view_begin(&p->other, p->hub, p->reviewer, &p->other_ring, NULL, NULL);
	for (size_t i = 0; !r && !p->say && i < sizeof steps / sizeof *steps; i++)
		r = steps[i](p, e);
	return r;
}

static enum err note(struct proof *p, struct error *e)
{
	enum err r = db_run(p->hub->db, HUB_SQL_REVIEW_PROOF_ADD, NULL, e, "ttttt" "ii", p->order, (const char *)p->issuer, (const char *)p->serial, p->site,
	                    (const char *)p->reviewer, p->seq, hub_now(p->hub));
	return r ? r : db_commit(p->hub->db, e);
}

static enum err alarm(struct proof *p, struct error *e)
{
	char detail[160];
	snprintf(detail, sizeof detail, "%.64s %.64s %s", p->order, p->serial, p->say);
	return hub_alarm_once(p->hub, p->site, "proof", detail, HUB_ALARMS_A_DAY, e);
}

/* Whoever asks for the same certificate at the same time waits. */
static enum err prove(struct proof *p, struct holding_given *given, struct error *e)
{
	enum err r = db_begin(p->hub->db, e);
	if (!r)
		r = db_lock(p->hub->db, "certificate", p->serial, e);
	if (!r && !(r = judge(p, e)) && !p->say) {
		const struct holding_asked asked = {.to = p->site, .issuer = p->issuer, .serial = p->serial, .holder = customer_number(p->values),
		                                    .review = p->order};
		if (!(r = holding_give(p->hub, &asked, given, e)) && !given->why)
			r = note(p, e);
	}
	db_rollback(p->hub->db);
	return r;
}

static void end(struct proof *p)
{
	keyring_free(&p->ring);
	keyring_free(&p->other_ring);
	json_decref(p->row);
	json_decref(p->values);
}

enum err certificate_prove_by_review(struct hub *hub, const char *site, const json_t *body, struct reply *reply, struct error *e)
{
	struct proof p = {.hub = hub, .site = site, .order = json_text(body, "order")};
	struct holding_given given = {0};
	bool known = false;
	p.ring = (struct keyring){.hub = hub, .site = site};
	p.other_ring = (struct keyring){.hub = hub, .site = p.reviewer};
	text_copy(p.serial, sizeof p.serial, json_text(body, "serial"));
	enum err r = holding_name(hub, p.serial, p.issuer, &known, e);
	if (!r && !known)
		r = reply_say(reply, 404, SAY_CERTIFICATE_UNKNOWN, NULL);
	else if (!r && !(r = prove(&p, &given, e))) {
		if (p.say || given.why) {
			bool strange = p.say || strcmp(given.why, SAY_REVIEW_HOLDER) == 0;
			p.say = p.say ? p.say : given.why;
			r = strange ? alarm(&p, e) : OK;
			if (!r)
				r = given.why ? certificate_refuse(reply, &given) : reply_say(reply, 403, p.say, NULL);
		} else
			r = reply_json(reply, json_pack("{ss ss ss}", "from", given.from, "serial", p.serial, "issuer", p.issuer));
	}
	end(&p);
	return r;
}
