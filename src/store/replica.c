#include "store/replica.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "store/internal.h"
#include "store/journal.h"

static bool is_blob(const json_t *types, const char *column)
{
	return strcmp(json_text(types, column), "BLOB") == 0;
}

bool replica_name(const char *name)
{
	return *name && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")];
}

/* What a newer program journals has a number and a data key, as every such table. */
static bool newer_table(struct store *s, const char *kind)
{
	int64_t schema = 0, works_from = 0, there = 0;
	return store_schema(s, &schema, &works_from, NULL) == OK && schema > sql_migration_count &&
	       replica_name(kind) && store_int(s, SQL_REPLICA_KNOWN, 0, &there, NULL, "t", kind) == OK && there;
}

bool replica_takes(struct store *s, const char *kind)
{
	return journal_table_index(kind) >= 0 || newer_table(s, kind);
}

/* {first column: second column} of what `sql` says about a table. */
static enum err pairs(struct store *s, enum sql sql, const char *kind, json_t **out, struct error *e)
{
	struct rows *rows = NULL;
	*out = NULL;
	enum err r = !replica_takes(s, kind) ? error_set(e, ERR_STORE_REPLICA, "%.40s", kind) : store_query(s, sql, &rows, e, "t", kind);
	if (!r && !(*out = json_object()))
		r = ERR_MEMORY;
	while (!r && rows_next(rows))
		json_object_set_new(*out, rows_text(rows, 0), json_string(rows_text(rows, 1)));
	enum err ended = rows_end(&rows, e);
	return r ? r : ended;
}

enum err replica_references(struct store *s, const char *kind, json_t **out, struct error *e)
{
	return pairs(s, SQL_REPLICA_REFERENCES, kind, out, e);
}

enum err replica_row(struct store *s, const char *kind, int64_t id, json_t **out, struct error *e)
{
	sqlite3_stmt *st = NULL;
	int table = journal_table_index(kind);
	*out = NULL;
	if (table < 0)
		return error_set(e, ERR_STORE_REPLICA, "%.40s", kind);
	enum sql q = journal_tables[table].one;
	enum err r = statement_get(s, q, &st, e);
	if (r)
		return r;
	sqlite3_bind_int64(st, 1, id);
	int rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		*out = row_state(st);
	else if (rc != SQLITE_DONE)
		r = store_fault(s, kind, e);
	statement_done(s, q, st);
	return r;
}

/* "INSERT INTO item (a, b) VALUES (?, ?)" or "UPDATE item SET a = ?, b = ? WHERE id = ?" */
static enum err statement_for(const char *kind, const json_t *row, bool fresh, struct bytes *sql)
{
	const char *column, *gap = "";
	json_t *value;
	enum err r = fresh ? bytes_format(sql, "INSERT INTO %s (", kind) : bytes_format(sql, "UPDATE %s SET ", kind);
	json_object_foreach((json_t *)row, column, value) {
		if (!r)
			r = bytes_format(sql, fresh ? "%s\"%s\"" : "%s\"%s\" = ?", gap, column);
		gap = ", ";
	}
	gap = "";
	for (size_t i = 0; !r && fresh && i < json_object_size(row); i++, gap = ", ")
		r = i == 0 ? bytes_format(sql, ") VALUES (?") : bytes_format(sql, "%s?", gap);
	if (!r)
		r = fresh ? bytes_format(sql, ")") : bytes_format(sql, " WHERE id = ?");
	return r;
}

static bool bind(sqlite3_stmt *st, int at, const json_t *value, bool blob)
{
	if (json_is_null(value))
		return sqlite3_bind_null(st, at) == SQLITE_OK;
	if (json_is_integer(value))
		return sqlite3_bind_int64(st, at, json_integer_value(value)) == SQLITE_OK;
	if (!json_is_string(value))
		return false;
	const char *text = json_string_value(value);
	size_t n = json_string_length(value);
	if (!blob)
		return sqlite3_bind_text(st, at, text, (int)n, SQLITE_TRANSIENT) == SQLITE_OK;
	uint8_t *raw = malloc(n / 2 + 1);
	bool good = raw && n % 2 == 0 && hex_decode(raw, n / 2, text) && sqlite3_bind_blob(st, at, raw, (int)(n / 2), SQLITE_TRANSIENT) == SQLITE_OK;
	free(raw);
	return good;
}

/* One statement over `row`; `id` 0 is an insert. */
static enum err write(struct store *s, const char *kind, const json_t *row, const json_t *types, int64_t id, struct error *e)
{
	struct bytes sql = {0};
	sqlite3_stmt *st = NULL;
	const char *column;
	json_t *value;
	int at = 0;
	enum err r = statement_for(kind, row, id == 0, &sql);
	if (!r && sqlite3_prepare_v2(s->db, (const char *)sql.data, -1, &st, NULL) != SQLITE_OK)
		r = store_fault(s, kind, e);
	json_object_foreach((json_t *)row, column, value)
		if (!r && !bind(st, ++at, value, is_blob(types, column)))
			r = error_set(e, ERR_STORE_REPLICA, "%s.%s", kind, column);
	if (!r && id)
		sqlite3_bind_int64(st, ++at, id);
	if (!r && sqlite3_step(st) != SQLITE_DONE)
		r = sqlite3_errcode(s->db) == SQLITE_CONSTRAINT ? error_set(e, ERR_STORE_REPLICA, "%s: %s", kind, sqlite3_errmsg(s->db))
		                                                : store_fault(s, kind, e);
	if (!r && id && sqlite3_changes64(s->db) != 1)
		r = error_set(e, ERR_STORE_REPLICA, "%s %lld", kind, (long long)id);
	sqlite3_finalize(st);
	bytes_free(&sql);
	return r;
}

/* The row in the table's own columns, `id` where the caller may say it. New reference. */
static enum err fit(const char *kind, const json_t *row, const json_t *types, bool with_id, json_t **out, struct error *e)
{
	const char *column;
	json_t *value;
	if (!(*out = json_copy((json_t *)row)))
		return ERR_MEMORY;
	json_object_foreach((json_t *)row, column, value) {
		char shown[48];
		bool mine = json_object_get(types, column);
		text_printable(shown, sizeof shown, column);
		if ((!with_id && strcmp(column, "id") == 0) || (!mine && !replica_name(column)))
			return error_set(e, ERR_STORE_REPLICA, "%s.%s", kind, shown);
		if (mine)
			continue;
		if (!json_unset(value))
			return error_set(e, ERR_STORE_NO_PLACE, "%s.%s", kind, shown);
		json_object_del(*out, column);
	}
	return OK;
}

enum err replica_put(struct store *s, const char *kind, const json_t *row, int64_t *id, struct error *e)
{
	json_t *types = NULL, *mine = NULL;
	enum err r = pairs(s, SQL_REPLICA_TYPES, kind, &types, e);
	if (!r)
		r = fit(kind, row, types, false, &mine, e);
	if (!r)
		r = write(s, kind, mine, types, *id, e);
	if (!r && !*id)
		*id = sqlite3_last_insert_rowid(s->db);
	json_decref(types);
	json_decref(mine);
	return r;
}

enum err replica_restore(struct store *s, const char *kind, const json_t *state, struct error *e)
{
	json_t *types = NULL, *mine = NULL;
	enum err r = pairs(s, SQL_REPLICA_TYPES, kind, &types, e);
	if (!r)
		r = fit(kind, state, types, true, &mine, e);
	if (!r)
		r = write(s, kind, mine, types, 0, e);
	json_decref(types);
	json_decref(mine);
	return r;
}

enum err replica_delete(struct store *s, const char *kind, int64_t id, struct error *e)
{
	sqlite3_stmt *st = NULL;
	char sql[96];
	if (!replica_takes(s, kind))
		return error_set(e, ERR_STORE_REPLICA, "%.40s", kind);
	snprintf(sql, sizeof sql, "DELETE FROM %.64s WHERE id = ?1", kind);
	enum err r = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) == SQLITE_OK ? OK : store_fault(s, kind, e);
	if (!r) {
		sqlite3_bind_int64(st, 1, id);
		if (sqlite3_step(st) != SQLITE_DONE)
			r = store_fault(s, kind, e);
	}
	sqlite3_finalize(st);
	return r;
}

enum err replica_forget(struct store *s, const char *kind, struct error *e)
{
	char sql[128];
	if (!journal_has_table(kind))
		return error_set(e, ERR_STORE_REPLICA, "%.40s", kind);
	snprintf(sql, sizeof sql, "DELETE FROM %s WHERE dk IN (SELECT dk FROM purge)", kind);
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : store_fault(s, kind, e);
}
