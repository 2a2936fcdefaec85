#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/visitrow.h"

enum { QUEUE_MOST = 16 };

/* Folds a queue number; "" for none. */
static enum err clean_queue(const char *queue, char out[VISIT_QUEUE_SIZE], struct error *e)
{
	char *folded = text_fold_width(queue ? queue : "");
	if (!folded)
		return ERR_MEMORY;
	text_trim(folded);
	bool good = strlen(folded) <= QUEUE_MOST && text_visible_word(folded);
	text_copy(out, VISIT_QUEUE_SIZE, folded);
	free(folded);
	return good ? OK : error_set(e, ERR_VISIT_QUEUE, "%.64s", queue);
}

enum err visit_open(struct desk *d, const char *queue, char no[VISIT_NO_SIZE], struct error *e)
{
	char clean[VISIT_QUEUE_SIZE];
	int64_t dk = 0, id = 0;
	enum err r = desk_allow(d, MAY_ORDER_NEW, NULL, e);
	if (!r)
		r = clean_queue(queue, clean, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = datakey_new(d->store, &dk, e)) && !(r = visit_insert(d, dk, clean, &id, no, e)))
		r = desk_commit(d, MAY_ORDER_NEW, "visit.open", no, NULL, NULL, e);
	store_rollback(d->store);
	return r;
}

enum err visit_add(struct desk *d, const char *visit, const char *order, struct error *e)
{
	struct order o = {0};
	enum err r = desk_allow(d, MAY_ORDER_NEW, NULL, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = order_load(d, order, &o, e)) && !o.draft)
		r = error_set(e, ERR_VISIT_SIGNED, "%s", order);
	if (!r && !(r = visit_take_draft(d, visit, o.id, e)))
		r = store_commit_plain(d->store, e);
	store_rollback(d->store);
	order_free(&o);
	return r;
}

/* A returned order is in its first visit by itself: it gets one of its own. */
static enum err move_out(struct desk *d, const struct order *o, struct error *e)
{
	char no[VISIT_NO_SIZE];
	int64_t id = 0, dk = 0;
	enum err r = datakey_new(d->store, &dk, e);
	if (!r && !(r = visit_insert(d, dk, "", &id, no, e)) && !(r = store_run(d->store, SQL_VISIT_DRAFT_SET, NULL, e, "ii", o->id, id)))
		r = desk_commit(d, MAY_ORDER_NEW, "visit.open", no, NULL, NULL, e);
	return r;
}

enum err visit_leave(struct desk *d, const char *order, struct error *e)
{
	struct order o = {0};
	int64_t gone = 0;
	enum err r = desk_allow(d, MAY_ORDER_NEW, NULL, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = order_load(d, order, &o, e)) && !o.draft)
		r = error_set(e, ERR_VISIT_SIGNED, "%s", order);
	else if (!r && o.order_id)
		r = move_out(d, &o, e);
	else if (!r && !(r = store_run(d->store, SQL_VISIT_DRAFT_CLEAR, &gone, e, "i", o.id)))
		r = gone ? store_commit_plain(d->store, e) : error_set(e, ERR_VISIT_NOT_IN, "%s", order);
	store_rollback(d->store);
	order_free(&o);
	return r;
}

/* With the day it is of, "" where there is none. */
static enum err find_visit(struct desk *d, const char *order, char no[VISIT_NO_SIZE], char date[11], struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_VISIT_OF_ORDER, &row, e, "t", order);
	text_copy(no, VISIT_NO_SIZE, json_text(row, "no"));
	text_copy(date, 11, json_text(row, "business_date"));
	json_decref(row);
	return r;
}

enum err visit_of(struct desk *d, const char *order, char visit[VISIT_NO_SIZE], struct error *e)
{
	struct order o = {0};
	char date[11];
	visit[0] = '\0';
	enum err r = desk_allow(d, MAY_ORDER_VIEW, NULL, e);
	if (!r && !(r = order_load(d, order, &o, e)))
		r = find_visit(d, order, visit, date, e);
	order_free(&o);
	return r;
}

enum err visit_list(struct desk *d, const char *date, json_t **out, struct error *e)
{
	char today[11];
	int64_t ignored;
	size_t i;
	json_t *row;
	*out = NULL;
	desk_business_date(d, today);
	enum err r = desk_allow(d, MAY_ORDER_VIEW, NULL, e);
	if (!r && date && !civil_parse_date(date, &ignored))
		r = error_set(e, ERR_DESK_DATE, "%.64s", date);
	if (!r)
		r = store_rows(d->store, SQL_VISIT_LIST, out, e, "t", date ? date : today);
	json_array_foreach(*out, i, row) {
		desk_time(row, "came_at", json_number(row, "came_at"));
		json_object_del(row, "id");
	}
	return r;
}

/* What is taken over ---------------------------------------------------------------------------------------------- */

enum err visit_next(struct desk *d, const char *order, const char *form, enum visit_same same, char no[ORDER_NO_SIZE], struct error *e)
{
	struct order o = {0};
	const struct form *fresh = NULL;
	char visit[VISIT_NO_SIZE] = "", date[11] = "", today[11];
	enum err r = desk_allow(d, MAY_ORDER_NEW, NULL, e);
	if (!r && !(r = order_load(d, order, &o, e)))
		r = find_visit(d, order, visit, date, e);
	desk_business_date(d, today);
	if (!r && strcmp(date, today) != 0 && !(r = visit_open(d, NULL, visit, e)) && o.draft && !*date)
		r = visit_add(d, visit, order, e);
	const struct draft_in in = {visit, same, order};
	if (!r && !form)
		r = desk_form_for(d, "new", o.customer, &fresh, e);
	if (!r)
		r = draft_new_in(d, form ? form : fresh->name, NULL, &in, NULL, no, e);
	order_free(&o);
	return r;
}
