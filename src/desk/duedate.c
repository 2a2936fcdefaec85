#include "desk/duedate.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "rules/deadline.h"
#include "rules/term.h"

enum { HOUR = 3600, DAY = 86400, AHEAD_DAYS = 366, PAYMENT_DAYS = 5 };

enum err duedate_days(struct desk *d, const char *business, const char *step, int64_t *days, struct error *e)
{
	*days = 0;
	if (strcmp(step, "review") == 0)
		*days = strcmp(business, "replace") == 0 ? d->config.review_days_replace : d->config.review_days_new;
	return *days ? OK : store_int(d->store, SQL_DEADLINE_RULE_DAYS, 0, days, e, "itt", desk_now(d), business, step);
}

/* The end of the last of so many working days after `from`, by the calendar that is valid now. */
static enum err working_days_after(struct desk *d, int64_t from, int64_t days, int64_t *due, struct error *e)
{
	struct term_day list[AHEAD_DAYS + 1];
	struct term_calendar calendar = {list, 0};
	struct rows *rows = NULL;
	char first[11], last[11];
	int64_t start;
	civil_date_text(from, first);
	civil_date_text(from + (int64_t)AHEAD_DAYS * DAY, last);
	enum err r = store_query(d->store, SQL_CALENDAR_DAYS, &rows, e, "itt", desk_now(d), first, last);
	while (!r && calendar.count <= AHEAD_DAYS && rows_next(rows))
		if (civil_parse_date(rows_text(rows, 0), &start))
			list[calendar.count++] = (struct term_day){term_day(start), rows_int(rows, 1) != 0};
	enum err end = rows_end(&rows, r ? NULL : e);
	*due = term_working_days(&calendar, from, (int)days);
	return r ? r : end;
}

static enum err begin(struct desk *d, const struct order *o, const char *step, int64_t from, struct error *e)
{
	int64_t days = 0, due = 0;
	bool by_the_clock = strcmp(o->business, "revoke") == 0; /* from the request to the list within 24 hours, holidays or not */
	enum err r = duedate_days(d, o->business, step, &days, e);
	if (r || !days)
		return r;
	if (by_the_clock)
		days = 1, due = from + DAY;
	else
		r = working_days_after(d, from, days, &due, e);
	if (!r)
		r = store_run(d->store, SQL_DEADLINE_BEGIN, NULL, e, "iitiii", o->dk, o->order_id, step, days, from, due);
	return r;
}

enum err duedate_follow(struct desk *d, const struct order *o, const char *from, struct error *e)
{
	enum err r = OK;
	for (size_t i = 0; !r && i < deadline_step_count(); i++) {
		const char *step = deadline_step_at(i);
		bool ran = deadline_stands(step, from, o->delivery) == DEADLINE_RUNS;
		enum deadline_stand stands = deadline_stands(step, o->status, o->delivery);
		if (!ran && stands == DEADLINE_RUNS)
			r = begin(d, o, step, desk_now(d), e);
		else if (ran && stands != DEADLINE_RUNS)
			r = store_run(d->store, SQL_DEADLINE_END, NULL, e, "itii", o->order_id, step, desk_now(d),
			              (int64_t)(stands == DEADLINE_NONE));
	}
	return r;
}

enum err duedate_set_payment(struct desk *d, const struct order *o, struct error *e)
{
	int64_t days = 0, due = 0;
	enum err r = duedate_days(d, o->business, "payment", &days, e);
	if (!r)
		r = working_days_after(d, desk_now(d), days ? days : PAYMENT_DAYS, &due, e);
	return r ? r : store_run(d->store, SQL_ORDER_SET_PAY_DUE, NULL, e, "ii", o->order_id, due);
}

enum err duedate_proofs(struct desk *d, const struct order *o, int64_t *count, struct error *e)
{
	return store_int(d->store, SQL_ORDER_PROOF_COUNT, 0, count, e, "i", o->order_id);
}

enum err duedate_begin_payment(struct desk *d, const struct order *o, struct error *e)
{
	int64_t proofs = 0;
	enum err r = duedate_proofs(d, o, &proofs, e);
	if (r || proofs > 0)
		return r ? r : duedate_set_payment(d, o, e);
	return store_run(d->store, SQL_ORDER_SET_PAY_DUE, NULL, e, "ii", o->order_id, desk_now(d) + (int64_t)d->config.unpaid_hours * HOUR);
}

/* What was promised stays promised: an order in review keeps the date it was given. */
static enum err adopt(struct desk *d, const json_t *row, struct error *e)
{
	struct order o = {.order_id = json_number(row, "id"), .dk = json_number(row, "dk")};
	enum err r = OK;
	text_copy(o.business, sizeof o.business, json_text(row, "business"));
	for (size_t i = 0; !r && i < deadline_step_count(); i++) {
		const char *step = deadline_step_at(i);
		if (deadline_stands(step, json_text(row, "status"), json_text(row, "delivery")) != DEADLINE_RUNS)
			continue;
		int64_t days = 0;
		bool promised = strcmp(step, "review") == 0 && json_number(row, "review_due_at");
		if (promised && !(r = duedate_days(d, o.business, step, &days, e)) && days)
			r = store_run(d->store, SQL_DEADLINE_BEGIN, NULL, e, "iitiii", o.dk, o.order_id, step, days,
			              json_number(row, "submitted_at"), json_number(row, "review_due_at"));
		else if (!promised)
			r = begin(d, &o, step, json_number(row, "decided_at"), e);
	}
	return r;
}

enum err duedate_adopt(struct desk *d, int64_t *count, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	enum err r = store_rows(d->store, SQL_DEADLINE_ORDERS_OPEN, &rows, e, "");
	*count = (int64_t)json_array_size(rows);
	json_array_foreach(rows, i, row)
		if (!r)
			r = adopt(d, row, e);
	json_decref(rows);
	return r;
}

enum err duedate_late(struct desk *d, int64_t *count, struct error *e)
{
	return store_int(d->store, SQL_DEADLINE_LATE_COUNT, 0, count, e, "i", desk_now(d));
}

void duedate_show(const struct desk *d, json_t *row)
{
	int64_t due = json_number(row, "due_at");
	desk_time(row, "due_at", due);
	bool late = due && due < desk_now(d);
	json_object_set_new(row, "late", json_boolean(late));
	if (late && strcmp(json_text(row, "business"), "revoke") == 0)
		json_object_set_new(row, "alarm", json_true());
}
