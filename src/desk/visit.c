#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/visitrow.h"
#include "rules/contact.h"
#include "rules/transition.h"

enum { QUEUE_MOST = 16 };

enum err visit_load(struct desk *d, const char *no, struct visit *out, struct error *e)
{
	struct rows *rows = NULL;
	*out = (struct visit){0};
	enum err r = store_query(d->store, SQL_VISIT_GET, &rows, e, "t", no);
	if (r)
		return r;
	if (rows_next(rows)) {
		out->id = rows_int(rows, 0);
		out->dk = rows_int(rows, 1);
		text_copy(out->no, sizeof out->no, rows_text(rows, 2));
		text_copy(out->queue_no, sizeof out->queue_no, rows_text(rows, 3));
		text_copy(out->station, sizeof out->station, rows_text(rows, 4));
		out->opened_at = rows_int(rows, 5);
		text_copy(out->business_date, sizeof out->business_date, rows_text(rows, 6));
	}
	r = rows_end(&rows, e);
	return r || out->id ? r : error_set(e, ERR_VISIT_NONE, "%.64s", no);
}

enum err visit_insert(struct desk *d, int64_t dk, const char *queue, int64_t *id, char no[VISIT_NO_SIZE], struct error *e)
{
	char date[11], counter[32];
	int64_t count = 0;
	desk_business_date(d, date);
	snprintf(counter, sizeof counter, "visit-%s", date);
	enum err r = desk_count(d, counter, &count, e);
	snprintf(no, VISIT_NO_SIZE, "V%s-%04lld", date, (long long)count);
	return r ? r : store_insert(d->store, SQL_VISIT_INSERT, id, e, "itttit", dk, no, queue, d->station, desk_now(d), date);
}

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

enum err visit_take_draft(struct desk *d, const char *visit, int64_t draft, struct error *e)
{
	struct visit v;
	enum err r = visit_load(d, visit, &v, e);
	return r ? r : store_run(d->store, SQL_VISIT_DRAFT_SET, NULL, e, "ii", draft, v.id);
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

enum err visit_name_order(enum err r, const char *order, struct error *e)
{
	char sentence[ERROR_DETAIL_SIZE];
	if (!r || !e || error_exit(r) != EXIT_REFUSED || r == ERR_DESK_FORBIDDEN || r == ERR_DESK_TWO_PERSONS || r == ERR_DESK_LOGIN)
		return r;
	error_sentence(e, sentence, sizeof sentence);
	return error_set(e, ERR_VISIT_NOT_READY, tr("%s：%s", "%s: %s"), order, sentence);
}

/* What is taken over ---------------------------------------------------------------------------------------------- */

/* Who the agent of `from` is, as the agent of another application. Fields of a choice that the other form may not know stay out
 * where it is for another kind of customer. */
static void take_agent(const struct form *form, const char *customer, const json_t *from, json_t *values)
{
	static const char *const person[] = {"name", "mobile", "id_kind", "id_number", "id_valid_until", "email"};
	const char *name;
	json_t *value;
	bool alike = strcmp(form->customer, customer) == 0, own = !contact_is_agent(from);
	char to[40];
	json_object_foreach((json_t *)from, name, value)
		if (alike && !own && text_starts(name, "agent_") && form_field(form, name))
			json_object_set(values, name, value);
	for (size_t i = 0; i < sizeof person / sizeof *person; i++) {
		const char *text = contact_value(from, person[i]);
		snprintf(to, sizeof to, "agent_%s", person[i]);
		if (*text && form_field(form, to))
			json_object_set_new(values, to, json_string(text));
	}
	if (form_field(form, "agent_is_holder"))
		json_object_set_new(values, "agent_is_holder", json_false());
}

/* All that is known of the customer; what is asked anew each time is asked anew. A second certificate for a unit is on a
 * secondary key. */
static enum err take_customer(const struct form *form, const struct order *like, json_t *values, struct error *e)
{
	const char *name;
	json_t *value;
	if (strcmp(form->customer, "any") != 0 && strcmp(form->customer, like->customer) != 0)
		return error_set(e, ERR_VISIT_CUSTOMER, "%s", form->name);
	json_object_foreach(like->values, name, value) {
		const struct form_field *f = form_field(form, name);
		if (f && f->keep != KEEP_NEVER)
			json_object_set(values, name, value);
	}
	form_forget(form, values);
	if (form_field(form, "key_role"))
		json_object_set_new(values, "key_role", json_string("secondary"));
	return OK;
}

enum err visit_prefill(struct desk *d, const char *visit, const char *like, enum visit_same same, const struct form *form, json_t *values,
                       struct error *e)
{
	struct visit v;
	struct order o = {0};
	json_t *last = NULL;
	enum err r = OK;
	if (same == VISIT_NOTHING_SAME)
		return OK;
	if (!like) {
		if (!(r = visit_load(d, visit, &v, e)))
			r = store_row(d->store, SQL_VISIT_LAST, &last, e, "i", v.id);
		like = last ? json_text(last, "order") : NULL;
	}
	if (!r && like && !(r = order_load(d, like, &o, e))) {
		if (same == VISIT_SAME_CUSTOMER)
			r = take_customer(form, &o, values, e);
		else
			take_agent(form, o.customer, o.values, values);
	}
	order_free(&o);
	json_decref(last);
	return r;
}

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
