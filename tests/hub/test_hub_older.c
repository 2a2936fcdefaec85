/* A database that was put back from an older copy by hand, and served before two persons declared it. */
#include "custody_case.h"
#include "hub/restore.h"

static void copy_made(struct hub_case *c, char copy[120])
{
	snprintf(copy, 120, "%s/copy", c->root);
	site_is(OK, db_backup(hub->db, copy, &c->e), &c->e);
}

static void put_back(struct hub_case *c, const char *copy)
{
	char command[400];
	hub_close(&hub);
	snprintf(command, sizeof command, "rm -f '%1$s'/hub.db* && cp '%2$s' '%1$s'/hub.db", c->dir, copy);
	assert_int_equal(0, system(command));
	site_is(OK, hub_open(c->dir, &hub, &c->e), &c->e);
	for (int i = 0; i < SITES; i++) /* the line was broken meanwhile */
		if (c->d[i])
			desk_close(&c->d[i]), c->d[i] = site_open(&c->site[i]);
}

static void a_site_that_was_told_more_waits_until_it_is_declared(void **state)
{
	struct hub_case *c = *state;
	char copy[120];
	paid_order(c);
	SYNC(c, REVIEW);
	copy_made(c, copy);
	SYNC(c, COUNTER);
	SYNC(c, REVIEW); /* takes the order */
	put_back(c, copy);
	int64_t had = hub_seq(REVIEW);
	assert_int_equal(EXIT_RETRY, error_exit(sync_at(c, REVIEW)));
	assert_true(alarmed(REVIEW, "older", ""));
	assert_int_equal(had, hub_seq(REVIEW)); /* nothing was taken */
	sync_at(c, REVIEW);
	assert_int_equal(1, hub_int(HUB_SQL_ALARM_COUNT, "")); /* told once */
	site_is(OK, hub_declare_restore(hub, "甲", "乙", &c->e), &c->e);
	SYNC(c, COUNTER);
	SYNC(c, REVIEW);
	approved(c, REVIEW);
	SYNC(c, REVIEW);
	SYNC(c, COUNTER);
	nothing_refused();
	assert_string_equal("approved", status_at(c, COUNTER));
}

/* An older program says nothing of it when it begins; it is found when it asks what there is for it. */
static void who_asks_for_what_was_never_given_is_told_to_wait(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	site_at(c, COUNTER);
	SYNC(c, COUNTER);
	assert_int_equal(200, ask(c, COUNTER, "GET", "/v1/feed", "after=0", NULL, 0, "", NULL));
	assert_int_equal(503, ask(c, COUNTER, "GET", "/v1/feed", "after=900", NULL, 0, "", &out));
	assert_string_equal("older", json_text(out, "error"));
	assert_true(alarmed(COUNTER, "older", "900"));
	json_decref(out);
	/* and nobody else */
	site_at(c, OTHER);
	SYNC(c, OTHER);
}

/* For a day what has no counterpart waits, and headquarters is told of it. */
static void what_waits_after_a_restore_is_told_of(void **state)
{
	struct hub_case *c = *state;
	int64_t changed = 0;
	away(c);
	site_is(OK, hub_declare_restore(hub, "甲", "乙", &c->e), &c->e);
	struct desk *d = c->d[COUNTER];
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, store_run(d->store, SQL_ORDER_SET_STATUS, &changed, &c->e, "itt", order_id(c, COUNTER, c->no), "approved", "in-review"), &c->e);
	rogue_commit(c, COUNTER, "review.approve", "rv1", c->no, NULL);
	assert_int_equal(EXIT_RETRY, error_exit(sync_at(c, COUNTER)));
	assert_int_equal(EXIT_RETRY, error_exit(sync_at(c, COUNTER)));
	assert_true(alarmed(COUNTER, "waits", "CUSTODY"));
	assert_int_equal(2, hub_int(HUB_SQL_ALARM_COUNT, "")); /* with the declaration's own: told once */
	assert_int_equal(0, refused_at(COUNTER));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(a_site_that_was_told_more_waits_until_it_is_declared),
		HUB_TEST(who_asks_for_what_was_never_given_is_told_to_wait),
		HUB_TEST(what_waits_after_a_restore_is_told_of),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
