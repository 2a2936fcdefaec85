#include <string.h>

#include "base/json.h"
#include "desk/elsewhere.h"

const char *elsewhere_named(const struct order *o)
{
	return o->about ? "" : json_text(o->values, ELSEWHERE);
}

enum err elsewhere_find(struct desk *d, const char *serial, int64_t *id, bool *ours, struct error *e)
{
	struct rows *rows = NULL;
	*id = 0;
	*ours = false;
	enum err r = store_query(d->store, SQL_ELSEWHERE_HOLDER, &rows, e, "t", serial);
	if (!r && rows_next(rows)) {
		*id = rows_int(rows, 0);
		*ours = strcmp(rows_text(rows, 1), d->site) == 0;
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err elsewhere_allowed(struct desk *d, const struct form *form, const char *serial, struct error *e)
{
	json_t *state = NULL;
	int64_t id = 0;
	bool ours = false;
	if (!form_field(form, ELSEWHERE))
		return error_set(e, ERR_DESK_ELSEWHERE_FORM, "%s", form->name);
	enum err r = elsewhere_find(d, serial, &id, &ours, e);
	if (!r && ours)
		r = error_set(e, ERR_SYNC_CERT_HERE, "%s", serial);
	if (!r)
		r = store_row(d->store, SQL_SYNC_STATE_GET, &state, e, "");
	if (!r && !json_number(state, "joined"))
		r = error_set(e, ERR_SYNC_NOT_JOINED, "%s", "");
	else if (!r && !json_number(state, "review"))
		r = error_set(e, ERR_DESK_ELSEWHERE_REVIEW, "%s", serial);
	json_decref(state);
	return r;
}

enum err elsewhere_approve(struct desk *d, const struct order *o, struct error *e)
{
	bool own = strcmp(o->home, d->site) == 0;
	return own && *elsewhere_named(o) ? error_set(e, ERR_DESK_ELSEWHERE_OWN, "%s", o->no) : OK;
}

static enum err noted(struct desk *d, int64_t order, json_t **out, struct error *e)
{
	return store_row(d->store, SQL_ELSEWHERE_NOTED, out, e, "i", order);
}

enum err elsewhere_awaited(struct desk *d, const struct order *o, struct error *e)
{
	json_t *row = NULL;
	enum err r = noted(d, o->order_id, &row, e);
	const char *why = json_text(row, "why");
	if (!r)
		r = *why ? error_set(e, ERR_DESK_ELSEWHERE_NOT, "%s", why) : error_set(e, ERR_DESK_ELSEWHERE_WAITS, "%s", elsewhere_named(o));
	json_decref(row);
	return r;
}

enum err elsewhere_show(struct desk *d, const struct order *o, json_t *out, struct error *e)
{
	const char *serial = elsewhere_named(o);
	json_t *row = NULL, *shown = *serial ? json_pack("{ss}", "certificate", serial) : json_null();
	enum err r = *serial && o->order_id ? noted(d, o->order_id, &row, e) : OK;
	if (*serial) {
		json_object_set_new(shown, "why", json_string(json_text(row, "why")));
		desk_time(shown, "asked_at", json_number(row, "at"));
	}
	json_object_set_new(out, ELSEWHERE, shown);
	json_decref(row);
	return r;
}
