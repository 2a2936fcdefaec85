/* The order as it leaves: rows by kind, references by place, and nothing that another data key guards. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/custodyrow.h"
#include "rules/travel.h"
#include "store/replica.h"

enum { FAR_AWAY = 253402214400 /* 9999-12-31: a price that is shown with the order and sold to nobody */ };

struct packing {
	struct desk *d;
	const struct order *o;
	json_t *records, *places; /* places: "kind/id" -> place */
	int64_t earlier;          /* items of other orders so far */
};

static enum err seal_nothing(struct packing *p, const char *bind, char hex[128], struct error *e)
{
	struct bytes sealed = {0};
	json_t *empty = json_object();
	enum err r = datakey_seal_json(p->d->store, p->o->dk, bind, empty, &sealed, e);
	if (!r && sealed.length * 2 < 128)
		hex_encode(hex, sealed.data, sealed.length);
	else if (!r)
		r = error_set(e, ERR_INTERNAL, "%s", bind);
	json_decref(empty);
	bytes_free(&sealed);
	return r;
}

/* What is on file of the customer is another key's; who it is stands in the order. */
static enum err strip_customer(struct packing *p, json_t *row, struct error *e)
{
	char hex[128], number[64];
	enum err r = seal_nothing(p, "customer.data", hex, e);
	snprintf(number, sizeof number, "%s:%lld", p->d->site, (long long)json_number(row, "id"));
	json_object_set_new(row, "data", json_string(r ? "" : hex));
	json_object_set_new(row, "number_digest", json_string(number));
	json_object_set_new(row, "last_order", json_string(""));
	return r;
}

/* Of another site already, or ours: "110114-01/op1"; a digest where that is too long for a login. */
void custody_login(const char *site, const char *login, char out[33])
{
	char whole[80], digest[DIGEST_TEXT_SIZE];
	snprintf(whole, sizeof whole, strchr(login, '/') ? "%s%s" : "%s/%s", strchr(login, '/') ? "" : site, login);
	digest_text(whole, strlen(whole), digest);
	if (strlen(whole) < 33)
		text_copy(out, 33, whole);
	else
		snprintf(out, 33, "…/%.24s", strchr(digest, ':') + 1);
}

static enum err strip_staff(struct packing *p, json_t *row, struct error *e)
{
	char login[33];
	(void)e;
	custody_login(p->d->site, json_text(row, "login"), login);
	json_object_set_new(row, "login", json_string(login));
	json_object_set_new(row, "roles", json_string(""));
	json_object_set_new(row, "password", json_string(PASSWORD_NONE));
	json_object_set_new(row, "disabled", json_integer(1));
	json_object_set_new(row, "disabled_at", json_integer(0));
	json_object_set_new(row, "key_serial", json_string(""));
	return OK;
}

static enum err strip_visit(struct packing *p, json_t *row, struct error *e)
{
	char no[96];
	const char *own = json_text(row, "no");
	(void)e;
	snprintf(no, sizeof no, strchr(own, '/') ? "%s%s" : "%s/%s", strchr(own, '/') ? "" : p->d->site, own);
	json_object_set_new(row, "no", json_string(no));
	return OK;
}

static enum err strip_price(struct packing *p, json_t *row, struct error *e)
{
	(void)p;
	(void)e;
	json_object_set_new(row, "valid_from", json_integer(FAR_AWAY));
	return OK;
}

static enum err strip_order(struct packing *p, json_t *row, struct error *e)
{
	(void)p;
	(void)e;
	json_object_set_new(row, "claimed_by", json_null());
	json_object_set_new(row, "claimed_at", json_null());
	return OK;
}

/* Of the order that made a certificate only the item stays, as one of this order that nothing counts. */
static enum err strip_item(struct packing *p, json_t *row, struct error *e)
{
	(void)e;
	json_object_set_new(row, "request", json_null());
	if (json_number(row, "order_id") != p->o->order_id) {
		json_object_set_new(row, "order_id", json_integer(p->o->order_id));
		json_object_set_new(row, "position", json_integer(-++p->earlier));
		json_object_set_new(row, "step", json_string(""));
		json_object_set_new(row, "step_at", json_null());
	}
	return OK;
}

static enum err strip_certificate(struct packing *p, json_t *row, struct error *e)
{
	(void)e;
	json_object_set_new(row, "order_id", json_integer(p->o->order_id));
	return OK;
}

/* What is taken off on the way (rules/travel.h: changed). */
static const struct {
	const char *kind;
	enum err (*strip)(struct packing *p, json_t *row, struct error *e);
} stripped[] = {
	{"orders", strip_order}, {"visit", strip_visit}, {"customer", strip_customer}, {"staff", strip_staff}, {"item", strip_item}, {"price", strip_price},
	{"certificate", strip_certificate},
};

/* Whose row it is: its maker's number for it, or ours. */
static enum err identity(struct desk *d, const char *kind, int64_t id, json_t *record, struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_FOREIGN_OF, &row, e, "ti", kind, id);
	json_object_set_new(record, "site", json_string(row ? json_text(row, "site") : d->site));
	json_object_set_new(record, "id", json_integer(row ? json_number(row, "remote") : id));
	json_decref(row);
	return r;
}

static enum err add(struct packing *p, const char *kind, int64_t id, int64_t *place, struct error *e);

/* References become places; each row that is referred to goes before. */
static enum err refer(struct packing *p, const char *kind, json_t *row, struct error *e)
{
	json_t *references = NULL, *table;
	const char *column;
	enum err r = replica_references(p->d->store, kind, &references, e);
	json_object_foreach(references, column, table) {
		int64_t place, to = json_number(row, column);
		if (r || json_is_null(json_object_get(row, column)))
			continue;
		if (!(r = add(p, json_string_value(table), to, &place, e)))
			json_object_set_new(row, column, json_integer(place));
	}
	json_decref(references);
	return r;
}

/* ",3,5," as places */
static enum err refer_keyers(struct packing *p, json_t *row, struct error *e)
{
	json_t *list = json_array();
	char *end;
	enum err r = OK;
	for (const char *at = json_text(row, "keyers"); !r && *at; at = *end ? end + 1 : end) {
		long long id = strtoll(at, &end, 10);
		int64_t place;
		if (end != at && !(r = add(p, "staff", id, &place, e)))
			json_array_append_new(list, json_integer(place));
	}
	json_object_set_new(row, "keyers", list);
	return r;
}

static enum err strip(struct packing *p, const char *kind, json_t *row, struct error *e)
{
	if (!travel_find(kind))
		return error_set(e, ERR_STORE_REPLICA, "%s", kind);
	for (size_t i = 0; i < sizeof stripped / sizeof *stripped; i++)
		if (strcmp(stripped[i].kind, kind) == 0)
			return stripped[i].strip(p, row, e);
	return OK;
}

static enum err add(struct packing *p, const char *kind, int64_t id, int64_t *place, struct error *e)
{
	char name[64];
	json_t *row = NULL, *known, *record;
	snprintf(name, sizeof name, "%s/%lld", kind, (long long)id);
	if ((known = json_object_get(p->places, name))) {
		*place = json_integer_value(known);
		return OK;
	}
	enum err r = replica_row(p->d->store, kind, id, &row, e);
	if (!r && !row)
		r = error_set(e, ERR_STORE_BROKEN, "%s", name);
	if (!r)
		r = strip(p, kind, row, e);
	if (!r)
		r = refer(p, kind, row, e);
	if (!r && json_object_get(row, "keyers"))
		r = refer_keyers(p, row, e);
	json_object_del(row, "id");
	json_object_del(row, "dk");
	if (!r) {
		*place = (int64_t)json_array_size(p->records);
		record = json_pack("{ss so}", "kind", kind, "row", json_incref(row));
		json_array_append_new(p->records, record);
		json_object_set_new(p->places, name, json_integer(*place));
		r = identity(p->d, kind, id, record, e);
	}
	json_decref(row);
	return r;
}

enum err custody_bundle(struct desk *d, const struct order *o, json_t **out, struct error *e)
{
	struct packing p = {.d = d, .o = o, .records = json_array(), .places = json_object()};
	json_t *parts = NULL, *part;
	int64_t place;
	size_t i;
	enum err r = add(&p, "orders", o->order_id, &place, e);
	if (!r)
		r = store_rows(d->store, SQL_CUSTODY_PARTS, &parts, e, "i", o->order_id);
	json_array_foreach(parts, i, part)
		if (!r)
			r = add(&p, json_text(part, "kind"), json_number(part, "id"), &place, e);
	*out = r ? NULL : json_pack("{ss ss sO}", "order", o->no, "home", o->home, "records", p.records);
	json_decref(parts);
	json_decref(p.places);
	json_decref(p.records);
	return r;
}
