#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/turn.h"
#include "hub/db_driver.h"
#include "store/copy.h"
#include "store/fault.h"

enum { APPLICATION_ID = 0x43444832 /* "CDH2" */, BUSY_MS = 10000, BUSY_SOON = 16, BUSY_SOON_US = 20, BUSY_STEP_US = 200, BUSY_LONGEST_US = 5000,
       LOG_PAGES = 1000, LOG_MOST = 8000 };

struct lite {
	sqlite3 *db;
	sqlite3_stmt *statements[HUB_SQL_COUNT];
	bool in_use[HUB_SQL_COUNT];
	int64_t busy_until;
	bool soon, full; /* the next change needn't be on the disk when it is done; each is, as the connection stands */
	bool together;   /* the transaction lets others write while it waits for its disk */
	bool turn;       /* this one's to write (base/turn.h, on the log) */
	int pages;       /* in the log, since this connection's last change; 0: nothing that the file hasn't got is known of */
	int log;         /* SQLite's: flushed, and locked (flock) by those whose changes are on their way to the disk */
};

struct cursor {
	struct lite *l;
	sqlite3_stmt *st;
	enum hub_sql q;
	int last;
	bool turn; /* taken for this statement alone */
};

static enum err fault(struct lite *l, const char *where, struct error *e)
{
	return sqlite_fault(l->db, where, e);
}

static enum err run_text(struct lite *l, const char *sql, const char *where, struct error *e)
{
	return sqlite3_exec(l->db, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : fault(l, where, e);
}

static enum err pragma_int(struct lite *l, const char *sql, int64_t *out, struct error *e)
{
	sqlite3_stmt *st = NULL;
	enum err r = OK;
	if (sqlite3_prepare_v2(l->db, sql, -1, &st, NULL) != SQLITE_OK || sqlite3_step(st) != SQLITE_ROW)
		r = fault(l, sql, e);
	else
		*out = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return r;
}

/* From another connection: the one that writes can't be copied from. */
static enum err copy_before(const struct lite *l, const char *path, struct error *e)
{
	sqlite3 *reader = NULL;
	char name[4200];
	snprintf(name, sizeof name, "%s.before-%d", path, hub_sql_migration_count);
	unlink(name);
	enum err r = sqlite3_open_v2(sqlite3_db_filename(l->db, "main"), &reader, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK
	                 ? copy_database(reader, name, e) : error_set(e, ERR_FILE_WRITE, "%s", name);
	sqlite3_close(reader);
	return r;
}

static enum err set_works_from(struct lite *l, struct error *e)
{
	sqlite3_stmt *st = NULL;
	enum err r = OK;
	if (sqlite3_prepare_v2(l->db, hub_sql_queries[HUB_SQL_SCHEMA_WORKS_FROM_SET].text, -1, &st, NULL) != SQLITE_OK ||
	    sqlite3_bind_int64(st, 1, hub_sql_works_from) != SQLITE_OK || sqlite3_step(st) != SQLITE_DONE)
		r = fault(l, "works_from", e);
	sqlite3_finalize(st);
	return r;
}

/* The version is read again under the lock: another process may have migrated meanwhile. */
static enum err migrate(struct lite *l, const char *path, bool fresh, int64_t *newer, struct error *e)
{
	int64_t version = 0, application = 0;
	char mark[96];
	enum err r = pragma_int(l, "PRAGMA user_version", &version, e);
	if (!r)
		r = pragma_int(l, "PRAGMA application_id", &application, e);
	if (r)
		return r;
	if (!fresh && application != APPLICATION_ID)
		return error_set(e, ERR_STORE_BROKEN, "%s", path);
	if (version > hub_sql_migration_count)
		*newer = version;
	if (version >= hub_sql_migration_count)
		return OK;
	if ((r = run_text(l, "BEGIN IMMEDIATE", "begin", e)))
		return r;
	r = pragma_int(l, "PRAGMA user_version", &version, e);
	if (!r && version > hub_sql_migration_count)
		*newer = version;
	if (!r && version > 0 && version < hub_sql_migration_count)
		r = copy_before(l, path, e);
	for (int64_t i = version; !r && i < hub_sql_migration_count; i++)
		r = run_text(l, hub_sql_migrations[i].text, hub_sql_migrations[i].name, e);
	snprintf(mark, sizeof mark, "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID, hub_sql_migration_count);
	if (!r && version < hub_sql_migration_count && !(r = set_works_from(l, e)))
		r = run_text(l, mark, "mark", e);
	if (!r)
		r = run_text(l, "COMMIT", "commit", e);
	if (r)
		sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

static void lite_close(struct db *db)
{
	struct lite *l = db->own;
	if (!l)
		return;
	for (int i = 0; i < HUB_SQL_COUNT; i++)
		sqlite3_finalize(l->statements[i]);
	if (l->log >= 0)
		close(l->log);
	sqlite3_close_v2(l->db);
	free(l);
	db->own = NULL;
}

/* "MISSING" before SQLite would make an empty file of that name. */
static enum err look(const char *path, bool fresh, struct error *e)
{
	if (fresh) {
		int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
		if (fd < 0)
			return error_set(e, errno == EEXIST ? ERR_STORE_EXISTS : ERR_FILE_WRITE, "%s", path);
		close(fd);
		return OK;
	}
	struct stat st;
	if (stat(path, &st) != 0)
		return error_set(e, errno == ENOENT || errno == ENOTDIR ? ERR_STORE_MISSING : ERR_STORE_READONLY, "%s", path);
	return access(path, W_OK) == 0 ? OK : error_set(e, ERR_STORE_READONLY, "%s", path);
}

/* Whoever writes without a turn, as another program on the file does: looking again soon, where SQLite's own handler sleeps for longer and longer. */
static int wait_for_writer(void *arg, int tries)
{
	int64_t *until = arg, now = clock_monotonic_ms();
	if (tries == 0)
		*until = now + BUSY_MS;
	long step = tries < BUSY_SOON ? BUSY_SOON_US : (tries / 64 + 1) * BUSY_STEP_US;
	nanosleep(&(struct timespec){.tv_nsec = (step < BUSY_LONGEST_US ? step : BUSY_LONGEST_US) * 1000}, NULL);
	return now < *until;
}

/* It stays the same file as long as this connection is open. No lock of SQLite's is on it, so that closing it takes none away. */
static enum err open_log(struct lite *l, struct error *e)
{
	const char *path = sqlite3_filename_wal(sqlite3_db_filename(l->db, "main"));
	l->log = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	return l->log >= 0 ? OK : error_set(e, ERR_STORE_READONLY, "%s", path);
}

static enum err flush_log(struct lite *l, struct error *e)
{
	return fdatasync(l->log) == 0 ? OK : error_set(e, errno == ENOSPC || errno == EDQUOT ? ERR_STORE_FULL : ERR_STORE_BROKEN, "%s", strerror(errno));
}

static int note_pages(void *arg, sqlite3 *db, const char *schema, int pages)
{
	(void)db;
	(void)schema;
	((struct lite *)arg)->pages = pages;
	return SQLITE_OK;
}

static enum err lite_open(struct db *db, const char *address, bool fresh, struct error *e)
{
	const char *path = address + strlen("sqlite:");
	struct lite *l = calloc(1, sizeof *l);
	enum err r = l ? look(path, fresh, e) : ERR_MEMORY;
	if (r) {
		free(l);
		return r;
	}
	db->own = l;
	l->log = -1;
	if (sqlite3_open_v2(path, &l->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		r = fault(l, path, e);
	else {
		sqlite3_busy_handler(l->db, wait_for_writer, &l->busy_until);
		sqlite3_wal_hook(l->db, note_pages, l);
		sqlite3_db_config(l->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(l->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		r = run_text(l, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
		             "PRAGMA cell_size_check = ON;", path, e);
	}
	l->full = !r;
	if (!r)
		r = migrate(l, path, fresh, &db->newer, e);
	if (!r && !(r = open_log(l, e))) /* what one that was killed had on its way to the disk */
		r = flush_log(l, e);
	if (r)
		lite_close(db);
	return r;
}

static enum err lite_backup(struct db *db, const char *path, struct error *e)
{
	return copy_database(((struct lite *)db->own)->db, path, e);
}

static void lite_settle(struct db *db)
{
	sqlite3_exec(((struct lite *)db->own)->db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
}

static void lite_soon(struct db *db)
{
	((struct lite *)db->own)->soon = true;
}

/* The log is flushed as a whole: the next change that is flushed takes those before it along, whichever process made them. */
static enum err set_full(struct lite *l, bool full, struct error *e)
{
	enum err r = l->full == full ? OK : run_text(l, full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", "synchronous", e);
	if (!r)
		l->full = full;
	return r;
}

/* SQLite lets who waits for its lock look again and again; here the kernel wakes them, one after the other. */
static enum err turn_begin(struct lite *l, struct error *e)
{
	l->turn = turn_take(l->log, BUSY_MS);
	if (l->turn)
		return OK;
	return error_set(e, errno == ETIMEDOUT ? ERR_STORE_BUSY : ERR_STORE_FAULT, "%s", strerror(errno));
}

/* The log into the file. What others keep it from is done by one who comes later. */
static void settle(struct lite *l, int least)
{
	if (l->pages < least)
		return;
	sqlite3_wal_checkpoint_v2(l->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	l->pages = 0;
}

/* SQLite itself would write the log into the file before others may write: here they go on meanwhile, as long as it doesn't grow all the
 * same. */
static void turn_end(struct lite *l)
{
	if (!l->turn)
		return;
	settle(l, LOG_MOST);
	turn_give(l->log);
	l->turn = false;
	settle(l, LOG_PAGES);
}

static enum err lite_begin(struct db *db, bool together, struct error *e)
{
	struct lite *l = db->own;
	l->together = together;
	enum err r = set_full(l, !together, e);
	if (!r && !(r = turn_begin(l, e)) && (r = run_text(l, "BEGIN IMMEDIATE", "begin", e)))
		turn_end(l);
	return r;
}

static enum err lite_lock(struct db *db, const char *what, const char *which, struct error *e)
{
	(void)db;
	(void)what;
	(void)which;
	(void)e;
	return OK; /* BEGIN IMMEDIATE locked all */
}

static enum err commit_together(struct lite *l, struct error *e)
{
	while (flock(l->log, LOCK_SH) != 0)
		if (errno != EINTR)
			return error_set(e, ERR_STORE_FAULT, "%s", strerror(errno));
	enum err r = run_text(l, "COMMIT", "commit", e);
	if (!r) {
		turn_end(l);
		r = flush_log(l, e);
	}
	flock(l->log, LOCK_UN);
	return r;
}

static enum err lite_commit(struct db *db, struct error *e)
{
	struct lite *l = db->own;
	enum err r = l->together ? commit_together(l, e) : run_text(l, "COMMIT", "commit", e);
	if (!r)
		turn_end(l); /* else there is a rollback */
	return r;
}

static void lite_rollback(struct db *db)
{
	struct lite *l = db->own;
	sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
	turn_end(l);
}

/* Whoever is between its change and the disk holds the log: what it changed may have been read here, and is flushed with the rest. */
static enum err lite_seen(struct db *db, struct error *e)
{
	struct lite *l = db->own;
	if (flock(l->log, LOCK_EX | LOCK_NB) != 0)
		return flush_log(l, e);
	flock(l->log, LOCK_UN);
	return OK;
}

static enum err lite_check(struct db *db, enum hub_sql q, struct error *e)
{
	struct lite *l = db->own;
	sqlite3_stmt *st = NULL;
	enum err r = sqlite3_prepare_v2(l->db, hub_sql_queries[q].text, -1, &st, NULL) == SQLITE_OK ? OK : fault(l, hub_sql_queries[q].name, e);
	sqlite3_finalize(st);
	return r;
}

static int bind_one(sqlite3_stmt *st, int i, const struct db_value *v)
{
	switch (v->type) {
	case 'i':
		return sqlite3_bind_int64(st, i, v->number);
	case 't':
		return sqlite3_bind_text64(st, i, v->data, v->length, SQLITE_TRANSIENT, SQLITE_UTF8);
	case 'b':
		return sqlite3_bind_blob64(st, i, v->data, v->length, SQLITE_TRANSIENT);
	case 'n':
		return sqlite3_bind_null(st, i);
	default:
		return SQLITE_MISUSE;
	}
}

static void finish(struct lite *l, enum hub_sql q, sqlite3_stmt *st)
{
	if (st != l->statements[q]) {
		sqlite3_finalize(st);
		return;
	}
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	l->in_use[q] = false;
}

static enum err lite_start(struct db *db, enum hub_sql q, const struct db_value *values, int count, void **cursor, struct error *e)
{
	struct lite *l = db->own;
	struct cursor *c = calloc(1, sizeof *c);
	enum err r = OK;
	if (!c)
		return error_set(e, ERR_MEMORY, "statement");
	*c = (struct cursor){.l = l, .q = q, .last = SQLITE_ROW};
	if (l->statements[q] && !l->in_use[q])
		c->st = l->statements[q];
	else if (sqlite3_prepare_v3(l->db, hub_sql_queries[q].text, -1, SQLITE_PREPARE_PERSISTENT, &c->st, NULL) != SQLITE_OK)
		r = fault(l, hub_sql_queries[q].name, e);
	else if (!l->statements[q])
		l->statements[q] = c->st;
	if (!r && c->st == l->statements[q])
		l->in_use[q] = true;
	if (!r && !db->in_transaction && !sqlite3_stmt_readonly(c->st) && !(r = set_full(l, !l->soon, e))) { /* else db_begin saw to it */
		bool had = l->turn;
		r = turn_begin(l, e);
		c->turn = !r && !had;
	}
	l->soon = false;
	if (!r && sqlite3_bind_parameter_count(c->st) != count)
		r = error_set(e, ERR_STORE_FAULT, "%s: %d values", hub_sql_queries[q].name, count);
	for (int i = 0; !r && i < count; i++)
		if (bind_one(c->st, i + 1, &values[i]) != SQLITE_OK)
			r = fault(l, hub_sql_queries[q].name, e);
	if (r) {
		if (c->st)
			finish(l, q, c->st);
		if (c->turn)
			turn_end(l);
		free(c);
	} else
		*cursor = c;
	return r;
}

static bool lite_next(void *cursor)
{
	struct cursor *c = cursor;
	if (c->last == SQLITE_ROW)
		c->last = sqlite3_step(c->st);
	return c->last == SQLITE_ROW;
}

static enum err lite_end(struct db *db, void *cursor, int64_t *changed, struct error *e)
{
	struct cursor *c = cursor;
	(void)db;
	enum err r = c->last == SQLITE_ROW || c->last == SQLITE_DONE ? OK : fault(c->l, hub_sql_queries[c->q].name, e);
	if (changed)
		*changed = sqlite3_changes64(c->l->db);
	finish(c->l, c->q, c->st);
	if (c->turn)
		turn_end(c->l);
	free(c);
	return r;
}

static int lite_columns(const void *cursor)
{
	return sqlite3_column_count(((const struct cursor *)cursor)->st);
}

static const char *lite_name(const void *cursor, int column)
{
	return sqlite3_column_name(((const struct cursor *)cursor)->st, column);
}

static enum db_type lite_type(const void *cursor, int column)
{
	switch (sqlite3_column_type(((const struct cursor *)cursor)->st, column)) {
	case SQLITE_NULL:
		return DB_NULL;
	case SQLITE_INTEGER:
		return DB_INT;
	case SQLITE_BLOB:
		return DB_BLOB;
	default:
		return DB_TEXT;
	}
}

static int64_t lite_number(const void *cursor, int column)
{
	return sqlite3_column_int64(((const struct cursor *)cursor)->st, column);
}

static const char *lite_text(const void *cursor, int column)
{
	const char *s = (const char *)sqlite3_column_text(((const struct cursor *)cursor)->st, column);
	return s ? s : "";
}

static const void *lite_blob(const void *cursor, int column, size_t *length)
{
	const void *data = sqlite3_column_blob(((const struct cursor *)cursor)->st, column);
	*length = (size_t)sqlite3_column_bytes(((const struct cursor *)cursor)->st, column);
	return data ? data : ""; /* an empty one is not NULL */
}

const struct db_driver db_sqlite = {
	lite_open, lite_close, lite_backup, lite_settle, lite_begin, lite_lock, lite_commit, lite_rollback, lite_check, NULL, NULL, lite_soon, lite_seen, lite_start, lite_next, lite_end,
	lite_columns, lite_name, lite_type, lite_number, lite_text, lite_blob,
};
