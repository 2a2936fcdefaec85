/* A database of a test's own: CERTDESK_TEST_DATABASE is an empty PostgreSQL database (t_postgres.sh), else SQLite in a file. */
#ifndef CERTDESK_TESTS_DBCASE_H
#define CERTDESK_TESTS_DBCASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "hub/db_driver.h"

static char dir[64], address[600], backup[96];
static struct db *db;
static struct error e;

static inline bool postgres(void)
{
	return getenv("CERTDESK_TEST_DATABASE") != NULL;
}

static inline void good(enum err r)
{
	if (r) {
		char sentence[2000];
		print_error("%s: %s\n", error_name(r), error_sentence(&e, sentence, sizeof sentence));
	}
	assert_int_equal(r, OK);
}

static inline int make(void **state)
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

static inline int finish(void **state)
{
	(void)state;
	char command[128];
	db_close(&db);
	snprintf(command, sizeof command, "rm -rf '%s'", dir);
	return system(command);
}

static inline void set(struct db *d, const char *name, const char *value)
{
	good(db_run(d, HUB_SQL_SETTING_SET, NULL, &e, "tt", name, value));
}

static inline void holds(struct db *d, const char *name, const char *value)
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

#endif
