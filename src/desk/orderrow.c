#include "desk/orderrow.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/staffnumber.h"
#include "desk/subject.h"
#include "rules/transition.h"

enum { REASON_MOST = 500 };

bool reason_good(const char *reason)
{
	size_t n = strlen(reason);
	return n <= REASON_MOST && text_valid(reason, n) && !text_blank(reason);
}

static enum err open_values(struct desk *d, const struct rows *rows, int column, const char *bind, struct order *o, struct error *e)
{
	size_t length;
	const void *blob = rows_blob(rows, column, &length);
	return datakey_open_json(d->store, o->dk, bind, blob, length, &o->values, e);
}

static enum err load_draft(struct desk *d, const char *no, struct order *o, bool *found, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_query(d->store, SQL_DRAFT_GET, &rows, e, "t", no);
	if (r)
		return r;
	if ((*found = rows_next(rows))) {
		o->draft = true;
		o->id = rows_int(rows, 0);
		o->dk = rows_int(rows, 1);
		o->order_id = rows_int(rows, 3);
		text_copy(o->form, sizeof o->form, rows_text(rows, 4));
		text_copy(o->business, sizeof o->business, rows_text(rows, 5));
		text_copy(o->customer, sizeof o->customer, rows_text(rows, 6));
		text_copy(o->name, sizeof o->name, rows_text(rows, 7));
		o->staff_id = rows_int(rows, 8);
		text_copy(o->status, sizeof o->status, o->order_id ? "returned" : "draft");
		r = open_values(d, rows, 9, "draft.data", o, e);
		text_copy(o->channel, sizeof o->channel, json_text(o->values, "channel"));
		text_copy(o->delivery, sizeof o->delivery, json_text(o->values, "delivery"));
		o->about = rows_int(rows, 15);
		o->review = o->makes = true;
		text_copy(o->custodian, sizeof o->custodian, d->site);
		text_copy(o->home, sizeof o->home, d->site);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	r = r ? r : end;
	return r || !*found ? r : subject_reason(d, o, o->reason, e);
}

static enum err load_order(struct desk *d, const char *no, struct order *o, bool *found, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_query(d->store, SQL_ORDER_GET, &rows, e, "t", no);
	if (r)
		return r;
	if ((*found = rows_next(rows))) {
		o->draft = false;
		o->id = o->order_id = rows_int(rows, 0);
		o->dk = rows_int(rows, 1);
		text_copy(o->form, sizeof o->form, rows_text(rows, 3));
		text_copy(o->business, sizeof o->business, rows_text(rows, 4));
		text_copy(o->customer, sizeof o->customer, rows_text(rows, 5));
		text_copy(o->status, sizeof o->status, rows_text(rows, 6));
		text_copy(o->name, sizeof o->name, rows_text(rows, 7));
		text_copy(o->channel, sizeof o->channel, rows_text(rows, 8));
		text_copy(o->reason, sizeof o->reason, rows_text(rows, 9));
		text_copy(o->delivery, sizeof o->delivery, rows_text(rows, 10));
		o->customer_id = rows_int(rows, 11);
		o->staff_id = rows_int(rows, 12);
		o->reviewer_id = rows_int(rows, 13);
		o->claimed_by = rows_int(rows, 14);
		o->amount = rows_int(rows, 15);
		o->signed_at = rows_int(rows, 16);
		o->pay_due_at = rows_int(rows, 17);
		o->submitted_at = rows_int(rows, 18);
		o->about = rows_int(rows, 21);
		o->review = !o->about || rows_int(rows, 22);
		o->makes = !o->about || rows_int(rows, 23);
		text_copy(o->custodian, sizeof o->custodian, rows_text(rows, 24));
		text_copy(o->home, sizeof o->home, *rows_text(rows, 25) ? rows_text(rows, 25) : d->site);
		o->away = strcmp(o->custodian, d->site) != 0;
		if (o->away)
			site_title(d, o->custodian, o->holder);
		bool theirs = !o->away && rows_int(rows, 26);
		o->not_taken = theirs && rows_int(rows, 27);
		o->to_headquarters = theirs && !o->not_taken;
		size_t length = 0;
		rows_blob(rows, 19, &length);
		r = length == 0 ? error_set(e, ERR_DESK_PURGED, "%s", no) : open_values(d, rows, 19, "orders.data", o, e);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err order_load(struct desk *d, const char *no, struct order *out, struct error *e)
{
	bool found = false;
	*out = (struct order){0};
	enum err r = load_draft(d, no, out, &found, e);
	if (!r && !found)
		r = load_order(d, no, out, &found, e);
	if (!r && !found)
		r = error_set(e, ERR_DESK_NO_ORDER, "%s", no);
	text_copy(out->no, sizeof out->no, no);
	if (r)
		order_free(out);
	return r;
}

void order_free(struct order *o)
{
	json_decref(o->values);
	o->values = NULL;
}

enum err order_away(const struct order *o, struct error *e)
{
	char where[SITE_TITLE_SIZE + 8];
	snprintf(where, sizeof where, tr("由%s", "%s"), o->holder);
	return error_set(e, ERR_DESK_CUSTODY, tr("%s %s", "%s is with %s"), o->no, where);
}

enum err order_next(const struct order *o, const char *event, const char **to, struct error *e)
{
	*to = transition_to(o->business, o->status, event);
	if (o->away)
		return order_away(o, e);
	return *to ? OK : error_set(e, ERR_DESK_STATUS, "%s %s", o->no, status_title(o->status));
}

enum err order_separate(struct desk *d, const struct order *o, const struct staff *who, enum permission next, struct error *e)
{
	bool same = false;
	int64_t keyed = 0;
	enum err r = staff_same_person(d, o->reviewer_id, who->id, &same, e);
	bool other_approved = !o->review || (o->reviewer_id && !same);
	if (!r)
		r = store_int(d->store, SQL_ORDER_KEYED_BY, 0, &keyed, e, "tii", o->no, (int64_t)o->draft, who->id);
	if (r)
		return r;
	if (!keyed || separation_allows(MAY_ORDER_NEW, next, other_approved, d->config.issue_own_forbidden))
		return OK;
	return error_set(e, ERR_DESK_SEPARATION, tr("录入与%s", "keying in and %s"), permission_title(next));
}

enum err order_paid(struct desk *d, int64_t order_id, int64_t *fen, struct error *e)
{
	return store_int(d->store, SQL_ORDER_PAID, 0, fen, e, "i", order_id);
}

void desk_site_digits(const struct desk *d, char out[ORDER_NO_SIZE])
{
	size_t n = 0;
	for (const char *s = d->site; *s && n + 1 < ORDER_NO_SIZE; s++)
		if (*s != '-')
			out[n++] = *s;
	out[n] = '\0';
}
