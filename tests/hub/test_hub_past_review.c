/* No order gets past a review that its business asks for, whatever the counter's own program says of it. */
#include "custody_case.h"
#include "desk/pay.h"
#include "desk/refund.h"
#include "store/replica.h"

static void begin(struct hub_case *c)
{
	site_is(OK, store_begin(site_at(c, COUNTER)->store, &c->e), &c->e);
}

static void put(struct hub_case *c, const char *kind, json_t *row, int64_t id)
{
	site_is(OK, replica_put(c->d[COUNTER]->store, kind, row, &id, &c->e), &c->e);
	json_decref(row);
}

static void set_status(struct hub_case *c, const char *to)
{
	put(c, "orders", json_pack("{ss}", "status", to), order_id(c, COUNTER, c->no));
}

static void here(struct hub_case *c, const char *form)
{
	site_at(c, COUNTER);
	site_paid(&c->site[COUNTER], c->d[COUNTER], form, NULL, c->no);
	SYNC(c, COUNTER);
	assert_int_equal(0, refused_at(COUNTER));
}

static void submitted(struct hub_case *c, const char *form)
{
	site_paid(&c->site[COUNTER], c->d[COUNTER], form, NULL, c->no);
}

/* What a program from before does, or one of one's own. */
static void forget_the_review_site(struct hub_case *c)
{
	site_is(OK, store_run(c->d[COUNTER]->store, SQL_SYNC_STATE_REVIEW, NULL, &c->e, "i", (int64_t)0), &c->e);
}

/* On two lines: what it had written before it heard has come by the second. */
static void heard_of_the_review_site(struct hub_case *c)
{
	site_at(c, REVIEW);
	SYNC(c, COUNTER);
	SYNC(c, COUNTER);
}

static void a_counters_own_approval_is_its_own_where_there_is_no_review_site(void **state)
{
	struct hub_case *c = *state;
	here(c, "new-unit");
	approved(c, COUNTER);
	SYNC(c, COUNTER);
	assert_false(alarmed(COUNTER, "own-review", c->no));
	nothing_refused();
}

static void one_from_before_the_counter_heard_of_the_review_site_is_told(void **state)
{
	struct hub_case *c = *state;
	here(c, "new-unit");
	site_at(c, REVIEW);
	approved(c, COUNTER);
	SYNC(c, COUNTER);
	nothing_refused();
	assert_true(alarmed(COUNTER, "own-review", c->no));
}

/* Whether it was written before it heard, or behind that, headquarters can't tell yet. */
static void so_is_one_that_comes_with_the_next_line(void **state)
{
	struct hub_case *c = *state;
	here(c, "new-unit");
	site_at(c, REVIEW);
	SYNC(c, COUNTER);
	submitted(c, "new-person");
	forget_the_review_site(c);
	approved(c, COUNTER);
	SYNC(c, COUNTER);
	nothing_refused();
	assert_true(alarmed(COUNTER, "own-review", c->no));
}

/* In somebody's hands when it heard. */
static void so_is_one_that_was_claimed_before(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	here(c, "new-unit");
	claimed(c, COUNTER);
	heard_of_the_review_site(c);
	site_as(&c->site[COUNTER], c->d[COUNTER], "rv1");
	site_is(OK, review_approve(c->d[COUNTER], c->no, &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, COUNTER);
	nothing_refused();
	assert_true(alarmed(COUNTER, "own-review", c->no));
}

static void one_from_after_it_heard_is_refused(void **state)
{
	struct hub_case *c = *state;
	here(c, "new-unit");
	heard_of_the_review_site(c);
	submitted(c, "new-person");
	forget_the_review_site(c);
	approved(c, COUNTER);
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "OWN_REVIEW");
	assert_true(alarmed(COUNTER, "refused", c->no));
}

static void claimed_by(struct hub_case *c, const char *login, int64_t since)
{
	struct store *s = c->d[COUNTER]->store;
	int64_t who = 0;
	begin(c);
	site_is(OK, store_int(s, SQL_STAFF_BY_LOGIN_ANY, 0, &who, &c->e, "t", login), &c->e);
	site_is(OK, store_run(s, SQL_REVIEW_CLAIM_SET, NULL, &c->e, "iii", order_id(c, COUNTER, c->no), who, since), &c->e);
	rogue_commit(c, COUNTER, "review.claim", "rv1", c->no, NULL);
}

/* … also of an order that was in review here, and in somebody else's hands. */
static void so_is_one_that_another_had_claimed_when_it_heard(void **state)
{
	struct hub_case *c = *state;
	here(c, "new-unit");
	claimed_by(c, "op1", desk_now(c->d[COUNTER]));
	heard_of_the_review_site(c);
	forget_the_review_site(c);
	claimed_by(c, "op1", 1);
	approved(c, COUNTER);
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "OWN_REVIEW");
}

static void a_counter_reviews_again_when_the_last_review_site_is_gone(void **state)
{
	struct hub_case *c = *state;
	here(c, "new-unit");
	heard_of_the_review_site(c);
	site_is(OK, site_revoke(hub, codes[REVIEW], &c->e), &c->e);
	SYNC(c, COUNTER);
	submitted(c, "new-person");
	approved(c, COUNTER);
	SYNC(c, COUNTER);
	nothing_refused();
	assert_false(alarmed(COUNTER, "own-review", c->no));
}

/* Asked back, and kept as if it had been approved before. */
static void an_order_asked_back_in_review_is_not_kept_as_approved(void **state)
{
	struct hub_case *c = *state;
	here(c, "new-unit");
	begin(c);
	set_status(c, "refunding");
	rogue_commit(c, COUNTER, "refund.ask", "op1", c->no, NULL);
	begin(c);
	set_status(c, "approved");
	rogue_commit(c, COUNTER, "refund.withdraw", "op1", c->no, NULL);
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "UNREVIEWED");
}

static void what_was_approved_and_asked_back_is_kept_as_approved(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	here(c, "new-unit");
	approved(c, COUNTER);
	for (int i = 0; i < 2; i++) { /* more than once */
		site_as(&c->site[COUNTER], c->d[COUNTER], "op1");
		site_is(OK, refund_ask(c->d[COUNTER], c->no, "客户不办了", &out, &c->e), &c->e);
		json_decref(out);
		site_is(OK, refund_withdraw(c->d[COUNTER], c->no, "客户又要办了", &out, &c->e), &c->e);
		json_decref(out);
	}
	SYNC(c, COUNTER);
	nothing_refused();
	assert_string_equal("approved", status_at(c, COUNTER));
}

/* As the row of that number, for another order. */
static int64_t again(struct hub_case *c, const char *kind, int64_t of, json_t *changes)
{
	json_t *row = NULL;
	int64_t id = 0;
	site_is(OK, replica_row(c->d[COUNTER]->store, kind, of, &row, &c->e), &c->e);
	json_object_del(row, "id");
	json_object_update(row, changes);
	site_is(OK, replica_put(c->d[COUNTER]->store, kind, row, &id, &c->e), &c->e);
	json_decref(changes);
	json_decref(row);
	return id;
}

/* By a program that takes no business for one that is reviewed. */
static void a_new_certificate_is_not_applied_for_past_a_review(void **state)
{
	struct hub_case *c = *state;
	here(c, "new-unit");
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	begin(c);
	int64_t order = order_id(c, COUNTER, c->no), payment = again(c, "payment", 1, json_pack("{ss}", "receipt", "R2"));
	again(c, "payment_order", 1, json_pack("{sI sI}", "payment_id", (json_int_t)payment, "order_id", (json_int_t)order));
	set_status(c, "approved");
	rogue_commit(c, COUNTER, "pay.take", "op1", c->no, NULL);
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "UNREVIEWED");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(a_counters_own_approval_is_its_own_where_there_is_no_review_site),
		HUB_TEST(one_from_before_the_counter_heard_of_the_review_site_is_told),
		HUB_TEST(so_is_one_that_comes_with_the_next_line),
		HUB_TEST(so_is_one_that_was_claimed_before),
		HUB_TEST(one_from_after_it_heard_is_refused),
		HUB_TEST(so_is_one_that_another_had_claimed_when_it_heard),
		HUB_TEST(a_counter_reviews_again_when_the_last_review_site_is_gone),
		HUB_TEST(an_order_asked_back_in_review_is_not_kept_as_approved),
		HUB_TEST(what_was_approved_and_asked_back_is_kept_as_approved),
		HUB_TEST(a_new_certificate_is_not_applied_for_past_a_review),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
