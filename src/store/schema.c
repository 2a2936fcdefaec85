/* A store's schema: brought to this program's where it is older, worked on as it stands where it is newer and may be. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/internal.h"

enum { APPLICATION_ID = 0x43444B31 /* "CDK1" */ };

enum err store_pragma(struct store *s, const char *sql, const char *where, int64_t *out, struct error *e)
{
	sqlite3_stmt *st = NULL;
	enum err r = OK;
	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) != SQLITE_OK || sqlite3_step(st) != SQLITE_ROW)
		r = store_fault(s, where, e);
	else
		*out = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return r;
}

/* From another connection: the one that writes can't be copied from, and this one sees what was last committed. */
static enum err backup_before(struct store *s, const char *path, struct error *e)
{
	struct store reader = {0};
	enum err r = OK;
	if (sqlite3_open_v2(sqlite3_db_filename(s->db, "main"), &reader.db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		r = store_fault(&reader, path, e);
	else
		r = store_backup(&reader, path, e);
	sqlite3_close(reader.db);
	return r;
}

static enum err run_migrations(struct store *s, const char *path, int64_t version, struct error *e)
{
	enum err r = OK;
	char text[4200];
	if (version > 0) {
		snprintf(text, sizeof text, "%s.before-%d", path, sql_migration_count);
		unlink(text);
		r = backup_before(s, text, e);
	}
	for (int64_t i = version; !r && i < sql_migration_count; i++)
		r = store_text(s, sql_migrations[i].text, sql_migrations[i].name, e);
	if (!r)
		r = store_run(s, SQL_SCHEMA_WORKS_FROM_SET, NULL, e, "i", (int64_t)sql_works_from);
	snprintf(text, sizeof text, "PRAGMA application_id = %d; PRAGMA user_version = %d;", APPLICATION_ID, sql_migration_count);
	return r ? r : store_text(s, text, "mark", e);
}

/* In one transaction. The version is read again under its lock: another session may have done it meanwhile, and its backup
 * must stay. */
enum err schema_migrate(struct store *s, const char *path, struct error *e)
{
	int64_t version = 0;
	enum err r = store_text(s, "BEGIN IMMEDIATE", "begin", e);
	if (r)
		return r;
	if (!(r = store_pragma(s, "PRAGMA user_version", path, &version, e)) && version < sql_migration_count)
		r = run_migrations(s, path, version, e);
	if (!r && version > sql_migration_count)
		r = schema_still(s, e);
	if (!r)
		r = store_text(s, "COMMIT", "commit", e);
	if (r)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

static enum err too_old(int64_t needed, struct error *e)
{
	return error_set(e, ERR_STORE_NEWER, "%lld > %d", (long long)needed, sql_migration_count);
}

enum err schema_still(struct store *s, struct error *e)
{
	int64_t needed = 0;
	enum err r = store_int(s, SQL_SCHEMA_WORKS_FROM, INT64_MAX, &needed, e, "");
	return r || needed <= sql_migration_count ? r : too_old(needed, e);
}

enum err schema_check(struct store *s, const char *path, bool fresh, int64_t *version, struct error *e)
{
	int64_t application = 0, needed = 0;
	enum err r = store_pragma(s, "PRAGMA user_version", path, version, e);
	if (!r)
		r = store_pragma(s, "PRAGMA application_id", path, &application, e);
	if (r)
		return r;
	if (!fresh && application != APPLICATION_ID)
		return error_set(e, ERR_STORE_BROKEN, "%s", path);
	if (*version <= sql_migration_count)
		return OK;
	if (store_int(s, SQL_SCHEMA_WORKS_FROM, INT64_MAX, &needed, NULL, "") || needed == INT64_MAX) /* it doesn't say so */
		return too_old(*version, e);
	return needed <= sql_migration_count ? OK : too_old(needed, e);
}

enum err store_schema(struct store *s, int64_t *schema, int64_t *works_from, struct error *e)
{
	enum err r = store_pragma(s, "PRAGMA user_version", "schema", schema, e);
	return r ? r : store_int(s, SQL_SCHEMA_WORKS_FROM, 0, works_from, e, "");
}

/* The header of SQLite's file format: its name, and at 68 the application's number. A copy that was cut at once is empty. */
bool store_is_copy(const char *path)
{
	enum { AT = 68, HEADER = 100 };
	static const char magic[] = "SQLite format 3";
	uint8_t head[HEADER];
	struct stat st;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool plain = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	bool is = plain && (st.st_size == 0 || (pread(fd, head, sizeof head, 0) == HEADER && memcmp(head, magic, sizeof magic) == 0 &&
	          ((uint32_t)head[AT] << 24 | (uint32_t)head[AT + 1] << 16 | (uint32_t)head[AT + 2] << 8 | head[AT + 3]) == APPLICATION_ID));
	if (fd >= 0)
		close(fd);
	return is;
}
