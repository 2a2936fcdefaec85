/* Shared by the files of src/store alone. */
#ifndef CERTDESK_STORE_INTERNAL_H
#define CERTDESK_STORE_INTERNAL_H

#include <openssl/evp.h>
#include <sqlite3.h>

#include "store/store.h"

enum { STORE_TABLES = 32, DATAKEY_CACHE = 256 };

struct touched {
	int table;
	int64_t id;
};

struct store {
	sqlite3 *db;
	struct secret key;
	sqlite3_stmt *statements[SQL_COUNT];
	bool in_use[SQL_COUNT];
	bool in_step, foreign; /* foreign: a touched row could not be noted */
	bool entered;          /* the rows touched have their entry */
	struct touched *touched;
	size_t touched_count, touched_room;
	struct {
		char kind[33];
		int64_t record, dk;
		json_t *state;
	} loose; /* a state of the step without a row; none where state is NULL */
	EVP_PKEY *signer; /* loaded at the first entry */
	struct datakey_kept {
		int64_t id; /* 0: none */
		uint8_t wrapped[WRAPPED_KEY_SIZE], key[DATA_KEY_SIZE];
	} cache[DATAKEY_CACHE];
};

struct journal_table_row {
	const char *name;
	enum sql one, all; /* one row by id; all rows by id */
};
extern const struct journal_table_row journal_tables[];
extern const int journal_table_count;
int journal_table_index(const char *name); /* -1 */

/* Translates SQLite's last error. */
enum err store_fault(struct store *s, const char *where, struct error *e);
/* Statements that no table of ours needs: text that is run as it stands, and a pragma's number. */
enum err store_text(struct store *s, const char *sql, const char *where, struct error *e);
enum err store_pragma(struct store *s, const char *sql, const char *where, int64_t *out, struct error *e);
/* Looks without writing: what isn't ours, or is no more for this program, stays as it is. ERR_STORE_BROKEN, ERR_STORE_NEWER. */
enum err schema_check(struct store *s, const char *path, bool fresh, int64_t *version, struct error *e);
/* Brings the schema to this program's, after a copy of the file. */
enum err schema_migrate(struct store *s, const char *path, struct error *e);
/* In a transaction: no newer program has raised meanwhile how old a program may be. ERR_STORE_NEWER. */
enum err schema_still(struct store *s, struct error *e);
/* A connection of its own to the same file, for reading; NULL where it can't be had. */
struct store *store_open_reader(const struct store *s);
/* The current row as canonical JSON (blobs as hex). */
json_t *row_state(sqlite3_stmt *statement);
/* Empties the cache of data keys. */
void datakey_forget(struct store *s);
/* A reset, bound statement from the cache (or a fresh one where the cached one is in use). */
enum err statement_get(struct store *s, enum sql q, sqlite3_stmt **out, struct error *e);
void statement_done(struct store *s, enum sql q, sqlite3_stmt *st);
/* Rows of a statement that they own and finalize. */
enum err rows_own(struct store *s, sqlite3_stmt *st, struct rows **out, struct error *e);
/* Writes entry and states for the rows touched. */
enum err journal_write(struct store *s, const struct step *step, char hash[DIGEST_TEXT_SIZE], int64_t *seq, struct error *e);
/* COMMIT; on an error the transaction is gone. */
enum err store_finish(struct store *s, struct error *e);

#endif
