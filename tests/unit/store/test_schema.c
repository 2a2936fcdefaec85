/* A store whose schema isn't this program's: an older one is brought up, a newer one is worked on as it stands, where it says that it
 * may be, and nothing of it is lost or called altered. */
#include "store_case.h"

#include "base/base64.h"
#include "base/json.h"
#include "store/replay.h"
#include "store/replica.h"

/* What the next version's migration might be, as its program leaves the store. */
#define NEXT \
	"ALTER TABLE station ADD COLUMN shade TEXT NOT NULL DEFAULT ''; ALTER TABLE station ADD COLUMN floor INTEGER NOT NULL DEFAULT 0;" \
	"ALTER TABLE site ADD COLUMN motto TEXT; CREATE TABLE keepsake (id INTEGER PRIMARY KEY, dk INTEGER NOT NULL, said TEXT NOT NULL) STRICT;"

static void make_newer(struct fixture *f)
{
	char sql[700];
	snprintf(sql, sizeof sql, NEXT "PRAGMA user_version = %d", sql_migration_count + 1);
	alter(f, sql);
}

static void open_again(struct fixture *f)
{
	struct error e = {0};
	store_close(&f->store);
	if (store_open(f->path, &f->key, &f->store, &e))
		fail_msg("%s %s", error_name(e.code), e.detail);
}

static struct journal_report verified(struct store *s)
{
	struct journal_report report;
	struct error e = {0};
	if (journal_verify(s, &report, NULL, NULL, &e))
		fail_msg("%s", report.wrong);
	return report;
}

static void test_a_database_that_says_no_is_refused(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct store *other = NULL;
	alter(f, "PRAGMA user_version = 999; UPDATE works_from SET schema = 998");
	assert_int_equal(store_open(f->path, &f->key, &other, &e), ERR_STORE_NEWER);
	assert_null(other);
	assert_non_null(strstr(e.detail, "998"));
}

/* Whoever made it knows no such table, or emptied it: then nobody says that this program may. */
static void test_a_newer_database_that_says_nothing_is_refused(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct store *other = NULL;
	alter(f, "PRAGMA user_version = 999; DELETE FROM works_from");
	assert_int_equal(store_open(f->path, &f->key, &other, &e), ERR_STORE_NEWER);
	alter(f, "DROP TABLE works_from");
	assert_int_equal(store_open(f->path, &f->key, &other, &e), ERR_STORE_NEWER);
	assert_null(other);
}

static void test_a_store_is_made_with_what_its_migrations_say(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	int64_t schema = 0, works_from = 0;
	assert_int_equal(store_schema(f->store, &schema, &works_from, &e), OK);
	assert_int_equal(schema, sql_migration_count);
	assert_int_equal(works_from, sql_works_from);
	assert_true(works_from > 0 && works_from <= schema);
	assert_non_null(strstr(sql_migrations[sql_works_from - 1].text, "-- breaks: "));
}

static void test_a_newer_schema_that_only_added_is_worked_on(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	int64_t schema = 0, works_from = 0;
	char before[160];
	make_newer(f);
	open_again(f);
	assert_int_equal(store_schema(f->store, &schema, &works_from, &e), OK);
	assert_int_equal(schema, sql_migration_count + 1);
	verified(f->store);
	assert_int_equal(rename_station(f, "02", 1001), OK);
	assert_int_equal(verified(f->store).unjudged, 0);
	open_again(f);
	assert_int_equal(read_int(f->path, "PRAGMA user_version"), sql_migration_count + 1); /* never migrated back or on */
	snprintf(before, sizeof before, "%s.before-%d", f->path, sql_migration_count);
	assert_int_equal(access(before, F_OK), -1);
}

/* `id` of the window "02", with what a newer program sets. */
static int64_t newer_row(struct fixture *f)
{
	struct error e = {0};
	struct step step = step_of("station.shade", 1002);
	json_t *row = json_pack("{ss si}", "shade", "green", "floor", 7);
	int64_t id = 0;
	assert_int_equal(rename_station(f, "02", 1001), OK);
	id = read_int(f->path, "SELECT id FROM station WHERE code = '02'");
	assert_int_equal(store_begin(f->store, &e), OK);
	if (replica_put(f->store, "station", row, &id, &e) || store_commit(f->store, &step, &e))
		fail_msg("%s %s", error_name(e.code), e.detail);
	json_decref(row);
	return id;
}

static void test_columns_of_a_newer_program_keep_what_they_hold(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct step step = step_of("station.name", 1003);
	json_t *row = json_pack("{ss}", "name", "二号窗口");
	make_newer(f);
	open_again(f);
	int64_t id = newer_row(f);
	assert_int_equal(store_begin(f->store, &e), OK); /* this program's own change of the row */
	assert_int_equal(replica_put(f->store, "station", row, &id, &e), OK);
	assert_int_equal(store_commit(f->store, &step, &e), OK);
	assert_int_equal(read_int(f->path, "SELECT count(*) FROM station WHERE shade = 'green' AND floor = 7 AND name = '二号窗口'"), 1);
	verified(f->store);
	alter(f, "UPDATE station SET shade = 'red' WHERE shade = 'green'"); /* by nobody's step: seen, though no query of ours names the column */
	struct journal_report report;
	assert_int_equal(journal_verify(f->store, &report, NULL, NULL, &e), ERR_STORE_ALTERED);
	assert_non_null(strstr(report.wrong, "station"));
	json_decref(row);
}

/* A row and its state as a newer program's step leaves them. */
static void newer_step(struct fixture *f)
{
	struct error e = {0};
	struct step step = step_of("keepsake.say", 1004);
	json_t *row = json_pack("{si sI ss}", "id", 1, "dk", (json_int_t)f->dk, "said", "hello");
	char sql[120];
	assert_int_equal(store_begin(f->store, &e), OK);
	assert_int_equal(store_state(f->store, "keepsake", 1, f->dk, row, &e), OK);
	assert_int_equal(store_commit(f->store, &step, &e), OK);
	snprintf(sql, sizeof sql, "INSERT INTO keepsake (id, dk, said) VALUES (1, %lld, 'hello')", (long long)f->dk);
	alter(f, sql);
	json_decref(row);
}

static void test_states_of_an_unknown_table_are_proven_and_not_judged(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct journal_report report;
	make_newer(f);
	open_again(f);
	newer_step(f);
	assert_int_equal(rename_station(f, "03", 1005), OK);
	report = verified(f->store);
	assert_int_equal(report.unjudged, 1);
	assert_int_equal(report.entries, 3);
	alter(f, "UPDATE journal_state SET body = x'00' WHERE kind = 'keepsake'");
	assert_int_equal(journal_verify(f->store, &report, NULL, NULL, &e), ERR_STORE_ALTERED);
	assert_non_null(strstr(report.wrong, "keepsake"));
}

/* --- a disk that was rolled back ------------------------------------------------------------------------------------ */

static json_t *in_base64(sqlite3_stmt *st, int column)
{
	struct bytes text = {0};
	assert_int_equal(base64_encode(sqlite3_column_blob(st, column), (size_t)sqlite3_column_bytes(st, column), &text), OK);
	json_t *out = json_string((char *)text.data);
	bytes_free(&text);
	return out;
}

/* The entry as headquarters gives it back. */
static json_t *entry_of(const char *path, int64_t seq)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *st = NULL;
	json_t *states = json_array();
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT kind, record, version, dk, body FROM journal_state WHERE seq = ?1 ORDER BY kind, record", -1, &st, NULL), SQLITE_OK);
	sqlite3_bind_int64(st, 1, seq);
	while (sqlite3_step(st) == SQLITE_ROW)
		json_array_append_new(states, json_pack("{ss sI sI sI so}", "kind", (const char *)sqlite3_column_text(st, 0), "record", (json_int_t)sqlite3_column_int64(st, 1),
		                                        "version", (json_int_t)sqlite3_column_int64(st, 2), "dk", (json_int_t)sqlite3_column_int64(st, 3), "body", in_base64(st, 4)));
	sqlite3_finalize(st);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT entry, hash, signature FROM journal WHERE seq = ?1", -1, &st, NULL), SQLITE_OK);
	sqlite3_bind_int64(st, 1, seq);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	json_t *out = json_pack("{sI ss ss so so}", "seq", (json_int_t)seq, "entry", (const char *)sqlite3_column_text(st, 0), "hash", (const char *)sqlite3_column_text(st, 1),
	                        "signature", in_base64(st, 2), "states", states);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return out;
}

static enum err replay(struct store *s, const char *from, int64_t seq, struct error *e)
{
	json_t *entry = entry_of(from, seq);
	enum err r = store_begin(s, e);
	if (!r)
		r = replay_entry(s, entry, e);
	if (!r)
		r = replay_commit(s, e);
	store_rollback(s);
	json_decref(entry);
	return r;
}

/* The store as it was, `path` beside it. */
static void copy_of(struct fixture *f, char path[160])
{
	struct error e = {0};
	snprintf(path, 160, "%s/copy.db", f->dir);
	assert_int_equal(store_backup(f->store, path, &e), OK);
}

static void test_entries_of_a_newer_program_are_replayed_with_all_their_rows(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct store *copy = NULL;
	char path[160];
	make_newer(f);
	open_again(f);
	copy_of(f, path);
	newer_row(f);
	newer_step(f);
	assert_int_equal(store_open(path, &f->key, &copy, &e), OK);
	for (int64_t seq = 2; seq <= 4; seq++)
		if (replay(copy, f->path, seq, &e))
			fail_msg("%lld: %s %s", (long long)seq, error_name(e.code), e.detail);
	assert_int_equal(read_int(path, "SELECT count(*) FROM station WHERE shade = 'green' AND floor = 7"), 1);
	assert_int_equal(read_int(path, "SELECT count(*) FROM keepsake WHERE said = 'hello'"), 1);
	assert_int_equal(verified(copy).entries, 4);
	store_close(&copy);
}

/* Rolled back to before the upgrade, under the program of before: what has no place here isn't taken without it. */
static void test_entries_that_have_no_place_here_wait_for_the_upgrade(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct store *copy = NULL;
	char path[160];
	copy_of(f, path);
	make_newer(f);
	open_again(f);
	newer_step(f);
	newer_row(f);
	assert_int_equal(store_open(path, &f->key, &copy, &e), OK);
	assert_int_equal(replay(copy, f->path, 2, &e), ERR_STORE_NO_PLACE);
	assert_non_null(strstr(e.detail, "keepsake"));
	assert_int_equal(read_int(path, "SELECT count(*) FROM journal"), 1);
	store_close(&copy);
}

/* … and what only has columns that nobody set is taken: nothing of it is lost. */
static void test_an_entry_with_unset_columns_is_taken_by_an_older_schema(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct store *copy = NULL;
	char path[160];
	copy_of(f, path);
	make_newer(f);
	open_again(f);
	newer_row(f);
	assert_int_equal(store_open(path, &f->key, &copy, &e), OK);
	if (replay(copy, f->path, 2, &e))
		fail_msg("%s %s", error_name(e.code), e.detail);
	verified(copy);
	assert_int_equal(replay(copy, f->path, 3, &e), ERR_STORE_NO_PLACE);
	assert_non_null(strstr(e.detail, "station."));
	assert_int_equal(read_int(path, "SELECT count(*) FROM journal"), 2);
	store_close(&copy);
}

/* A session that was open before somebody else's upgrade. */
static void test_a_session_stops_where_the_store_is_for_it_no_more(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	make_newer(f);
	assert_int_equal(rename_station(f, "02", 1001), OK); /* it only added */
	alter(f, "UPDATE works_from SET schema = 999");
	assert_int_equal(store_begin(f->store, &e), ERR_STORE_NEWER);
	assert_false(store_in_step(f->store));
	assert_int_equal(read_int(f->path, "SELECT count(*) FROM station"), 2);
	alter(f, "UPDATE works_from SET schema = 1");
	assert_int_equal(rename_station(f, "03", 1002), OK);
}

/* --- migrations ------------------------------------------------------------------------------------------------------- */

/* The first version's schema comes to this program's, and the file as it was lies beside it. */
static void test_an_older_database_is_migrated_and_kept(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct store *old = NULL;
	sqlite3 *db = NULL;
	char path[128], before[160];
	snprintf(path, sizeof path, "%s/old.db", f->dir);
	snprintf(before, sizeof before, "%s.before-%d", path, sql_migration_count);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql_migrations[0].text, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA application_id = 0x43444B31; PRAGMA user_version = 1; PRAGMA journal_mode = WAL;"
	                              "INSERT INTO data_key (cipher) VALUES (1)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	if (store_open(path, &f->key, &old, &e))
		fail_msg("%s %s", error_name(e.code), e.detail);
	store_close(&old);
	assert_int_equal(read_int(path, "PRAGMA user_version"), sql_migration_count);
	assert_int_equal(read_int(path, "SELECT count(*) FROM data_key"), 1);
	assert_int_equal(read_int(path, "SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"),
	                 read_int(f->path, "SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"));
	if (sql_migration_count > 1) {
		assert_int_equal(read_int(before, "PRAGMA user_version"), 1);
		assert_int_equal(read_int(before, "SELECT count(*) FROM data_key"), 1);
	}
	unlink(before);
	unlink(path);
}

static json_t *table_columns(sqlite3 *db)
{
	json_t *out = json_object();
	sqlite3_stmt *st = NULL;
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT t.name, c.name, c.\"notnull\", c.dflt_value FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'", -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		char name[160];
		snprintf(name, sizeof name, "%s.%s", (const char *)sqlite3_column_text(st, 0), (const char *)sqlite3_column_text(st, 1));
		const char *preset = (const char *)sqlite3_column_text(st, 3);
		json_object_set_new(out, name, json_string(preset ? preset : "NULL"));
		json_object_set_new(out, (const char *)sqlite3_column_text(st, 0), json_true());
	}
	sqlite3_finalize(st);
	return out;
}

/* The columns that came to tables which were there; fails where anything went, or didn't begin as unset. */
static void only_added(const char *migration, const json_t *before, const json_t *after)
{
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)before, name, value)
		if (!json_object_get(after, name))
			fail_msg("%s: %s is gone, and it doesn't say \"-- breaks:\"", migration, name);
	json_object_foreach((json_t *)after, name, value) {
		char table[80];
		snprintf(table, sizeof table, "%.*s", (int)strcspn(name, "."), name);
		const char *preset = json_string_value(value);
		if (json_is_string(value) && json_object_get(before, table) && !json_object_get(before, name) && strcmp(preset, "NULL") != 0 &&
		    strcmp(preset, "0") != 0 && strcmp(preset, "''") != 0)
			fail_msg("%s: %s begins as %s; states from before it don't have it, and would be called altered", migration, name, preset);
	}
}

static void test_a_migration_only_adds_or_says_that_it_breaks(void **state)
{
	sqlite3 *db = NULL;
	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	for (int i = 0; i < sql_migration_count; i++) {
		json_t *before = table_columns(db);
		assert_int_equal(sqlite3_exec(db, sql_migrations[i].text, NULL, NULL, NULL), SQLITE_OK);
		json_t *after = table_columns(db);
		if (!strstr(sql_migrations[i].text, "\n-- breaks: ") && strncmp(sql_migrations[i].text, "-- breaks: ", 11) != 0)
			only_added(sql_migrations[i].name, before, after);
		json_decref(before);
		json_decref(after);
	}
	sqlite3_close(db);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_a_database_that_says_no_is_refused), T(test_a_newer_database_that_says_nothing_is_refused), T(test_a_store_is_made_with_what_its_migrations_say),
		T(test_a_newer_schema_that_only_added_is_worked_on), T(test_columns_of_a_newer_program_keep_what_they_hold),
		T(test_states_of_an_unknown_table_are_proven_and_not_judged), T(test_entries_of_a_newer_program_are_replayed_with_all_their_rows),
		T(test_entries_that_have_no_place_here_wait_for_the_upgrade), T(test_an_entry_with_unset_columns_is_taken_by_an_older_schema),
		T(test_a_session_stops_where_the_store_is_for_it_no_more), T(test_an_older_database_is_migrated_and_kept),
		cmocka_unit_test(test_a_migration_only_adds_or_says_that_it_breaks),
	};
	lang_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
