/* visit_show: the orders of a visit, and what each of them needs next. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/nextstep.h"
#include "desk/qrpay.h"
#include "desk/submit.h"
#include "desk/tables.h"
#include "rules/business.h"
#include "rules/contact.h"
#include "rules/transition.h"

/* What a draft lacks, by trying. Who may not sign isn't told: the form then. */
static enum err draft_needs(struct desk *d, const struct order *o, const char **next, char *why, size_t size, struct error *e)
{
	struct application a = {0};
	struct error lack = {0};
	enum err r = application_ready(d, o->no, &a, &lack);
	*next = r == OK ? "sign" : r == ERR_DESK_DOCUMENTS ? "attach" : "form";
	*why = '\0';
	if (r && error_exit(r) == EXIT_FAULT)
		return error_set(e, r, "%s", lack.detail);
	if (r && r != ERR_DESK_FORBIDDEN)
		error_sentence(&lack, why, size);
	application_free(&a);
	return OK;
}

struct sums {
	int64_t to_sign, ready, to_pay, due, amount;
};

static enum err order_money(struct desk *d, const struct order *o, int64_t *amount, int64_t *paid, struct error *e)
{
	json_t *lines = NULL;
	*amount = o->amount;
	*paid = 0;
	if (o->draft && tables_price(d, o->business, o->values, o->reason, &lines, amount, NULL) != OK)
		*amount = 0; /* the form isn't far enough to tell */
	json_decref(lines);
	return o->order_id ? order_paid(d, o->order_id, paid, e) : OK;
}

static enum err add_order(struct desk *d, const char *no, json_t *out, struct sums *sums, json_t *agents, struct error *e)
{
	struct order o = {0};
	char why[ERROR_DETAIL_SIZE] = "";
	const char *next = "";
	int64_t amount = 0, paid = 0;
	enum err r = order_load(d, no, &o, e);
	if (!r)
		r = order_money(d, &o, &amount, &paid, e);
	if (!r && o.draft)
		r = draft_needs(d, &o, &next, why, sizeof why, e);
	if (!r) {
		bool owes = strcmp(o.status, "awaiting-payment") == 0 || o.draft;
		int64_t due = owes && amount > paid ? amount - paid : 0;
		sums->to_sign += o.draft;
		sums->ready += o.draft && strcmp(next, "sign") == 0;
		sums->amount += amount;
		if (*contact_value(o.values, "name"))
			json_object_set_new(agents, contact_value(o.values, "name"), json_true());
		const struct business *b = business_find(o.business);
		bool makes = b && b->makes != MAKES_NOTHING && strcmp(o.customer, "unit") == 0;
		json_t *row = json_pack("{ss ss ss ss ss ss sI sI sI ss}", "order", no, "name", o.draft ? customer_name(o.values) : o.name, "business",
		                        o.business, "business_title", business_title(o.business), "status", o.status, "status_title",
		                        status_title(o.status), "amount", (json_int_t)amount, "paid", (json_int_t)paid, "due", (json_int_t)due, "why", why);
		json_object_set_new(row, "role", json_string(makes ? tables_role(o.values, 1) : ""));
		json_object_set_new(row, "more", json_integer(makes ? tables_items(o.values) - 1 : 0));
		r = next_step_add(d, &o, next, row, e);
		json_array_append_new(out, row);
	}
	order_free(&o);
	return r;
}

static enum err add_due(struct desk *d, const struct visit *v, struct sums *sums, struct error *e)
{
	struct order *orders;
	int64_t *due;
	size_t count;
	enum err r = visit_awaiting(d, v, &orders, &due, &count, e);
	for (size_t i = 0; !r && i < count; i++)
		sums->due += due[i];
	sums->to_pay = (int64_t)count;
	visit_free_orders(&orders, count);
	free(due);
	return r;
}

static enum err add_keys(struct desk *d, const struct visit *v, json_t *out, struct error *e)
{
	json_t *rows = NULL, *keys = json_array(), *row;
	size_t i;
	int64_t left = 0;
	enum err r = store_rows(d->store, SQL_VISIT_KEYS, &rows, e, "i", v->id);
	json_array_foreach(rows, i, row) {
		bool here = strcmp(json_text(row, "delivery"), "mail") != 0;
		if (!here)
			continue;
		left += json_is_null(json_object_get(row, "handed_at"));
		json_t *key = json_pack("{sO sO sO}", "order", json_object_get(row, "order"), "key_serial", json_object_get(row, "key_serial"),
		                        "role", json_object_get(row, "role"));
		desk_time(key, "handed_at", json_number(row, "handed_at"));
		json_array_append_new(keys, key);
	}
	json_object_set_new(out, "keys", keys);
	json_object_set_new(out, "to_hand_over", json_integer(left));
	json_decref(rows);
	return r;
}

/* Each masked, in the order of their orders: whose code signs is seen at once. */
static enum err name_agents(json_t *agents, char *out, size_t size)
{
	const char *name;
	json_t *each;
	out[0] = '\0';
	json_object_foreach(agents, name, each) {
		char *masked = text_mask(name);
		if (!masked)
			return ERR_MEMORY;
		if (strlen(out) + strlen(masked) + 8 < size) /* with what is between two */
			lang_list_add(out, size, masked);
		free(masked);
	}
	return OK;
}

static void set_number(json_t *out, const char *name, int64_t value)
{
	json_object_set_new(out, name, json_integer(value));
}

enum err visit_show(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct visit v;
	struct sums sums = {0};
	json_t *rows = NULL, *row, *orders = json_array(), *agents = json_object(), *code = NULL;
	char named[256] = "";
	size_t i;
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_VIEW, NULL, e);
	if (!r && !(r = visit_load(d, no, &v, e)))
		r = store_rows(d->store, SQL_VISIT_MEMBERS, &rows, e, "i", v.id);
	json_array_foreach(rows, i, row)
		if (!r)
			r = add_order(d, json_text(row, "order"), orders, &sums, agents, e);
	if (!r && !(r = add_due(d, &v, &sums, e)))
		r = name_agents(agents, named, sizeof named);
	if (!r) {
		*out = json_pack("{ss ss ss ss ss}", "visit", v.no, "queue_no", v.queue_no, "station", v.station, "business_date",
		                 v.business_date, "agent", named);
		desk_time(*out, "came_at", v.opened_at);
		set_number(*out, "amount", sums.amount);
		set_number(*out, "to_sign", sums.to_sign);
		set_number(*out, "signable", sums.ready);
		set_number(*out, "to_pay", sums.to_pay);
		set_number(*out, "due", sums.due);
		json_object_set(*out, "orders", orders);
		if (!(r = add_keys(d, &v, *out, e)) && !(r = qr_of(d, v.no, &code, e)))
			json_object_set_new(*out, "qr", code ? code : json_null());
	}
	if (r) {
		json_decref(*out);
		*out = NULL;
	}
	json_decref(agents);
	json_decref(orders);
	json_decref(rows);
	return r;
}
