/* What became of a parcel: it arrived, or came back. */
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "desk/handover.h"
#include "desk/keyrow.h"
#include "desk/keys.h"
#include "desk/orderrow.h"

/* The order with what was mailed of it; inside a step, which stays open on OK. */
static enum err begin(struct desk *d, const char *no, const char *event, struct order *o, json_t **rows, struct error *e)
{
	const char *to;
	enum err r = store_begin(d->store, e);
	if (r || (r = order_load(d, no, o, e)) || (r = order_next(o, event, &to, e)) ||
	    (r = store_rows(d->store, SQL_UNDO_HANDOVERS, rows, e, "i", o->order_id)))
		return r;
	for (size_t i = json_array_size(*rows); i-- > 0;)
		if (strcmp(json_text(json_array_get(*rows, i), "to_whom"), "mail") != 0)
			json_array_remove(*rows, i);
	return OK;
}

/* Not before any of the keys was mailed, not after today. */
static enum err check_date(struct desk *d, const json_t *rows, const char *date, struct error *e)
{
	char day[11];
	int64_t start;
	json_t *row;
	size_t i;
	if (!civil_parse_date(date, &start))
		return error_set(e, ERR_DESK_DATE, "%s", date);
	civil_date_text(desk_now(d), day);
	bool good = strcmp(date, day) <= 0;
	json_array_foreach((json_t *)rows, i, row) {
		civil_date_text(json_number(row, "handed_at"), day);
		good = good && strcmp(date, day) >= 0;
	}
	return good ? OK : error_set(e, ERR_DELIVERED_DATE, "%s", date);
}

/* A key that something else was said of meanwhile stays what it is. */
static enum err arrive(struct desk *d, const struct order *o, const json_t *row, struct error *e)
{
	struct key_row key = {0};
	if (json_number(row, "own_medium"))
		return OK;
	enum err r = key_load(d, json_text(row, "key_serial"), &key, e);
	bool ours = !r && strcmp(key.state, "in-transit") == 0 && key.order_id == o->order_id;
	return ours ? key_move(d, key.serial, "handed-over", o->order_id, "", NULL, e) : r;
}

enum err handover_delivered(struct desk *d, const char *no, const char *date, json_t **out, struct error *e)
{
	struct order o = {0};
	json_t *rows = NULL, *row, *facts = NULL;
	size_t i;
	char today[11];
	*out = NULL;
	enum err r = desk_allow(d, MAY_DELIVERED, NULL, e);
	if (r)
		return r;
	civil_date_text(desk_now(d), today);
	if (!(r = begin(d, no, "finish", &o, &rows, e)) && strcmp(o.status, "mailed") != 0)
		r = error_set(e, ERR_DESK_STATUS, "%s", o.status);
	if (!r)
		r = check_date(d, rows, date ? date : today, e);
	json_array_foreach(rows, i, row)
		if (!r)
			r = arrive(d, &o, row, e);
	if (!r && !(r = order_advance(d, &o, "finish", e)) &&
	    !(r = store_run(d->store, SQL_ITEM_ORDER_DONE, NULL, e, "ii", o.order_id, desk_now(d)))) {
		facts = json_pack("{ss}", "date", date ? date : today);
		r = desk_commit(d, MAY_DELIVERED, NULL, o.no, NULL, facts, e);
	}
	store_rollback(d->store);
	json_decref(facts);
	json_decref(rows);
	order_free(&o);
	return r ? r : order_show(d, no, out, e);
}

static enum err take_back(struct desk *d, const struct order *o, const json_t *row, const char *reason, struct error *e)
{
	enum err r = store_run(d->store, SQL_UNDO_HANDOVER, NULL, e, "ii", json_number(row, "id"), desk_now(d));
	return r || json_number(row, "own_medium") ? r : key_move(d, json_text(row, "key_serial"), "made", o->order_id, reason, NULL, e);
}

enum err handover_came_back(struct desk *d, const char *no, const char *reason, json_t **out, struct error *e)
{
	struct order o = {0};
	json_t *rows = NULL, *row, *facts = NULL;
	size_t i;
	*out = NULL;
	enum err r = desk_allow(d, MAY_CAME_BACK, NULL, e);
	if (!r && !reason_good(reason))
		r = error_set(e, ERR_DESK_REASON, "%s", no);
	if (r)
		return r;
	r = begin(d, no, "come-back", &o, &rows, e);
	json_array_foreach(rows, i, row)
		if (!r)
			r = take_back(d, &o, row, reason, e);
	if (!r && !(r = order_advance(d, &o, "come-back", e))) {
		facts = json_pack("{ss}", "reason", reason);
		r = desk_commit(d, MAY_CAME_BACK, NULL, o.no, NULL, facts, e);
	}
	store_rollback(d->store);
	json_decref(facts);
	json_decref(rows);
	order_free(&o);
	return r ? r : order_show(d, no, out, e);
}
