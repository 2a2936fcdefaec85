/* All keys of a visit under one receipt. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "desk/cert.h"
#include "desk/handrow.h"
#include "desk/keyrow.h"
#include "desk/oldkey.h"
#include "desk/visitrow.h"
#include "rules/codeword.h"

/* Those that are to be fetched, and their orders; each order once, in the order of the rows. */
struct fetched {
	json_t *rows;
	struct order *orders;
	size_t order_count;
	struct handing *all; /* one for each row */
	size_t count;
};

static void fetched_free(struct fetched *f)
{
	visit_free_orders(&f->orders, f->order_count);
	free(f->all);
	json_decref(f->rows);
	*f = (struct fetched){0};
}

static enum err load_rows(struct desk *d, const char *no, json_t **rows, struct error *e)
{
	struct visit v;
	*rows = NULL;
	enum err r = visit_load(d, no, &v, e);
	if (!r)
		r = store_rows(d->store, SQL_VISIT_KEYS, rows, e, "i", v.id);
	for (size_t i = json_array_size(*rows); i-- > 0;)
		if (strcmp(json_text(json_array_get(*rows, i), "delivery"), "mail") == 0)
			json_array_remove(*rows, i);
	if (!r && json_array_size(*rows) == 0)
		r = error_set(e, ERR_VISIT_EMPTY, "%s", no);
	return r;
}

/* Free with fetched_free, whatever it returns. */
static enum err fetched_load(struct desk *d, const char *no, struct fetched *f, struct error *e)
{
	json_t *row;
	size_t i;
	*f = (struct fetched){0};
	enum err r = load_rows(d, no, &f->rows, e);
	size_t most = json_array_size(f->rows) + 1;
	if (!r && (!(f->orders = calloc(most, sizeof *f->orders)) || !(f->all = calloc(most, sizeof *f->all))))
		r = error_set(e, ERR_MEMORY, "%s", "");
	json_array_foreach(f->rows, i, row) {
		const char *order = json_text(row, "order");
		if (r)
			break;
		if (!f->order_count || strcmp(f->orders[f->order_count - 1].no, order) != 0) {
			if ((r = order_load(d, order, &f->orders[f->order_count], e)))
				break;
			f->order_count++;
		}
		f->all[f->count++] = (struct handing){&f->orders[f->order_count - 1], row};
	}
	return r;
}

static enum err other_key(const struct fetched *f, struct error *e)
{
	char serials[300] = "";
	for (size_t i = 0; i < f->count; i++)
		if (json_is_null(json_object_get(f->all[i].item, "handed_at")))
			lang_list_add(serials, sizeof serials, json_text(f->all[i].item, "key_serial"));
	return error_set(e, ERR_DESK_OTHER_KEY, tr("应为 %s", "%s is needed"), serials);
}

static bool named(const char *const *serials, size_t count, const char *serial)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(serials[i], serial) == 0)
			return true;
	return false;
}

/* Keeps what is handed over now: those that are named, or those that are in and not handed over yet. */
static enum err choose(struct fetched *f, const char *const *serials, size_t count, struct error *e)
{
	struct token_info *in = NULL;
	size_t inserted = 0, kept = 0;
	enum err r = serials ? OK : token_list(&in, &inserted, e);
	for (size_t i = 0; !r && i < count; i++) {
		bool ours = false;
		for (size_t k = 0; k < f->count && !ours; k++)
			ours = strcmp(json_text(f->all[k].item, "key_serial"), serials[i]) == 0;
		if (!ours)
			r = other_key(f, e);
	}
	for (size_t i = 0; !r && i < f->count; i++) {
		const char *serial = json_text(f->all[i].item, "key_serial");
		bool handed = !json_is_null(json_object_get(f->all[i].item, "handed_at"));
		if (serials ? named(serials, count, serial) : !handed && token_among(in, inserted, serial))
			f->all[kept++] = f->all[i];
	}
	if (!r) {
		struct fetched before = *f;
		f->count = kept;
		if (!kept)
			r = other_key(&before, e);
	}
	free(in);
	return r;
}

/* Each record names its order's: one who takes them all must be that of each. */
static enum err one_taker(const struct fetched *f, const char *to, struct error *e)
{
	for (size_t i = 1; i < f->count; i++)
		if (!handing_same_taker(f->all[0].order, f->all[i].order, to))
			return error_set(e, ERR_VISIT_TAKER, tr("%s、%s", "%s and %s"), f->all[0].order->no, f->all[i].order->no);
	return OK;
}

enum err visit_handover_by(struct desk *d, const char *visit, const char *const *serials, size_t count,
                           const struct handover_taker *taker, const char *receipt, json_t **out, struct error *e)
{
	const struct staff *who = NULL;
	struct fetched f = {0};
	const char *next;
	struct handing_taker by = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_HANDOVER, &who, e);
	if (!r)
		r = handing_taker(d, taker, &by, e);
	if (!r && !(r = fetched_load(d, visit, &f, e)))
		r = choose(&f, serials, serials ? count : 0, e);
	if (!r)
		r = one_taker(&f, by.to, e);
	for (size_t i = 0; !r && i < f.count; i++)
		if (!(r = order_next(f.all[i].order, "hand-over", &next, e)))
			r = handing_check(d, &f.all[i], e);
	if (!r)
		r = handing_take(d, f.all, f.count, visit, who, &by, receipt, e);
	fetched_free(&f);
	handing_taker_free(&by);
	return r ? r : visit_show(d, visit, out, e);
}

/* Keeps of `all` who may take this order's keys too, and is the same person. Titles that differ become the general word. */
static void keep_takers(json_t *all, const struct order *first, const struct order *o)
{
	for (size_t k = json_array_size(all); k-- > 0;) {
		json_t *taker = json_array_get(all, k);
		const char *to = json_text(taker, "to"), *title = handing_title(o, to);
		if (!title || !handing_same_taker(first, o, to))
			json_array_remove(all, k);
		else if (strcmp(title, json_text(taker, "title")) != 0)
			json_object_set_new(taker, "title", json_string(codeword_person(to)));
	}
}

/* Who may take all keys that are in. */
static json_t *takers_here(const struct fetched *f, const json_t *keys)
{
	json_t *all = NULL;
	const json_t *key;
	const struct order *first = NULL;
	size_t i;
	json_array_foreach(keys, i, key) {
		if (!json_flag(key, "inserted") || json_is_string(json_object_get(key, "handed_at")))
			continue;
		if (first)
			keep_takers(all, first, f->all[i].order);
		else {
			first = f->all[i].order;
			all = handing_takers(first);
		}
	}
	return all ? all : json_array();
}

enum err visit_handover_preview(struct desk *d, const char *visit, json_t **out, struct error *e)
{
	struct token_info *in = NULL;
	size_t inserted = 0, i;
	struct fetched f = {0};
	json_t *row, *keys = json_array();
	*out = NULL;
	enum err r = desk_allow(d, MAY_HANDOVER, NULL, e);
	if (!r)
		r = fetched_load(d, visit, &f, e);
	if (!r)
		token_list(&in, &inserted, NULL); /* no reader: nothing is in, and the screen says what is expected */
	json_array_foreach(f.rows, i, row) {
		json_t *certificate = NULL;
		char old[TOKEN_SERIAL_SIZE] = "";
		if (r)
			break;
		r = cert_show(d, json_text(row, "serial"), &certificate, e);
		if (!r)
			r = oldkey_due(d, f.all[i].order, old, e);
		json_t *key = json_pack("{sO sO sO sO sb}", "order", json_object_get(row, "order"), "name", json_object_get(row, "name"),
		                        "key_serial", json_object_get(row, "key_serial"), "role", json_object_get(row, "role"), "inserted",
		                        token_among(in, inserted, json_text(row, "key_serial")) != NULL);
		desk_time(key, "handed_at", json_number(row, "handed_at"));
		json_object_set_new(key, "old_key", *old ? json_string(old) : json_null());
		json_object_set_new(key, "old_inserted", json_boolean(*old && token_among(in, inserted, old)));
		json_object_set_new(key, "old_waits", json_boolean(*old && json_flag(f.all[i].order->values, "waits_to_decrypt")));
		json_object_set_new(key, "takers", handing_takers(f.all[i].order));
		json_object_set_new(key, "certificate", certificate ? certificate : json_null());
		json_array_append_new(keys, key);
	}
	if (!r)
		*out = json_pack("{sO so}", "keys", keys, "takers", takers_here(&f, keys));
	json_decref(keys);
	free(in);
	fetched_free(&f);
	return r;
}
