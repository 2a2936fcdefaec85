#include "hub/remains.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "store/adhoc.h"
#include "store/journal.h"

/* A site blanks these itself when it purges; it isn't trusted to have done so. */
static const struct {
	const char *kind, *column;
} personal[] = {
	{"orders", "name"},           {"orders", "decision"},         {"customer", "name"},      {"certificate", "subject"},
	{"identity_check", "request"}, {"identity_check", "evidence"}, {"identity_refusal", "request"}, {"identity_refusal", "evidence"}, {"signature", "evidence"}, {"review_passed", "person"},
	{"review_passed", "reason"},
};

static void strip(const char *kind, json_t *row)
{
	const char *column;
	json_t *value;
	void *next;
	json_object_foreach_safe(row, next, column, value)
		if (adhoc_hidden(kind, column))
			json_object_del(row, column);
	for (size_t i = 0; i < sizeof personal / sizeof *personal; i++)
		if (strcmp(personal[i].kind, kind) == 0 && json_object_get(row, personal[i].column))
			json_object_set_new(row, personal[i].column, json_string(""));
}

static enum err keep_row(struct hub *hub, const char *site, const char *kind, int64_t record, int64_t seq, json_t *row, struct error *e)
{
	struct bytes text = {0};
	strip(kind, row);
	enum err r = json_canonical(row, &text);
	if (!r)
		r = db_run(hub->db, HUB_SQL_REMAINS_ROW_ADD, NULL, e, "ttiit", site, kind, record, seq, (const char *)text.data);
	bytes_free(&text);
	return r;
}

/* The states under the key, opened: the rows can't be written while they are read. */
static enum err open_states(struct hub *hub, struct keyring *ring, int64_t dk, json_t *out, struct error *e)
{
	struct db_rows *rows = NULL;
	enum err r = db_query(hub->db, HUB_SQL_REMAINS_STATES, &rows, e, "ti", ring->site, dk);
	while (!r && db_rows_next(rows)) {
		const char *kind = db_rows_text(rows, 0);
		int64_t record = db_rows_int(rows, 1), version = db_rows_int(rows, 2);
		size_t length = 0;
		const void *body = db_rows_blob(rows, 3, &length);
		json_t *row = NULL;
		bool missing;
		if (!journal_has_table(kind))
			continue;
		r = keyring_open_state(ring, kind, record, version, dk, body, length, &row, &missing, e);
		if (!r && json_is_object(row))
			json_array_append_new(out, json_pack("{ss sI sO}", "kind", kind, "id", (json_int_t)record, "row", row));
		json_decref(row);
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err remains_keep(struct hub *hub, struct keyring *ring, int64_t dk, int64_t seq, struct error *e)
{
	json_t *opened = json_array(), *one;
	size_t i;
	enum err r = db_run(hub->db, HUB_SQL_REMAINS_KEY_ADD, NULL, e, "tii", ring->site, dk, seq);
	if (!r)
		r = open_states(hub, ring, dk, opened, e);
	json_array_foreach(opened, i, one)
		if (!r)
			r = keep_row(hub, ring->site, json_text(one, "kind"), json_number(one, "id"), seq, json_object_get(one, "row"), e);
	json_decref(opened);
	return r;
}

static enum err one_purge(struct hub *hub, const char *site, int64_t seq, json_t *keys, json_t *changes, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	enum err r = db_list(hub->db, HUB_SQL_REMAINS_KEYS, &rows, e, "ti", site, seq);
	json_array_foreach(rows, i, row)
		json_array_append(keys, json_object_get(row, "dk"));
	json_decref(rows);
	rows = NULL;
	if (!r)
		r = db_list(hub->db, HUB_SQL_REMAINS_ROWS, &rows, e, "ti", site, seq);
	json_array_foreach(rows, i, row)
	{
		const char *text = json_text(row, "row");
		json_t *state = NULL;
		if (!r && !(r = json_parse(text, strlen(text), &state, e)))
			json_array_append_new(changes, json_pack("{ss sI sO}", "kind", json_text(row, "kind"), "id", (json_int_t)json_number(row, "record"),
			                                         "row", state));
		json_decref(state);
	}
	json_decref(rows);
	return r;
}

enum err remains_each(struct hub *hub, const char *site, int64_t after, int64_t to,
                      enum err (*take)(void *arg, const json_t *keys, const json_t *rows, struct error *e), void *arg, struct error *e)
{
	json_t *entries = NULL, *entry;
	size_t i;
	enum err r = db_list(hub->db, HUB_SQL_REMAINS_ENTRIES, &entries, e, "tii", site, after, to);
	json_array_foreach(entries, i, entry)
	{
		json_t *keys = json_array(), *changes = json_array();
		if (!r && !(r = one_purge(hub, site, json_number(entry, "seq"), keys, changes, e)))
			r = take(arg, keys, changes, e);
		json_decref(keys);
		json_decref(changes);
	}
	json_decref(entries);
	return r;
}
