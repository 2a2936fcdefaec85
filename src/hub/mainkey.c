#include "hub/mainkey.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "hub/authority.h"
#include "hub/values.h"
#include "rules/customer.h"

enum err mainkey_find(struct view *v, int64_t order, int64_t item, struct mainkey *out, struct error *e)
{
	json_t *order_row = NULL, *item_row = NULL, *values = NULL;
	*out = (struct mainkey){0};
	enum err r = view_now(v, "orders", order, &order_row, e);
	if (!r)
		r = view_now(v, "item", item, &item_row, e);
	text_copy(out->product, sizeof out->product, json_text(item_row, "product"));
	text_copy(out->channel, sizeof out->channel, json_text(order_row, "channel"));
	if (!r && order_row && strcmp(json_text(order_row, "customer"), "unit") == 0 && strcmp(json_text(item_row, "role"), "main") == 0 &&
	    !(r = values_open(v->ring, order_row, &values, e)) && *customer_number(values))
		authority_digest(v->hub, customer_number(values), out->holder);
	json_decref(values);
	json_decref(item_row);
	json_decref(order_row);
	return r;
}

enum err mainkey_taken(struct hub *hub, const struct mainkey *m, const char *site, const char *order_no, const char *about, bool *taken, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	bool replaces = false;
	*taken = false;
	if (!*m->holder)
		return OK;
	enum err r = db_lock(hub->db, "main", m->holder, e);
	if (!r)
		r = db_list(hub->db, HUB_SQL_CA_HOLDER_LIVING, &rows, e, "ttttti", m->holder, m->product, m->channel, site, order_no, hub_now(hub));
	json_array_foreach(rows, i, row)
		replaces |= strcmp(json_text(row, "serial"), about) == 0;
	*taken = !r && json_array_size(rows) && !replaces;
	json_decref(rows);
	return r;
}

enum err mainkey_note(struct hub *hub, const struct mainkey *m, const char *site, const char *key, struct error *e)
{
	return db_run(hub->db, HUB_SQL_CA_HOLDER_PUT, NULL, e, "ttttt", site, key, m->holder, m->product, m->channel);
}
