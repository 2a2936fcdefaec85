#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "hub/db_driver.h"

struct db_rows {
	struct db *db;
	void *cursor;
	const struct db_driver *driver;
};

static enum err may_work(struct db *db, struct error *e)
{
	int64_t needed = db->newer;
	enum err r = db_int(db, HUB_SQL_SCHEMA_WORKS_FROM, db->newer, &needed, NULL, ""); /* one that has no such table doesn't say so */
	if (r == ERR_HUB_DB_LINE)
		return error_set(e, r, "works_from");
	return !r && needed <= hub_sql_migration_count ? OK : error_set(e, ERR_STORE_NEWER, "%lld > %d", (long long)needed, hub_sql_migration_count);
}

static enum err open_address(const char *address, bool fresh, struct db **out, struct error *e)
{
	struct db *db = calloc(1, sizeof *db);
	*out = NULL;
	if (!db)
		return error_set(e, ERR_MEMORY, "database");
	if (text_starts(address, "sqlite:"))
		db->driver = &db_sqlite;
	else if (text_starts(address, "postgresql://") || text_starts(address, "postgres://"))
		db->driver = &db_pg;
	enum err r = db->driver ? db->driver->open(db, address, fresh, e) : error_set(e, ERR_HUB_DATABASE, "%.40s", address);
	if (r) {
		free(db);
		return r;
	}
	if (db->newer && (r = may_work(db, e)))
		db_close(&db);
	*out = db;
	return r;
}

enum err db_create(const char *address, struct db **out, struct error *e)
{
	return open_address(address, true, out, e);
}

enum err db_open(const char *address, struct db **out, struct error *e)
{
	return open_address(address, false, out, e);
}

void db_close(struct db **db)
{
	if (!*db)
		return;
	db_rollback(*db);
	(*db)->driver->close(*db);
	free(*db);
	*db = NULL;
}

/* Somebody named it: where it can't be is theirs to mend. */
static bool place_free(const char *path)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (fd >= 0) {
		close(fd);
		unlink(path);
	}
	return fd >= 0;
}

enum err db_backup(struct db *db, const char *path, struct error *e)
{
	return place_free(path) ? db->driver->backup(db, path, e) : error_set(e, ERR_FILE_PATH, "%s", path);
}

void db_settle(struct db *db)
{
	if (db->driver->settle && !db->in_transaction)
		db->driver->settle(db);
}

enum err db_check_statements(struct db *db, struct error *e)
{
	enum err r = OK;
	for (int q = 0; !r && q < HUB_SQL_COUNT; q++)
		r = db->driver->check(db, q, e);
	return r;
}

bool db_is_sqlite(const struct db *db)
{
	return db->driver == &db_sqlite;
}

static enum err begin(struct db *db, bool together, struct error *e)
{
	if (db->in_transaction)
		return error_set(e, ERR_STORE_FAULT, "a transaction is open");
	enum err r = db->driver->begin(db, together, e);
	db->in_transaction = !r;
	return r;
}

enum err db_begin(struct db *db, struct error *e)
{
	return begin(db, false, e);
}

enum err db_begin_together(struct db *db, struct error *e)
{
	return begin(db, true, e);
}

enum err db_seen(struct db *db, struct error *e)
{
	return db->driver->seen ? db->driver->seen(db, e) : OK;
}

enum err db_lock(struct db *db, const char *what, const char *which, struct error *e)
{
	return db->in_transaction ? db->driver->lock(db, what, which, e) : error_set(e, ERR_STORE_FAULT, "no transaction");
}

enum err db_commit(struct db *db, struct error *e)
{
	if (!db->in_transaction)
		return error_set(e, ERR_STORE_FAULT, "no transaction");
	enum err r = db->driver->commit(db, e);
	if (r)
		db_rollback(db);
	db->in_transaction = false;
	return r;
}

void db_rollback(struct db *db)
{
	if (db->in_transaction)
		db->driver->rollback(db);
	db->in_transaction = false;
}

static enum err take_values(enum hub_sql q, struct db_value values[DB_VALUES], int *count, struct error *e, const char *types, va_list *ap)
{
	int n = 0;
	for (; *types; types++, n++) {
		if (n == DB_VALUES)
			return error_set(e, ERR_STORE_FAULT, "%s: too many values", hub_sql_queries[q].name);
		struct db_value *v = &values[n];
		*v = (struct db_value){.type = *types};
		if (*types == 'i')
			v->number = va_arg(*ap, int64_t);
		else if (*types == 't') {
			v->data = va_arg(*ap, const char *);
			v->length = v->data ? strlen(v->data) : 0;
		} else if (*types == 'b') {
			v->data = va_arg(*ap, const void *);
			v->length = va_arg(*ap, size_t);
		}
		if (*types != 'i' && !v->data)
			v->type = 'n';
	}
	*count = n;
	return OK;
}

static enum err start(struct db *db, enum hub_sql q, void **cursor, struct error *e, const char *types, va_list *ap)
{
	struct db_value values[DB_VALUES];
	int n = 0;
	enum err r = take_values(q, values, &n, e, types, ap);
	return r ? r : db->driver->start(db, q, values, n, cursor, e);
}

static enum err finish_run(struct db *db, void *cursor, int64_t *changed, struct error *e)
{
	while (db->driver->next(cursor))
		;
	return db->driver->end(db, cursor, changed, e);
}

enum err db_run(struct db *db, enum hub_sql q, int64_t *changed, struct error *e, const char *types, ...)
{
	void *cursor = NULL;
	va_list ap;
	va_start(ap, types);
	enum err r = start(db, q, &cursor, e, types, &ap);
	va_end(ap);
	return r ? r : finish_run(db, cursor, changed, e);
}

enum err db_run_later(struct db *db, enum hub_sql q, int64_t *changed, struct error *e, const char *types, ...)
{
	struct db_value values[DB_VALUES];
	void *cursor = NULL;
	int n = 0;
	va_list ap;
	if (!db->in_transaction)
		return error_set(e, ERR_STORE_FAULT, "no transaction");
	va_start(ap, types);
	enum err r = take_values(q, values, &n, e, types, &ap);
	va_end(ap);
	if (r)
		return r;
	if (db->driver->later)
		return db->driver->later(db, q, values, n, changed, e);
	r = db->driver->start(db, q, values, n, &cursor, e);
	return r ? r : finish_run(db, cursor, changed, e);
}

enum err db_run_soon(struct db *db, enum hub_sql q, int64_t *changed, struct error *e, const char *types, ...)
{
	void *cursor = NULL;
	va_list ap;
	if (db->in_transaction)
		return error_set(e, ERR_STORE_FAULT, "a transaction is open");
	if (db->driver->soon)
		db->driver->soon(db);
	va_start(ap, types);
	enum err r = start(db, q, &cursor, e, types, &ap);
	va_end(ap);
	return r ? r : finish_run(db, cursor, changed, e);
}

enum err db_await(struct db *db, struct error *e)
{
	return db->driver->await ? db->driver->await(db, e) : OK;
}

static enum err query(struct db *db, enum hub_sql q, struct db_rows **out, struct error *e, const char *types, va_list *ap)
{
	struct db_rows *r = calloc(1, sizeof *r);
	*out = NULL;
	if (!r)
		return error_set(e, ERR_MEMORY, "rows");
	*r = (struct db_rows){.db = db, .driver = db->driver};
	enum err err = start(db, q, &r->cursor, e, types, ap);
	if (err)
		free(r);
	else
		*out = r;
	return err;
}

enum err db_query(struct db *db, enum hub_sql q, struct db_rows **out, struct error *e, const char *types, ...)
{
	va_list ap;
	va_start(ap, types);
	enum err r = query(db, q, out, e, types, &ap);
	va_end(ap);
	return r;
}

bool db_rows_next(struct db_rows *r)
{
	return r->driver->next(r->cursor);
}

int64_t db_rows_int(const struct db_rows *r, int column)
{
	return db_rows_null(r, column) ? 0 : r->driver->number(r->cursor, column);
}

const char *db_rows_text(const struct db_rows *r, int column)
{
	return db_rows_null(r, column) ? "" : r->driver->text(r->cursor, column);
}

const void *db_rows_blob(const struct db_rows *r, int column, size_t *length)
{
	*length = 0;
	return db_rows_null(r, column) ? NULL : r->driver->blob(r->cursor, column, length);
}

bool db_rows_null(const struct db_rows *r, int column)
{
	return r->driver->type(r->cursor, column) == DB_NULL;
}

int db_rows_columns(const struct db_rows *r)
{
	return r->driver->columns(r->cursor);
}

enum err db_rows_end(struct db_rows **rows, struct error *e)
{
	struct db_rows *r = *rows;
	if (!r)
		return OK;
	enum err err = r->driver->end(r->db, r->cursor, NULL, e);
	free(r);
	*rows = NULL;
	return err;
}

static json_t *row_object(const struct db_rows *r)
{
	json_t *o = json_object();
	for (int i = 0; o && i < db_rows_columns(r); i++) {
		json_t *value = NULL;
		switch (r->driver->type(r->cursor, i)) {
		case DB_NULL:
			value = json_null();
			break;
		case DB_INT:
			value = json_integer(db_rows_int(r, i));
			break;
		case DB_TEXT:
			value = json_string(db_rows_text(r, i));
			break;
		case DB_BLOB:
			continue;
		}
		json_object_set_new(o, r->driver->name(r->cursor, i), value);
	}
	return o;
}

/* All rows, or the first one. */
static enum err gather(struct db *db, enum hub_sql q, json_t *into, json_t **first, struct error *e, const char *types, va_list *ap)
{
	struct db_rows *rows = NULL;
	enum err r = query(db, q, &rows, e, types, ap), end;
	while (!r && db_rows_next(rows)) {
		json_t *o = row_object(rows);
		if (first && !*first)
			*first = o;
		else if (first)
			json_decref(o);
		else if (json_array_append_new(into, o) != 0)
			r = error_set(e, ERR_MEMORY, "rows");
	}
	end = db_rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err db_list(struct db *db, enum hub_sql q, json_t **array, struct error *e, const char *types, ...)
{
	va_list ap;
	*array = json_array();
	va_start(ap, types);
	enum err r = gather(db, q, *array, NULL, e, types, &ap);
	va_end(ap);
	if (r) {
		json_decref(*array);
		*array = NULL;
	}
	return r;
}

enum err db_row(struct db *db, enum hub_sql q, json_t **object, struct error *e, const char *types, ...)
{
	va_list ap;
	*object = NULL;
	va_start(ap, types);
	enum err r = gather(db, q, NULL, object, e, types, &ap);
	va_end(ap);
	if (r) {
		json_decref(*object);
		*object = NULL;
	}
	return r;
}

enum err db_int(struct db *db, enum hub_sql q, int64_t missing, int64_t *out, struct error *e, const char *types, ...)
{
	struct db_rows *rows = NULL;
	va_list ap;
	va_start(ap, types);
	enum err r = query(db, q, &rows, e, types, &ap);
	va_end(ap);
	*out = missing;
	if (r)
		return r;
	if (db_rows_next(rows) && !db_rows_null(rows, 0))
		*out = db_rows_int(rows, 0);
	return db_rows_end(&rows, e);
}
