/* Headquarters' database: SQLite in a file, or PostgreSQL; one API and one SQL text for both. Statements lie in
 * db/hub/queries and are named by `enum hub_sql`; values are bound, never put together.
 *
 * What both databases take: ?1, ?2 … (each type is told by where it stands: write CAST(?1 AS INTEGER) where nothing
 * tells); ON CONFLICT; RETURNING; LIMIT. sum() needs CAST(sum(x) AS INTEGER). Results are BIGINT, TEXT and BYTEA alone. No
 * "?" in a literal, no SQLite pragma or date function, no rowid.
 *
 * A connection belongs to one process and one thread; open it after fork.
 *
 * Errors: ERR_STORE_MISSING, ERR_STORE_EXISTS, ERR_STORE_NEWER, ERR_STORE_READONLY, ERR_STORE_FULL, ERR_STORE_BUSY (another
 * holds it too long, or PostgreSQL ended a deadlock: do the whole transaction again), ERR_STORE_BROKEN, ERR_HUB_DB_LINE
 * (PostgreSQL can't be reached, or the line broke within a transaction; after db_commit it may have happened), ERR_STORE_FAULT. */
#ifndef CERTDESK_HUB_DB_H
#define CERTDESK_HUB_DB_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "hub_sql.h"

struct db;

/* `address` is "sqlite:PATH" or "postgresql://…" as libpq takes it. Opening brings an older schema to this program's; a
 * newer one is worked on as it stands where its works_from allows it. */
enum err db_create(const char *address, struct db **out, struct error *e); /* refuses one that exists: ERR_STORE_EXISTS */
enum err db_open(const char *address, struct db **out, struct error *e);
void db_close(struct db **db);
/* A consistent copy while others work: a SQLite file, or for PostgreSQL what pg_dump writes (--format=custom). The file must not
 * exist. ERR_FILE_PATH, ERR_FILE_WRITE, ERR_STORE_*, ERR_HUB_DB_LINE. */
enum err db_backup(struct db *db, const char *path, struct error *e);
bool db_is_sqlite(const struct db *db);
/* What was overwritten goes from the disk as well: SQLite's log is written back and emptied, as far as readers allow it now. PostgreSQL's
 * vacuum does that by itself. */
void db_settle(struct db *db);

/* One transaction at a time. SQLite: BEGIN IMMEDIATE, one writer in the world. PostgreSQL: READ COMMITTED, and db_lock makes
 * those that name the same thing ("site:110114-01", "feed:110114-01") wait for each other until the transaction's end; take it
 * before reading what the change depends on. Outside a transaction each statement is one of its own. */
enum err db_begin(struct db *db, struct error *e);
/* For what many send at once: db_commit waits for the disk as ever, but others may write meanwhile (SQLite), and one flush serves several.
 * They can read it before the disk has it, so that nothing goes out on the ground of what was read before db_seen: all of that is
 * on the disk when it returns. PostgreSQL does both by itself. */
enum err db_begin_together(struct db *db, struct error *e);
enum err db_seen(struct db *db, struct error *e);
enum err db_lock(struct db *db, const char *what, const char *which, struct error *e);
/* On any error the transaction is gone; with ERR_HUB_DB_LINE, and begun together with any, it may also be there: ask before repeating. */
enum err db_commit(struct db *db, struct error *e);
void db_rollback(struct db *db); /* harmless without a transaction */

/* Has the database read every statement that the program has. ERR_STORE_FAULT names the first that it doesn't take. */
enum err db_check_statements(struct db *db, struct error *e);

/* Binding: one letter a value: i int64_t, t const char * (NULL is NULL), b const void * with size_t (NULL is NULL),
 * n nothing (NULL). Statements are numbered ?1, ?2 … in this order. */

/* Runs a statement; *changed (may be NULL) is the number of rows it changed. */
enum err db_run(struct db *db, enum hub_sql q, int64_t *changed, struct error *e, const char *types, ...);

/* The same within a transaction, where PostgreSQL needn't be waited for each time: *changed (may be NULL) is set, and what went wrong is
 * said, by db_await; whatever else is asked of the database waits for it first, with the error that comes of it. */
enum err db_run_later(struct db *db, enum hub_sql q, int64_t *changed, struct error *e, const char *types, ...);
enum err db_await(struct db *db, struct error *e);

/* The same outside a transaction, for what can be found again: where the power goes it may be undone, until anything else that changed the
 * database has come back (SQLite; PostgreSQL waits for its disk). Who kills the process undoes nothing. */
enum err db_run_soon(struct db *db, enum hub_sql q, int64_t *changed, struct error *e, const char *types, ...);

struct db_rows;
enum err db_query(struct db *db, enum hub_sql q, struct db_rows **out, struct error *e, const char *types, ...);
bool db_rows_next(struct db_rows *r); /* false at the end and on an error, which db_rows_end tells */
int64_t db_rows_int(const struct db_rows *r, int column);
const char *db_rows_text(const struct db_rows *r, int column); /* "" for NULL; valid until the next step */
const void *db_rows_blob(const struct db_rows *r, int column, size_t *length); /* NULL for NULL */
bool db_rows_null(const struct db_rows *r, int column);
int db_rows_columns(const struct db_rows *r);
enum err db_rows_end(struct db_rows **r, struct error *e); /* always call it; NULL is fine */

/* Whole rows as JSON objects by column name (NULL columns are null, blobs are left out).
 * db_row gives *out = NULL where there is no row. New references. */
enum err db_list(struct db *db, enum hub_sql q, json_t **array, struct error *e, const char *types, ...);
enum err db_row(struct db *db, enum hub_sql q, json_t **object, struct error *e, const char *types, ...);
/* The first column of the first row, `missing` where there is none or it is NULL. */
enum err db_int(struct db *db, enum hub_sql q, int64_t missing, int64_t *out, struct error *e, const char *types, ...);

#endif
