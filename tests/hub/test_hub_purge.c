/* A purge at headquarters: what a site may have destroyed, what it may not, and that both chains verify afterwards. */
#include "custody_case.h"
#include "desk/admin.h"
#include "desk/order.h"
#include "desk/sign.h"
#include "hub/verify.h"
#include "rules/term.h"

enum { DAY = 86400 };

static void years_later(struct hub_case *c, int i, int64_t more)
{
	int64_t now = clock_now(&CLOCK_SYSTEM) + (int64_t)(PURGE_YEARS * 366) * DAY + more;
	hub->clock.fixed = now;
	c->d[i]->clock.fixed = now;
}

static int64_t tick(struct hub_case *c, int i)
{
	json_t *out = NULL;
	site_is(OK, tick_run(c->d[i], &out, &c->e), &c->e);
	int64_t n = json_number(out, "expired");
	json_decref(out);
	return n;
}

static void whole(struct hub_case *c, int i)
{
	struct hub_report report;
	json_t *out = NULL;
	site_is(OK, hub_verify_all(hub, &report, NULL, NULL, &c->e), &c->e);
	site_as(&c->site[i], c->d[i], "au1");
	site_is(OK, audit_verify(c->d[i], NULL, NULL, &out, &c->e), &c->e);
	json_decref(out);
}

/* Signed, cancelled before it was paid, and at headquarters with its files. */
static void cancelled_order(struct hub_case *c)
{
	struct desk *d = site_at(c, COUNTER);
	site_signed(&c->site[COUNTER], d, "new-unit", NULL, c->no);
	SYNC(c, COUNTER);
	site_as(&c->site[COUNTER], d, "op1");
	site_is(OK, order_cancel(d, c->no, &c->e), &c->e);
	SYNC(c, COUNTER);
	assert_int_equal(0, refused_at(COUNTER));
}

static int64_t order_key(struct hub_case *c, int i)
{
	struct rows *rows = NULL;
	site_is(OK, store_query(c->d[i]->store, SQL_ORDER_GET, &rows, &c->e, "t", c->no), &c->e);
	assert_true(rows_next(rows));
	int64_t dk = rows_int(rows, 1);
	rows_end(&rows, NULL);
	return dk;
}

static bool key_gone(struct hub_case *c, int i, int64_t dk)
{
	int64_t n = 0;
	site_is(OK, db_int(hub->db, HUB_SQL_PURGE_KEY_GONE, 0, &n, &c->e, "ti", codes[i], dk), &c->e);
	return n == 1;
}

static int files_there(struct hub_case *c, int i)
{
	char command[300], out[32] = "";
	snprintf(command, sizeof command, "find '%s/files/%s' -type f 2>/dev/null | wc -l", c->dir, codes[i]);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(out, sizeof out, f));
	pclose(f);
	return atoi(out);
}

static void headquarters_follows_a_purge(void **state)
{
	struct hub_case *c = *state;
	cancelled_order(c);
	int64_t dk = order_key(c, COUNTER);
	assert_true(files_there(c, COUNTER) > 0);
	years_later(c, COUNTER, 2 * DAY);
	assert_int_equal(1, tick(c, COUNTER));
	assert_false(key_gone(c, COUNTER, dk));
	SYNC(c, COUNTER);
	assert_int_equal(0, refused_at(COUNTER));
	assert_true(key_gone(c, COUNTER, dk));
	assert_int_equal(0, files_there(c, COUNTER));
	whole(c, COUNTER);
	tick(c, COUNTER); /* now that headquarters has it, the site's own go */
	site_is(ERR_DESK_PURGED, order_show(c->d[COUNTER], c->no, &(json_t *){NULL}, &c->e), &c->e);
	int64_t left = 1;
	site_is(OK, store_int(c->d[COUNTER]->store, SQL_PURGE_DUE, 0, &left, &c->e, ""), &c->e);
	assert_int_equal(0, left);
	whole(c, COUNTER);
	SYNC(c, COUNTER);
	assert_int_equal(0, refused_at(COUNTER));
}

static void keys_stay_at_the_site_until_headquarters_has_the_entry(void **state)
{
	struct hub_case *c = *state;
	uint8_t key[DATA_KEY_SIZE];
	cancelled_order(c);
	int64_t dk = order_key(c, COUNTER);
	years_later(c, COUNTER, 2 * DAY);
	assert_int_equal(1, tick(c, COUNTER));
	tick(c, COUNTER);
	site_is(OK, datakey_show(c->d[COUNTER]->store, dk, key, &c->e), &c->e);
	whole(c, COUNTER);
	SYNC(c, COUNTER);
	tick(c, COUNTER);
	desk_close(&c->d[COUNTER]);
	c->d[COUNTER] = site_open(&c->site[COUNTER]);
	site_is(ERR_SEALED, datakey_show(c->d[COUNTER]->store, dk, key, &c->e), &c->e);
}

static void a_purge_before_its_time_is_refused(void **state)
{
	struct hub_case *c = *state;
	cancelled_order(c);
	int64_t dk = order_key(c, COUNTER);
	years_later(c, COUNTER, 2 * DAY);
	hub->clock.fixed = clock_now(&CLOCK_SYSTEM) + 2 * DAY; /* the site's clock is wrong, or it has something to hide */
	assert_int_equal(1, tick(c, COUNTER));
	SYNC(c, COUNTER);
	assert_int_equal(1, refused_at(COUNTER));
	assert_false(key_gone(c, COUNTER, dk));
	assert_true(files_there(c, COUNTER) > 0);
	assert_true(alarmed(COUNTER, "refused", "PURGE") || alarmed(COUNTER, "refused", "purge"));
}

static void no_purge_takes_a_key_that_guards_other_things(void **state)
{
	struct hub_case *c = *state;
	cancelled_order(c);
	years_later(c, COUNTER, 2 * DAY);
	json_t *facts = json_pack("{s{si s[i]}}", "purge", "orders", 0, "keys", 1); /* tables and staff */
	site_is(OK, store_begin(c->d[COUNTER]->store, &c->e), &c->e);
	rogue_commit(c, COUNTER, "purge", "system", codes[COUNTER], facts);
	json_decref(facts);
	SYNC(c, COUNTER);
	assert_int_equal(1, refused_at(COUNTER));
	assert_false(key_gone(c, COUNTER, 1));
	whole(c, COUNTER);
}

static void a_review_site_purges_the_copy_that_it_had(void **state)
{
	struct hub_case *c = *state;
	away(c);
	approved(c, REVIEW);
	int64_t there = order_key(c, REVIEW), home = order_key(c, COUNTER);
	SYNC(c, REVIEW);
	SYNC(c, COUNTER);
	years_later(c, REVIEW, 2 * DAY);
	assert_int_equal(1, tick(c, REVIEW));
	SYNC(c, REVIEW);
	tick(c, REVIEW);
	assert_int_equal(0, refused_at(REVIEW));
	assert_true(key_gone(c, REVIEW, there));
	assert_false(key_gone(c, COUNTER, home)); /* its own site still has something open */
	whole(c, REVIEW);
	whole(c, COUNTER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(headquarters_follows_a_purge),
		HUB_TEST(keys_stay_at_the_site_until_headquarters_has_the_entry),
		HUB_TEST(a_purge_before_its_time_is_refused),
		HUB_TEST(no_purge_takes_a_key_that_guards_other_things),
		HUB_TEST(a_review_site_purges_the_copy_that_it_had),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
