/* The store: one SQLite file (WAL, synchronous=FULL), opened and migrated whole. SQL
 * lives in db/queries and is named by `enum sql`; values are bound, never put together.
 *
 * Every change of a journalled table happens between store_begin and store_commit and
 * becomes, with its journal entry, one transaction. Which rows a transaction touched
 * is taken from SQLite's own update hook: a use case can't forget one.
 *
 * Errors: ERR_STORE_MISSING (no site here), ERR_STORE_NEWER (no store for so old a program), ERR_STORE_READONLY,
 * ERR_STORE_FULL, ERR_STORE_BUSY (another session holds it too long), ERR_STORE_BROKEN (not a store, or
 * damaged), ERR_STORE_FAULT (anything else SQLite says; ours). */
#ifndef CERTDESK_STORE_STORE_H
#define CERTDESK_STORE_STORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/crypt.h"
#include "sql.h"

struct store;

/* Makes the file (refuses an existing one: ERR_STORE_EXISTS) or opens it. `key` is the store key; a copy is kept and
 * wiped at close. Opening migrates an older store after copying the file beside itself (NAME.before-VERSION);
 * a newer one is worked on as it stands, where its works_from allows it. */
enum err store_create(const char *path, const struct secret *key, struct store **out, struct error *e);
enum err store_open(const char *path, const struct secret *key, struct store **out, struct error *e);
void store_close(struct store **store);
/* The schema that the store has, as the number of its migrations, and the oldest one whose program may work on it. A schema beyond
 * sql_migration_count is a newer program's, which only added: rows are read, written and journalled whole, with columns that this
 * program doesn't know; states of tables that it doesn't know are kept and proven by their digests, and never judged. */
enum err store_schema(struct store *s, int64_t *schema, int64_t *works_from, struct error *e);
const struct secret *store_key(const struct store *store);
/* Whether a file is a store's copy, whole or cut. */
bool store_is_copy(const char *path);
/* A consistent copy while others work. ERR_FILE_WRITE, ERR_STORE_*. */
enum err store_backup(struct store *store, const char *path, struct error *e);

/* Lets the file grow by at most so many pages: what a full disk looks like, for tests. */
void store_limit_pages(struct store *store, int more);

/* Binding: one letter a value: i int64_t, t const char * (NULL is NULL), b const void * with size_t (NULL is NULL),
 * n nothing (NULL). Statements are numbered ?1, ?2 … in this order. */

/* Runs a statement without rows; *changed (may be NULL) is the number of rows it changed. */
enum err store_run(struct store *s, enum sql q, int64_t *changed, struct error *e, const char *types, ...);
/* The same for an insert; *id (may be NULL) is the new rowid. */
enum err store_insert(struct store *s, enum sql q, int64_t *id, struct error *e, const char *types, ...);

struct rows;
enum err store_query(struct store *s, enum sql q, struct rows **out, struct error *e, const char *types, ...);
bool rows_next(struct rows *r); /* false at the end and on an error, which rows_end tells */
int64_t rows_int(const struct rows *r, int column);
const char *rows_text(const struct rows *r, int column); /* "" for NULL; valid until the next step */
const void *rows_blob(const struct rows *r, int column, size_t *length);
bool rows_null(const struct rows *r, int column);
int rows_columns(const struct rows *r);
enum err rows_end(struct rows **r, struct error *e); /* always call it; NULL is fine */

/* Whole rows as JSON objects by column name (NULL columns are null, blobs are left out).
 * store_row gives *out = NULL where there is no row. New references. */
enum err store_rows(struct store *s, enum sql q, json_t **array, struct error *e, const char *types, ...);
enum err store_row(struct store *s, enum sql q, json_t **object, struct error *e, const char *types, ...);
/* The first column of the first row, `missing` where there is none. */
enum err store_int(struct store *s, enum sql q, int64_t missing, int64_t *out, struct error *e, const char *types, ...);

/* Data keys: random, wrapped under the store key, cached while the store is open. */
enum err datakey_new(struct store *s, int64_t *dk, struct error *e);
/* Seals and opens a value under a data key; `bind` names its place ("orders.data") and can't be changed. */
enum err datakey_seal(struct store *s, int64_t dk, const char *bind, const void *data, size_t length, struct bytes *out,
                      struct error *e);
enum err datakey_open(struct store *s, int64_t dk, const char *bind, const void *blob, size_t length, struct bytes *out,
                      struct error *e);
/* A data key itself, on its way to or from another site; wipe it. */
enum err datakey_show(struct store *s, int64_t dk, uint8_t key[DATA_KEY_SIZE], struct error *e);
enum err datakey_add(struct store *s, const uint8_t key[DATA_KEY_SIZE], int64_t *dk, struct error *e);
/* The same for a JSON value. */
enum err datakey_seal_json(struct store *s, int64_t dk, const char *bind, const json_t *value, struct bytes *out,
                           struct error *e);
enum err datakey_open_json(struct store *s, int64_t dk, const char *bind, const void *blob, size_t length, json_t **out,
                           struct error *e);

/* Inside a step: from this step's entry on the journal is of a new epoch. */
enum err store_new_epoch(struct store *s, struct error *e);

/* What a journal entry says besides the rows. Texts are owned by the caller. */
struct step {
	const char *action;  /* "order.sign" */
	const char *subject; /* order number, key serial, login, … */
	const char *site, *station, *actor, *second; /* second may be "" */
	const char *program; /* version */
	const json_t *files; /* digests of files that belong to the step, or NULL */
	const json_t *facts; /* small object without personal data, or NULL */
	int64_t now;         /* the clock; the entry's time is the later of it and the newest entry's */
};

#define CUSTODY_KIND "custody"
/* Adds to the step under way a state without a row: what an order's custody takes along (CUSTODY_KIND). At most one in a step; `state` is copied.
 * Its version is one more than the last of that kind and record. */
enum err store_state(struct store *s, const char *kind, int64_t record, int64_t dk, const json_t *state, struct error *e);

enum err store_begin(struct store *s, struct error *e); /* BEGIN IMMEDIATE */
/* Writes the entry and its states and commits. On any error the transaction is gone, unless the commit turns
 * out to have happened: then OK. */
enum err store_commit(struct store *s, const struct step *step, struct error *e);
/* Commits a transaction that touched no journalled table (drafts, challenges, attempts); ERR_STORE_FAULT
 * and nothing written if it did. */
enum err store_commit_plain(struct store *s, struct error *e);
void store_rollback(struct store *s); /* harmless without a transaction */
bool store_in_step(const struct store *s);
/* Another number after each commit of another connection, this program's or another's; -1: it can't be told. Costs next to nothing. */
int64_t store_others(struct store *s);

#endif
