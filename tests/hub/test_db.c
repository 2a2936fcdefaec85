/* The database's contract, over both drivers: CERTDESK_TEST_DATABASE is an empty PostgreSQL database (t_postgres.sh), else SQLite in a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "hub/db.h"

static char dir[64], address[600], backup[96];
static struct db *db;
static struct error e;

static bool postgres(void)
{
	return getenv("CERTDESK_TEST_DATABASE") != NULL;
}

static void good(enum err r)
{
	if (r) {
		char sentence[2000];
		print_error("%s: %s\n", error_name(r), error_sentence(&e, sentence, sizeof sentence));
	}
	assert_int_equal(r, OK);
}

static int make(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/tmp/test_db.XXXXXX");
	assert_non_null(mkdtemp(dir));
	if (postgres())
		snprintf(address, sizeof address, "%s", getenv("CERTDESK_TEST_DATABASE"));
	else
		snprintf(address, sizeof address, "sqlite:%s/hub.db", dir);
	snprintf(backup, sizeof backup, "%s/copy", dir);
	good(db_create(address, &db, &e));
	good(db_run(db, HUB_SQL_SITE_ENROL, NULL, &e, "tttttii", "110114-01", "counter", "昌平", "110114", "", (int64_t)0, (int64_t)1));
	return 0;
}

static int finish(void **state)
{
	(void)state;
	char command[128];
	db_close(&db);
	snprintf(command, sizeof command, "rm -rf '%s'", dir);
	return system(command);
}

static void set(struct db *d, const char *name, const char *value)
{
	good(db_run(d, HUB_SQL_SETTING_SET, NULL, &e, "tt", name, value));
}

static void holds(struct db *d, const char *name, const char *value)
{
	json_t *row = NULL;
	good(db_row(d, HUB_SQL_SETTING_GET, &row, &e, "t", name));
	if (value) {
		assert_non_null(row);
		assert_string_equal(json_text(row, "value"), value);
	} else
		assert_null(row);
	json_decref(row);
}

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

static void test_values_come_back(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "中文 '引号' \"双\" ?1 $1 -- x", "a\nb\\c", "x"};
	static const int64_t numbers[] = {1, INT64_MAX, 1LL << 40, 2147483648LL};
	static const uint8_t bytes[] = {0, 1, 255, 0, '\\', '\''};
	for (int i = 0; i < 4; i++) {
		struct db_rows *rows = NULL;
		size_t n = 9;
		good(db_run(db, HUB_SQL_FEED_INSERT_TEST, NULL, &e, "titbi", "110114-01", (int64_t)i + 1, texts[i], bytes, (size_t)i * 2, numbers[i]));
		good(db_query(db, HUB_SQL_FEED_READ_TEST, &rows, &e, "ti", "110114-01", (int64_t)i + 1));
		assert_true(db_rows_next(rows));
		assert_int_equal(db_rows_columns(rows), 4);
		assert_string_equal(db_rows_text(rows, 0), texts[i]);
		const void *blob = db_rows_blob(rows, 1, &n);
		assert_non_null(blob);
		assert_int_equal(n, i * 2);
		assert_memory_equal(blob, bytes, n);
		assert_true(db_rows_int(rows, 2) == numbers[i]);
		assert_true(db_rows_null(rows, 3));
		assert_null(db_rows_blob(rows, 3, &n));
		assert_string_equal(db_rows_text(rows, 3), "");
		assert_false(db_rows_next(rows));
		assert_false(db_rows_next(rows));
		good(db_rows_end(&rows, &e));
		assert_null(rows);
	}
}
