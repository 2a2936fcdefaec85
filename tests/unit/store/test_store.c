/* The store and its journal: what a step writes, what an alteration is called, what a refusal leaves. */
#include <sys/wait.h>

#include "store_case.h"
#include "store/adhoc.h"
#include "store/replay.h"

static void expect_found(struct fixture *f, const char *name)
{
	struct journal_report report;
	struct error e = {0};
	assert_int_equal(journal_verify(f->store, &report, NULL, NULL, &e), ERR_STORE_ALTERED);
	if (!strstr(report.wrong, name))
		fail_msg("expected '%s' in '%s'", name, report.wrong);
}

static void test_an_alteration_is_named_in_the_program_s_language(void **state)
{
	struct fixture *f = *state;
	struct journal_report report;
	struct error e = {0};
	alter(f, "UPDATE station SET name = '一号窗囗' WHERE id = 1");
	assert_int_equal(journal_verify(f->store, &report, NULL, NULL, &e), ERR_STORE_ALTERED);
	assert_string_equal(e.detail, "station 1 这一行被改过");
	lang_set(LANG_EN);
	assert_int_equal(journal_verify(f->store, &report, NULL, NULL, &e), ERR_STORE_ALTERED);
	lang_set(LANG_ZH);
	assert_string_equal(e.detail, "station 1: row altered");
}

static void test_a_step_is_journalled_and_verifies(void **state)
{
	struct fixture *f = *state;
	struct journal_report report;
	struct error e = {0};
	assert_int_equal(rename_station(f, "02", 1001), OK);
	assert_int_equal(journal_verify(f->store, &report, NULL, NULL, &e), OK);
	assert_int_equal(report.entries, 2);
	assert_int_equal(report.records, 3);
	assert_string_equal(report.wrong, "");
}

static void test_an_altered_row_is_named(void **state)
{
	struct fixture *f = *state;
	alter(f, "UPDATE station SET name = '一号窗囗' WHERE id = 1");
	expect_found(f, "station 1: row altered");
}

static void test_a_removed_row_is_named(void **state)
{
	alter(*state, "DELETE FROM station WHERE id = 1");
	expect_found(*state, "station 1: row removed");
}

static void test_a_row_from_outside_is_named(void **state)
{
	alter(*state, "INSERT INTO station (dk, code, name) VALUES (1, '99', 'x')");
	expect_found(*state, "station 2: row without");
}

static void test_an_altered_entry_is_named(void **state)
{
	alter(*state, "UPDATE journal SET entry = replace(entry, 'T-01/a', 'T-01/b') WHERE seq = 1");
	expect_found(*state, "journal 1: entry does not match");
}

static void test_an_altered_state_is_named(void **state)
{
	alter(*state, "UPDATE journal_state SET body = CAST(substr(body, 1, length(body) - 1) || CASE WHEN substr(body, -1) = x'00' THEN x'01' ELSE x'00' END AS BLOB) WHERE kind = 'station'");
	expect_found(*state, "station 1: state altered");
}

static void test_a_removed_entry_is_named(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(rename_station(f, "02", 1001), OK);
	alter(f, "PRAGMA foreign_keys = OFF; DELETE FROM journal WHERE seq = 1");
	expect_found(f, "journal 1: entry missing");
}

static void test_an_entry_signed_by_another_is_named(void **state)
{
	alter(*state, "UPDATE journal SET signature = x'3006020101020101' WHERE seq = 1");
	expect_found(*state, "journal 1: signature wrong");
}

static void test_an_altered_data_key_is_named(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	alter(f, "UPDATE data_key SET wrapped = CAST(substr(wrapped, 1, 39) || CASE WHEN substr(wrapped, -1) = x'00' THEN x'01' ELSE x'00' END AS BLOB) WHERE id = 1");
	store_close(&f->store); /* forget the cached key */
	assert_int_equal(store_open(f->path, &f->key, &f->store, &e), OK);
	expect_found(f, "data_key 1: can't be opened");
}

/* The row's own checks don't hinder who writes into the file. */
static void test_a_data_key_s_altered_cipher_is_named(void **state)
{
	alter(*state, "PRAGMA ignore_check_constraints = ON; UPDATE data_key SET cipher = 3 WHERE id = 1");
	expect_found(*state, "data_key 1: cipher");
}

/* Nobody's state is under it, and its bytes count all the same: a draft's will be. */
static void test_an_altered_data_key_that_nothing_uses_yet_is_named(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	int64_t dk = 0;
	assert_int_equal(datakey_new(f->store, &dk, &e), OK);
	alter(f, "UPDATE data_key SET wrapped = CAST(x'00' || substr(wrapped, 2) AS BLOB) WHERE id = (SELECT max(id) FROM data_key)");
	expect_found(f, "can't be opened");
}

/* As if it had been purged: no entry says so. */
static void test_a_state_removed_with_its_key_is_named(void **state)
{
	struct fixture *f = *state;
	alter(f, "UPDATE journal_state SET body = NULL; UPDATE station SET name = 'x' WHERE id = 1; UPDATE data_key SET wrapped = NULL");
	expect_found(f, "state removed");
}

struct beside {
	struct fixture *f;
	int calls;
};

/* What a purge leaves, after its entry would have been read. */
static void purge_beside(void *arg, int64_t done)
{
	struct beside *b = arg;
	(void)done;
	b->calls++;
	alter(b->f, "UPDATE journal_state SET body = NULL; UPDATE station SET name = 'x' WHERE id = 1; UPDATE data_key SET wrapped = NULL");
}

/* All is judged as of one moment, and nobody is held up while it is. */
static void test_a_purge_beside_is_no_alteration(void **state)
{
	struct beside b = {*state, 0};
	struct journal_report report;
	struct error e = {0};
	char name[16];
	for (int i = 2; i < 258; i++) {
		snprintf(name, sizeof name, "%03d", i);
		assert_int_equal(rename_station(b.f, name, 1000 + i), OK);
	}
	enum err r = journal_verify(b.f->store, &report, purge_beside, &b, &e);
	if (r)
		fail_msg("%s %s", error_name(r), e.detail);
	assert_int_equal(b.calls, 1);
	expect_found(b.f, "state removed"); /* there it was */
	assert_int_equal(store_begin(b.f->store, &e), OK);
	store_rollback(b.f->store);
}

/* As it stands within a step, which goes on. */
static void test_a_step_may_be_verified_within(void **state)
{
	struct fixture *f = *state;
	struct journal_report report;
	struct error e = {0};
	struct step step = step_of("station", 1001);
	assert_int_equal(store_begin(f->store, &e), OK);
	assert_int_equal(journal_verify(f->store, &report, NULL, NULL, &e), OK);
	assert_int_equal(store_insert(f->store, SQL_STATION_INSERT, NULL, &e, "tt", "02", "x"), OK);
	assert_int_equal(store_commit(f->store, &step, &e), OK);
	assert_int_equal(journal_verify(f->store, &report, NULL, NULL, &e), OK);
	assert_int_equal(report.entries, 2);
}

static void test_a_destroyed_key_is_named(void **state)
{
	alter(*state, "UPDATE data_key SET wrapped = NULL WHERE id = 1");
	expect_found(*state, "data_key 1: destroyed");
}

static void test_a_journalled_row_needs_a_step(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct journal_report report;
	assert_int_equal(store_begin(f->store, &e), OK);
	assert_int_equal(store_insert(f->store, SQL_STATION_INSERT, NULL, &e, "tt", "03", "x"), OK);
	assert_int_equal(store_commit_plain(f->store, &e), ERR_STORE_FAULT);
	assert_int_equal(journal_verify(f->store, &report, NULL, NULL, &e), OK);
}

static void test_a_row_changed_without_a_step_is_not_written(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct journal_report report;
	int64_t there = 0;
	assert_int_equal(store_insert(f->store, SQL_STATION_INSERT, NULL, &e, "tt", "03", "x"), ERR_STORE_FAULT);
	assert_int_equal(store_int(f->store, SQL_STATION_HAS, 0, &there, &e, "t", "03"), OK);
	assert_int_equal(there, 0);
	assert_int_equal(rename_station(f, "04", 1001), OK);
	assert_int_equal(journal_verify(f->store, &report, NULL, NULL, &e), OK);
}

static void test_a_removed_state_is_named(void **state)
{
	struct fixture *f = *state;
	alter(f, "UPDATE journal_state SET body = NULL WHERE kind = 'station'; UPDATE station SET name = 'x' WHERE id = 1");
	expect_found(f, "station 1: state removed");
}

static void test_time_never_goes_back(void **state)
{
	struct fixture *f = *state;
	int64_t seq, time;
	char hash[DIGEST_TEXT_SIZE];
	struct error e = {0};
	assert_int_equal(rename_station(f, "02", 10), OK);
	assert_int_equal(journal_head(f->store, &seq, &time, hash, &e), OK);
	assert_int_equal(time, 1000);
}

static void test_a_rolled_back_step_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct journal_report report;
	assert_int_equal(store_begin(f->store, &e), OK);
	assert_int_equal(store_insert(f->store, SQL_STATION_INSERT, NULL, &e, "tt", "03", "x"), OK);
	store_rollback(f->store);
	assert_int_equal(journal_verify(f->store, &report, NULL, NULL, &e), OK);
	assert_int_equal(report.entries, 1);
}

/* The number of a data key that was rolled back is used again: what is sealed then must open for whoever comes later. */
static void test_a_rolled_back_data_key_is_forgotten(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct bytes sealed = {0}, plain = {0};
	int64_t first = 0, second = 0;
	struct step step = step_of("bench", 1001);
	assert_int_equal(store_begin(f->store, &e), OK);
	assert_int_equal(datakey_new(f->store, &first, &e), OK);
	assert_int_equal(datakey_seal(f->store, first, "t", "one", 3, &sealed, &e), OK);
	store_rollback(f->store);
	bytes_free(&sealed);
	assert_int_equal(store_begin(f->store, &e), OK);
	assert_int_equal(datakey_new(f->store, &second, &e), OK);
	assert_int_equal(second, first);
	assert_int_equal(datakey_seal(f->store, second, "t", "two", 3, &sealed, &e), OK);
	assert_int_equal(store_commit(f->store, &step, &e), OK);
	store_close(&f->store);
	assert_int_equal(store_open(f->path, &f->key, &f->store, &e), OK);
	assert_int_equal(datakey_open(f->store, second, "t", sealed.data, sealed.length, &plain, &e), OK);
	assert_memory_equal(plain.data, "two", 3);
	bytes_free(&sealed);
	bytes_free(&plain);
}

/* Another process brings lost entries back while this one is open: the number of a draft's key becomes another key's. */
static void test_a_data_key_of_another_process_counts(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct store *other = NULL;
	struct bytes sealed = {0}, plain = {0};
	uint8_t key[DATA_KEY_SIZE];
	int64_t dk = 0;
	memset(key, 7, sizeof key);
	assert_int_equal(store_begin(f->store, &e), OK);
	assert_int_equal(datakey_new(f->store, &dk, &e), OK);
	assert_int_equal(datakey_seal(f->store, dk, "t", "draft", 5, &sealed, &e), OK);
	assert_int_equal(store_commit_plain(f->store, &e), OK);
	bytes_free(&sealed);
	assert_int_equal(store_open(f->path, &f->key, &other, &e), OK);
	assert_int_equal(store_begin(other, &e), OK);
	assert_int_equal(replay_key(other, dk, key, &e), OK);
	assert_int_equal(store_commit_plain(other, &e), OK);
	assert_int_equal(datakey_seal(f->store, dk, "t", "order", 5, &sealed, &e), OK);
	assert_int_equal(datakey_open(other, dk, "t", sealed.data, sealed.length, &plain, &e), OK);
	assert_memory_equal(plain.data, "order", 5);
	store_close(&other);
	bytes_free(&sealed);
	bytes_free(&plain);
}

static int64_t epoch_of(struct store *s, int64_t seq)
{
	struct rows *rows = NULL;
	struct error e = {0};
	int64_t epoch = 0;
	json_t *entry = NULL;
	assert_int_equal(store_query(s, SQL_JOURNAL_ALL, &rows, &e, ""), OK);
	while (rows_next(rows))
		if (rows_int(rows, 0) == seq)
			entry = json_loads(rows_text(rows, 1), 0, NULL);
	assert_int_equal(rows_end(&rows, &e), OK);
	epoch = json_integer_value(json_object_get(entry, "epoch"));
	json_decref(entry);
	return epoch;
}

static void test_another_file_is_refused(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct store *other = NULL;
	char path[128];
	snprintf(path, sizeof path, "%s/other.db", f->dir);
	FILE *file = fopen(path, "w");
	fputs("this is a text and no database, long enough to have a header of its own, and then some more of it", file);
	fclose(file);
	assert_int_equal(store_open(path, &f->key, &other, &e), ERR_STORE_BROKEN);
	sqlite3 *db;
	unlink(path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE t (a)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(store_open(path, &f->key, &other, &e), ERR_STORE_BROKEN);
}

static void test_a_full_disk_writes_nothing(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct journal_report report;
	char *big = malloc(1 << 20);
	memset(big, 'x', (1 << 20) - 1);
	big[(1 << 20) - 1] = '\0';
	/* SQLite's own limit of pages is what a full disk answers: SQLITE_FULL */
	store_limit_pages(f->store, 1);
	assert_int_equal(store_begin(f->store, &e), OK);
	assert_int_equal(store_insert(f->store, SQL_STATION_INSERT, NULL, &e, "tt", "04", big), ERR_STORE_FULL);
	store_rollback(f->store);
	assert_int_equal(journal_verify(f->store, &report, NULL, NULL, &e), OK);
	assert_int_equal(report.entries, 1);
	free(big);
}

static void test_a_wrong_store_key_opens_no_state(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct secret other = f->key;
	other.data[0] ^= 1;
	store_close(&f->store);
	assert_int_equal(store_open(f->path, &other, &f->store, &e), OK);
	assert_int_equal(rename_station(f, "05", 1001), ERR_SEALED);
	expect_found(f, "can't be opened");
}

static void test_a_backup_verifies(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct journal_report report;
	struct store *copy = NULL;
	char path[128];
	snprintf(path, sizeof path, "%s/backup.db", f->dir);
	assert_int_equal(store_backup(f->store, path, &e), OK);
	assert_int_equal(store_open(path, &f->key, &copy, &e), OK);
	assert_int_equal(journal_verify(copy, &report, NULL, NULL, &e), OK);
	store_close(&copy);
	assert_int_equal(store_backup(f->store, path, &e), ERR_FILE_WRITE); /* never over another */
}

static void add_station(struct store *s, const char *code)
{
	struct error e = {0};
	struct step step = step_of("station.add", 2000);
	assert_int_equal(store_begin(s, &e), OK);
	assert_int_equal(store_insert(s, SQL_STATION_INSERT, NULL, &e, "tt", code, "窗口"), OK);
	assert_int_equal(store_commit(s, &step, &e), OK);
}

static int64_t stations(struct store *s)
{
	struct rows *rows = NULL;
	struct error e = {0};
	assert_int_equal(store_query_text(s, "test.sql", "SELECT * FROM station", NULL, 0, &rows, &e), OK);
	int64_t n = 0;
	while (rows_next(rows))
		n++;
	assert_string_equal(rows_name(rows, 2), "code");
	assert_int_equal(rows_end(&rows, &e), OK);
	return n;
}

static void test_a_twin_sees_the_same(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct store *other = NULL, *twin = NULL;
	assert_int_equal(store_open(f->path, &f->key, &other, &e), OK);
	assert_int_equal(store_read_begin_twin(f->store, &twin, &e), OK);
	assert_non_null(twin);
	add_station(other, "02");
	assert_int_equal(stations(f->store), 1);
	assert_int_equal(stations(twin), 1);
	store_close(&twin);
	store_read_end(f->store);
	assert_int_equal(stations(f->store), 2);
	assert_int_equal(store_read_begin_twin(f->store, &twin, &e), OK);
	assert_int_equal(stations(f->store), 2);
	assert_int_equal(stations(twin), 2);
	store_close(&twin);
	store_read_end(f->store);
	store_close(&other);
}

/* Another session commits all the time: the two views are one all the same. */
static void test_a_twin_among_writers(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	pid_t child = fork();
	if (child == 0) {
		struct store *mine = NULL;
		char code[16];
		if (store_open(f->path, &f->key, &mine, &e))
			_exit(1);
		for (int i = 10; i < 60; i++) {
			snprintf(code, sizeof code, "%d", i);
			add_station(mine, code);
		}
		_exit(0);
	}
	for (int status = 0; waitpid(child, &status, WNOHANG) == 0;) {
		struct store *twin = NULL;
		assert_int_equal(store_read_begin_twin(f->store, &twin, &e), OK);
		if (twin)
			assert_int_equal(stations(twin), stations(f->store));
		store_close(&twin);
		store_read_end(f->store);
	}
	assert_int_equal(stations(f->store), 51);
}

static void test_an_epoch_that_another_process_began_counts(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	struct store *other = NULL;
	struct step step = step_of("site.epoch", 1001);
	assert_int_equal(store_open(f->path, &f->key, &other, &e), OK);
	assert_int_equal(store_begin(other, &e), OK);
	assert_int_equal(store_new_epoch(other, &e), OK);
	assert_int_equal(store_commit(other, &step, &e), OK);
	store_close(&other);
	add_station(f->store, "02");
	assert_int_equal(epoch_of(f->store, 1), 1);
	assert_int_equal(epoch_of(f->store, 2), 2);
	assert_int_equal(epoch_of(f->store, 3), 2);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_a_step_is_journalled_and_verifies), T(test_an_altered_row_is_named), T(test_an_alteration_is_named_in_the_program_s_language), T(test_a_removed_row_is_named),
		T(test_a_row_from_outside_is_named), T(test_an_altered_entry_is_named), T(test_an_altered_state_is_named),
		T(test_a_removed_entry_is_named), T(test_an_entry_signed_by_another_is_named), T(test_an_altered_data_key_is_named),
		T(test_a_data_key_s_altered_cipher_is_named), T(test_an_altered_data_key_that_nothing_uses_yet_is_named),
		T(test_a_state_removed_with_its_key_is_named), T(test_a_purge_beside_is_no_alteration),
		T(test_a_step_may_be_verified_within), T(test_a_destroyed_key_is_named),
		T(test_a_journalled_row_needs_a_step),
		T(test_a_row_changed_without_a_step_is_not_written), T(test_a_removed_state_is_named), T(test_time_never_goes_back), T(test_a_rolled_back_step_leaves_nothing),
		T(test_a_rolled_back_data_key_is_forgotten), T(test_a_data_key_of_another_process_counts),
		T(test_an_epoch_that_another_process_began_counts),
		T(test_another_file_is_refused), T(test_a_full_disk_writes_nothing),
		T(test_a_wrong_store_key_opens_no_state), T(test_a_backup_verifies),
		T(test_a_twin_sees_the_same), T(test_a_twin_among_writers),
	};
	lang_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
