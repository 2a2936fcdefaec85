/* What goes to the disk and when, and a disk that takes no more; over both drivers, as far as it is the server's own (t_postgres.sh). */
#include "dbcase.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* SQLite flushes its log by this one. */
static int flushes;
static void (*at_flush)(void); /* once, before it */
static bool flush_fails;

int fdatasync(int fd)
{
	void (*hook)(void) = at_flush;
	at_flush = NULL;
	if (hook)
		hook();
	flushes++;
	if (!flush_fails)
		return (int)syscall(SYS_fdatasync, fd);
	errno = ENOSPC;
	return -1;
}

/* What is done soon waits for no disk, and the next change takes it there. */
static void test_soon_goes_to_the_disk_with_the_next(void **state)
{
	(void)state;
	int64_t changed = 0, n = 0;
	flushes = 0;
	good(db_run(db, HUB_SQL_FILE_WHOLE, NULL, &e, "ttii", "110114-01", "sha256:1", (int64_t)5, (int64_t)1));
	assert_true(postgres() || flushes > 0);
	flushes = 0;
	good(db_run_soon(db, HUB_SQL_FILE_WHOLE, &changed, &e, "ttii", "110114-01", "sha256:2", (int64_t)6, (int64_t)1));
	good(db_run_soon(db, HUB_SQL_FILE_WHOLE, &changed, &e, "ttii", "110114-01", "sha256:3", (int64_t)7, (int64_t)1));
	good(db_int(db, HUB_SQL_FILE_GET, 0, &n, &e, "tt", "110114-01", "sha256:3"));
	assert_int_equal(0, flushes);
	assert_int_equal(1, changed);
	assert_int_equal(7, n);
	good(db_run(db, HUB_SQL_FILE_WHOLE, NULL, &e, "ttii", "110114-01", "sha256:4", (int64_t)8, (int64_t)1));
	assert_true(postgres() || flushes > 0);
	good(db_run_soon(db, HUB_SQL_FILE_WHOLE, NULL, &e, "ttii", "110114-01", "sha256:5", (int64_t)9, (int64_t)1));
	flushes = 0;
	good(db_begin(db, &e));
	assert_int_equal(ERR_STORE_FAULT, db_run_soon(db, HUB_SQL_FILE_WHOLE, NULL, &e, "ttii", "110114-01", "sha256:6", (int64_t)9, (int64_t)1));
	good(db_run(db, HUB_SQL_FILE_LOST, NULL, &e, "tt", "110114-01", "sha256:5"));
	good(db_commit(db, &e));
	assert_true(postgres() || flushes > 0);
}

static struct db *beside;

static int64_t size_of_file(struct db *from, const char *digest)
{
	int64_t n = 0;
	good(db_int(from, HUB_SQL_FILE_GET, 0, &n, &e, "tt", "110114-01", digest));
	return n;
}

static void another_works(void)
{
	assert_int_equal(11, size_of_file(beside, "sha256:11")); /* it sees what no disk has yet, and so flushes it before it says anything */
	good(db_seen(beside, &e));
	assert_true(flushes > 0);
	good(db_run(beside, HUB_SQL_FILE_WHOLE, NULL, &e, "ttii", "110114-01", "sha256:12", (int64_t)12, (int64_t)1));
}

/* Together: who writes next needn't wait for the disk of the one before, and nobody says what the disk hasn't got. */
static void test_others_write_while_one_waits_for_its_disk(void **state)
{
	(void)state;
	good(db_open(address, &beside, &e));
	good(db_begin_together(db, &e));
	good(db_run(db, HUB_SQL_FILE_WHOLE, NULL, &e, "ttii", "110114-01", "sha256:11", (int64_t)11, (int64_t)1));
	flushes = 0;
	good(db_seen(beside, &e));
	assert_int_equal(0, flushes);
	at_flush = another_works;
	good(db_commit(db, &e));
	assert_true(postgres() || (flushes > 1 && !at_flush));
	assert_true(postgres() || size_of_file(db, "sha256:12") == 12);
	at_flush = NULL;
	flushes = 0;
	good(db_seen(beside, &e)); /* nobody is on the way to the disk any more */
	good(db_begin_together(db, &e));
	db_rollback(db);
	good(db_seen(beside, &e));
	assert_int_equal(0, flushes);
	db_close(&beside);
}

static void test_a_flush_that_fails_is_no_commit(void **state)
{
	(void)state;
	if (postgres())
		return;
	good(db_open(address, &beside, &e));
	good(db_begin_together(db, &e));
	good(db_run(db, HUB_SQL_FILE_WHOLE, NULL, &e, "ttii", "110114-01", "sha256:13", (int64_t)13, (int64_t)1));
	flush_fails = true;
	assert_int_equal(ERR_STORE_FULL, db_commit(db, &e));
	flush_fails = false;
	assert_false(db->in_transaction);
	flushes = 0;
	good(db_seen(beside, &e)); /* it doesn't hold up who comes after it */
	good(db_run(db, HUB_SQL_FILE_WHOLE, NULL, &e, "ttii", "110114-01", "sha256:14", (int64_t)14, (int64_t)1));
	assert_true(flushes > 0);
	db_close(&beside);
}

static void test_a_full_disk(void **state)
{
	(void)state;
	if (postgres()) /* its server's disk, not ours */
		return;
	struct rlimit before, none;
	struct stat st;
	char wal[80];
	snprintf(wal, sizeof wal, "%s/hub.db-wal", dir);
	assert_int_equal(stat(wal, &st), 0);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	none = before;
	none.rlim_cur = 4096;
	setrlimit(RLIMIT_FSIZE, &none);
	enum err r = OK;
	struct error why = {0};
	char text[4000];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	if (!(r = db_begin(db, &why)) && !(r = db_run(db, HUB_SQL_SETTING_SET, NULL, &why, "tt", "full", text)))
		r = db_commit(db, &why);
	db_rollback(db);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_int_equal(r, ERR_STORE_FULL);
	holds(db, "full", NULL);
	set(db, "full", "room");
	holds(db, "full", "room");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_soon_goes_to_the_disk_with_the_next),
		cmocka_unit_test(test_others_write_while_one_waits_for_its_disk),
		cmocka_unit_test(test_a_flush_that_fails_is_no_commit),
		cmocka_unit_test(test_a_full_disk),
	};
	return cmocka_run_group_tests(tests, make, finish);
}
