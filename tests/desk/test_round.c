/* A timer's round: one order that fails is told, and those behind it have their turn. */
#include "case.h"

#include <sqlite3.h>

#include "desk/round.h"

enum { DAY = 86400 };

static int statement(struct unit_case *c, const char *sql, const char *no)
{
	char path[160], *text = sqlite3_mprintf(sql, no);
	sqlite3 *db = NULL;
	snprintf(path, sizeof path, "%s/certdesk.db", c->site.dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	int changed = sqlite3_changes(db);
	sqlite3_free(text);
	sqlite3_close(db);
	return changed;
}

/* No page has room left. */
static void packed(struct unit_case *c)
{
	statement(c, "VACUUM; SELECT %Q", "");
}

/* What was sealed opens no more, until it is mended. */
static void broken(struct unit_case *c, const char *no)
{
	assert_int_equal(statement(c, "UPDATE orders SET data = CAST(data || x'55' AS BLOB) WHERE no = %Q", no), 1);
}

static void mended(struct unit_case *c, const char *no)
{
	assert_int_equal(statement(c, "UPDATE orders SET data = substr(data, 1, length(data) - 1) WHERE no = %Q", no), 1);
}

static void is(struct unit_case *c, const char *no, const char *status)
{
	snprintf(c->no, sizeof c->no, "%s", no);
	status_is(c, status);
}

/* Two that wait for money; the one whose time is up first is broken. */
static void two_unpaid(struct unit_case *c, char first[ORDER_NO_SIZE], char second[ORDER_NO_SIZE])
{
	json_t *changes = json_pack("{ss}", "key_role", "secondary");
	site_signed(&c->site, c->d, "new-unit", NULL, first);
	later(c, 1);
	site_signed(&c->site, c->d, "new-unit", changes, second);
	json_decref(changes);
	broken(c, first);
	later(c, DAY + 1);
}

static void test_an_order_that_fails_keeps_no_other_from_its_end(void **state)
{
	struct unit_case *c = *state;
	char first[ORDER_NO_SIZE], second[ORDER_NO_SIZE];
	int64_t cancelled = 0;
	two_unpaid(c, first, second);
	EXPECT(ERR_SEALED, pay_cancel_unpaid(c->d, &cancelled, &c->e));
	assert_int_equal(c->e.code, ERR_SEALED);
	assert_int_equal(cancelled, 1);
	is(c, second, "cancelled");
	mended(c, first);
	is(c, first, "awaiting-payment"); /* nothing of it was done */
	EXPECT(OK, pay_cancel_unpaid(c->d, &cancelled, &c->e));
	assert_int_equal(cancelled, 1);
	is(c, first, "cancelled");
}

static void test_a_draft_that_fails_keeps_no_other_from_going(void **state)
{
	struct unit_case *c = *state;
	char first[ORDER_NO_SIZE], second[ORDER_NO_SIZE];
	int64_t gone = 0;
	site_draft(&c->site, c->d, "new-unit", NULL, first);
	later(c, 1);
	site_draft(&c->site, c->d, "new-unit", NULL, second);
	assert_int_equal(statement(c, "UPDATE draft SET data = CAST(data || x'55' AS BLOB) WHERE no = %Q", first), 1);
	later(c, 90 * DAY + 1);
	c->d->timer = true;
	EXPECT(ERR_SEALED, draft_purge(c->d, &gone, &c->e));
	assert_int_equal(gone, 1);
	EXPECT(ERR_DESK_NO_ORDER, order_show(c->d, second, &out, &c->e));
	assert_int_equal(statement(c, "UPDATE draft SET data = substr(data, 1, length(data) - 1) WHERE no = %Q", first), 1);
	EXPECT(OK, draft_purge(c->d, &gone, &c->e));
	c->d->timer = false;
	assert_int_equal(gone, 1);
	EXPECT(ERR_DESK_NO_ORDER, order_show(c->d, first, &out, &c->e));
}

/* … nor the timer's other work; what failed is told. */
static void test_the_timer_goes_on_behind_what_failed_and_tells_it(void **state)
{
	struct unit_case *c = *state;
	char first[ORDER_NO_SIZE], second[ORDER_NO_SIZE], draft[ORDER_NO_SIZE];
	json_t *changes = json_pack("{ss}", "key_role", "secondary");
	site_draft(&c->site, c->d, "new-unit", changes, draft);
	json_decref(changes);
	later(c, 90 * DAY);
	two_unpaid(c, first, second);
	json_t *ticked = NULL;
	assert_int_equal(tick_run(c->d, &ticked, &c->e), ERR_SEALED);
	assert_int_equal(c->e.code, ERR_SEALED);
	assert_null(ticked);
	is(c, second, "cancelled");
	EXPECT(ERR_DESK_NO_ORDER, order_show(c->d, draft, &out, &c->e));
	mended(c, first);
	EXPECT(OK, tick_run(c->d, &out, &c->e));
	is(c, first, "cancelled");
}

static void test_a_fault_of_the_whole_store_ends_the_round(void **state)
{
	struct unit_case *c = *state;
	char first[ORDER_NO_SIZE], second[ORDER_NO_SIZE], draft[ORDER_NO_SIZE];
	json_t *ticked = NULL, *changes = json_pack("{ss}", "key_role", "secondary");
	site_draft(&c->site, c->d, "new-unit", changes, draft);
	json_decref(changes);
	later(c, 90 * DAY);
	two_unpaid(c, first, second);
	mended(c, first);
	packed(c);
	store_limit_pages(c->d->store, 0);
	assert_int_equal(tick_run(c->d, &ticked, &c->e), ERR_STORE_FULL);
	assert_int_equal(c->e.code, ERR_STORE_FULL);
	assert_null(ticked);
	store_limit_pages(c->d->store, 100000);
	is(c, second, "awaiting-payment");
	is(c, draft, "draft"); /* which would have needed no room */
	assert_true(round_goes_on(OK));
	assert_true(round_goes_on(ERR_SEALED));
	assert_true(round_goes_on(ERR_STORE_FAULT)); /* a row that the database refuses */
	assert_false(round_goes_on(ERR_STORE_FULL));
	assert_false(round_goes_on(ERR_STORE_BUSY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_an_order_that_fails_keeps_no_other_from_its_end),
		CASE(test_a_draft_that_fails_keeps_no_other_from_going),
		CASE(test_the_timer_goes_on_behind_what_failed_and_tells_it),
		CASE(test_a_fault_of_the_whole_store_ends_the_round),
	};
	return RUN(tests);
}
