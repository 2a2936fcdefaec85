/* Reading stores at headquarters: their rows are the sites' own, whatever happened to either, and hold nothing that a purge destroyed. */
#include "hubcase.h"

#include <dirent.h>
#include <sqlite3.h>

#include "desk/admin.h"
#include "desk/pay.h"
#include "desk/report.h"
#include "desk/sign.h"
#include "hub/reading.h"
#include "hub/report.h"
#include "report/definition.h"
#include "rules/retention.h"
#include "store/adhoc.h"

enum { DAY = 86400 };

/* --- tables compared --------------------------------------------------------------------------------------------------- */

static sqlite3 *database(const char *path)
{
	sqlite3 *db = NULL;
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		fail_msg("%s: %s", path, sqlite3_errmsg(db));
	return db;
}

/* All rows of a table as text, without the columns that no report may read. */
static void dump(sqlite3 *db, const char *table, struct bytes *out)
{
	sqlite3_stmt *st = NULL;
	char sql[100];
	snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY id", table);
	assert_int_equal(SQLITE_OK, sqlite3_prepare_v2(db, sql, -1, &st, NULL));
	while (sqlite3_step(st) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(st); i++)
			if (!adhoc_hidden(table, sqlite3_column_name(st, i))) {
				const char *text = (const char *)sqlite3_column_text(st, i);
				assert_int_equal(OK, bytes_format(out, "%s|", text ? text : "-"));
			}
		bytes_text(out, "\n");
	}
	sqlite3_finalize(st);
}

static char *reading_path(const struct hub_case *c, int i)
{
	static char path[400];
	char start[64], dir[120];
	snprintf(dir, sizeof dir, "%s/reading", c->dir);
	snprintf(start, sizeof start, "%s.", codes[i]);
	DIR *d = opendir(dir);
	*path = '\0';
	for (struct dirent *f; d && (f = readdir(d));) {
		size_t n = strlen(f->d_name);
		if (strncmp(f->d_name, start, strlen(start)) == 0 && n > 3 && strcmp(f->d_name + n - 3, ".db") == 0)
			snprintf(path, sizeof path, "%s/%s", dir, f->d_name);
	}
	if (d)
		closedir(d);
	return path;
}

/* Every journalled table: what a report can read of the site, it reads at headquarters. */
static void same_rows(struct hub_case *c, int i)
{
	char path[200];
	snprintf(path, sizeof path, "%s/certdesk.db", c->site[i].dir);
	assert_true(*reading_path(c, i));
	sqlite3 *own = database(path), *there = database(reading_path(c, i));
	const char *table;
	for (size_t k = 0; (table = journal_table(k)); k++) {
		struct bytes a = {0}, b = {0};
		dump(own, table, &a);
		dump(there, table, &b);
		if (a.length != b.length || (a.length && memcmp(a.data, b.data, a.length) != 0))
			fail_msg("%s of %s:\n%s\nis not\n%s", table, codes[i], b.data ? (char *)b.data : "", a.data ? (char *)a.data : "");
		bytes_free(&a);
		bytes_free(&b);
	}
	sqlite3_close(own);
	sqlite3_close(there);
}

static int64_t count(const char *path, const char *sql)
{
	sqlite3 *db = database(path);
	sqlite3_stmt *st = NULL;
	assert_int_equal(SQLITE_OK, sqlite3_prepare_v2(db, sql, -1, &st, NULL));
	assert_int_equal(SQLITE_ROW, sqlite3_step(st));
	int64_t n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

/* --- reports ----------------------------------------------------------------------------------------------------------- */

static enum err make(struct hub_case *c, const char *site, json_t **out)
{
	char path[200];
	snprintf(path, sizeof path, "%s/book.xlsx", c->root);
	struct hub_report_options o = {.name = "daily", .date = "2020-01-01", .to = "2040-01-01", .site = site, .path = path};
	return hub_report_run(hub, &o, out, &c->e);
}

static void report(struct hub_case *c)
{
	json_t *out = NULL;
	site_is(OK, make(c, NULL, &out), &c->e);
	json_decref(out);
}

/* What the report says of a site; of the next call. */
static const char *note(struct hub_case *c, int i, int64_t *seq)
{
	static char text[600];
	json_t *out = NULL, *row;
	size_t k;
	*text = '\0';
	site_is(OK, make(c, NULL, &out), &c->e);
	bool found = false;
	json_array_foreach(json_object_get(out, "sites"), k, row)
		if (strcmp(json_text(row, "site"), codes[i]) == 0) {
			snprintf(text, sizeof text, "%s", json_text(row, "note"));
			*seq = json_number(row, "seq");
			found = true;
		}
	assert_true(found);
	json_decref(out);
	return text;
}

static void throw_away(struct hub_case *c)
{
	char command[160];
	snprintf(command, sizeof command, "rm -rf '%s/reading'", c->dir);
	assert_int_equal(0, system(command));
}

/* A counter with an order paid, one at the review site that comes back, one void payment. */
static void at_work(struct hub_case *c)
{
	json_t *out = NULL;
	char other[ORDER_NO_SIZE];
	site_at(c, COUNTER);
	site_at(c, REVIEW);
	SYNC(c, COUNTER);
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	SYNC(c, COUNTER);
	SYNC(c, REVIEW);
	site_as(&c->site[REVIEW], c->d[REVIEW], "rv1");
	site_is(OK, review_claim(c->d[REVIEW], c->no, &out, &c->e), &c->e);
	json_decref(out);
	site_is(OK, review_approve(c->d[REVIEW], c->no, &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, REVIEW);
	site_as(&c->site[COUNTER], c->d[COUNTER], "op1");
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-person", NULL, other);
	SYNC(c, COUNTER);
}

static void a_reading_store_has_the_sites_rows(void **state)
{
	struct hub_case *c = *state;
	at_work(c);
	report(c);
	same_rows(c, COUNTER);
	same_rows(c, REVIEW);
	site_as(&c->site[COUNTER], c->d[COUNTER], "op1");
	char third[ORDER_NO_SIZE];
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, third);
	SYNC(c, COUNTER);
	report(c); /* goes on where it stopped */
	same_rows(c, COUNTER);
	throw_away(c);
	report(c);
	same_rows(c, COUNTER);
	same_rows(c, REVIEW);
}

static void a_reading_store_has_no_secret(void **state)
{
	struct hub_case *c = *state;
	at_work(c);
	report(c);
	const char *path = reading_path(c, COUNTER);
	assert_int_equal(0, count(path, "SELECT (SELECT count(*) FROM journal) + (SELECT count(*) FROM journal_state) + (SELECT count(*) FROM data_key)"));
	sqlite3 *db = database(path);
	const char *table;
	for (size_t k = 0; (table = journal_table(k)); k++) {
		sqlite3_stmt *st = NULL;
		char sql[100];
		snprintf(sql, sizeof sql, "SELECT * FROM %s", table);
		assert_int_equal(SQLITE_OK, sqlite3_prepare_v2(db, sql, -1, &st, NULL));
		while (sqlite3_step(st) == SQLITE_ROW)
			for (int i = 0; i < sqlite3_column_count(st); i++)
				if (sqlite3_column_type(st, i) == SQLITE_BLOB && adhoc_hidden(table, sqlite3_column_name(st, i)))
					assert_int_equal(0, sqlite3_column_bytes(st, i));
		sqlite3_finalize(st);
	}
	sqlite3_close(db);
	assert_int_equal(0, count(path, "SELECT count(*) FROM staff WHERE password <> 'scrypt:-'"));
	assert_int_equal(0, count(path, "SELECT count(*) FROM customer WHERE number_digest NOT LIKE '-:%'"));
}

/* --- definitions --------------------------------------------------------------------------------------------------------- */

static char wrong_table[64];

static int note_table(void *arg, int action, const char *table, const char *column, const char *database_name, const char *view)
{
	(void)arg, (void)column, (void)database_name, (void)view;
	static const char *const followed[] = {"foreign_record"}; /* replay_foreign makes it of the entries */
	if (action != SQLITE_READ || !*table || journal_has_table(table))
		return SQLITE_OK;
	for (size_t i = 0; i < sizeof followed / sizeof *followed; i++)
		if (strcmp(table, followed[i]) == 0)
			return SQLITE_OK;
	if (strcmp(table, "invoice_shown") != 0) /* a view; its tables come too */
		snprintf(wrong_table, sizeof wrong_table, "%s", table);
	return SQLITE_OK;
}

static void prepare(sqlite3 *db, const char *name, const char *sql)
{
	sqlite3_stmt *st = NULL;
	if (sql && sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", name, sqlite3_errmsg(db));
	sqlite3_finalize(st);
	if (*wrong_table && strncmp(wrong_table, "sqlite_", 7) != 0 && !strstr(sql, wrong_table))
		*wrong_table = '\0'; /* a WITH table of the statement's own */
	if (*wrong_table)
		fail_msg("%s reads %s, which no entry carries", name, wrong_table);
}

static void reports_read_what_entries_carry(void **state)
{
	struct hub_case *c = *state;
	static const char *const names[] = {"daily", "deadlines"};
	char path[200];
	site_at(c, COUNTER);
	snprintf(path, sizeof path, "%s/certdesk.db", c->site[COUNTER].dir);
	sqlite3 *db = database(path);
	sqlite3_set_authorizer(db, note_table, NULL);
	for (size_t n = 0; n < 2; n++) {
		struct report *r = NULL;
		site_is(OK, report_load("reports", names[n], &r, &c->e), &c->e);
		for (size_t i = 0; i < r->sheet_count; i++)
			for (size_t k = 0; k < r->sheets[i].block_count; k++) {
				prepare(db, r->sheets[i].blocks[k].query, r->sheets[i].blocks[k].sql);
				prepare(db, r->sheets[i].blocks[k].query, r->sheets[i].blocks[k].count_sql);
			}
		report_free(&r);
	}
	sqlite3_close(db);
}

/* --- purge --------------------------------------------------------------------------------------------------------------- */

static bool anywhere(const struct hub_case *c, const char *words)
{
	char command[300];
	snprintf(command, sizeof command, "grep -rqaF -e '%s' '%s/reading'", words, c->dir);
	return system(command) == 0;
}

static void purge_at_the_site(struct hub_case *c)
{
	json_t *out = NULL;
	int64_t now = clock_now(&CLOCK_SYSTEM) + (int64_t)(RETENTION_LEAST * 366) * DAY + 2 * DAY;
	hub->clock.fixed = now;
	c->d[COUNTER]->clock.fixed = now;
	site_is(OK, tick_run(c->d[COUNTER], &out, &c->e), &c->e);
	assert_int_equal(1, json_number(out, "expired"));
	json_decref(out);
	SYNC(c, COUNTER);
	assert_int_equal(0, refused_at(COUNTER));
}

static void cancelled_order(struct hub_case *c)
{
	struct desk *d = site_at(c, COUNTER);
	json_t *changes = json_pack("{ss}", "unit_name", "北京玄鸟纺织有限公司");
	site_signed(&c->site[COUNTER], d, "new-unit", changes, c->no);
	json_decref(changes);
	site_as(&c->site[COUNTER], d, "op1");
	site_is(OK, order_cancel(d, c->no, &c->e), &c->e);
	SYNC(c, COUNTER);
}

static void what_is_purged_leaves_the_reading_store(void **state)
{
	struct hub_case *c = *state;
	cancelled_order(c);
	report(c);
	assert_true(anywhere(c, "玄鸟"));
	purge_at_the_site(c);
	site_is(OK, readings_purge(hub, &c->e), &c->e); /* the minute's work of serve, before any other report */
	assert_false(anywhere(c, "玄鸟"));
	report(c);
	assert_false(anywhere(c, "玄鸟"));
	same_rows(c, COUNTER);
}

static void a_report_after_a_purge_takes_it_along(void **state)
{
	struct hub_case *c = *state;
	cancelled_order(c);
	report(c);
	purge_at_the_site(c);
	report(c);
	assert_false(anywhere(c, "玄鸟"));
	same_rows(c, COUNTER);
	site_is(OK, readings_purge(hub, &c->e), &c->e);
	same_rows(c, COUNTER);
}

static void a_reading_store_is_made_anew_after_a_purge(void **state)
{
	struct hub_case *c = *state;
	cancelled_order(c);
	purge_at_the_site(c);
	throw_away(c);
	report(c);
	assert_int_equal(1, count(reading_path(c, COUNTER), "SELECT count(*) FROM orders WHERE status = 'cancelled' AND name = ''"));
	assert_false(anywhere(c, "玄鸟"));
	same_rows(c, COUNTER);
}

static void what_is_kept_of_a_purge_names_nobody(void **state)
{
	struct hub_case *c = *state;
	json_t *rows = NULL;
	cancelled_order(c);
	int64_t seq = hub_seq(COUNTER);
	purge_at_the_site(c);
	for (int64_t s = seq + 1; s <= hub_seq(COUNTER); s++) {
		site_is(OK, db_list(hub->db, HUB_SQL_REMAINS_ROWS, &rows, &c->e, "ti", codes[COUNTER], s), &c->e);
		char *text = json_dumps(rows, JSON_COMPACT);
		assert_null(strstr(text, "玄鸟"));
		assert_null(strstr(text, "\\\"data\\\"")); /* sealed values aren't there at all */
		free(text);
		json_decref(rows);
	}
}

/* --- what is wrong with a site ------------------------------------------------------------------------------------------- */

static void a_store_that_is_ahead_is_made_anew(void **state)
{
	struct hub_case *c = *state;
	int64_t seq = 0;
	at_work(c);
	report(c);
	assert_string_equal("", note(c, COUNTER, &seq));
	assert_int_equal(hub_seq(COUNTER), seq);
	/* headquarters from a backup that is two entries older */
	if (!db_is_sqlite(hub->db))
		return;
	char path[120], sql[400];
	snprintf(path, sizeof path, "%s/hub.db", c->dir);
	snprintf(sql, sizeof sql, "PRAGMA foreign_keys = OFF; DELETE FROM state WHERE site = '%s' AND seq > %lld; DELETE FROM entry WHERE site = '%s' AND seq > %lld;",
	         codes[COUNTER], (long long)seq - 2, codes[COUNTER], (long long)seq - 2);
	sqlite3 *db = NULL;
	assert_int_equal(SQLITE_OK, sqlite3_open(path, &db));
	sqlite3_busy_timeout(db, 5000);
	assert_int_equal(SQLITE_OK, sqlite3_exec(db, sql, NULL, NULL, NULL));
	sqlite3_close(db);
	int64_t now = 0;
	note(c, COUNTER, &now);
	assert_int_equal(seq - 2, now);
	assert_int_equal(0, count(reading_path(c, COUNTER), "SELECT count(*) FROM orders WHERE business = 'new' AND customer = 'person'"));
}

static void a_site_that_can_not_be_read_is_named_and_the_rest_counts(void **state)
{
	struct hub_case *c = *state;
	int64_t seq = 0;
	at_work(c);
	int64_t whole = hub_seq(COUNTER), dk = 0;
	struct rows *rows = NULL;
	site_is(OK, store_query(c->d[COUNTER]->store, SQL_ORDER_GET, &rows, &c->e, "t", c->no), &c->e);
	assert_true(rows_next(rows));
	dk = rows_int(rows, 1);
	rows_end(&rows, NULL);
	site_is(OK, db_run(hub->db, HUB_SQL_PURGE_KEY, NULL, &c->e, "ti", codes[COUNTER], dk), &c->e); /* the key is lost, the states aren't */
	const char *why = note(c, COUNTER, &seq);
	assert_true(seq > 0 && seq < whole);
	assert_non_null(strstr(why, "只读到第"));
	assert_non_null(strstr(why, "读不出来"));
	assert_string_equal("", note(c, REVIEW, &seq));
	same_rows(c, REVIEW);
	why = note(c, COUNTER, &seq);
	assert_non_null(strstr(why, "只读到第")); /* and said again */
}

static void forks_and_refusals_are_said(void **state)
{
	struct hub_case *c = *state;
	int64_t seq = 0;
	at_work(c);
	site_is(OK, hub_alarm(hub, codes[COUNTER], "fork", "9 ", &c->e), &c->e);
	assert_non_null(strstr(note(c, COUNTER, &seq), "记录分叉"));
	site_is(OK, site_revoke(hub, codes[REVIEW], &c->e), &c->e);
	assert_non_null(strstr(note(c, REVIEW, &seq), "已吊销"));
	assert_true(seq > 0);
	same_rows(c, REVIEW); /* what it sent before counts */
	/* a step that no use case makes is refused, and counted as the site counts it */
	site_as(&c->site[COUNTER], c->d[COUNTER], "op1");
	site_is(OK, store_begin(c->d[COUNTER]->store, &c->e), &c->e);
	rogue_commit(c, COUNTER, "order.vanish", "op1", c->no, NULL);
	SYNC(c, COUNTER);
	assert_int_equal(1, refused_at(COUNTER));
	assert_non_null(strstr(note(c, COUNTER, &seq), "被总部拒绝"));
	assert_int_equal(hub_seq(COUNTER), seq);
	same_rows(c, COUNTER);
}

static void a_report_beside_another_takes_what_is_there(void **state)
{
	struct hub_case *c = *state;
	struct readings *held = NULL;
	int64_t seq = 0;
	at_work(c);
	site_is(OK, readings_open(hub, NULL, NULL, NULL, NULL, &held, &c->e), &c->e);
	int64_t before = hub_seq(COUNTER);
	char no[ORDER_NO_SIZE];
	site_as(&c->site[COUNTER], c->d[COUNTER], "op1");
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, no);
	SYNC(c, COUNTER);
	const char *why = note(c, COUNTER, &seq);
	assert_int_equal(before, seq); /* somebody reads it: it stays as it is, and that is said */
	assert_non_null(strstr(why, "只读到第"));
	readings_close(&held);
	assert_string_equal("", note(c, COUNTER, &seq));
	assert_int_equal(hub_seq(COUNTER), seq);
}

static void an_offline_site_is_said_to_be_behind(void **state)
{
	struct hub_case *c = *state;
	int64_t seq = 0;
	at_work(c);
	assert_string_equal("", note(c, COUNTER, &seq));
	hub->clock.fixed = clock_now(&CLOCK_SYSTEM) + 2 * DAY;
	assert_non_null(strstr(note(c, COUNTER, &seq), "最近联系在报表期末之前"));
	hub->clock.fixed = -1;
	assert_string_equal("", note(c, COUNTER, &seq));
}

/* Counters are switched off in the evening: what they have closed is whole. */
static void a_closed_day_is_whole(void **state)
{
	struct hub_case *c = *state;
	int64_t seq = 0;
	struct desk *d = site_at(c, COUNTER);
	site_as(&c->site[COUNTER], d, "op1");
	site_signed(&c->site[COUNTER], d, "new-unit", NULL, c->no);
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, store_run(d->store, SQL_DAY_CLOSE_INSERT, NULL, &c->e, "tttittii", "2040-01-01", "daily.xlsx", "sha256:0", (int64_t)1, "sha256:0",
	                       "[]", (int64_t)1, desk_now(d)), &c->e);
	rogue_commit(c, COUNTER, "day.close", "mg1", codes[COUNTER], NULL);
	SYNC(c, COUNTER);
	hub->clock.fixed = clock_now(&CLOCK_SYSTEM) + 2 * DAY;
	assert_null(strstr(note(c, COUNTER, &seq), "最近联系"));
	same_rows(c, COUNTER);
}

/* A walk along a chain asks this for each entry: it must not cost more the longer the chain is. */
static void an_entry_finds_its_states_by_the_index(void **state)
{
	struct hub_case *c = *state;
	static const enum hub_sql asked[] = {HUB_SQL_VERIFY_STATES, HUB_SQL_STATE_OF_ENTRY};
	char path[120], sql[1000];
	if (!db_is_sqlite(hub->db))
		return;
	snprintf(path, sizeof path, "%s/hub.db", c->dir);
	sqlite3 *db = database(path);
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		sqlite3_stmt *st = NULL;
		snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", hub_sql_queries[asked[i]].text);
		assert_int_equal(SQLITE_OK, sqlite3_prepare_v2(db, sql, -1, &st, NULL));
		assert_int_equal(SQLITE_ROW, sqlite3_step(st));
		assert_non_null(strstr((const char *)sqlite3_column_text(st, 3), "site=? AND seq=?"));
		sqlite3_finalize(st);
	}
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(a_reading_store_has_the_sites_rows),
		HUB_TEST(a_reading_store_has_no_secret),
		HUB_TEST(reports_read_what_entries_carry),
		HUB_TEST(what_is_purged_leaves_the_reading_store),
		HUB_TEST(a_report_after_a_purge_takes_it_along),
		HUB_TEST(a_reading_store_is_made_anew_after_a_purge),
		HUB_TEST(what_is_kept_of_a_purge_names_nobody),
		HUB_TEST(a_store_that_is_ahead_is_made_anew),
		HUB_TEST(a_site_that_can_not_be_read_is_named_and_the_rest_counts),
		HUB_TEST(forks_and_refusals_are_said),
		HUB_TEST(a_report_beside_another_takes_what_is_there),
		HUB_TEST(an_offline_site_is_said_to_be_behind),
		HUB_TEST(a_closed_day_is_whole),
		HUB_TEST(an_entry_finds_its_states_by_the_index),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
