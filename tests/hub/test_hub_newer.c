/* Sites whose program is newer than headquarters' or another site's: what can be judged goes on, what can't waits or is said, nothing is
 * lost. */
#include "custody_case.h"

#include <sqlite3.h>

#include "hub/reading.h"
#include "store/reading.h"

#define NEWER "certdesk 99.0.0"

/* What the next version's migration may add. */
static void make_newer(struct hub_case *c, int i)
{
	char path[200], sql[400];
	sqlite3 *db = NULL;
	snprintf(path, sizeof path, "%s/certdesk.db", site_at(c, i)->dir);
	snprintf(sql, sizeof sql, "ALTER TABLE orders ADD COLUMN shade TEXT NOT NULL DEFAULT ''; ALTER TABLE staff ADD COLUMN desk TEXT; "
	         "ALTER TABLE item ADD COLUMN fee INTEGER NOT NULL DEFAULT 0; PRAGMA user_version = %d", sql_migration_count + 1);
	assert_int_equal(SQLITE_OK, sqlite3_open(path, &db));
	assert_int_equal(SQLITE_OK, sqlite3_exec(db, sql, NULL, NULL, NULL));
	sqlite3_close(db);
}

static void begin(struct hub_case *c)
{
	site_is(OK, store_begin(site_at(c, COUNTER)->store, &c->e), &c->e);
}

static void commit(struct hub_case *c, const char *program, const char *action)
{
	char who[80];
	snprintf(who, sizeof who, "%s/op1", codes[COUNTER]);
	struct step step = {.action = action, .subject = codes[COUNTER], .site = codes[COUNTER], .station = "1", .actor = who, .second = "", .program = program,
	                    .now = desk_now(c->d[COUNTER])};
	site_is(OK, store_commit(c->d[COUNTER]->store, &step, &c->e), &c->e);
}

/* A state of a table that no program of today has. */
static void keepsake(struct hub_case *c, const char *program)
{
	json_t *row = json_pack("{si si ss}", "id", 1, "dk", 1, "said", "hello");
	begin(c);
	site_is(OK, store_state(c->d[COUNTER]->store, "keepsake", 1, 1, row, &c->e), &c->e);
	commit(c, program, "order.edit");
	json_decref(row);
}

static int64_t seq_here(struct hub_case *c)
{
	int64_t seq = 0, time;
	char hash[DIGEST_TEXT_SIZE];
	site_is(OK, journal_head(site_at(c, COUNTER)->store, &seq, &time, hash, &c->e), &c->e);
	return seq;
}

/* How many alarms of the kind there are about the counter. */
static size_t alarms(struct hub_case *c, const char *kind)
{
	json_t *rows = NULL, *row;
	size_t i, n = 0;
	site_is(OK, db_list(hub->db, HUB_SQL_ALARM_LIST, &rows, &c->e, "i", (int64_t)0), &c->e);
	json_array_foreach(rows, i, row)
		n += strcmp(json_text(row, "site"), codes[COUNTER]) == 0 && strcmp(json_text(row, "kind"), kind) == 0;
	json_decref(rows);
	return n;
}

/* The newest entry waits, everything before it came, and nobody refused anything. */
static void waits(struct hub_case *c, const char *word)
{
	int64_t seq = seq_here(c);
	site_is(ERR_SYNC_NEWER, sync_at(c, COUNTER), &c->e);
	assert_int_equal(hub_seq(COUNTER), seq - 1);
	site_is(ERR_SYNC_NEWER, sync_at(c, COUNTER), &c->e);
	assert_int_equal(hub_seq(COUNTER), seq - 1);
	nothing_refused();
	assert_true(alarmed(COUNTER, "newer", NEWER));
	assert_true(alarmed(COUNTER, "newer", word));
	assert_int_equal(1, alarms(c, "newer")); /* once, however often it is sent */
}

static void an_action_that_headquarters_does_not_know_yet_waits(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	SYNC(c, COUNTER);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	begin(c);
	commit(c, NEWER, "escrow.deposit");
	waits(c, "escrow.deposit");
}

static void a_table_that_headquarters_does_not_know_yet_waits(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	SYNC(c, COUNTER);
	keepsake(c, NEWER);
	waits(c, "keepsake");
}

/* A program of today that makes up an action is a rogue one: refused, and what comes behind it is taken. */
static void the_same_from_a_program_of_today_is_refused(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	begin(c);
	commit(c, "certdesk " CERTDESK_VERSION, "escrow.deposit");
	begin(c);
	commit(c, "99.0.0", "escrow.deposit");
	SYNC(c, COUNTER);
	assert_int_equal(2, refused_at(COUNTER));
	REFUSED(COUNTER, "ACTION");
	assert_int_equal(0, alarms(c, "newer"));
	keepsake(c, "certdesk " CERTDESK_VERSION); /* stored whole, as it came */
	SYNC(c, COUNTER);
	assert_int_equal(2, refused_at(COUNTER));
	assert_int_equal(hub_seq(COUNTER), seq_here(c));
}

static void what_a_newer_program_does_as_ever_is_taken(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	begin(c);
	commit(c, NEWER, "order.edit");
	SYNC(c, COUNTER);
	assert_int_equal(hub_seq(COUNTER), seq_here(c));
	nothing_refused();
}

/* Columns that nobody set: the order goes to a review site of today's program, and comes back. */
static void an_order_of_a_newer_counter_is_reviewed_by_an_older_site(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	site_at(c, REVIEW);
	SYNC(c, COUNTER);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no); /* states from before the upgrade, too */
	make_newer(c, COUNTER);
	site_pay(c->d[COUNTER], c->no);
	SYNC(c, COUNTER);
	SYNC(c, REVIEW);
	assert_string_equal(codes[REVIEW], held_by(c->no));
	approved(c, REVIEW);
	SYNC(c, REVIEW);
	SYNC(c, COUNTER);
	assert_string_equal("approved", status_at(c, COUNTER));
	nothing_refused();
	assert_false(alarmed(REVIEW, "untaken", ""));
}

/* … and ones that somebody set: the older site has no place for them, says so, and the order is its home's again. */
static void what_an_older_site_has_no_place_for_goes_home(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	site_at(c, REVIEW);
	SYNC(c, COUNTER);
	make_newer(c, COUNTER);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	int64_t id = order_id(c, COUNTER, c->no);
	json_t *row = json_pack("{ss}", "shade", "green");
	begin(c);
	site_is(OK, replica_put(c->d[COUNTER]->store, "orders", row, &id, &c->e), &c->e);
	commit(c, NEWER, "order.edit");
	json_decref(row);
	site_pay(c->d[COUNTER], c->no);
	SYNC(c, COUNTER);
	nothing_refused(); /* headquarters takes it: it compares with what it has */
	SYNC(c, REVIEW);
	assert_true(alarmed(REVIEW, "untaken", "orders.shade"));
	SYNC(c, COUNTER);
	claimed(c, COUNTER);
	nothing_refused();
}

/* A report of today's headquarters over a newer site's journal: what it knows is whole. */
static void a_report_reads_what_it_knows_of_a_newer_site(void **state)
{
	struct hub_case *c = *state;
	struct readings *r = NULL;
	struct store *store = NULL;
	site_at(c, COUNTER);
	make_newer(c, COUNTER);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	int64_t id = order_id(c, COUNTER, c->no), there = 0;
	json_t *row = json_pack("{ss}", "shade", "green");
	begin(c);
	site_is(OK, replica_put(c->d[COUNTER]->store, "orders", row, &id, &c->e), &c->e);
	commit(c, NEWER, "order.edit");
	json_decref(row);
	keepsake(c, "certdesk " CERTDESK_VERSION);
	SYNC(c, COUNTER);
	site_is(OK, readings_open(hub, NULL, codes[COUNTER], NULL, NULL, &r, &c->e), &c->e);
	assert_int_equal(1, r->count);
	assert_string_equal("", r->sites[0].trouble);
	assert_int_equal(r->sites[0].seq, hub_seq(COUNTER));
	site_is(OK, reading_store(r, 0, &store, &c->e), &c->e);
	site_is(OK, store_int(store, SQL_ORDER_NAMED, 0, &there, &c->e, "t", c->no), &c->e);
	assert_int_equal(there, id);
	readings_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(an_action_that_headquarters_does_not_know_yet_waits),
		HUB_TEST(a_table_that_headquarters_does_not_know_yet_waits),
		HUB_TEST(the_same_from_a_program_of_today_is_refused),
		HUB_TEST(what_a_newer_program_does_as_ever_is_taken),
		HUB_TEST(an_order_of_a_newer_counter_is_reviewed_by_an_older_site),
		HUB_TEST(what_an_older_site_has_no_place_for_goes_home),
		HUB_TEST(a_report_reads_what_it_knows_of_a_newer_site),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
