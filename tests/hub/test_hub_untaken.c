/* What can't be carried out where it arrives is not lost between two sites. */
#include "hubcase.h"
#include "hub/feed.h"
#include "store/replica.h"

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

/* An order with documents on its way, and something done to what lies at headquarters of it; then another one behind it. */
static void files_are(struct hub_case *c, const char *change, char behind[ORDER_NO_SIZE])
{
	char command[300], first[ORDER_NO_SIZE];
	SYNC(c, REVIEW);
	SYNC(c, COUNTER);
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	SYNC(c, COUNTER);
	snprintf(command, sizeof command, change, c->dir);
	assert_int_equal(0, system(command));
	snprintf(first, sizeof first, "%s", c->no);
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-person", NULL, behind);
	SYNC(c, COUNTER);
	snprintf(c->no, sizeof c->no, "%s", first);
}

static void goes_home_and_holds_up_nothing(struct hub_case *c, char behind[ORDER_NO_SIZE])
{
	for (int i = 0; i < 3; i++)
		sync_at(c, REVIEW);
	assert_true(alarmed(REVIEW, "untaken", ""));
	assert_false(claimable(c, REVIEW));
	SYNC(c, COUNTER);
	assert_true(claimable(c, COUNTER));
	snprintf(c->no, sizeof c->no, "%s", behind);
	SYNC(c, REVIEW);
	assert_true(claimable(c, REVIEW));
}

static void an_order_whose_file_is_lost_goes_home_and_holds_up_nothing(void **state)
{
	struct hub_case *c = *state;
	char behind[ORDER_NO_SIZE];
	files_are(c, "find '%s'/files -type f -delete", behind);
	goes_home_and_holds_up_nothing(c, behind);
}

static void nor_does_one_whose_file_is_another_by_now(void **state)
{
	struct hub_case *c = *state;
	char behind[ORDER_NO_SIZE];
	files_are(c, "find '%s'/files -type f -exec sh -c 'printf x | dd of=\"$1\" bs=1 seek=7 conv=notrunc 2>/dev/null' x {} ';'", behind);
	goes_home_and_holds_up_nothing(c, behind);
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

static size_t notices(struct hub_case *c, int i, const char *words)
{
	size_t found = 0, k;
	const json_t *row;
	site_is(OK, sync_status(c->d[i], &out, &c->e), &c->e);
	json_array_foreach(json_object_get(out, "notices"), k, row)
		found += strstr(json_text(row, "text"), words) != NULL;
	assert_string_equal("", json_text(out, "trouble"));
	json_decref(out);
	out = NULL;
	return found;
}

static void an_entry_that_is_not_accepted_is_named_until_somebody_has_seen_to_it(void **state)
{
	struct hub_case *c = *state;
	json_t *row = json_pack("{ss}", "name", "改过");
	int64_t id = 0;
	SYNC(c, COUNTER);
	struct desk *d = c->d[COUNTER];
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, store_int(d->store, SQL_STAFF_BY_LOGIN_ANY, 0, &id, &c->e, "t", "op1"), &c->e);
	json_object_set_new(row, "roles", json_string("manager"));
	site_is(OK, replica_put(d->store, "staff", row, &id, &c->e), &c->e);
	json_decref(row);
	rogue_commit(c, COUNTER, "order.sign", "op1", "x", NULL); /* no administrator did that */
	SYNC(c, COUNTER);
	SYNC(c, COUNTER);
	SYNC(c, COUNTER); /* all is well with the line, and the notice stays */
	assert_int_equal(1, refused_at(COUNTER));
	assert_int_equal(1, notices(c, COUNTER, "总部未接收"));
	site_as(&c->site[COUNTER], d, "is1");
	site_is(ERR_DESK_FORBIDDEN, sync_seen(d, 0, &out, &c->e), &c->e);
	site_as(&c->site[COUNTER], d, "mg1");
	site_is(ERR_SYNC_NOTICE, sync_seen(d, 99, &out, &c->e), &c->e);
	site_is(OK, sync_seen(d, 0, &out, &c->e), &c->e);
	assert_int_equal(0, json_array_size(out));
	json_decref(out);
	out = NULL;
	assert_int_equal(0, notices(c, COUNTER, ""));
	SYNC(c, COUNTER);
	assert_int_equal(1, refused_at(COUNTER)); /* that it was seen to is accepted */
}

static void what_cant_be_carried_out_is_named_here_and_alarmed_there(void **state)
{
	struct hub_case *c = *state;
	SYNC(c, COUNTER);
	site_is(OK, db_begin(hub->db, &c->e), &c->e);
	site_is(OK, feed_add(hub, codes[COUNTER], "ca", "", json_pack("{ss}", "chain", "no certificate"), &c->e), &c->e);
	site_is(OK, feed_add(hub, codes[COUNTER], "route", "", json_pack("{sb}", "review", 1), &c->e), &c->e);
	site_is(OK, db_commit(hub->db, &c->e), &c->e);
	SYNC(c, COUNTER);
	SYNC(c, COUNTER);
	assert_int_equal(1, notices(c, COUNTER, ""));
	assert_true(alarmed(COUNTER, "untaken", "ca "));
	assert_int_equal(0, refused_at(COUNTER));
	site_as(&c->site[COUNTER], c->d[COUNTER], "root1");
	site_is(OK, sync_seen(c->d[COUNTER], 0, &out, &c->e), &c->e);
	json_decref(out);
	out = NULL;
	SYNC(c, COUNTER);
	assert_int_equal(0, notices(c, COUNTER, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(an_order_that_cannot_be_taken_goes_home),
		HUB_TEST(an_order_whose_file_is_lost_goes_home_and_holds_up_nothing),
		HUB_TEST(nor_does_one_whose_file_is_another_by_now),
		HUB_TEST(an_entry_that_is_not_accepted_is_named_until_somebody_has_seen_to_it),
		HUB_TEST(what_cant_be_carried_out_is_named_here_and_alarmed_there),
		HUB_TEST(a_decision_that_cannot_be_carried_out_leaves_the_order_at_home),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
