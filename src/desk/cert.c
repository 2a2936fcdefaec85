#include "desk/cert.h"

#include <string.h>

#include "base/json.h"
#include "desk/keyrow.h"
#include "desk/order.h"
#include "rules/certstate.h"

enum { FIND_ORDERS = 100 };

/* "expired" is derived from the clock, never stored. */
static void dress(struct desk *d, json_t *row)
{
	const char *state = json_text(row, "state");
	bool over = json_number(row, "not_after") < desk_now(d) &&
	            (strcmp(state, "active") == 0 || strcmp(state, "suspended") == 0);
	const char *status = over ? "expired" : state;
	json_object_set_new(row, "status_title", json_string(cert_state_title_why(status, json_text(row, "reason"))));
	json_object_set_new(row, "status", json_string(status));
	json_object_del(row, "state");
	json_object_del(row, "id");
	desk_time(row, "status_at", json_number(row, "state_at"));
	json_object_del(row, "state_at");
	desk_time(row, "not_before", json_number(row, "not_before"));
	desk_time(row, "not_after", json_number(row, "not_after"));
}

static enum err order_must_be(struct desk *d, const char *no, struct error *e)
{
	int64_t id = 0;
	enum err r = store_int(d->store, SQL_CERT_ORDER_HAS, 0, &id, e, "t", no);
	return r || id ? r : error_set(e, ERR_DESK_NO_ORDER, "%s", no);
}

static enum err find(struct desk *d, const char *no, const char *key_serial, json_t **rows, struct error *e)
{
	enum err r = OK;
	*rows = NULL;
	if (no && *no)
		r = (r = order_must_be(d, no, e)) ? r : store_rows(d->store, SQL_CERT_BY_ORDER, rows, e, "t", no);
	else if (key_serial && *key_serial)
		r = store_rows(d->store, SQL_CERT_BY_KEY, rows, e, "t", key_serial);
	else
		r = store_rows(d->store, SQL_CERT_LIST, rows, e, "");
	return r;
}

enum err certs_list(struct desk *d, const char *no, const char *key_serial, json_t **out, struct error *e)
{
	json_t *row;
	size_t i;
	*out = NULL;
	enum err r = desk_allow(d, MAY_CERT_VIEW, NULL, e);
	if (!r)
		r = find(d, no, key_serial, out, e);
	json_array_foreach(*out, i, row)
		dress(d, row);
	return r;
}

static enum err by_serial(struct desk *d, const char *serial, json_t **row, struct error *e)
{
	char folded[CERT_SERIAL_SIZE];
	cert_fold_serial(serial, folded);
	enum err r = store_row(d->store, SQL_CERT_BY_SERIAL, row, e, "t", folded);
	return !r && !*row ? error_set(e, ERR_DESK_NO_CERT, "%s", serial) : r;
}

/* Of the orders that a text finds, newest first. */
static enum err of_orders(struct desk *d, const char *text, json_t *out, struct error *e)
{
	json_t *filter = json_pack("{ss si}", "text", text, "limit", FIND_ORDERS), *orders = NULL, *each, *rows = NULL;
	size_t i;
	enum err r = order_list(d, filter, &orders, e);
	json_array_foreach(orders, i, each) {
		if (!r && !(r = store_rows(d->store, SQL_CERT_BY_ORDER, &rows, e, "t", json_text(each, "order"))))
			json_array_extend(out, rows);
		json_decref(rows);
		rows = NULL;
	}
	json_decref(orders);
	json_decref(filter);
	return r;
}

enum err certs_find(struct desk *d, const char *text, json_t **out, struct error *e)
{
	json_t *row = NULL, *rows = NULL;
	char folded[CERT_SERIAL_SIZE];
	size_t i;
	*out = json_array();
	enum err r = desk_allow(d, MAY_CERT_VIEW, NULL, e);
	cert_fold_serial(text, folded);
	if (!r && !(r = store_row(d->store, SQL_CERT_BY_SERIAL, &row, e, "t", folded)) && row)
		json_array_append(*out, row);
	if (!r && !row && !(r = store_rows(d->store, SQL_CERT_BY_KEY, &rows, e, "t", text)))
		json_array_extend(*out, rows);
	if (!r && json_array_size(*out) == 0)
		r = of_orders(d, text, *out, e);
	json_decref(rows);
	json_decref(row);
	json_array_foreach(*out, i, row)
		dress(d, row);
	return r;
}

enum err cert_show(struct desk *d, const char *serial, json_t **out, struct error *e)
{
	*out = NULL;
	enum err r = desk_allow(d, MAY_CERT_VIEW, NULL, e);
	if (!r && !(r = by_serial(d, serial, out, e)))
		dress(d, *out);
	return r;
}

enum err cert_export(struct desk *d, const char *no, const char *serial, struct bytes *pem, struct error *e)
{
	json_t *rows = NULL, *row = NULL;
	struct bytes der = {0};
	enum err r = desk_allow(d, MAY_CERT_VIEW, NULL, e);
	if (!r && serial && *serial)
		r = by_serial(d, serial, &row, e);
	else if (!r && !(r = find(d, no, NULL, &rows, e)) && !(row = json_incref(json_array_get(rows, 0))))
		r = error_set(e, ERR_DESK_NO_CERT, "%s", no ? no : "");
	if (!r && !(r = blob_load(d, SQL_CERT_DER, json_number(row, "id"), &der, e)))
		r = cert_pem(der.data, der.length, pem, e);
	bytes_free(&der);
	json_decref(rows);
	json_decref(row);
	return r;
}

enum err cert_chain(struct desk *d, struct bytes *pem, struct error *e)
{
	struct ca *ca;
	enum err r = desk_allow(d, MAY_CERT_VIEW, NULL, e);
	if (!r && !(r = desk_ca(d, &ca, e)))
		r = ca_chain(ca, pem, e);
	return r;
}

enum err cert_revoke(struct desk *d, int64_t id, const char *reason, struct error *e)
{
	return store_run(d->store, SQL_CERT_SET_STATE, NULL, e, "itit", id, "revoked", desk_now(d), reason);
}
