#include "store/adhoc.h"

#include <string.h>

#include "store/internal.h"

enum { TWIN_TRIES = 5 };

/* Personal data and secrets: sealed or not, no report has business with them. */
static const char *const hidden_columns[] = {
	"code.challenge", "content.challenge", "data.*",         "der.*",          "number_digest.*", "password.staff", "pin.pin_delivery",
	"request.item",   "secrets.usb_key",   "sign_private.*", "target.*",       "wrapped.*",       "body.*",         "pairs.*",
	"before.*",        "tls_private.*", "encrypt_private.*",
};

bool adhoc_hidden(const char *table, const char *column)
{
	for (size_t i = 0; i < sizeof hidden_columns / sizeof *hidden_columns; i++) {
		size_t n = strcspn(hidden_columns[i], ".");
		const char *of = hidden_columns[i] + n + 1;
		if (strncmp(hidden_columns[i], column, n) == 0 && !column[n] && (*of == '*' || strcmp(of, table) == 0))
			return true;
	}
	return false;
}

static int authorize(void *arg, int action, const char *a, const char *b, const char *database, const char *trigger)
{
	(void)arg;
	(void)database;
	(void)trigger;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return strcmp(b, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
	case SQLITE_READ:
		return adhoc_hidden(a, b) ? SQLITE_DENY : SQLITE_OK;
	default:
		return SQLITE_DENY;
	}
}

static enum err bind_named(sqlite3_stmt *st, const char *name, const struct adhoc_value *values, size_t count, struct error *e)
{
	for (int i = 1; i <= sqlite3_bind_parameter_count(st); i++) {
		const char *wanted = sqlite3_bind_parameter_name(st, i);
		const struct adhoc_value *v = NULL;
		for (size_t k = 0; wanted && k < count; k++)
			if (strcmp(values[k].name, wanted) == 0)
				v = &values[k];
		if (!v)
			return error_set(e, ERR_STORE_QUERY, "%s: %s", name, wanted ? wanted : "?");
		int rc = v->text ? sqlite3_bind_text(st, i, v->text, -1, SQLITE_TRANSIENT) : sqlite3_bind_int64(st, i, v->number);
		if (rc != SQLITE_OK)
			return error_set(e, ERR_MEMORY, "%s", name);
	}
	return OK;
}

/* Nothing but space, semicolons and comments may follow the statement. */
static bool blank(sqlite3 *db, const char *tail)
{
	sqlite3_stmt *more = NULL;
	bool good = sqlite3_prepare_v2(db, tail, -1, &more, &tail) == SQLITE_OK && !more && !*tail;
	sqlite3_finalize(more);
	return good;
}

enum err store_query_text(struct store *s, const char *name, const char *sql, const struct adhoc_value *values, size_t count,
                          struct rows **out, struct error *e)
{
	sqlite3_stmt *st = NULL;
	const char *tail = "";
	*out = NULL;
	sqlite3_set_authorizer(s->db, authorize, NULL);
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &st, &tail);
	bool single = rc == SQLITE_OK && st && blank(s->db, tail);
	enum err r = OK;
	if (rc != SQLITE_OK)
		r = error_set(e, ERR_STORE_QUERY, "%s: %s", name, sqlite3_errmsg(s->db));
	else if (!single || !sqlite3_stmt_readonly(st) || sqlite3_column_count(st) == 0)
		r = error_set(e, ERR_STORE_QUERY, "%s: SELECT", name);
	else
		r = bind_named(st, name, values, count, e);
	sqlite3_set_authorizer(s->db, NULL, NULL);
	if (!r)
		r = rows_own(s, st, out, e);
	if (r)
		sqlite3_finalize(st);
	return r;
}

enum err store_read_begin(struct store *s, struct error *e)
{
	return sqlite3_exec(s->db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK ? OK : store_fault(s, "begin", e);
}

void store_read_end(struct store *s)
{
	if (sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) /* which keeps the data keys that were opened; the other forgets them */
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

/* What SQLite calls the version of the data: another one after any commit of another connection. Reading it is what a
 * transaction's view begins with. -1: it couldn't be read. */
static int64_t data_version(sqlite3 *db)
{
	sqlite3_stmt *st = NULL;
	int64_t version = -1;
	if (sqlite3_prepare_v2(db, "PRAGMA data_version", -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		version = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return version;
}

int64_t store_others(struct store *s)
{
	return data_version(s->db);
}

/* Nothing was committed between the twin's two looks, so the view that `s` took between them is the twin's as well. */
static bool same_view(sqlite3 *db, sqlite3 *twin)
{
	int64_t before = data_version(twin);
	if (before >= 0 && sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK && data_version(db) >= 0 &&
	    sqlite3_exec(twin, "BEGIN", NULL, NULL, NULL) == SQLITE_OK && data_version(twin) == before)
		return true;
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_exec(twin, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

enum err store_read_begin_twin(struct store *s, struct store **twin, struct error *e)
{
	struct store *t = store_open_reader(s);
	for (int i = 0; t && i < TWIN_TRIES; i++)
		if (same_view(s->db, t->db)) {
			*twin = t;
			return OK;
		}
	store_close(&t);
	*twin = NULL;
	return store_read_begin(s, e);
}
