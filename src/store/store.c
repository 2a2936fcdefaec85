#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/internal.h"

enum { BUSY_MS = 10000 };

static void on_update(void *arg, int op, const char *database, const char *table, sqlite3_int64 id)
{
	struct store *s = arg;
	(void)op;
	(void)database;
	int t = journal_table_index(table);
	if (t < 0)
		return;
	if (s->touched_count == s->touched_room) {
		size_t room = s->touched_room ? s->touched_room * 2 : 32;
		struct touched *more = realloc(s->touched, room * sizeof *more);
		if (!more) {
			s->foreign = true; /* the step can't be journalled whole: commit refuses */
			return;
		}
		s->touched = more;
		s->touched_room = room;
	}
	s->touched[s->touched_count++] = (struct touched){t, id};
}

static void touched_clear(struct store *s)
{
	s->touched_count = 0;
	json_decref(s->loose.state);
	s->loose.state = NULL;
	s->foreign = s->entered = false;
}

/* No journalled row is committed without its entry, whichever way the commit comes about: SQLite rolls back instead. */
static int on_commit(void *arg)
{
	const struct store *s = arg;
	return (s->touched_count > 0 || s->foreign) && !s->entered;
}

/* The rows are gone, and with them the numbers of data keys made in the step. */
static void on_rollback(void *arg)
{
	touched_clear(arg);
	datakey_forget(arg);
}

/* Statistics of memory are one lock for all threads, taken at every allocation. Refused once SQLite is at work, which is
 * no harm: it was asked for before. */
static int open_connection(const char *path, int flags, sqlite3 **db)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	return sqlite3_open_v2(path, db, flags | SQLITE_OPEN_NOMUTEX, NULL);
}

/* For every connection: what a damaged or altered file could do is kept small. */
static void guard(sqlite3 *db)
{
	sqlite3_busy_timeout(db, BUSY_MS);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
}

static enum err open_file(const char *path, const struct secret *key, bool fresh, struct store **out, struct error *e)
{
	struct store *s = calloc(1, sizeof *s);
	enum err r = s ? OK : ERR_MEMORY;
	int64_t version = 0;
	*out = NULL;
	if (r)
		return r;
	secret_set(&s->key, key->data, key->length);
	if (open_connection(path, SQLITE_OPEN_READWRITE | (fresh ? SQLITE_OPEN_CREATE : 0), &s->db) != SQLITE_OK) {
		r = store_fault(s, path, e);
		goto out;
	}
	guard(s->db);
	if (!fresh && sqlite3_db_readonly(s->db, "main") == 1) {
		r = error_set(e, ERR_STORE_READONLY, "%s", path);
		goto out;
	}
	r = schema_check(s, path, fresh, &version, e);
	if (!r)
		r = store_text(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
		             "PRAGMA secure_delete = ON; PRAGMA cell_size_check = ON;", path, e);
	if (!r && version < sql_migration_count)
		r = schema_migrate(s, path, e);
	if (!r) {
		sqlite3_update_hook(s->db, on_update, s);
		sqlite3_commit_hook(s->db, on_commit, s);
		sqlite3_rollback_hook(s->db, on_rollback, s);
	}
out:
	if (r)
		store_close(&s);
	*out = s;
	return r;
}

enum err store_create(const char *path, const struct secret *key, struct store **out, struct error *e)
{
	*out = NULL;
	int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set(e, errno == EEXIST ? ERR_STORE_EXISTS : ERR_FILE_WRITE, "%s", path);
	close(fd);
	return open_file(path, key, true, out, e);
}

enum err store_open(const char *path, const struct secret *key, struct store **out, struct error *e)
{
	*out = NULL;
	struct stat st;
	if (stat(path, &st) != 0)
		return error_set(e, errno == ENOENT || errno == ENOTDIR ? ERR_STORE_MISSING : ERR_STORE_READONLY, "%s", path);
	if (access(path, W_OK) != 0)
		return error_set(e, ERR_STORE_READONLY, "%s", path);
	return open_file(path, key, false, out, e);
}

struct store *store_open_reader(const struct store *of)
{
	struct store *s = calloc(1, sizeof *s);
	if (!s)
		return NULL;
	if (open_connection(sqlite3_db_filename(of->db, "main"), SQLITE_OPEN_READONLY, &s->db) == SQLITE_OK) {
		guard(s->db);
		if (sqlite3_exec(s->db, "PRAGMA cell_size_check = ON", NULL, NULL, NULL) == SQLITE_OK)
			return s;
	}
	store_close(&s);
	return NULL;
}

void store_close(struct store **store)
{
	struct store *s = *store;
	if (!s)
		return;
	for (int i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(s->statements[i]);
	sqlite3_close_v2(s->db);
	EVP_PKEY_free(s->signer);
	secret_wipe(&s->key);
	OPENSSL_cleanse(s->cache, sizeof s->cache);
	json_decref(s->loose.state);
	free(s->touched);
	free(s);
	*store = NULL;
}

const struct secret *store_key(const struct store *store)
{
	return &store->key;
}

void store_limit_pages(struct store *s, int more)
{
	int64_t pages = 0;
	char sql[64];
	if (store_pragma(s, "PRAGMA page_count", "pages", &pages, NULL) == OK) {
		snprintf(sql, sizeof sql, "PRAGMA max_page_count = %lld", (long long)pages + more);
		sqlite3_exec(s->db, sql, NULL, NULL, NULL);
	}
}

enum err store_begin(struct store *s, struct error *e)
{
	enum err r = store_text(s, "BEGIN IMMEDIATE", "begin", e);
	if (!r && (r = schema_still(s, e)))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	if (!r) {
		touched_clear(s);
		s->in_step = true;
	}
	return r;
}

enum err store_state(struct store *s, const char *kind, int64_t record, int64_t dk, const json_t *state, struct error *e)
{
	if (!s->in_step || s->loose.state || journal_table_index(kind) >= 0)
		return error_set(e, ERR_STORE_FAULT, "%s", kind);
	snprintf(s->loose.kind, sizeof s->loose.kind, "%s", kind);
	s->loose.record = record;
	s->loose.dk = dk;
	s->loose.state = json_deep_copy(state);
	return s->loose.state ? OK : ERR_MEMORY;
}

enum err store_new_epoch(struct store *s, struct error *e)
{
	return store_run(s, SQL_SITE_SET_EPOCH, NULL, e, "");
}

bool store_in_step(const struct store *s)
{
	return s->in_step;
}

void store_rollback(struct store *s)
{
	if (!s->in_step)
		return;
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	s->in_step = false;
	touched_clear(s);
}

enum err store_finish(struct store *s, struct error *e)
{
	if (sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK) {
		s->in_step = false;
		touched_clear(s);
		return OK;
	}
	enum err r = store_fault(s, "commit", e);
	store_rollback(s);
	return r;
}

enum err store_commit(struct store *s, const struct step *step, struct error *e)
{
	char hash[DIGEST_TEXT_SIZE];
	int64_t seq = 0, found = 0;
	enum err r = s->in_step && !s->foreign ? OK : error_set(e, ERR_STORE_FAULT, "no step");
	if (!r)
		r = journal_write(s, step, hash, &seq, e);
	if (r) {
		store_rollback(s);
		return r;
	}
	s->entered = true;
	r = store_finish(s, e);
	/* a failed COMMIT may have happened all the same: the entry's hash tells */
	if (r && store_int(s, SQL_JOURNAL_HAS, 0, &found, NULL, "it", seq, hash) == OK && found)
		r = OK;
	return r;
}

enum err store_commit_plain(struct store *s, struct error *e)
{
	if (s->touched_count || s->foreign) {
		store_rollback(s);
		return error_set(e, ERR_STORE_FAULT, "a journalled row was changed without a step");
	}
	return store_finish(s, e);
}
