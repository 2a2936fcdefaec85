/* The database's contract, over both drivers (t_postgres.sh). */
#include "dbcase.h"

#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>

static void test_every_statement_is_taken(void **state)
{
	(void)state;
	good(db_check_statements(db, &e));
}

static void test_made_once_and_found_again(void **state)
{
	(void)state;
	struct db *other = NULL;
	assert_int_equal(db_create(address, &other, &e), ERR_STORE_EXISTS);
	assert_null(other);
	set(db, "a", "1");
	good(db_open(address, &other, &e));
	holds(other, "a", "1");
	db_close(&other);
}

/* Each row of staff that is judged asks for its number, in whatever case it was keyed in: no table is walked for that. */
static void test_a_number_is_found_by_the_index(void **state)
{
	(void)state;
	static const enum hub_sql asked[] = {HUB_SQL_PERSON_NUMBER_TAKEN, HUB_SQL_LAID_NUMBER_ELSEWHERE};
	if (postgres())
		return;
	sqlite3 *file = NULL;
	assert_int_equal(sqlite3_open(address + strlen("sqlite:"), &file), SQLITE_OK);
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		char sql[1000];
		bool found = false;
		sqlite3_stmt *st = NULL;
		snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", hub_sql_queries[asked[i]].text);
		assert_int_equal(sqlite3_prepare_v2(file, sql, -1, &st, NULL), SQLITE_OK);
		while (sqlite3_step(st) == SQLITE_ROW) {
			const char *how = (const char *)sqlite3_column_text(st, 3);
			if (strstr(how, "SCAN"))
				fail_msg("%s: %s", hub_sql_queries[asked[i]].name, how);
			found |= strstr(how, "(<expr>=?)") != NULL;
		}
		sqlite3_finalize(st);
		assert_true(found);
	}
	sqlite3_close(file);
}

/* In the file's own words; PostgreSQL's are in t_postgres.sh. */
static void in_the_file(const char *sql)
{
	sqlite3 *file = NULL;
	assert_int_equal(sqlite3_open(address + strlen("sqlite:"), &file), SQLITE_OK);
	if (sqlite3_exec(file, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(file));
	sqlite3_close(file);
}

static void test_a_newer_database_says_how_old_a_program_may_be(void **state)
{
	(void)state;
	struct db *other = NULL;
	char back[120];
	if (postgres())
		return;
	in_the_file("CREATE TABLE keepsake (id INTEGER); ALTER TABLE site ADD COLUMN shade TEXT NOT NULL DEFAULT ''; PRAGMA user_version = 999");
	set(db, "a", "2"); /* a worker that was there before */
	good(db_open(address, &other, &e));
	holds(other, "a", "2");
	good(db_check_statements(other, &e));
	db_close(&other);
	in_the_file("UPDATE works_from SET schema = 998");
	assert_int_equal(db_open(address, &other, &e), ERR_STORE_NEWER);
	assert_non_null(strstr(e.detail, "998"));
	assert_null(other);
	in_the_file("ALTER TABLE works_from RENAME TO no_more");
	assert_int_equal(db_open(address, &other, &e), ERR_STORE_NEWER);
	in_the_file("ALTER TABLE no_more RENAME TO works_from");
	snprintf(back, sizeof back, "PRAGMA user_version = %d; UPDATE works_from SET schema = %d", hub_sql_migration_count, hub_sql_works_from);
	in_the_file(back);
	good(db_open(address, &other, &e));
	db_close(&other);
}

static void test_addresses_that_are_none(void **state)
{
	(void)state;
	struct db *other = NULL;
	assert_int_equal(db_open("mysql://x", &other, &e), ERR_HUB_DATABASE);
	assert_int_equal(db_open("", &other, &e), ERR_HUB_DATABASE);
	assert_int_equal(db_open("sqlite:/nonexistent/x", &other, &e), ERR_STORE_MISSING);
	assert_int_equal(db_open("postgresql://hub@/x?host=/nonexistent", &other, &e), ERR_HUB_DB_LINE);
	assert_null(other);
}

static void add_entry(int64_t seq, const char *text)
{
	good(db_run(db, HUB_SQL_ENTRY_INSERT, NULL, &e, "tiittbiit", "110114-01", seq, (int64_t)1, text, "sha256:0", "\1", (size_t)1, (int64_t)1, INT64_MAX, ""));
}

static void test_values_come_back(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "中文 '引号' \"双\" ?1 $1 -- x", "a\nb\\c", "x"};
	static const int64_t numbers[] = {-1, INT64_MAX, INT64_MIN, 2147483648LL};
	static const uint8_t bytes[] = {0, 1, 255, 0, '\\', '\''};
	for (int64_t i = 0; i < 4; i++) {
		struct db_rows *rows = NULL;
		size_t n = 9;
		add_entry(i + 1, texts[i]);
		good(db_run(db, HUB_SQL_STATE_INSERT, NULL, &e, "ttiiiib", "110114-01", texts[i], numbers[i], i + 1, i + 1, numbers[i],
		            (const void *)bytes, (size_t)i * 2));
		good(db_query(db, HUB_SQL_STATE_OF_ENTRY, &rows, &e, "ti", "110114-01", i + 1));
		assert_true(db_rows_next(rows));
		assert_int_equal(db_rows_columns(rows), 5);
		assert_string_equal(db_rows_text(rows, 0), texts[i]);
		assert_true(db_rows_int(rows, 1) == numbers[i]);
		assert_true(db_rows_int(rows, 3) == numbers[i]);
		assert_false(db_rows_null(rows, 4));
		const void *blob = db_rows_blob(rows, 4, &n);
		assert_non_null(blob);
		assert_int_equal(n, i * 2);
		assert_memory_equal(blob, bytes, n);
		assert_false(db_rows_next(rows));
		assert_false(db_rows_next(rows));
		good(db_rows_end(&rows, &e));
		assert_null(rows);
	}
}

static void test_nothing_is_not_empty(void **state)
{
	(void)state;
	struct db_rows *rows = NULL;
	json_t *row = NULL;
	size_t n = 9;
	int64_t newest = 0;
	add_entry(1000, "x");
	good(db_run(db, HUB_SQL_STATE_INSERT, NULL, &e, "ttiiiib", "110114-01", "purged", (int64_t)1, (int64_t)1, (int64_t)1000, (int64_t)1, NULL, (size_t)0));
	good(db_query(db, HUB_SQL_STATE_OF_ENTRY, &rows, &e, "ti", "110114-01", (int64_t)1000));
	assert_true(db_rows_next(rows));
	assert_true(db_rows_null(rows, 4));
	assert_null(db_rows_blob(rows, 4, &n));
	assert_int_equal(n, 0);
	assert_string_equal(db_rows_text(rows, 4), "");
	good(db_rows_end(&rows, &e));
	good(db_row(db, HUB_SQL_SITE_GET, &row, &e, "t", "110114-01"));
	assert_true(json_is_null(json_object_get(row, "joined_at")));
	assert_true(json_is_integer(json_object_get(row, "enrolled_at")));
	assert_string_equal(json_text(row, "name"), "昌平");
	json_decref(row);
	good(db_int(db, HUB_SQL_STATE_LAST_VERSION, -7, &newest, &e, "tti", "110114-01", "no-such-kind", (int64_t)1)); /* max() of nothing is NULL */
	assert_int_equal(newest, -7);
}

static void test_changes_are_counted(void **state)
{
	(void)state;
	int64_t changed = -1;
	good(db_run(db, HUB_SQL_WRONG_CODE_INSERT, &changed, &e, "it", (int64_t)5, "192.0.2.1"));
	assert_int_equal(changed, 1);
	good(db_run(db, HUB_SQL_WRONG_CODE_INSERT, NULL, &e, "it", (int64_t)6, "192.0.2.1")); /* numbered by the database itself */
	good(db_run(db, HUB_SQL_WRONG_CODE_FORGET, &changed, &e, "i", (int64_t)6));
	assert_int_equal(changed, 2);
	good(db_run(db, HUB_SQL_WRONG_CODE_FORGET, &changed, &e, "i", (int64_t)6));
	assert_int_equal(changed, 0);
	good(db_run(db, HUB_SQL_SITE_REVOKE, &changed, &e, "t", "nobody"));
	assert_int_equal(changed, 0);
}

static void test_a_transaction_is_whole_or_nothing(void **state)
{
	(void)state;
	struct db *other = NULL;
	good(db_open(address, &other, &e));
	set(db, "b", "before");
	good(db_begin(db, &e));
	assert_true(db->in_transaction);
	set(db, "b", "within");
	holds(db, "b", "within");
	holds(other, "b", "before");
	db_rollback(db);
	assert_false(db->in_transaction);
	db_rollback(db);
	holds(db, "b", "before");
	good(db_begin(db, &e));
	set(db, "b", "after");
	good(db_commit(db, &e));
	holds(other, "b", "after");
	db_close(&other);
}

static void test_begin_and_commit_in_turn(void **state)
{
	(void)state;
	assert_int_equal(db_commit(db, &e), ERR_STORE_FAULT);
	assert_int_equal(db_lock(db, "a", "b", &e), ERR_STORE_FAULT);
	good(db_begin(db, &e));
	assert_int_equal(db_begin(db, &e), ERR_STORE_FAULT);
	assert_true(db->in_transaction);
	good(db_commit(db, &e));
}

static void test_a_statement_that_fails(void **state)
{
	(void)state;
	good(db_begin(db, &e));
	set(db, "c", "1");
	assert_int_equal(db_run(db, HUB_SQL_SITE_ENROL, NULL, &e, "tttttii", "x", "shop", "", "", "", (int64_t)0, (int64_t)0), ERR_STORE_FAULT);
	db_rollback(db);
	holds(db, "c", NULL);
	good(db_begin(db, &e));
	good(db_commit(db, &e));
}

static void test_a_commit_after_a_failure_is_not_well_done(void **state)
{
	(void)state;
	if (!postgres()) /* SQLite undoes the statement alone, and goes on */
		return;
	good(db_begin(db, &e));
	set(db, "d", "1");
	assert_int_not_equal(db_run(db, HUB_SQL_SITE_ENROL, NULL, &e, "tttttii", "x", "shop", "", "", "", (int64_t)0, (int64_t)0), OK);
	assert_int_equal(db_commit(db, &e), ERR_STORE_FAULT);
	assert_false(db->in_transaction);
	holds(db, "d", NULL);
}

static enum err put_off(const char *kind, int64_t version, int64_t seq, int64_t *stored)
{
	if (version == 1)
		return db_run_later(db, HUB_SQL_STATE_FIRST, stored, &e, "ttiiib", "110114-01", kind, (int64_t)7, seq, (int64_t)1, "x", (size_t)1);
	return db_run_later(db, HUB_SQL_STATE_NEXT, stored, &e, "ttiiiib", "110114-01", kind, (int64_t)7, version, seq, (int64_t)1, "x", (size_t)1);
}

/* More than one pipeline takes, and each with its own count; a state stands behind the one before it, once. */
static void test_what_is_put_off_is_done_and_counted(void **state)
{
	(void)state;
	enum { MANY = 200 };
	int64_t stored[MANY + 2], newest = 0;
	assert_int_equal(ERR_STORE_FAULT, put_off("later", 1, 1900, &stored[0]));
	good(db_begin(db, &e));
	add_entry(1900, "{}");
	for (int64_t i = 0; i < MANY; i++)
		good(put_off("later", i + 1, 1900, &stored[i]));
	good(put_off("later", 1, 1900, &stored[MANY]));
	good(put_off("later", MANY + 2, 1900, &stored[MANY + 1]));
	good(db_int(db, HUB_SQL_STATE_LAST_VERSION, 0, &newest, &e, "tti", "110114-01", "later", (int64_t)7)); /* waits for them */
	assert_int_equal(MANY, newest);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(1, stored[i]);
	assert_int_equal(0, stored[MANY]);
	assert_int_equal(0, stored[MANY + 1]);
	good(put_off("later", MANY + 1, 1900, NULL));
	good(db_commit(db, &e)); /* so does this */
	good(db_int(db, HUB_SQL_STATE_LAST_VERSION, 0, &newest, &e, "tti", "110114-01", "later", (int64_t)7));
	assert_int_equal(MANY + 1, newest);
}

/* An entry that isn't there: said at the latest when it's waited for, and nothing of the transaction stays. */
static void test_what_is_put_off_and_fails(void **state)
{
	(void)state;
	int64_t stored = 0, there = 0;
	for (int commit = 0; commit < 2; commit++) {
		good(db_begin(db, &e));
		set(db, "put off", "1");
		enum err r = put_off("nowhere", 1, 999999, &stored);
		if (!r)
			r = put_off("nowhere", 2, 999999, &stored);
		if (!r)
			r = commit ? db_commit(db, &e) : db_await(db, &e);
		assert_int_not_equal(OK, r);
		db_rollback(db);
		holds(db, "put off", NULL);
	}
	good(db_begin(db, &e));
	set(db, "put off", "2");
	good(db_commit(db, &e));
	holds(db, "put off", "2");
	good(db_int(db, HUB_SQL_STATE_LAST_VERSION, 0, &there, &e, "tti", "110114-01", "nowhere", (int64_t)7));
	assert_int_equal(0, there);
}

static void test_two_walks_of_one_statement(void **state)
{
	(void)state;
	struct db_rows *a = NULL, *b = NULL;
	for (int64_t i = 2001; i <= 2003; i++)
		add_entry(i, "x");
	good(db_query(db, HUB_SQL_ENTRY_AFTER, &a, &e, "tii", "110114-01", (int64_t)2000, (int64_t)10));
	assert_true(db_rows_next(a));
	good(db_query(db, HUB_SQL_ENTRY_AFTER, &b, &e, "tii", "110114-01", (int64_t)2001, (int64_t)1));
	assert_true(db_rows_next(b));
	assert_int_equal(db_rows_int(a, 0), 2001);
	assert_int_equal(db_rows_int(b, 0), 2002);
	assert_false(db_rows_next(b));
	assert_true(db_rows_next(a));
	assert_int_equal(db_rows_int(a, 0), 2002);
	good(db_rows_end(&b, &e));
	assert_true(db_rows_next(a));
	assert_false(db_rows_next(a));
	good(db_rows_end(&a, &e));
	good(db_rows_end(&a, &e));
}

enum { TURNS = 40, HANDS = 4 };

/* Reads, adds one, writes: what is lost without the lock. */
static void *count_up(void *arg)
{
	struct db *mine = NULL;
	struct error why = {0};
	enum err r = db_open(address, &mine, &why);
	for (int i = 0; !r && i < TURNS; i++) {
		json_t *row = NULL;
		char next[24];
		if ((r = db_begin(mine, &why)) || (r = db_lock(mine, "count", "up", &why)) || (r = db_row(mine, HUB_SQL_SETTING_GET, &row, &why, "t", "count")))
			break;
		snprintf(next, sizeof next, "%d", atoi(json_text(row, "value")) + 1);
		json_decref(row);
		if (!(r = db_run(mine, HUB_SQL_SETTING_SET, NULL, &why, "tt", "count", next)))
			r = db_commit(mine, &why);
	}
	db_close(&mine);
	*(enum err *)arg = r;
	return NULL;
}

static void test_locks_make_them_wait(void **state)
{
	(void)state;
	pthread_t hands[HANDS];
	enum err results[HANDS];
	char want[24];
	set(db, "count", "0");
	for (int i = 0; i < HANDS; i++)
		assert_int_equal(pthread_create(&hands[i], NULL, count_up, &results[i]), 0);
	for (int i = 0; i < HANDS; i++)
		pthread_join(hands[i], NULL);
	for (int i = 0; i < HANDS; i++)
		assert_int_equal(results[i], OK);
	snprintf(want, sizeof want, "%d", TURNS * HANDS);
	holds(db, "count", want);
}

static void test_a_backup_of_a_database_at_work(void **state)
{
	(void)state;
	struct stat st;
	good(db_backup(db, backup, &e));
	assert_int_equal(stat(backup, &st), 0);
	assert_true(st.st_size > 1000);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(db_backup(db, backup, &e), ERR_FILE_PATH);
	if (postgres())
		return;
	struct db *other = NULL;
	char copy[128];
	snprintf(copy, sizeof copy, "sqlite:%s", backup);
	set(db, "b", "later");
	good(db_open(copy, &other, &e));
	holds(other, "b", "after");
	db_close(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_statement_is_taken),
		cmocka_unit_test(test_a_number_is_found_by_the_index),
		cmocka_unit_test(test_made_once_and_found_again),
		cmocka_unit_test(test_a_newer_database_says_how_old_a_program_may_be),
		cmocka_unit_test(test_addresses_that_are_none),
		cmocka_unit_test(test_values_come_back),
		cmocka_unit_test(test_nothing_is_not_empty),
		cmocka_unit_test(test_changes_are_counted),
		cmocka_unit_test(test_a_transaction_is_whole_or_nothing),
		cmocka_unit_test(test_begin_and_commit_in_turn),
		cmocka_unit_test(test_a_statement_that_fails),
		cmocka_unit_test(test_a_commit_after_a_failure_is_not_well_done),
		cmocka_unit_test(test_what_is_put_off_is_done_and_counted),
		cmocka_unit_test(test_what_is_put_off_and_fails),
		cmocka_unit_test(test_two_walks_of_one_statement),
		cmocka_unit_test(test_locks_make_them_wait),
		cmocka_unit_test(test_a_backup_of_a_database_at_work),
	};
	return cmocka_run_group_tests(tests, make, finish);
}
