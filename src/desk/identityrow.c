#include "desk/identityrow.h"

#include "base/json.h"
#include "rules/codeword.h"

enum err identity_carry(struct desk *d, const struct order *o, struct error *e)
{
	enum err r = store_run(d->store, SQL_IDENTITY_REFUSAL_CARRY, NULL, e, "iit", o->dk, o->order_id, o->no);
	return r ? r : store_run(d->store, SQL_IDENTITY_REFUSAL_CARRIED, NULL, e, "t", o->no);
}

enum err identity_open(struct desk *d, const struct order *o, json_t **row, struct error *e)
{
	return store_row(d->store, SQL_IDENTITY_OPEN, row, e, "ii", o->order_id, o->signed_at);
}

enum err identity_settled(struct desk *d, const struct order *o, struct error *e)
{
	json_t *row = NULL;
	enum err r = identity_open(d, o, &row, e);
	if (!r && row)
		r = error_set(e, ERR_DESK_IDENTITY_FAILED, "%s %s", o->no, codeword_person(json_text(row, "of")));
	json_decref(row);
	return r;
}

enum err identity_again(struct desk *d, struct order *o, struct error *e)
{
	json_t *row = NULL;
	enum err r = identity_open(d, o, &row, e);
	if (!r && row && json_is_true(json_object_get(o->values, "identity_seen")))
		json_object_set_new(o->values, "identity_seen", json_false());
	json_decref(row);
	return r;
}

enum err identity_rows(struct desk *d, const char *subject, json_t **out, struct error *e)
{
	json_t *row;
	size_t i;
	enum err r = store_rows(d->store, SQL_IDENTITY_OF, out, e, "t", subject);
	json_array_foreach(*out, i, row)
		desk_time(row, "checked_at", json_number(row, "checked_at"));
	return r;
}

enum err identity_show(struct desk *d, const struct order *o, json_t *out, struct error *e)
{
	json_t *rows = NULL, *open = NULL;
	enum err r = identity_rows(d, o->no, &rows, e);
	if (!r && o->order_id && !o->draft)
		r = identity_open(d, o, &open, e);
	json_object_set_new(out, "identity_checks", rows ? rows : json_array());
	json_object_set(out, "identity_open", open ? json_object_get(open, "of") : json_null());
	json_decref(open);
	return r;
}
