#include "hub/judge_order.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "hub/feed.h"
#include "hub/giving.h"
#include "hub/judge_review.h"
#include "hub/keyers.h"
#include "hub/laid.h"
#include "hub/values.h"
#include "rules/permission.h"

enum err judge_holds_order(struct judging *j, int64_t order, struct error *e)
{
	char no[64], custodian[SITE_CODE_SIZE], home[SITE_CODE_SIZE];
	if (order && order == j->held) /* by another row of it in the same entry */
		return OK;
	enum err r = view_order_no(&j->view, order, no, e);
	if (r)
		return r;
	if (!*j->order)
		text_copy(j->order, sizeof j->order, no);
	if (!*no)
		return judge_refuse(j, REFUSAL_PART, "orders %lld", (long long)order);
	if ((r = judge_custodian(j->view.hub, no, custodian, home, e)))
		return r;
	if (*custodian ? strcmp(custodian, j->view.site) == 0 : judge_own_number(j->view.site, no))
		j->held = order;
	else
		r = judge_refuse(j, *custodian ? REFUSAL_CUSTODY : REFUSAL_NUMBER, "%s", no);
	return r;
}

enum err judge_left_order(struct judging *j, size_t at, bool *left, struct error *e)
{
	static const char *const leaving[] = {"custodian", "claimed_by", "claimed_at"};
	const json_t *now = j->view.opened[at];
	json_t *before = NULL, *after = NULL;
	*left = false;
	if (strcmp(json_text(j->entry->entry, "action"), "custody.given") != 0 || !json_is_object(now) || strcmp(json_text(now, "custodian"), j->view.site) == 0)
		return OK;
	enum err r = view_before(&j->view, "orders", j->entry->states[at].record, &before, e);
	after = json_deep_copy(now);
	for (size_t i = 0; i < sizeof leaving / sizeof *leaving; i++) {
		json_object_del(before, leaving[i]);
		json_object_del(after, leaving[i]);
	}
	*left = !r && before && json_same_row(before, after);
	json_decref(before);
	json_decref(after);
	return r;
}

static void name_number(char out[24], int64_t number)
{
	snprintf(out, 24, "%lld", (long long)number);
}

/* {number of its signature_order: true}: those left by this order, while they count for the others of its visit. */
static enum err left_signatures(struct judging *j, int64_t record, json_t **out, struct error *e)
{
	json_t *voids = NULL;
	*out = json_object();
	enum err r = view_parts(&j->view, record, "signature_void", &voids, e);
	for (size_t i = 0; !r && i < json_array_size(voids); i++) {
		json_t *left = NULL;
		char name[24];
		r = view_now(&j->view, "signature_void", json_integer_value(json_array_get(voids, i)), &left, e);
		name_number(name, row_number(left, "signature_order_id"));
		if (left)
			json_object_set_new(*out, name, json_true());
		json_decref(left);
	}
	json_decref(voids);
	return r;
}

static enum err signature_counts(const struct judging *j, const json_t *signed_order, bool *valid, struct error *e)
{
	json_t *signature = NULL;
	enum err r = view_now(&j->view, "signature", row_number(signed_order, "signature_id"), &signature, e);
	*valid = !r && signature && strcmp(json_text(signature, "state"), "valid") == 0;
	json_decref(signature);
	return r;
}

static enum err judge_signed(struct judging *j, int64_t record, const char *no, struct error *e)
{
	json_t *parts = NULL, *left = NULL;
	bool any = false;
	enum err r = view_parts(&j->view, record, "signature_order", &parts, e);
	if (!r)
		r = left_signatures(j, record, &left, e);
	for (size_t i = json_array_size(parts); !r && !any && i > 0; i--) {
		json_t *row = NULL;
		char name[24];
		int64_t id = json_integer_value(json_array_get(parts, i - 1));
		name_number(name, id);
		r = view_now(&j->view, "signature_order", id, &row, e);
		if (!r && row && !json_object_get(left, name))
			r = signature_counts(j, row, &any, e);
		json_decref(row);
	}
	json_decref(left);
	json_decref(parts);
	return r || any ? r : judge_refuse(j, REFUSAL_SIGNATURE, "%s", no);
}

/* Hostile sums mustn't run over: more than that nobody pays. */
static int64_t money(const json_t *row)
{
	int64_t fen = row_number(row, "amount");
	return fen > 0 && fen < 1000000000000 ? fen : 0;
}

static enum err judge_paid(struct judging *j, int64_t record, const json_t *order, struct error *e)
{
	json_t *parts = NULL;
	int64_t paid = 0;
	enum err r = view_parts(&j->view, record, "payment_order", &parts, e);
	for (size_t i = 0; !r && i < json_array_size(parts); i++) {
		json_t *row = NULL, *payment = NULL;
		r = view_now(&j->view, "payment_order", json_integer_value(json_array_get(parts, i)), &row, e);
		if (!r && row)
			r = view_now(&j->view, "payment", row_number(row, "payment_id"), &payment, e);
		if (payment && strcmp(json_text(payment, "state"), "verified") == 0)
			paid += money(row);
		json_decref(row);
		json_decref(payment);
	}
	json_decref(parts);
	return r || paid >= row_number(order, "amount") ? r : judge_refuse(j, REFUSAL_PAYMENT, "%s", json_text(order, "no"));
}

/* The order's own site has it in its journal who keyed it in: what another site's copy says of that proves nothing. */
static enum err keyed_at_home(const struct judging *j, const char *no, const json_t *reviewer, bool *keyed, struct error *e)
{
	char custodian[SITE_CODE_SIZE], home[SITE_CODE_SIZE];
	struct keyring ring = {.hub = j->view.hub, .site = home};
	struct view view;
	json_t *order = NULL;
	int64_t record = 0;
	enum err r = judge_custodian(j->view.hub, no, custodian, home, e);
	if (r || !*home || strcmp(home, j->view.site) == 0)
		return r;
	view_begin(&view, j->view.hub, home, &ring, NULL, NULL);
	r = db_int(j->view.hub->db, HUB_SQL_ORDER_RECORD_FIND, 0, &record, e, "tt", (const char *)home, no);
	if (!r && record && !(r = view_before(&view, "orders", record, &order, e)) && order)
		r = keyers_have(&view, order, false, keyer_is_number, reviewer, j->view.site, keyed, e);
	json_decref(order);
	keyring_free(&ring);
	return r;
}

/* By the site's word about who they are, and by headquarters' own. */
static enum err keyed_in_by(struct judging *j, const json_t *order, const json_t *reviewer, const struct laid *laid, bool *keyed, struct error *e)
{
	json_t *known = json_copy((json_t *)(uintptr_t)reviewer);
	enum err r = known ? OK : error_set(e, ERR_MEMORY, "reviewer");
	*keyed = false;
	json_object_set_new(known, KEYER_EVERYWHERE, json_boolean(laid->everywhere));
	for (int i = 0; !r && !*keyed && i < 2; i++) {
		if (i && (!*laid->number || strcmp(json_text(reviewer, "number"), laid->number) == 0))
			break;
		if (i)
			json_object_set_new(known, "number", json_string(laid->number));
		r = keyers_have(&j->view, order, true, keyer_is_number, known, j->view.site, keyed, e);
		if (!r && !*keyed)
			r = keyed_at_home(j, json_text(order, "no"), known, keyed, e);
	}
	json_decref(known);
	return r;
}

static enum err judge_laid(struct judging *j, const json_t *order, const json_t *reviewer, struct laid *laid, struct error *e)
{
	char who[96];
	enum err r = laid_reviewer(j->view.hub, j->view.site, reviewer, laid, e);
	if (!r && laid->refused)
		r = judge_refuse(j, REFUSAL_REVIEWER_LAID, "%s %s", json_text(order, "no"), json_text(reviewer, "login"));
	snprintf(who, sizeof who, "%.40s %.50s", json_text(reviewer, "login"), json_text(reviewer, "number"));
	return r || !laid->unknown ? r : hub_alarm_once(j->view.hub, j->view.site, "unlaid", who, HUB_ALARMS_A_DAY, e);
}

/* Who decided is a reviewer of this site, acted, and didn't key the order in, by this login or another of theirs. */
static enum err judge_reviewer(struct judging *j, const json_t *order, struct error *e)
{
	char keyer[32], actor[80];
	json_t *reviewer = NULL;
	struct laid laid;
	bool keyed = false;
	int64_t id = row_number(order, "reviewer_id");
	snprintf(keyer, sizeof keyer, ",%lld,", (long long)id);
	enum err r = id ? view_now(&j->view, "staff", id, &reviewer, e) : OK;
	snprintf(actor, sizeof actor, "%s/%s", j->view.site, json_text(reviewer, "login"));
	bool acted = strcmp(actor, json_text(j->entry->entry, "actor")) == 0 || strcmp(actor, json_text(j->entry->entry, "second")) == 0;
	bool may = reviewer && acted && (roles_parse(json_text(reviewer, "roles")) & ROLE_REVIEWER) && !strstr(json_text(order, "keyers"), keyer);
	if (!r && may && !(r = judge_laid(j, order, reviewer, &laid, e)) && !*j->why)
		r = keyed_in_by(j, order, reviewer, &laid, &keyed, e);
	json_decref(reviewer);
	return r || (may && !keyed) ? r : judge_refuse(j, REFUSAL_REVIEWER, "%s", json_text(order, "no"));
}

/* Claimed by who decided now, as the order stood when the counter had heard of the review site: that it ends itself. */
static enum err in_hand(const struct judging *j, int64_t record, const json_t *now, int64_t seq, bool *is, struct error *e)
{
	json_t *then = NULL;
	enum err r = view_at(&j->view, "orders", record, seq, &then, e);
	*is = then && strcmp(json_text(then, "status"), "in-review") == 0 && row_number(then, "claimed_by") && row_number(then, "claimed_by") == row_number(now, "reviewer_id");
	json_decref(then);
	return r;
}

/* A counter that hasn't heard of the review site yet may; one that has may not. Where that can't be told it is told of. */
static enum err judge_own(struct judging *j, int64_t record, const json_t *now, struct error *e)
{
	const char *no = json_text(now, "no");
	char detail[128];
	int64_t elsewhere = 0, from = 0;
	bool is = false;
	if (strcmp(j->deed.action, "review.approve") != 0 || !judge_own_number(j->view.site, no))
		return OK;
	enum err r = db_int(j->view.hub->db, HUB_SQL_REVIEWED_ELSEWHERE, 0, &elsewhere, e, "t", j->view.site);
	if (!r && elsewhere)
		r = feed_routed_from(j->view.hub, j->view.site, &from, e);
	if (!r && from && j->entry->seq > from && !(r = in_hand(j, record, now, from, &is, e)) && !is)
		return judge_refuse(j, REFUSAL_OWN_REVIEW, "%s", no);
	snprintf(detail, sizeof detail, "%.40s %.60s", no, json_text(j->entry->entry, "actor"));
	return r || !elsewhere ? r : hub_alarm_once(j->view.hub, j->view.site, "own-review", detail, HUB_ALARMS_A_DAY, e);
}

/* A decision moves the order. */
static enum err judge_decision(struct judging *j, int64_t record, const json_t *now, struct error *e)
{
	enum err r = judge_reviewer(j, now, e);
	return r || *j->why ? r : judge_own(j, record, now, e);
}

static const char keyed_in[] = "draft returned";
static const char before_signature[] = "draft returned cancelled refunding refunded rejected";
static const char behind_signature[] = "awaiting-payment paid in-review approved";
static const char behind_payment[] = "paid in-review approved";
static const char before_payment[] = "draft signed awaiting-payment returned";

static enum err judge_move(struct judging *j, int64_t record, const json_t *before, const json_t *now, struct error *e)
{
	const char *from = before ? json_text(before, "status") : "draft", *to = json_text(now, "status"), *no = json_text(now, "no");
	enum err r = OK;
	struct deed deed = j->deed;
	char events[64];
	if (strcmp(j->taken, "review") == 0) /* what led here was judged where it was done */
		return strcmp(to, "in-review") == 0 ? OK : judge_refuse(j, REFUSAL_TRANSITION, "%s: %s", no, to);
	if (*j->taken) { /* the decision that came, and no other */
		snprintf(events, sizeof events, "%s take-effect refund", j->taken);
		deed.events = events;
	}
	if (!deed_moves(&deed, json_text(now, "business"), from, to))
		return judge_refuse(j, REFUSAL_TRANSITION, "%s: %s > %s", no, from, to);
	if (text_has_word(keyed_in, from) && !text_has_word(before_signature, to))
		r = values_judge(j, record, now, e);
	if (!r && !*j->why && text_has_word(before_payment, from) && text_has_word(behind_signature, to))
		r = judge_signed(j, record, no, e);
	if (!r && !*j->why && text_has_word(before_payment, from) && text_has_word(behind_payment, to))
		r = judge_paid(j, record, now, e);
	if (!r && !*j->why && strcmp(from, "in-review") == 0 && strncmp(j->deed.action, "review.", 7) == 0 && strcmp(to, from) != 0)
		r = judge_decision(j, record, now, e);
	if (!r && !*j->why)
		r = judge_past_review(j, record, from, now, e);
	return r;
}

/* How many of the entry's orders have the number. */
static json_int_t times_here(struct judging *j, const char *no)
{
	bool first = !j->numbers;
	if (first)
		j->numbers = json_object();
	for (size_t i = 0; first && i < j->entry->state_count; i++)
		if (strcmp(j->entry->states[i].kind, "orders") == 0) {
			const char *its = json_text(j->view.opened[i], "no");
			json_object_set_new(j->numbers, its, json_integer(json_number(j->numbers, its) + 1));
		}
	return json_number(j->numbers, no);
}

/* A number names one row of a site, now and later. */
static enum err judge_number(struct judging *j, int64_t record, const json_t *now, struct error *e)
{
	const char *no = json_text(now, "no");
	int64_t known = 0;
	if (!*no || strlen(no) >= sizeof j->order)
		return judge_refuse(j, REFUSAL_NUMBER, "orders %lld", (long long)record);
	if (times_here(j, no) > 1)
		return judge_refuse(j, REFUSAL_NUMBER, "%s", no);
	enum err r = db_int(j->view.hub->db, HUB_SQL_ORDER_RECORD_FIND, 0, &known, e, "tt", j->view.site, no);
	return r || !known || known == record ? r : judge_refuse(j, REFUSAL_NUMBER, "%s", no);
}

enum err judge_order(struct judging *j, int64_t record, const json_t *now, struct error *e)
{
	json_t *before = NULL;
	enum err r = now ? judge_number(j, record, now, e) : OK;
	if (r || *j->why)
		return r;
	r = view_before(&j->view, "orders", record, &before, e);
	if (!r && !now)
		r = judge_refuse(j, REFUSAL_TRANSITION, "orders %lld", (long long)record);
	else if (!r && before && (strcmp(json_text(before, "no"), json_text(now, "no")) != 0 || strcmp(json_text(before, "business"), json_text(now, "business")) != 0))
		r = judge_refuse(j, REFUSAL_NUMBER, "%s", json_text(now, "no"));
	else if (!r && !(*j->fetched && !before))
		r = judge_move(j, record, before, now, e);
	json_decref(before);
	return r;
}

enum err judge_certificate(struct judging *j, int64_t record, const json_t *now, struct error *e)
{
	static const char issuing[] = "issuing issued done";
	json_t *before = NULL, *order = NULL;
	enum err r = view_before(&j->view, "certificate", record, &before, e);
	if (!r && now && !before && !*j->taken && !*j->fetched) {
		r = view_now(&j->view, "orders", row_number(now, "order_id"), &order, e);
		if (!r && !text_has_word(issuing, json_text(order, "status")))
			r = judge_refuse(j, REFUSAL_ISSUE, "%s", json_text(now, "serial"));
	}
	json_decref(before);
	json_decref(order);
	return r;
}
