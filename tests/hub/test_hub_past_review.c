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

/* As a program from before does it, or one of one's own. */
static void a_counters_own_approval_is_told_where_there_is_a_review_site(void **state)
{
	struct hub_case *c = *state;
	here(c, "new-unit");
	approved(c, COUNTER);
	SYNC(c, COUNTER);
	assert_false(alarmed(COUNTER, "own-review", c->no));
	site_at(c, REVIEW);
	SYNC(c, COUNTER);
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-person", NULL, c->no);
	site_is(OK, store_run(c->d[COUNTER]->store, SQL_SYNC_STATE_REVIEW, NULL, &c->e, "i", (int64_t)0), &c->e);
	approved(c, COUNTER);
	SYNC(c, COUNTER);
	nothing_refused();
	assert_true(alarmed(COUNTER, "own-review", c->no));
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
		HUB_TEST(a_counters_own_approval_is_told_where_there_is_a_review_site), HUB_TEST(an_order_asked_back_in_review_is_not_kept_as_approved),
		HUB_TEST(what_was_approved_and_asked_back_is_kept_as_approved),
		HUB_TEST(a_new_certificate_is_not_applied_for_past_a_review),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
