/* An order as it comes: its records become rows here, each under a number of this site's own. */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "desk/custodyrow.h"
#include "desk/staffnumber.h"
#include "rules/travel.h"
#include "store/journal.h"
#include "store/replica.h"

struct unpacking {
	struct desk *d;
	const struct custody_item *item;
	const json_t *records;
	int64_t *locals; /* by place */
	int64_t dk, order;
	json_t *map; /* [[site, kind, their number, ours], …]: what is new with this step */
};

static enum err bad(struct error *e, const char *what, size_t place)
{
	return error_set(e, ERR_STORE_REPLICA, "%s %zu", what, place);
}

/* A kind that doesn't travel, or one that a newer program has. */
static enum err strange(const char *kind, size_t place, struct error *e)
{
	return replica_name(kind) && !journal_has_table(kind) ? error_set(e, ERR_STORE_NO_PLACE, "%.40s", kind) : bad(e, "record", place);
}

/* The row here that a place of the list became. */
static bool local_of(const struct unpacking *u, const json_t *place, size_t before, const char *kind, int64_t *id)
{
	json_int_t at = json_integer_value(place);
	if (!json_is_integer(place) || at < 0 || (size_t)at >= before ||
	    strcmp(json_text(json_array_get(u->records, (size_t)at), "kind"), kind) != 0)
		return false;
	*id = u->locals[at];
	return true;
}

static enum err resolve_keyers(struct unpacking *u, json_t *row, size_t at, struct error *e)
{
	const json_t *list = json_object_get(row, "keyers"), *place;
	struct bytes text = {0};
	size_t i;
	int64_t id;
	enum err r = bytes_text(&text, ",");
	json_array_foreach(list, i, place)
	{
		if (!r && !local_of(u, place, at, "staff", &id))
			r = bad(e, "keyers", at);
		if (!r)
			r = bytes_format(&text, "%lld,", (long long)id);
	}
	if (!r)
		json_object_set_new(row, "keyers", json_string((char *)text.data));
	bytes_free(&text);
	return r;
}

static enum err resolve(struct unpacking *u, const char *kind, json_t *row, size_t at, struct error *e)
{
	json_t *references = NULL, *table;
	const char *column;
	int64_t id;
	enum err r = replica_references(u->d->store, kind, &references, e);
	json_object_foreach(references, column, table)
	{
		const json_t *place = json_object_get(row, column);
		if (r || !place || json_is_null(place))
			continue;
		if (!local_of(u, place, at, json_string_value(table), &id))
			r = bad(e, column, at);
		else
			json_object_set_new(row, column, json_integer(id));
	}
	json_decref(references);
	if (!r && json_object_get(row, "keyers"))
		r = resolve_keyers(u, row, at, e);
	return r;
}

/* One order, the one that was announced; its custodian is not the bundle's to say. */
static enum err settle_order(struct unpacking *u, json_t *row, size_t at, struct error *e)
{
	if (strcmp(json_text(row, "no"), u->item->order) != 0 || u->order)
		return bad(e, "orders", at);
	json_object_set_new(row, "custodian", json_string(u->d->site));
	return OK;
}

/* The step's entry keeps it too: a store that is replayed knows again whose its rows are. */
static enum err note_foreign(struct desk *d, const char *site, const char *kind, int64_t remote, int64_t local, json_t *map, struct error *e)
{
	json_array_append_new(map, json_pack("[ssII]", site, kind, (json_int_t)remote, (json_int_t)local));
	return store_run(d->store, SQL_FOREIGN_ADD, NULL, e, "ttii", site, kind, remote, local);
}

/* Somebody of a third site comes by the numbers of each site that they came through; their login, which has their site in it, is one. */
static enum err known_person(struct desk *d, const char *login, int64_t *id, struct error *e)
{
	*id = 0;
	return strchr(login, '/') ? store_int(d->store, SQL_STAFF_BY_LOGIN_ANY, 0, id, e, "t", login) : OK;
}

static enum err write_record(struct unpacking *u, size_t at, struct error *e)
{
	const json_t *record = json_array_get(u->records, at);
	const char *kind = json_text(record, "kind"), *site = json_text(record, "site");
	int64_t remote = json_number(record, "id"), local = 0;
	const struct travel *travels = travel_find(kind);
	if (!travels)
		return strange(kind, at, e);
	json_t *row = json_deep_copy(json_object_get(record, "row"));
	bool own = strcmp(site, u->d->site) == 0, is_order = strcmp(kind, "orders") == 0;
	enum err r = !json_is_object(row) || !*site || remote < 1 || json_object_get(row, "id") || json_object_get(row, "dk")
	                 ? bad(e, "record", at) : OK;
	if (!r && own && strcmp(kind, "staff") != 0) /* of ours, only people can have been there before */
		r = bad(e, "record", at);
	if (!r && own)
		local = remote;
	else if (!r)
		r = store_int(u->d->store, SQL_FOREIGN_GET, 0, &local, e, "tti", site, kind, remote);
	if (!r && !local && strcmp(kind, "staff") == 0)
		r = known_person(u->d, json_text(row, "login"), &local, e);
	bool fresh = local == 0;
	if (!r && is_order)
		r = settle_order(u, row, at, e);
	if (!r && (fresh || (!own && travels->renewed)) && !(r = resolve(u, kind, row, at, e))) {
		json_object_set_new(row, "dk", json_integer(u->dk));
		r = replica_put(u->d->store, kind, row, &local, e);
		if (!r && fresh)
			r = note_foreign(u->d, site, kind, remote, local, u->map, e);
	}
	if (!r && is_order) {
		u->order = local;
		if (fresh)
			r = name_index_set(u->d, local, NULL, json_text(row, "name"), e);
	}
	u->locals[at] = local;
	json_decref(row);
	return r;
}

static bool kept(const struct unpacking *u, const char *kind, int64_t id)
{
	for (size_t i = 0; i < json_array_size(u->records); i++)
		if (u->locals[i] == id && strcmp(json_text(json_array_get(u->records, i), "kind"), kind) == 0)
			return true;
	return false;
}

/* What an earlier coming brought and the order has lost since: a document that was exchanged, a void signature. */
static enum err drop_old(struct unpacking *u, struct error *e)
{
	json_t *parts = NULL;
	enum err r = store_rows(u->d->store, SQL_CUSTODY_PARTS, &parts, e, "i", u->order);
	for (size_t i = json_array_size(parts); !r && i > 0; i--) { /* what refers stands behind what is referred to */
		const json_t *part = json_array_get(parts, i - 1);
		const char *kind = json_text(part, "kind");
		int64_t id = json_number(part, "id");
		if (kept(u, kind, id))
			continue;
		if (!(r = replica_delete(u->d->store, kind, id, e)))
			r = store_run(u->d->store, SQL_FOREIGN_REMOVE, NULL, e, "ti", kind, id);
	}
	json_decref(parts);
	return r;
}

/* The key of an order that was here before is here still. */
static enum err find_key(struct unpacking *u, struct error *e)
{
	struct order old = {0};
	uint8_t have[DATA_KEY_SIZE];
	enum err r = order_load(u->d, u->item->order, &old, NULL);
	if (r == ERR_DESK_NO_ORDER)
		return u->item->key ? datakey_add(u->d->store, u->item->key, &u->dk, e) : error_set(e, ERR_STORE_REPLICA, "key");
	if (!r && (old.draft || strcmp(old.home, u->d->site) == 0 || strcmp(old.home, u->item->home) != 0))
		r = error_set(e, ERR_STORE_REPLICA, "%s", old.no);
	if (!r && !(r = datakey_show(u->d->store, old.dk, have, e)) && (!u->item->key || memcmp(have, u->item->key, sizeof have) != 0))
		r = error_set(e, ERR_STORE_REPLICA, "key");
	u->dk = old.dk;
	OPENSSL_cleanse(have, sizeof have);
	order_free(&old);
	return r;
}

enum err custody_unpack(struct desk *d, const struct custody_item *item, json_t *map, struct error *e)
{
	struct unpacking u = {.d = d, .item = item, .records = json_object_get(item->bundle, "records"), .map = map};
	size_t count = json_array_size(u.records);
	if (count == 0 || count > TRAVEL_RECORDS_MOST || strcmp(json_text(item->bundle, "order"), item->order) != 0 ||
	    strcmp(json_text(item->bundle, "home"), item->home) != 0 || strcmp(item->home, d->site) == 0)
		return error_set(e, ERR_STORE_REPLICA, "%.40s", item->order);
	u.locals = calloc(count, sizeof *u.locals);
	enum err r = u.locals ? find_key(&u, e) : ERR_MEMORY;
	for (size_t i = 0; !r && i < count; i++)
		r = write_record(&u, i, e);
	if (!r && !u.order)
		r = bad(e, "orders", count);
	if (!r)
		r = drop_old(&u, e);
	free(u.locals);
	return r;
}

enum err custody_person(struct desk *d, const char *site, int64_t remote, const char *login, const char *name, const char *number, json_t *map,
                        int64_t *id, struct error *e)
{
	char shown[33];
	enum err r = store_int(d->store, SQL_FOREIGN_GET, 0, id, e, "tti", site, "staff", remote);
	if (r || *id)
		return r;
	custody_login(site, login, shown);
	if ((r = known_person(d, shown, id, e)) || *id)
		return r;
	json_t *row = json_pack("{sI ss ss ss ss ss si sI}", "dk", (json_int_t)1, "login", shown, "name", name, "number", staff_number_valid(number) ? number : "", "roles", "", "password", PASSWORD_NONE,
	                        "disabled", 1, "created_at", (json_int_t)desk_now(d));
	r = row ? replica_put(d->store, "staff", row, id, e) : error_set(e, ERR_STORE_REPLICA, "staff");
	if (!r)
		r = note_foreign(d, site, "staff", remote, *id, map, e);
	json_decref(row);
	return r;
}
