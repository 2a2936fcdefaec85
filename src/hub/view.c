#include "hub/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

int64_t row_number(const json_t *row, const char *column)
{
	return json_number(row, column);
}

/* A row names itself; what is handed over with custody is no row. */
static bool is_record(const json_t *state, const struct posted_state *s)
{
	if (strcmp(s->kind, "custody") == 0)
		return json_is_object(state);
	return json_is_null(state) || (json_is_object(state) && json_number(state, "id") == s->record && json_number(state, "dk") == s->dk);
}

enum err opened_make(struct opened *o, struct keyring *ring, const struct posted_entry *entry, struct error *e)
{
	enum err r = OK;
	if (!(o->states = calloc(entry->state_count + 1, sizeof *o->states)))
		return error_set(e, ERR_MEMORY, "states");
	o->count = entry->state_count;
	size_t before = ring->values;
	for (size_t i = 0; !r && i < o->count && ring->values - before <= POSTED_VALUES_MOST; i++) { /* else the rest can't be opened */
		const struct posted_state *s = &entry->states[i];
		bool missing = false;
		if (!s->purged)
			r = keyring_open_state(ring, s->kind, s->record, s->version, s->dk, s->body.data, s->body.length, &o->states[i], &missing, e);
		o->key_missing |= missing;
		if (o->states[i] && !is_record(o->states[i], s)) {
			json_decref(o->states[i]);
			o->states[i] = NULL;
		}
	}
	return r;
}

void opened_free(struct opened *o)
{
	for (size_t i = 0; i < o->count; i++)
		json_decref(o->states[i]);
	free(o->states);
	free(o->seen);
	*o = (struct opened){0};
}

void view_begin(struct view *v, struct hub *hub, const char *site, struct keyring *ring, const struct posted_entry *entry, const struct opened *opened)
{
	*v = (struct view){.hub = hub, .site = site, .ring = ring, .entry = entry};
	if (opened) {
		v->opened = opened->states;
		v->key_missing = opened->key_missing;
		v->seen = opened->seen;
	}
}

void view_end(struct view *v)
{
	json_decref(v->own);
	v->own = NULL;
}

enum { KNOWN_NAME = 96 };

static void name_record(char name[KNOWN_NAME], const char *kind, int64_t record)
{
	snprintf(name, KNOWN_NAME, "%s/%lld", kind, (long long)record);
}

/* `seq` 0: of all entries. */
static enum err read_newest(const struct view *v, const char *kind, int64_t record, int64_t seq, json_t **out, struct error *e)
{
	struct db_rows *rows = NULL;
	size_t length = 0;
	bool missing;
	enum err r = seq ? db_query(v->hub->db, HUB_SQL_STATE_AS_OF, &rows, e, "ttii", v->site, kind, record, seq)
	                 : db_query(v->hub->db, HUB_SQL_STATE_NEWEST, &rows, e, "tti", v->site, kind, record);
	if (r)
		return r;
	if (db_rows_next(rows) && !db_rows_null(rows, 2)) {
		struct bytes body = {0}; /* opening asks for the key, maybe from the same database */
		int64_t version = db_rows_int(rows, 0), dk = db_rows_int(rows, 1);
		const void *sealed = db_rows_blob(rows, 2, &length);
		r = bytes_add(&body, sealed, length);
		enum err end = db_rows_end(&rows, r ? NULL : e);
		if (!r && !(r = end))
			r = keyring_open_state(v->ring, kind, record, version, dk, body.data, body.length, out, &missing, e);
		bytes_free(&body);
	} else
		r = db_rows_end(&rows, e);
	if (*out && !json_is_object(*out)) {
		json_decref(*out);
		*out = NULL;
	}
	return r;
}

/* An entry's states are in order of kind and number (posted_look). */
int view_state(const struct view *v, const char *kind, int64_t record)
{
	size_t low = 0, high = v->entry ? v->entry->state_count : 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct posted_state *s = &v->entry->states[middle];
		int order = strcmp(s->kind, kind);
		if (order == 0 && s->record == record)
			return (int)middle;
		if (order < 0 || (order == 0 && s->record < record))
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

enum err view_before(const struct view *v, const char *kind, int64_t record, json_t **out, struct error *e)
{
	char name[KNOWN_NAME];
	int at = view_state(v, kind, record);
	*out = NULL;
	if (at >= 0 && v->entry->states[at].version == 1) /* there is none; where there is, storing this one stops the page */
		return OK;
	name_record(name, kind, record);
	json_t *known = json_object_get(v->known, name);
	*out = json_is_object(known) ? json_incref(known) : NULL;
	if (known)
		return OK;
	enum err r = read_newest(v, kind, record, 0, out, e);
	if (!r && v->known && json_object_set_new(v->known, name, *out ? json_incref(*out) : json_null()))
		r = error_set(e, ERR_MEMORY, "states");
	return r;
}

enum err view_accepted(const struct view *v, struct error *e)
{
	char name[KNOWN_NAME];
	for (size_t i = 0; v->known && i < v->entry->state_count; i++) {
		name_record(name, v->entry->states[i].kind, v->entry->states[i].record);
		if (json_object_set_new(v->known, name, json_is_object(v->opened[i]) ? json_incref(v->opened[i]) : json_null()))
			return error_set(e, ERR_MEMORY, "states");
	}
	return OK;
}

enum err view_now(const struct view *v, const char *kind, int64_t record, json_t **out, struct error *e)
{
	int at = view_state(v, kind, record);
	if (at < 0)
		return view_before(v, kind, record, out, e);
	*out = json_is_object(v->opened[at]) ? json_incref(v->opened[at]) : NULL;
	return OK;
}

enum err view_at(const struct view *v, const char *kind, int64_t record, int64_t seq, json_t **out, struct error *e)
{
	*out = NULL;
	return seq ? read_newest(v, kind, record, seq, out, e) : view_now(v, kind, record, out, e);
}

/* Once for an entry, however many orders are judged by it. */
static enum err index_own(struct view *v, struct error *e)
{
	enum err r = OK;
	if (v->own || !v->entry)
		return OK;
	if (!(v->own = json_object()))
		return error_set(e, ERR_MEMORY, "states");
	for (size_t i = 0; !r && i < v->entry->state_count; i++) {
		const struct posted_state *s = &v->entry->states[i];
		char name[KNOWN_NAME];
		int64_t order = 0;
		if (!json_is_object(v->opened[i]) || (r = view_order_of(v, s->kind, s->record, v->opened[i], &order, e)) || !order)
			continue;
		name_record(name, s->kind, order);
		json_t *list = json_object_get(v->own, name);
		if (!list && json_object_set_new(v->own, name, list = json_array()))
			r = error_set(e, ERR_MEMORY, "states");
		json_array_append_new(list, json_integer(s->record));
	}
	return r;
}

/* Both in order of numbers. */
static json_t *merged(const json_t *a, const json_t *b)
{
	json_t *out = json_array();
	for (size_t i = 0, k = 0; i < json_array_size(a) || k < json_array_size(b);) {
		json_int_t x = i < json_array_size(a) ? json_integer_value(json_array_get(a, i)) : INT64_MAX;
		json_int_t y = k < json_array_size(b) ? json_integer_value(json_array_get(b, k)) : INT64_MAX;
		json_array_append_new(out, json_integer(x < y ? x : y));
		i += x <= y;
		k += y <= x;
	}
	return out;
}

enum err view_parts(struct view *v, int64_t order, const char *kind, json_t **out, struct error *e)
{
	struct db_rows *rows = NULL;
	json_t *there = json_array();
	char name[KNOWN_NAME];
	*out = NULL;
	enum err r = index_own(v, e);
	if (!r)
		r = db_query(v->hub->db, HUB_SQL_PART_OF_ORDER, &rows, e, "titi", v->site, order, kind, (int64_t)PARTS_MOST + 1);
	while (!r && db_rows_next(rows))
		json_array_append_new(there, json_integer(db_rows_int(rows, 0)));
	enum err end = db_rows_end(&rows, r ? NULL : e);
	name_record(name, kind, order);
	if (!r && !(r = end))
		*out = merged(there, json_object_get(v->own, name));
	if (!r && json_array_size(*out) > PARTS_MOST)
		r = error_set(e, ERR_HUB_PARTS, "%s %lld", kind, (long long)order);
	json_decref(there);
	return r;
}

/* What belongs to an order through something else of it. */
static const struct {
	const char *kind, *column, *through;
} indirect[] = {
	{"ca_request", "item_id", "item"},
	{"pin_delivery", "item_id", "item"},
	{"signature_void", "signature_order_id", "signature_order"},
	{"handover_undo", "handover_id", "handover"},
};

bool view_is_part(const char *kind)
{
	static const char *const parts[] = {"ca_request", "custody", "deadline", "document", "handover", "handover_undo", "identity_check", "item", "line",
	                                    "order_subject", "orders", "payment_order", "pin_delivery", "review_passed", "signature_order", "signature_void",
	                                    "text_shown"};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strcmp(parts[i], kind) == 0)
			return true;
	return false;
}

static enum err known_order_of(const struct view *v, const char *kind, int64_t record, int64_t *order, struct error *e)
{
	return db_int(v->hub->db, HUB_SQL_PART_GET, 0, order, e, "tti", v->site, kind, record);
}

enum err view_order_of(const struct view *v, const char *kind, int64_t record, const json_t *row, int64_t *order, struct error *e)
{
	enum err r = OK;
	*order = 0;
	if (!view_is_part(kind))
		return OK;
	*order = strcmp(kind, "orders") == 0 || strcmp(kind, "custody") == 0 ? record : row_number(row, "order_id");
	if (!row && !*order) /* gone: where it belonged */
		return known_order_of(v, kind, record, order, e);
	for (size_t i = 0; !*order && i < sizeof indirect / sizeof *indirect; i++) {
		json_t *through = NULL;
		if (strcmp(indirect[i].kind, kind) != 0)
			continue;
		if (!(r = view_now(v, indirect[i].through, row_number(row, indirect[i].column), &through, e)))
			*order = row_number(through, "order_id");
		json_decref(through);
		break;
	}
	return r;
}

enum err view_order_no(const struct view *v, int64_t order, char no[64], struct error *e)
{
	struct db_rows *rows = NULL;
	int at = view_state(v, "orders", order);
	no[0] = '\0';
	if (at >= 0 && json_is_object(v->opened[at])) {
		text_copy(no, 64, json_text(v->opened[at], "no"));
		return OK;
	}
	enum err r = db_query(v->hub->db, HUB_SQL_ORDER_RECORD_GET, &rows, e, "ti", v->site, order);
	if (!r && db_rows_next(rows))
		text_copy(no, 64, db_rows_text(rows, 0));
	enum err end = db_rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}
