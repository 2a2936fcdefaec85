#include "desk/visitrow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "rules/contact.h"

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

enum err visit_take_draft(struct desk *d, const char *visit, int64_t draft, struct error *e)
{
	struct visit v;
	enum err r = visit_load(d, visit, &v, e);
	return r ? r : store_run(d->store, SQL_VISIT_DRAFT_SET, NULL, e, "ii", draft, v.id);
}

enum err visit_name_order(enum err r, const char *order, struct error *e)
{
	char sentence[ERROR_DETAIL_SIZE];
	if (!r || !e || error_exit(r) != EXIT_REFUSED || r == ERR_DESK_FORBIDDEN || r == ERR_DESK_TWO_PERSONS || r == ERR_DESK_LOGIN)
		return r;
	error_sentence(e, sentence, sizeof sentence);
	return error_set(e, ERR_VISIT_NOT_READY, tr("%s：%s", "%s: %s"), order, sentence);
}

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

void visit_free_orders(struct order **orders, size_t count)
{
	for (size_t i = 0; *orders && i < count; i++)
		order_free(&(*orders)[i]);
	free(*orders);
	*orders = NULL;
}

enum err visit_awaiting(struct desk *d, const struct visit *v, struct order **orders, int64_t **due, size_t *count, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	*orders = NULL;
	*due = NULL;
	*count = 0;
	enum err r = store_rows(d->store, SQL_VISIT_AWAITING, &rows, e, "i", v->id);
	size_t n = json_array_size(rows);
	if (!r && (!(*orders = calloc(n + 1, sizeof **orders)) || !(*due = calloc(n + 1, sizeof **due))))
		r = ERR_MEMORY;
	json_array_foreach(rows, i, row) {
		int64_t paid = 0;
		if (r || (r = order_load(d, json_text(row, "order"), &(*orders)[i], e)))
			break;
		++*count;
		r = order_paid(d, (*orders)[i].order_id, &paid, e);
		(*due)[i] = (*orders)[i].amount - paid;
	}
	json_decref(rows);
	return r;
}
