/* All that looks like the third proof of a certificate and proves nothing, however a counter with stolen keys may have made it. */
#include "proof_case.h"

enum { DAY = 86400 };

static void it_must_be_approved_first(void **state)
{
	struct hub_case *c = *state;
	ready(c);
	in_review(c, info.serial, NULL);
	REFUSES(403, "review-none", asks(c, OTHER)); /* another has it in custody */
	claim(c, "rv1");
	SYNC(c, REVIEW);
	REFUSES(403, "review-none", asks(c, OTHER));
	gets_nothing(c, OTHER);
}

static void a_return_is_no_approval(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	ready(c);
	in_review(c, info.serial, NULL);
	claim(c, "rv1");
	site_is(OK, review_return(c->d[REVIEW], c->no, "印章不清楚", &out, &c->e), &c->e);
	SYNC(c, REVIEW);
	gets_nothing(c, OTHER);
	REFUSES(403, "review-none", asks(c, OTHER));
	json_decref(out);
}

static void a_rejection_is_no_approval(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	ready(c);
	in_review(c, info.serial, NULL);
	claim(c, "rv1");
	site_is(OK, review_reject(c->d[REVIEW], c->no, "材料不真实", &out, &c->e), &c->e);
	SYNC(c, REVIEW);
	gets_nothing(c, OTHER);
	REFUSES(403, "review-none", asks(c, OTHER));
	json_decref(out);
}

static void the_counters_own_approval_is_none(void **state)
{
	struct hub_case *c = *state;
	struct desk *d;
	json_t *out = NULL;
	ready(c);
	in_review(c, info.serial, NULL);
	/* one that never went: it can't be claimed here, and were it, the use case refuses it */
	d = c->d[OTHER];
	json_t *data = site_sample("new-unit", NULL);
	json_object_del(data, "key_role");
	json_object_set_new(data, "reason", json_string("lost"));
	site_as(&c->site[OTHER], d, "op1");
	site_is(OK, draft_new_about(d, "replace-unit", &(struct draft_about){.certificate = info.serial, .elsewhere = true}, data, c->no, &c->e), &c->e);
	site_attach(&c->site[OTHER], d, c->no);
	site_sign(&c->site[OTHER], d, c->no);
	site_pay(d, c->no);
	site_as(&c->site[OTHER], d, "rv1");
	site_is(ERR_DESK_REVIEW_AWAY, review_claim(d, c->no, &out, &c->e), &c->e);
	site_is(OK, store_run(d->store, SQL_SYNC_STATE_REVIEW, NULL, &c->e, "i", (int64_t)0), &c->e);
	site_is(OK, review_claim(d, c->no, &out, &c->e), &c->e);
	site_is(OK, store_run(d->store, SQL_SYNC_STATE_REVIEW, NULL, &c->e, "i", (int64_t)1), &c->e);
	json_decref(out);
	site_is(ERR_DESK_ELSEWHERE_OWN, review_approve(d, c->no, &out, &c->e), &c->e);
	/* and by hand, as stolen keys would, of a counter that never said that it had heard */
	site_is(OK, db_run(hub->db, HUB_SQL_SITE_ROUTE, NULL, &c->e, "ti", codes[OTHER], (int64_t)1), &c->e);
	alter(c, OTHER, json_pack("{ss sI sI}", "status", "approved", "reviewer_id", (json_int_t)d->actor.id, "decided_at", (json_int_t)desk_now(d)),
	      "review.approve", "rv1");
	SYNC(c, OTHER);
	assert_int_equal(0, refused_at(OTHER));
	REFUSES(403, "review-own", asks(c, OTHER));
	assert_string_not_equal("", text_of(c, OTHER, "elsewhere", "why")); /* it asked by itself, and shows why not */
	assert_true(alarmed(OTHER, "proof", info.serial));
	gets_nothing(c, OTHER);
	json_decref(data);
}

/* A counter that writes what a review site would write is refused, and proves nothing by it. */
static void a_counter_cannot_play_the_review_site(void **state)
{
	struct hub_case *c = *state;
	ready(c);
	approved(c, "0BAD", NULL);
	json_t *facts = json_pack("{s{ss ss ss s[] ss ss}}", "custody", "order", c->no, "to", codes[OTHER], "home", codes[OTHER], "files", "decision",
	                          "approve", "certificate", info.serial);
	int64_t id = order_id(c, OTHER, c->no);
	struct order o = {0};
	site_is(OK, order_load(c->d[OTHER], c->no, &o, &c->e), &c->e);
	json_t *said = json_pack("{ss ss}", "order", c->no, "decision", "approve");
	site_is(OK, store_begin(c->d[OTHER]->store, &c->e), &c->e);
	site_is(OK, store_state(c->d[OTHER]->store, "custody", id, o.dk, said, &c->e), &c->e);
	rogue_commit(c, OTHER, "review.approve", "rv1", c->no, facts);
	SYNC(c, OTHER);
	assert_int_equal(1, refused_at(OTHER));
	REFUSES(403, "review-other", asks(c, OTHER));
	gets_nothing(c, OTHER);
	order_free(&o);
	json_decref(said);
	json_decref(facts);
}

static void an_approval_is_for_the_certificate_that_it_names(void **state)
{
	struct hub_case *c = *state;
	ready(c);
	approved(c, "0BAD", NULL);
	REFUSES(403, "review-other", asks(c, OTHER));
	REFUSES(404, "certificate-unknown", asks_for(c, OTHER, "0BAD"));
	assert_true(alarmed(OTHER, "proof", "review-other"));
	gets_nothing(c, OTHER);
}

/* The order changed behind the review: what the review site signed counts. */
static void naming_another_afterwards_is_no_use(void **state)
{
	struct hub_case *c = *state;
	struct order o = {0};
	struct bytes sealed = {0};
	ready(c);
	approved(c, "0BAD", NULL);
	site_is(OK, order_load(c->d[OTHER], c->no, &o, &c->e), &c->e);
	json_object_set_new(o.values, ELSEWHERE, json_string(info.serial));
	site_is(OK, datakey_seal_json(c->d[OTHER]->store, o.dk, "orders.data", o.values, &sealed, &c->e), &c->e);
	site_is(OK, store_begin(c->d[OTHER]->store, &c->e), &c->e);
	site_is(OK, store_run(c->d[OTHER]->store, SQL_ORDER_SET_DATA, NULL, &c->e, "ib", o.id, (const void *)sealed.data, sealed.length), &c->e);
	rogue_commit(c, OTHER, "order.edit", "op1", c->no, NULL);
	SYNC(c, OTHER);
	REFUSES(403, "review-other", asks(c, OTHER));
	gets_nothing(c, OTHER);
	order_free(&o);
	bytes_free(&sealed);
}

static void an_old_approval_is_over(void **state)
{
	struct hub_case *c = *state;
	ready(c);
	approved(c, info.serial, NULL);
	hub->clock.fixed = hub_now(hub) + REVIEW_PROOF_DAYS * DAY + HOUR;
	REFUSES(403, "review-old", asks(c, OTHER));
	hub->clock = CLOCK_SYSTEM;
	gets_nothing(c, OTHER);
	assert_int_equal(200, asks(c, OTHER));
}

/* Back at the first counter by another proof: the old approval doesn't take it away again. */
static void an_approval_proves_once(void **state)
{
	struct hub_case *c = *state;
	struct holding_given given = {0};
	ready(c);
	approved(c, info.serial, NULL);
	assert_int_equal(200, asks(c, OTHER));
	SYNC(c, OTHER);
	assert_string_equal(codes[OTHER], holder_at(c, OTHER));
	REFUSES(409, "here", asks(c, OTHER));
	alter(c, OTHER, json_pack("{ss}", "status", "cancelled"), "order.cancel", "op1");
	SYNC(c, OTHER);
	SYNC(c, COUNTER);
	site_is(OK, db_begin(hub->db, &c->e), &c->e);
	site_is(OK, holding_give(hub, &(struct holding_asked){.to = codes[COUNTER], .issuer = info.issuer, .serial = info.serial}, &given, &c->e), &c->e);
	assert_null(given.why);
	site_is(OK, db_commit(hub->db, &c->e), &c->e);
	SYNC(c, COUNTER);
	SYNC(c, OTHER);
	assert_string_equal(codes[COUNTER], holder_at(c, OTHER));
	REFUSES(403, "review-none", asks(c, OTHER)); /* given up besides */
	/* and where it is called approved all the same */
	char command[400];
	snprintf(command, sizeof command, "sqlite3 '%s/hub.db' \"DELETE FROM state WHERE site = '%s' AND kind = 'orders' AND seq = (SELECT max(seq) FROM state "
	         "WHERE site = '%s' AND kind = 'orders')\"", c->dir, codes[OTHER], codes[OTHER]);
	assert_int_equal(0, system(command));
	REFUSES(403, "review-used", asks(c, OTHER));
}

static void a_revoked_certificate_stays(void **state)
{
	struct hub_case *c = *state;
	ready(c);
	approved(c, info.serial, NULL);
	change(c, "revoked");
	SYNC(c, COUNTER);
	REFUSES(403, "certificate-revoked", asks(c, OTHER));
	gets_nothing(c, OTHER);
}

static void an_order_under_way_stays_where_it_is(void **state)
{
	struct hub_case *c = *state;
	char first[ORDER_NO_SIZE], mine[ORDER_NO_SIZE];
	issued(c);
	snprintf(first, sizeof first, "%s", c->no);
	SYNC(c, COUNTER);
	site_at(c, REVIEW);
	site_at(c, OTHER);
	SYNC(c, OTHER);
	in_review(c, info.serial, NULL);
	approve_as(c, "rv1");
	SYNC(c, OTHER); /* which asks by itself, and keeps the answer with the order */
	assert_string_equal("", holder_at(c, OTHER));
	assert_non_null(strstr(text_of(c, OTHER, "elsewhere", "why"), first));
	REFUSES(409, "under-way", asks(c, OTHER));
	snprintf(mine, sizeof mine, "%s", c->no);
	snprintf(c->no, sizeof c->no, "%s", first);
	alter(c, COUNTER, json_pack("{ss}", "status", "handed-over"), "order.handover", "op1");
	SYNC(c, COUNTER);
	snprintf(c->no, sizeof c->no, "%s", mine);
	json_t *out = NULL;
	site_as(&c->site[OTHER], c->d[OTHER], "op1");
	site_is(OK, sync_fetch_by_review(c->d[OTHER], c->no, &out, &c->e), &c->e);
	assert_string_equal(codes[COUNTER], json_text(out, "from"));
	assert_string_equal(codes[OTHER], holder_at(c, OTHER));
	assert_string_equal(info.serial, text_of(c, OTHER, "about", "certificate"));
	json_decref(out);
}

static void another_customers_certificate_is_not_given(void **state)
{
	struct hub_case *c = *state;
	json_t *changes = json_pack("{ss ss}", "uscc", "91350100M000100Y43", "invoice_tax_number", "91350100M000100Y43");
	ready(c);
	approved(c, info.serial, changes);
	REFUSES(403, "review-holder", asks(c, OTHER));
	assert_true(alarmed(OTHER, "proof", "review-holder"));
	gets_nothing(c, OTHER);
	json_decref(changes);
}

/* The same person has a login at both: the review site itself sees two. */
static void who_keyed_it_in_does_not_prove_it(void **state)
{
	struct hub_case *c = *state;
	ready(c);
	site_as(&c->site[REVIEW], c->d[REVIEW], "root1");
	site_is(OK, staff_roles(c->d[REVIEW], "op1", "reviewer", &c->e), &c->e);
	in_review(c, info.serial, NULL);
	approve_as(c, "op1");
	hears(c);
	REFUSES(403, "review-person", asks(c, OTHER));
	gets_nothing(c, OTHER);
}

static void identity_must_have_been_checked(void **state)
{
	struct hub_case *c = *state;
	json_t *rows = NULL, *row;
	size_t i;
	ready(c);
	approved(c, info.serial, NULL);
	site_is(OK, store_rows(c->d[OTHER]->store, SQL_CUSTODY_PARTS, &rows, &c->e, "i", order_id(c, OTHER, c->no)), &c->e);
	site_is(OK, store_begin(c->d[OTHER]->store, &c->e), &c->e);
	json_array_foreach(rows, i, row)
		if (strcmp(json_text(row, "kind"), "identity_check") == 0) {
			json_t *failed = json_pack("{ss}", "result", "failed");
			int64_t id = json_number(row, "id");
			site_is(OK, replica_put(c->d[OTHER]->store, "identity_check", failed, &id, &c->e), &c->e);
			json_decref(failed);
		}
	rogue_commit(c, OTHER, "order.voucher", "op1", c->no, NULL);
	SYNC(c, OTHER);
	REFUSES(403, "review-unchecked", asks(c, OTHER));
	gets_nothing(c, OTHER);
	json_decref(rows);
}

static void a_revoked_review_site_proves_nothing(void **state)
{
	struct hub_case *c = *state;
	ready(c);
	approved(c, info.serial, NULL);
	site_is(OK, site_revoke(hub, codes[REVIEW], &c->e), &c->e);
	REFUSES(403, "review-none", asks(c, OTHER));
	gets_nothing(c, OTHER);
}

static void a_revoked_counter_gets_nothing(void **state)
{
	struct hub_case *c = *state;
	ready(c);
	approved(c, info.serial, NULL);
	site_is(OK, site_revoke(hub, codes[OTHER], &c->e), &c->e);
	REFUSES(403, "revoked", asks(c, OTHER));
}

static void another_counters_order_is_no_proof(void **state)
{
	struct hub_case *c = *state;
	char mine[ORDER_NO_SIZE];
	ready(c);
	approved(c, info.serial, NULL);
	REFUSES(403, "review-none", asks(c, COUNTER));
	REFUSES(403, "counter", asks(c, REVIEW));
	snprintf(mine, sizeof mine, "%s", c->no);
	snprintf(c->no, sizeof c->no, "%s", "nothing");
	REFUSES(403, "review-none", asks(c, OTHER));
	snprintf(c->no, sizeof c->no, "%s", mine);
	assert_int_equal(200, asks(c, OTHER));
}

/* Its data key is destroyed, its bodies with it. */
static void a_purged_order_proves_nothing(void **state)
{
	struct hub_case *c = *state;
	char command[400];
	ready(c);
	approved(c, info.serial, NULL);
	snprintf(command, sizeof command, "sqlite3 '%s/hub.db' \"UPDATE state SET body = NULL WHERE site = '%s' AND kind = 'orders'\"", c->dir, codes[OTHER]);
	assert_int_equal(0, system(command));
	REFUSES(403, "review-none", asks(c, OTHER));
	gets_nothing(c, OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(it_must_be_approved_first),
		HUB_TEST(a_return_is_no_approval),
		HUB_TEST(a_rejection_is_no_approval),
		HUB_TEST(the_counters_own_approval_is_none),
		HUB_TEST(a_counter_cannot_play_the_review_site),
		HUB_TEST(an_approval_is_for_the_certificate_that_it_names),
		HUB_TEST(naming_another_afterwards_is_no_use),
		HUB_TEST(an_old_approval_is_over),
		HUB_TEST(an_approval_proves_once),
		HUB_TEST(a_revoked_certificate_stays),
		HUB_TEST(an_order_under_way_stays_where_it_is),
		HUB_TEST(another_customers_certificate_is_not_given),
		HUB_TEST(who_keyed_it_in_does_not_prove_it),
		HUB_TEST(identity_must_have_been_checked),
		HUB_TEST(a_revoked_review_site_proves_nothing),
		HUB_TEST(a_revoked_counter_gets_nothing),
		HUB_TEST(another_counters_order_is_no_proof),
		HUB_TEST(a_purged_order_proves_nothing),
	};
	return cmocka_run_group_tests(tests, start, end);
}
