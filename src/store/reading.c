#include "store/reading.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "store/adhoc.h"
#include "store/internal.h"
#include "store/replay.h"
#include "store/replica.h"

int reading_version(void)
{
	return sql_migration_count;
}

static enum err loosen(struct store **s, enum err r, struct error *e)
{
	if (!r && sqlite3_exec((*s)->db, "PRAGMA foreign_keys = OFF; PRAGMA synchronous = NORMAL;", NULL, NULL, NULL) != SQLITE_OK)
		r = store_fault(*s, "reading", e);
	if (r)
		store_close(s);
	return r;
}

/* It seals nothing, so the key is nobody's. */
static enum err with_key(const char *path, bool fresh, struct store **out, struct error *e)
{
	struct secret key = {0};
	uint8_t raw[DATA_KEY_SIZE];
	*out = NULL;
	random_bytes(raw, sizeof raw);
	secret_set(&key, raw, sizeof raw);
	enum err r = fresh ? store_create(path, &key, out, e) : store_open(path, &key, out, e);
	secret_wipe(&key);
	return loosen(out, r, e);
}

enum err reading_create(const char *path, struct store **out, struct error *e)
{
	return with_key(path, true, out, e);
}

enum err reading_open(const char *path, struct store **out, struct error *e)
{
	return with_key(path, false, out, e);
}

enum err reading_head(struct store *s, int64_t *seq, char hash[DIGEST_TEXT_SIZE], struct error *e)
{
	struct rows *rows = NULL;
	*seq = 0;
	hash[0] = '\0';
	enum err r = store_query(s, SQL_READING_HEAD, &rows, e, "");
	if (!r && rows_next(rows)) {
		*seq = rows_int(rows, 0);
		snprintf(hash, DIGEST_TEXT_SIZE, "%s", rows_text(rows, 1));
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

/* A newer program's columns: no report of this program reads them, and a newer one makes the store anew. */
static void drop_unknown(json_t *row, const json_t *known)
{
	const char *column;
	json_t *value;
	void *next;
	json_object_foreach_safe(row, next, column, value)
		if (!json_object_get(known, column))
			json_object_del(row, column);
}

/* What the schema wants of a value that nobody reads. */
static json_t *blank(const char *column, bool blob, bool needed, int64_t id)
{
	char text[32];
	if (!needed)
		return json_null();
	if (blob)
		return json_string("");
	if (strcmp(column, "password") == 0)
		return json_string(PASSWORD_NONE);
	snprintf(text, sizeof text, "-:%lld", (long long)id);
	return json_string(text);
}

static bool fixed(const char *column) /* a word of a list, which says nothing of anybody */
{
	return strcmp(column, "target") == 0;
}

static enum err blind(struct store *s, const char *kind, int64_t id, json_t *row, struct error *e)
{
	struct rows *rows = NULL;
	json_t *known = json_object();
	enum err r = store_query(s, SQL_READING_COLUMNS, &rows, e, "t", kind);
	while (!r && rows_next(rows)) {
		const char *column = rows_text(rows, 0);
		json_object_set_new(known, column, json_true());
		bool blob = strcmp(rows_text(rows, 1), "BLOB") == 0;
		if (adhoc_hidden(kind, column) && (blob || !fixed(column)))
			json_object_set_new(row, column, blank(column, blob, rows_int(rows, 2) != 0, id));
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	if (!r && !end)
		drop_unknown(row, known);
	json_decref(known);
	return r ? r : end;
}

enum err reading_write(struct store *s, const json_t *changes, struct error *e)
{
	const json_t *one;
	size_t i;
	enum err r = OK;
	json_array_foreach(changes, i, one)
		if (!r)
			r = replica_delete(s, json_text(one, "kind"), json_number(one, "id"), e);
	json_array_foreach(changes, i, one)
	{
		json_t *row = json_copy(json_object_get(one, "row"));
		const char *kind = json_text(one, "kind");
		if (!r && json_is_object(row) && !(r = blind(s, kind, json_number(one, "id"), row, e)))
			r = replica_restore(s, kind, row, e);
		json_decref(row);
	}
	return r;
}

enum err reading_forget(struct store *s, const json_t *keys, struct error *e)
{
	const json_t *key;
	size_t i;
	enum err r = OK;
	json_array_foreach(keys, i, key)
		if (!r)
			r = store_run(s, SQL_PURGE_ADD, NULL, e, "i", (int64_t)json_integer_value(key));
	for (i = 0; !r && i < (size_t)journal_table_count; i++)
		r = replica_forget(s, journal_tables[i].name, e);
	return r ? r : store_run(s, SQL_PURGE_DONE, NULL, e, "i", INT64_MAX);
}

enum err reading_mark(struct store *s, int64_t seq, const char *hash, struct error *e)
{
	return store_run(s, SQL_SYNC_STATE_ACKNOWLEDGED, NULL, e, "it", seq, hash);
}

enum err reading_mark_purged(struct store *s, int64_t seq, struct error *e)
{
	return store_run(s, SQL_SYNC_STATE_FEED, NULL, e, "i", seq);
}

enum err reading_purged(struct store *s, int64_t *seq, struct error *e)
{
	return store_int(s, SQL_READING_PURGED, 0, seq, e, "");
}

enum err reading_commit(struct store *s, struct error *e)
{
	return replay_commit(s, e);
}

enum err reading_settle(struct store *s, struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(s, SQL_PURGE_CHECKPOINT, &row, e, "");
	json_decref(row);
	return r;
}
