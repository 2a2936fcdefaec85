/* Orders that a review site had in hand when it was revoked: they go on elsewhere, and it knows so when it comes back. */
#include "custody_case.h"
#include "desk/custodyrow.h"

/* A revoked review site with new keys. */
static void joined_again(struct hub_case *c, int i)
{
	json_t *code = NULL, *out = NULL;
	site_as(&c->site[i], c->d[i], "root1");
	site_is(OK, site_renew(hub, codes[i], &code, &c->e), &c->e);
	site_is(OK, sync_join(c->d[i], "https://localhost:18443", json_text(code, "code"), true, &out, &c->e), &c->e);
	json_decref(code);
	json_decref(out);
	SYNC(c, i);
}

static size_t queue_length(struct hub_case *c, int i)
{
	json_t *queue = NULL;
	site_as(&c->site[i], c->d[i], "rv1");
	site_is(OK, review_list(c->d[i], &queue, &c->e), &c->e);
	size_t n = json_array_size(queue);
	json_decref(queue);
	return n;
}

static const char *holder_at(struct hub_case *c, int i)
{
	static char holder[64];
	json_t *out = NULL;
	site_as(&c->site[i], c->d[i], "rv1");
	site_is(OK, order_show(c->d[i], c->no, &out, &c->e), &c->e);
	snprintf(holder, sizeof holder, "%s", json_text(out, "custodian"));
	json_decref(out);
	return holder;
}

static int64_t not_taken_at(struct hub_case *c, int i)
{
	json_t *status = NULL;
	site_is(OK, sync_status(c->d[i], &status, &c->e), &c->e);
	int64_t n = json_number(status, "refused");
	json_decref(status);
	return n;
}

static void a_review_site_that_comes_back_has_no_order_that_went_on(void **state)
{
	struct hub_case *c = *state;
	away(c);
	site_at(c, REVIEW2);
	claimed(c, REVIEW);
	SYNC(c, REVIEW);
	site_is(OK, site_revoke(hub, codes[REVIEW], &c->e), &c->e);
	assert_string_equal(codes[REVIEW2], held_by(c->no));
	joined_again(c, REVIEW);
	assert_int_equal(0, queue_length(c, REVIEW));
	assert_string_equal(codes[REVIEW2], holder_at(c, REVIEW));
	nothing_refused();
	/* and it may come to it again */
	SYNC(c, REVIEW2);
	site_as(&c->site[REVIEW2], c->d[REVIEW2], "rv1");
	json_t *out = NULL;
	site_is(OK, review_pass(c->d[REVIEW2], c->no, codes[REVIEW], "", &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, REVIEW2);
	SYNC(c, REVIEW);
	assert_int_equal(1, queue_length(c, REVIEW));
	approved(c, REVIEW);
	SYNC(c, REVIEW);
	SYNC(c, COUNTER);
	assert_string_equal("approved", status_at(c, COUNTER));
	nothing_refused();
}

/* As one that an older headquarters never told, or that was rolled back: the first refusal tells it. */
static void who_has_it_only_by_its_own_word_loses_it_with_the_first_refusal(void **state)
{
	struct hub_case *c = *state;
	int64_t changed = 0;
	away(c);
	approved(c, REVIEW);
	SYNC(c, REVIEW);
	struct desk *d = c->d[REVIEW];
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, store_run(d->store, SQL_CUSTODY_SET, &changed, &c->e, "itt", order_id(c, REVIEW, c->no), codes[REVIEW], codes[COUNTER]), &c->e);
	site_is(OK, store_run(d->store, SQL_ORDER_SET_STATUS, &changed, &c->e, "itt", order_id(c, REVIEW, c->no), "in-review", "approved"), &c->e);
	rogue_commit(c, REVIEW, "custody.back", "system", c->no, NULL);
	assert_int_equal(1, queue_length(c, REVIEW));
	SYNC(c, REVIEW);
	assert_int_equal(0, queue_length(c, REVIEW));
	assert_string_not_equal(codes[REVIEW], holder_at(c, REVIEW));
	SYNC(c, REVIEW);
}

/* Decided while it didn't know that it was revoked. */
static void what_was_decided_too_late_leaves_the_order_where_it_is(void **state)
{
	struct hub_case *c = *state;
	away(c);
	site_at(c, REVIEW2);
	site_is(OK, site_revoke(hub, codes[REVIEW], &c->e), &c->e);
	approved(c, REVIEW);
	joined_again(c, REVIEW);
	assert_true(alarmed(REVIEW, "refused", "CUSTODY"));
	assert_string_not_equal(codes[REVIEW], holder_at(c, REVIEW));
	assert_int_equal(0, not_taken_at(c, REVIEW)); /* nobody here can do anything about it */
	int64_t refused = refused_at(REVIEW);
	SYNC(c, REVIEW);
	assert_int_equal(refused, refused_at(REVIEW));
	SYNC(c, REVIEW2);
	approved(c, REVIEW2);
	SYNC(c, REVIEW2);
	SYNC(c, COUNTER);
	assert_string_equal("approved", status_at(c, COUNTER));
}

static void who_was_told_that_it_is_revoked_decides_nothing_for_others(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	away(c);
	claimed(c, REVIEW);
	site_is(OK, site_revoke(hub, codes[REVIEW], &c->e), &c->e);
	site_is(ERR_SYNC_REVOKED, sync_at(c, REVIEW), &c->e);
	site_as(&c->site[REVIEW], c->d[REVIEW], "rv1");
	site_is(ERR_SYNC_REVOKED, review_claim(c->d[REVIEW], c->no, &out, &c->e), &c->e);
	site_is(ERR_SYNC_REVOKED, review_approve(c->d[REVIEW], c->no, &out, &c->e), &c->e);
	site_is(ERR_SYNC_REVOKED, review_pass(c->d[REVIEW], c->no, codes[REVIEW2], "", &out, &c->e), &c->e);
	joined_again(c, REVIEW);
	approved(c, REVIEW);
	SYNC(c, REVIEW);
	SYNC(c, COUNTER);
	assert_string_equal("approved", status_at(c, COUNTER));
	nothing_refused();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(a_review_site_that_comes_back_has_no_order_that_went_on),
		HUB_TEST(who_has_it_only_by_its_own_word_loses_it_with_the_first_refusal),
		HUB_TEST(what_was_decided_too_late_leaves_the_order_where_it_is),
		HUB_TEST(who_was_told_that_it_is_revoked_decides_nothing_for_others),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
