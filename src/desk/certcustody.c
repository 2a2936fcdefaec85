#include "desk/certcustody.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/custodyrow.h"
#include "desk/slot.h"
#include "desk/staffkey.h"
#include "desk/subject.h"
#include "desk/tell.h"
#include "rules/keystate.h"
#include "store/replica.h"

struct taking {
	struct desk *d;
	const struct certificate_item *item;
	int64_t dk; /* here, of the key that it came under */
	json_t *map;
	bool newer; /* what the other site knows of its holder */
	int64_t customer, person, visit, order, made, certificate; /* `made`: the item */
};

static const json_t *part(const struct taking *t, const char *name)
{
	return json_object_get(t->item->bundle, name);
}

/* Another site's row as one of this store, under its own number and the bundle's key. */
static json_t *copy_of(const struct taking *t, const char *name)
{
	json_t *row = json_deep_copy(part(t, name));
	json_object_del(row, "id");
	json_object_set_new(row, "dk", json_integer(t->dk));
	return row;
}

static enum err put(struct taking *t, const char *kind, const char *name, json_t *row, int64_t *id, struct error *e)
{
	int64_t remote = json_number(part(t, name), "id"), known = 0;
	bool fresh = *id == 0;
	enum err r = json_is_object(row) && remote > 0 ? OK : error_set(e, ERR_STORE_REPLICA, "%s", name);
	if (!r)
		r = replica_put(t->d->store, kind, row, id, e);
	if (!r && fresh)
		r = store_int(t->d->store, SQL_FOREIGN_GET, 0, &known, e, "tti", t->item->from, kind, remote);
	if (!r && fresh && !known) {
		json_array_append_new(t->map, json_pack("[ssII]", t->item->from, kind, (json_int_t)remote, (json_int_t)*id));
		r = store_run(t->d->store, SQL_FOREIGN_ADD, NULL, e, "ttii", t->item->from, kind, remote, *id);
	}
	json_decref(row);
	return r;
}

static enum err open_holder(struct taking *t, json_t **out, struct error *e)
{
	const char *hex = json_text(part(t, "customer"), "data");
	size_t n = strlen(hex) / 2;
	uint8_t *raw = malloc(n + 1);
	enum err r = raw && hex_decode(raw, n, hex) ? datakey_open_json(t->d->store, t->dk, "customer.data", raw, n, out, e)
	                                           : error_set(e, ERR_STORE_REPLICA, "customer.data");
	free(raw);
	return r;
}

/* Known here already: whichever site heard of them last knows best who they are. */
static enum err renew_holder(struct taking *t, int64_t dk, const json_t *data, struct error *e)
{
	int64_t here = 0, there = json_number(part(t, "customer"), "updated_at");
	struct bytes sealed = {0};
	enum err r = store_int(t->d->store, SQL_CUSTOMER_AGE, 0, &here, e, "i", t->customer);
	t->newer = there > here;
	if (!r && t->newer && !(r = datakey_seal_json(t->d->store, dk, "customer.data", data, &sealed, e)))
		r = store_run(t->d->store, SQL_CUSTOMER_UPDATE, NULL, e, "itbti", t->customer, json_text(part(t, "customer"), "name"),
		              (const void *)sealed.data, sealed.length, json_text(part(t, "customer"), "last_order"), there);
	bytes_free(&sealed);
	return r;
}

static enum err take_customer(struct taking *t, struct error *e)
{
	json_t *data = NULL;
	struct rows *rows = NULL;
	char digest[DIGEST_TEXT_SIZE];
	int64_t dk = 0;
	enum err r = open_holder(t, &data, e);
	if (!r && !*customer_number(data))
		r = error_set(e, ERR_STORE_REPLICA, "customer");
	if (!r) {
		number_digest(t->d, customer_number(data), digest);
		r = store_query(t->d->store, SQL_CUSTOMER_BY_NUMBER, &rows, e, "t", (const char *)digest);
	}
	if (!r && rows_next(rows)) {
		t->customer = rows_int(rows, 0);
		dk = rows_int(rows, 1);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	r = r ? r : end;
	if (!r && t->customer)
		r = renew_holder(t, dk, data, e);
	else if (!r) {
		json_t *row = copy_of(t, "customer");
		json_object_set_new(row, "number_digest", json_string(digest));
		r = put(t, "customer", "customer", row, &t->customer, e);
	}
	json_decref(data);
	return r;
}

/* Nothing of this day is counted by what happened elsewhere on it. */
static void elsewhere(json_t *row)
{
	json_object_set_new(row, "business_date", json_string(""));
}

static enum err take_visit(struct taking *t, struct error *e)
{
	char no[96];
	const char *own = json_text(part(t, "visit"), "no");
	snprintf(no, sizeof no, "%s%s%s", strchr(own, '/') ? "" : t->item->from, strchr(own, '/') ? "" : "/", own);
	enum err r = store_int(t->d->store, SQL_VISIT_NAMED, 0, &t->visit, e, "t", (const char *)no);
	if (r || t->visit)
		return r;
	json_t *row = copy_of(t, "visit");
	json_object_set_new(row, "no", json_string(no));
	elsewhere(row);
	return put(t, "visit", "visit", row, &t->visit, e);
}

/* Of those who worked on it only who keyed it in comes along, by name. */
static enum err forget_people(struct taking *t, json_t *row, struct error *e)
{
	json_t *references = NULL, *table;
	const char *column;
	enum err r = replica_references(t->d->store, "orders", &references, e);
	json_object_foreach(references, column, table)
		if (strcmp(json_string_value(table), "staff") == 0)
			json_object_set_new(row, column, json_null());
	json_decref(references);
	return r;
}

static enum err take_order(struct taking *t, struct error *e)
{
	const char *no = json_text(part(t, "order"), "no");
	char keyers[32];
	enum err r = store_int(t->d->store, SQL_ORDER_NAMED, 0, &t->order, e, "t", no);
	if (r || t->order)
		return r;
	json_t *row = copy_of(t, "order");
	r = forget_people(t, row, e);
	snprintf(keyers, sizeof keyers, ",%lld,", (long long)t->person);
	json_object_set_new(row, "claimed_at", json_null());
	json_object_set_new(row, "staff_id", json_integer(t->person));
	json_object_set_new(row, "keyers", json_string(keyers));
	json_object_set_new(row, "visit_id", json_integer(t->visit));
	json_object_set_new(row, "customer_id", json_integer(t->customer));
	elsewhere(row);
	if (!r && strcmp(json_text(row, "custodian"), t->d->site) == 0) /* ours would be here */
		r = error_set(e, ERR_STORE_REPLICA, "orders");
	if (r) {
		json_decref(row);
		return r;
	}
	r = put(t, "orders", "order", row, &t->order, e);
	return r ? r : name_index_set(t->d, t->order, NULL, json_text(part(t, "order"), "name"), e);
}

static enum err take_item(struct taking *t, struct error *e)
{
	enum err r = store_int(t->d->store, SQL_ITEM_PLACED, 0, &t->made, e, "ii", t->order, json_number(part(t, "item"), "position"));
	if (r || t->made)
		return r;
	json_t *row = copy_of(t, "item");
	json_object_set_new(row, "order_id", json_integer(t->order));
	json_object_set_new(row, "request", json_null());
	return put(t, "item", "item", row, &t->made, e);
}

static enum err take_certificate(struct taking *t, struct error *e)
{
	const json_t *there = part(t, "certificate");
	enum err r = store_int(t->d->store, SQL_CERTIFICATE_NAMED, 0, &t->certificate, e, "tt", t->item->issuer, t->item->serial);
	if (!r && (strcmp(json_text(there, "serial"), t->item->serial) != 0 || strcmp(json_text(there, "issuer"), t->item->issuer) != 0))
		r = error_set(e, ERR_STORE_REPLICA, "certificate");
	if (!r && t->certificate) {
		json_t *row = json_pack("{sO sO sO ss}", "state", json_object_get(there, "state"), "state_at", json_object_get(there, "state_at"),
		                        "reason", json_object_get(there, "reason"), "custodian", t->d->site);
		r = row ? replica_put(t->d->store, "certificate", row, &t->certificate, e) : error_set(e, ERR_STORE_REPLICA, "certificate");
		json_decref(row);
		return r;
	}
	json_t *row = copy_of(t, "certificate");
	json_object_set_new(row, "order_id", json_integer(t->order));
	json_object_set_new(row, "item_id", json_integer(t->made));
	json_object_set_new(row, "customer_id", json_integer(t->customer));
	json_object_set_new(row, "custodian", json_string(t->d->site));
	if (!r)
		return put(t, "certificate", "certificate", row, &t->certificate, e);
	json_decref(row);
	return r;
}

static bool with_customer(const char *state)
{
	return !key_in_drawer(state) && !key_out_of_use(state) && strcmp(state, "in-transit") != 0;
}

/* It is in our book already, which knows best where it is. Its secrets are whoever's set them last, where a customer has carried it from
 * counter to counter; what lies here, and was never opened here, has none of its own. */
static json_t *into_our_book(const json_t *row, const json_t *here)
{
	bool later = json_number(row, "updated_at") > json_number(here, "updated_at");
	if (!json_is_string(json_object_get(row, "secrets")) || (json_number(here, "sealed") && !(later && with_customer(json_text(here, "state")))))
		return NULL;
	return json_pack("{sO sO}", "dk", json_object_get(row, "dk"), "secrets", json_object_get(row, "secrets"));
}

/* In no drawer of ours, whatever the other book says. The secrets stay under the key that they came with. */
static void as_it_comes(struct taking *t, json_t *row, const json_t *here)
{
	json_object_set_new(row, "order_id", json_null());
	json_object_set_new(row, "custodian", json_string(t->d->site));
	if (key_in_drawer(json_text(row, "state")))
		json_object_set_new(row, "state", json_string("handed-over"));
	if (!here)
		json_object_set_new(row, "drawer", json_string(""));
	else
		json_object_del(row, "drawer");
	if (here && !json_is_string(json_object_get(row, "secrets"))) { /* those that were set here still open it */
		json_object_del(row, "dk");
		json_object_del(row, "secrets");
	}
}

static enum err take_key(struct taking *t, struct error *e)
{
	json_t *here = NULL, *row = NULL;
	const char *serial = json_text(part(t, "key"), "serial");
	if (!part(t, "key"))
		return OK;
	enum err r = store_row(t->d->store, SQL_KEY_HERE, &here, e, "t", serial);
	int64_t id = json_number(here, "id");
	if (!r && strcmp(serial, json_text(part(t, "certificate"), "key_serial")) != 0)
		r = error_set(e, ERR_STORE_REPLICA, "usb_key");
	if (!r)
		row = copy_of(t, "key");
	if (row && here && strcmp(json_text(here, "custodian"), t->d->site) == 0) {
		json_t *ours = into_our_book(row, here);
		json_decref(row);
		row = ours;
	} else if (row)
		as_it_comes(t, row, here);
	if (!r && row)
		r = put(t, "usb_key", "key", row, &id, e); /* which releases it */
	json_decref(here);
	return r;
}

static enum err take_all(struct taking *t, struct error *e)
{
	const json_t *person = part(t, "person");
	enum err r = datakey_add(t->d->store, t->item->key, &t->dk, e);
	if (!r && (json_number(person, "id") < 1 || !*json_text(person, "login")))
		r = error_set(e, ERR_STORE_REPLICA, "staff");
	if (!r)
		r = custody_person(t->d, t->item->from, json_number(person, "id"), json_text(person, "login"), json_text(person, "name"), json_text(person, "number"), t->map, &t->person, e);
	if (!r)
		r = take_customer(t, e);
	if (!r)
		r = custody_agents(t->d, part(t, "agents"), t->dk, t->customer, t->newer, e);
	if (!r)
		r = take_visit(t, e);
	if (!r)
		r = take_order(t, e);
	if (!r)
		r = take_item(t, e);
	if (!r)
		r = take_certificate(t, e);
	return r ? r : take_key(t, e);
}

enum err certificate_take(struct desk *d, const struct certificate_item *item, struct error *e)
{
	struct taking t = {.d = d, .item = item, .map = json_array()};
	json_t *facts = json_pack("{s{ss ss sI sO}}", "fetched", "certificate", item->serial, "from", item->from, "feed", (json_int_t)item->feed,
	                          "map", t.map);
	enum err r = facts ? store_begin(d->store, e) : error_set(e, ERR_STORE_REPLICA, "certificate");
	if (!r) {
		if (!(r = take_all(&t, e)) && !(r = store_run(d->store, SQL_SYNC_STATE_FEED, NULL, e, "i", item->feed)))
			r = desk_commit(d, MAY_SYNC, "custody.certificate", item->serial, NULL, facts, e);
		store_rollback(d->store);
	}
	json_decref(facts);
	json_decref(t.map);
	return r;
}

static void tell_of_review(struct desk *d, const struct certificate_left *left)
{
	struct subject s = {0};
	if (*left->order && strcmp(left->to, d->site) != 0 && subject_from_certificate(d, left->serial, &s, NULL) == OK)
		tell_holder(d, &s, "certificate-moved", left->order);
	subject_free(&s);
}

enum err certificate_given(struct desk *d, const struct certificate_left *left, struct error *e)
{
	int64_t id = 0, key_id = 0;
	json_t *facts = json_pack("{ss ss}", "to", left->to, "key", left->key);
	enum err r = facts && *left->to ? store_begin(d->store, e) : error_set(e, ERR_STORE_REPLICA, "certificate");
	if (!r)
		r = store_int(d->store, SQL_CERTIFICATE_NAMED, 0, &id, e, "tt", left->issuer, left->serial);
	if (!r && *left->key)
		r = store_int(d->store, SQL_KEY_NAMED, 0, &key_id, e, "t", left->key);
	if (!r)
		r = store_run(d->store, SQL_SYNC_STATE_FEED, NULL, e, "i", left->feed);
	if (!r && !id && !key_id)
		r = store_commit_plain(d->store, e);
	else if (!r && !(id && (r = store_run(d->store, SQL_CERTIFICATE_SET_HOLDER, NULL, e, "it", id, left->to))) &&
	         !(key_id && (r = store_run(d->store, SQL_STOCK_SET_CUSTODIAN, NULL, e, "it", key_id, left->to))))
		r = desk_commit(d, MAY_SYNC, "custody.certificate-given", left->serial, NULL, facts, e);
	store_rollback(d->store);
	json_decref(facts);
	if (!r && id)
		tell_of_review(d, left);
	return r;
}

enum err certificate_ours(struct desk *d, int64_t id, struct error *e)
{
	struct rows *rows = NULL;
	char holder[33] = "";
	enum err r = store_query(d->store, SQL_CERTIFICATE_HOLDER_OF, &rows, e, "i", id);
	if (!r && rows_next(rows))
		text_copy(holder, sizeof holder, rows_text(rows, 0));
	enum err end = rows_end(&rows, r ? NULL : e);
	r = r ? r : end;
	return r || strcmp(holder, d->site) == 0 ? r : site_has_taken(d, holder, e);
}

enum err certificate_held(struct desk *d, const char *issuer, const char *serial, bool *held, struct error *e)
{
	struct rows *rows = NULL;
	*held = false;
	enum err r = store_query(d->store, SQL_CERTIFICATE_HOLDER, &rows, e, "tt", issuer, serial);
	if (!r && rows_next(rows))
		*held = strcmp(rows_text(rows, 0), d->site) == 0;
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

/* In one slot: *held where it is one that needs no fetching. */
static enum err look(struct desk *d, struct token *t, enum token_slot slot, struct bytes *der, bool *held, struct error *e)
{
	struct cert_info info = {0};
	enum err r = token_read_certificate(t, slot, der, e);
	if (!r && !(r = cert_info(der->data, der->length, &info, e)))
		r = certificate_held(d, info.issuer, info.serial, held, e);
	cert_info_free(&info);
	return r;
}

enum err certificate_on_key(struct desk *d, const char *key_serial, struct bytes *der, int *slot, struct error *e)
{
	enum token_slot slots[SLOTS_MOST];
	struct token *t = NULL;
	size_t n = 0;
	bool held = false, found = false;
	enum err r = desk_allow(d, MAY_ORDER_NEW, NULL, e);
	if (!r)
		r = subject_only_key(d, e);
	if (!r)
		r = slots_known(d, slots, &n, e);
	if (!r)
		r = customer_key_open(d, key_serial, NULL, &t, e);
	for (size_t i = 0; !r && !found && i < n; i++) {
		der->length = 0;
		enum err one = look(d, t, slots[i], der, &held, e);
		if (one && one != ERR_TOKEN_NO_CERTIFICATE && one != ERR_TOKEN_CERTIFICATE && one != ERR_CA_CERTIFICATE)
			r = one;
		found = !one && !held;
		*slot = (int)slots[i];
	}
	if (!r && !found)
		r = error_set(e, held ? ERR_SYNC_CERT_HERE : ERR_DESK_KEY_FOREIGN, "%s", token_serial(t));
	token_close(&t);
	return r;
}

enum err certificate_serial_on_key(struct desk *d, const char *key_serial, char *out, size_t size, struct error *e)
{
	struct bytes der = {0};
	struct cert_info info = {0};
	int slot = 0;
	enum err r = certificate_on_key(d, key_serial, &der, &slot, e);
	if (!r && !(r = cert_info(der.data, der.length, &info, e)))
		text_copy(out, size, info.serial);
	cert_info_free(&info);
	bytes_free(&der);
	return r;
}

enum err certificate_sign(const char *key_serial, int slot, const struct secret *pin, const struct bytes *der, const struct bytes *text,
                          struct bytes *signature, struct error *e)
{
	struct token *t = NULL;
	struct cert_info info = {0};
	enum token_algorithm algorithm = TOKEN_P256;
	uint8_t digest[32];
	enum err r = cert_info(der->data, der->length, &info, e);
	if (!r && !token_algorithm_named(info.key, &algorithm))
		r = error_set(e, ERR_DESK_ALGORITHM, "%s", info.key);
	if (!r)
		r = spki_digest(info.spki.data, info.spki.length, text->data, text->length, digest, e);
	if (!r && !(r = token_open(key_serial, &t, e)) && !(r = token_begin(t, e))) {
		if (!(r = token_verify_pin(t, pin, e)))
			r = token_sign(t, (enum token_slot)slot, algorithm, digest, signature, e);
		token_end(t);
	}
	if (!r)
		r = spki_verify(info.spki.data, info.spki.length, digest, signature->data, signature->length, e);
	token_close(&t);
	cert_info_free(&info);
	return r;
}
