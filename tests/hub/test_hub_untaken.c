/* What can't be carried out where it arrives is not lost between two sites. */
#include "hubcase.h"

static json_t *out;

static bool claimable(struct hub_case *c, int i)
{
	site_as(&c->site[i], c->d[i], "rv1");
	enum err r = review_claim(c->d[i], c->no, &out, NULL);
	json_decref(out);
	out = NULL;
	return r == OK;
}

static void given_away(struct hub_case *c)
{
	SYNC(c, REVIEW);
	SYNC(c, COUNTER);
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-person", NULL, c->no);
	SYNC(c, COUNTER);
	assert_false(claimable(c, COUNTER));
}

static void an_order_that_cannot_be_taken_goes_home(void **state)
{
	struct hub_case *c = *state;
	given_away(c);
	/* what the review site takes for the order's row isn't there */
	site_is(OK, store_run(c->d[REVIEW]->store, SQL_FOREIGN_ADD, NULL, &c->e, "ttii", codes[COUNTER], "orders", order_id(c, COUNTER, c->no),
	                      (int64_t)999), &c->e);
	SYNC(c, REVIEW);
	assert_false(claimable(c, REVIEW));
	assert_true(alarmed(REVIEW, "untaken", ""));
	SYNC(c, COUNTER);
	assert_true(claimable(c, COUNTER));
	assert_int_equal(0, refused_at(COUNTER));
	assert_int_equal(0, refused_at(REVIEW));
	SYNC(c, COUNTER); /* and does not go round for ever */
	assert_true(claimable(c, COUNTER));
}

static void a_decision_that_cannot_be_carried_out_leaves_the_order_at_home(void **state)
{
	struct hub_case *c = *state;
	given_away(c);
	SYNC(c, REVIEW);
	assert_true(claimable(c, REVIEW));
	site_is(OK, review_approve(c->d[REVIEW], c->no, &out, &c->e), &c->e);
	json_decref(out);
	out = NULL;
	SYNC(c, REVIEW);
	/* meanwhile somebody meddled with the row: it is not in review any more */
	struct desk *d = c->d[COUNTER];
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, store_run(d->store, SQL_ORDER_SET_STATUS, NULL, &c->e, "itt", order_id(c, COUNTER, c->no), "issued", "in-review"), &c->e);
	rogue_commit(c, COUNTER, "review.approve", "op1", c->no, NULL);
	SYNC(c, COUNTER);
	site_as(&c->site[COUNTER], d, "rv1");
	site_is(OK, order_show(d, c->no, &out, &c->e), &c->e);
	assert_string_equal(codes[COUNTER], json_text(out, "custodian"));
	json_decref(out);
	out = NULL;
	SYNC(c, COUNTER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(an_order_that_cannot_be_taken_goes_home),
		HUB_TEST(a_decision_that_cannot_be_carried_out_leaves_the_order_at_home),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
