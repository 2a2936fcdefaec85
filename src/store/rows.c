#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "store/adhoc.h"
#include "store/internal.h"

struct rows {
	struct store *store;
	enum sql query; /* SQL_COUNT: a statement of its own */
	sqlite3_stmt *st;
	int last;
};

enum err statement_get(struct store *s, enum sql q, sqlite3_stmt **out, struct error *e)
{
	*out = NULL;
	if (s->statements[q] && !s->in_use[q]) {
		*out = s->statements[q];
		s->in_use[q] = true;
		return OK;
	}
	if (sqlite3_prepare_v3(s->db, sql_queries[q].text, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) != SQLITE_OK)
		return store_fault(s, sql_queries[q].name, e);
	if (!s->statements[q]) {
		s->statements[q] = *out;
		s->in_use[q] = true;
	}
	return OK;
}

void statement_done(struct store *s, enum sql q, sqlite3_stmt *st)
{
	if (!st)
		return;
	if (st != s->statements[q]) {
		sqlite3_finalize(st);
		return;
	}
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	s->in_use[q] = false;
}

static int bind_one(sqlite3_stmt *st, int i, char type, va_list *ap)
{
	const char *text;
	const void *blob;
	size_t length;
	switch (type) {
	case 'i':
		return sqlite3_bind_int64(st, i, va_arg(*ap, int64_t));
	case 't':
		text = va_arg(*ap, const char *);
		return text ? sqlite3_bind_text(st, i, text, -1, SQLITE_TRANSIENT) : sqlite3_bind_null(st, i);
	case 'b':
		blob = va_arg(*ap, const void *);
		length = va_arg(*ap, size_t);
		return blob ? sqlite3_bind_blob64(st, i, blob, length, SQLITE_TRANSIENT) : sqlite3_bind_null(st, i);
	case 'n':
		return sqlite3_bind_null(st, i);
	default:
		return SQLITE_MISUSE;
	}
}

static enum err open_bound(struct store *s, enum sql q, sqlite3_stmt **st, struct error *e, const char *types, va_list *ap)
{
	enum err r = statement_get(s, q, st, e);
	for (int i = 1; !r && *types; types++, i++)
		if (bind_one(*st, i, *types, ap) != SQLITE_OK)
			r = store_fault(s, sql_queries[q].name, e);
	if (r) {
		statement_done(s, q, *st);
		*st = NULL;
	}
	return r;
}

static enum err run_bound(struct store *s, enum sql q, struct error *e, const char *types, va_list *ap)
{
	sqlite3_stmt *st = NULL;
	enum err r = open_bound(s, q, &st, e, types, ap);
	if (r)
		return r;
	int rc;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		;
	if (rc != SQLITE_DONE)
		r = store_fault(s, sql_queries[q].name, e);
	statement_done(s, q, st);
	return r;
}

enum err store_run(struct store *s, enum sql q, int64_t *changed, struct error *e, const char *types, ...)
{
	va_list ap;
	va_start(ap, types);
	enum err r = run_bound(s, q, e, types, &ap);
	va_end(ap);
	if (!r && changed)
		*changed = sqlite3_changes64(s->db);
	return r;
}

enum err store_insert(struct store *s, enum sql q, int64_t *id, struct error *e, const char *types, ...)
{
	va_list ap;
	va_start(ap, types);
	enum err r = run_bound(s, q, e, types, &ap);
	va_end(ap);
	if (!r && id)
		*id = sqlite3_last_insert_rowid(s->db);
	return r;
}

static enum err query_bound(struct store *s, enum sql q, struct rows **out, struct error *e, const char *types, va_list *ap)
{
	struct rows *r = calloc(1, sizeof *r);
	*out = NULL;
	if (!r)
		return ERR_MEMORY;
	*r = (struct rows){.store = s, .query = q, .last = SQLITE_ROW};
	enum err err = open_bound(s, q, &r->st, e, types, ap);
	if (err)
		free(r);
	else
		*out = r;
	return err;
}

enum err rows_own(struct store *s, sqlite3_stmt *st, struct rows **out, struct error *e)
{
	struct rows *r = calloc(1, sizeof *r);
	if (!(*out = r))
		return error_set(e, ERR_MEMORY, "rows");
	*r = (struct rows){.store = s, .query = SQL_COUNT, .st = st, .last = SQLITE_ROW};
	return OK;
}

enum err store_query(struct store *s, enum sql q, struct rows **out, struct error *e, const char *types, ...)
{
	va_list ap;
	va_start(ap, types);
	enum err r = query_bound(s, q, out, e, types, &ap);
	va_end(ap);
	return r;
}

bool rows_next(struct rows *r)
{
	if (r->last == SQLITE_ROW)
		r->last = sqlite3_step(r->st);
	return r->last == SQLITE_ROW;
}

int64_t rows_int(const struct rows *r, int column)
{
	return sqlite3_column_int64(r->st, column);
}

const char *rows_text(const struct rows *r, int column)
{
	const char *s = (const char *)sqlite3_column_text(r->st, column);
	return s ? s : "";
}

const void *rows_blob(const struct rows *r, int column, size_t *length)
{
	const void *data = sqlite3_column_blob(r->st, column);
	*length = (size_t)sqlite3_column_bytes(r->st, column);
	return data;
}

bool rows_null(const struct rows *r, int column)
{
	return sqlite3_column_type(r->st, column) == SQLITE_NULL;
}

int rows_column(const struct rows *r, const char *name)
{
	for (int i = 0; i < sqlite3_column_count(r->st); i++)
		if (strcmp(sqlite3_column_name(r->st, i), name) == 0)
			return i;
	return -1;
}

const char *rows_name(const struct rows *r, int column)
{
	return sqlite3_column_name(r->st, column);
}

bool rows_integer(const struct rows *r, int column)
{
	return sqlite3_column_type(r->st, column) == SQLITE_INTEGER;
}

int rows_columns(const struct rows *r)
{
	return sqlite3_column_count(r->st);
}

enum err rows_end(struct rows **rows, struct error *e)
{
	struct rows *r = *rows;
	if (!r)
		return OK;
	bool own = r->query == SQL_COUNT, good = r->last == SQLITE_ROW || r->last == SQLITE_DONE;
	enum err err = good ? OK : store_fault(r->store, own ? "query" : sql_queries[r->query].name, e);
	if (own)
		sqlite3_finalize(r->st);
	else
		statement_done(r->store, r->query, r->st);
	free(r);
	*rows = NULL;
	return err;
}

static json_t *cell(sqlite3_stmt *st, int i)
{
	switch (sqlite3_column_type(st, i)) {
	case SQLITE_INTEGER:
		return json_integer(sqlite3_column_int64(st, i));
	case SQLITE_TEXT:
		return json_stringn((const char *)sqlite3_column_text(st, i), (size_t)sqlite3_column_bytes(st, i));
	default:
		return json_null();
	}
}

json_t *row_state(sqlite3_stmt *st)
{
	json_t *row = json_object();
	for (int i = 0; row && i < sqlite3_column_count(st); i++) {
		json_t *value = NULL;
		if (sqlite3_column_type(st, i) == SQLITE_BLOB) {
			size_t n = (size_t)sqlite3_column_bytes(st, i);
			char *hex = malloc(2 * n + 1);
			if (hex) {
				hex_encode(hex, sqlite3_column_blob(st, i), n);
				value = json_string(hex);
			}
			free(hex);
		} else
			value = cell(st, i);
		/* text that is not UTF-8 can only be an alteration: it must differ from any state */
		json_object_set_new(row, sqlite3_column_name(st, i), value ? value : json_string("\xEF\xBF\xBD"));
	}
	return row;
}

static json_t *row_object(struct rows *r)
{
	json_t *row = json_object();
	for (int i = 0; row && i < rows_columns(r); i++)
		if (sqlite3_column_type(r->st, i) != SQLITE_BLOB)
			json_object_set_new(row, sqlite3_column_name(r->st, i), cell(r->st, i));
	return row;
}

enum err store_rows(struct store *s, enum sql q, json_t **array, struct error *e, const char *types, ...)
{
	struct rows *rows = NULL;
	va_list ap;
	va_start(ap, types);
	enum err r = query_bound(s, q, &rows, e, types, &ap);
	va_end(ap);
	*array = r ? NULL : json_array();
	while (!r && rows_next(rows))
		json_array_append_new(*array, row_object(rows));
	if (!r && (r = rows_end(&rows, e))) {
		json_decref(*array);
		*array = NULL;
	}
	return r;
}

enum err store_row(struct store *s, enum sql q, json_t **object, struct error *e, const char *types, ...)
{
	struct rows *rows = NULL;
	va_list ap;
	va_start(ap, types);
	enum err r = query_bound(s, q, &rows, e, types, &ap);
	va_end(ap);
	*object = NULL;
	if (!r && rows_next(rows))
		*object = row_object(rows);
	if (!r && (r = rows_end(&rows, e))) {
		json_decref(*object);
		*object = NULL;
	}
	return r;
}

enum err store_int(struct store *s, enum sql q, int64_t missing, int64_t *out, struct error *e, const char *types, ...)
{
	struct rows *rows = NULL;
	va_list ap;
	va_start(ap, types);
	enum err r = query_bound(s, q, &rows, e, types, &ap);
	va_end(ap);
	*out = missing;
	if (r)
		return r;
	if (rows_next(rows) && !rows_null(rows, 0))
		*out = rows_int(rows, 0);
	return rows_end(&rows, e);
}

enum err store_text(struct store *s, const char *sql, const char *where, struct error *e)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : store_fault(s, where, e);
}
