/* One certificate on its way to another site: its own rows, opened and sealed anew under a key that only the asker gets. */
#include <openssl/crypto.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "hub/authority.h"
#include "hub/feed.h"
#include "hub/holding.h"
#include "rules/contact.h"
#include "rules/customer.h"
#include "rules/keystate.h"
#include "sync/envelope.h"

struct handing {
	struct hub *hub;
	const struct holding_asked *asked;
	struct holding_given *out;
	char site[SITE_CODE_SIZE]; /* whose record it is */
	int64_t record;
	struct keyring ring;
	struct view view;
	json_t *certificate;
	uint8_t key[DATA_KEY_SIZE]; /* the bundle's */
};

static enum err find(struct handing *h, struct error *e)
{
	struct db_rows *rows = NULL;
	enum err r = db_query(h->hub->db, HUB_SQL_HOLDING_GET, &rows, e, "tt", h->asked->issuer, h->asked->serial);
	if (!r && db_rows_next(rows)) {
		text_copy(h->out->from, sizeof h->out->from, db_rows_text(rows, 0));
		text_copy(h->site, sizeof h->site, db_rows_text(rows, 1));
		h->record = db_rows_int(rows, 2);
	} else
		h->out->why = SAY_CERTIFICATE_UNKNOWN;
	enum err end = db_rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

/* What its custodian posts meanwhile is judged behind this. */
static enum err hold_still(struct handing *h, struct error *e)
{
	char before[SITE_CODE_SIZE];
	text_copy(before, sizeof before, h->out->from);
	enum err r = db_lock(h->hub->db, "site", before, e);
	if (!r)
		r = find(h, e);
	return r || strcmp(before, h->out->from) == 0 ? r : error_set(e, ERR_STORE_BUSY, "%s", h->asked->serial);
}

static const char over[] = "handed-over mailed done rejected cancelled refunding refunded";

static enum err order_over(struct handing *h, int64_t record, struct error *e)
{
	json_t *order = NULL;
	enum err r = view_before(&h->view, "orders", record, &order, e);
	if (!r && order && !text_has_word(over, json_text(order, "status"))) {
		h->out->why = SAY_UNDER_WAY;
		text_copy(h->out->order, sizeof h->out->order, json_text(order, "no"));
	}
	json_decref(order);
	return r;
}

static enum err nothing_under_way(struct handing *h, struct error *e)
{
	json_t *orders = NULL, *row;
	size_t i;
	enum err r = order_over(h, row_number(h->certificate, "order_id"), e);
	if (!r)
		r = db_list(h->hub->db, HUB_SQL_ABOUT_OF, &orders, e, "ti", h->site, h->record);
	json_array_foreach(orders, i, row)
		if (!r && !h->out->why)
			r = order_over(h, json_number(row, "order_record"), e);
	json_decref(orders);
	return r;
}

/* A serial is its issuer's word: only the very certificate that was journalled counts. */
static bool same_certificate(const struct handing *h)
{
	const char *hex = json_text(h->certificate, "der");
	size_t n = strlen(hex) / 2;
	uint8_t *raw = malloc(n + 1);
	bool same = raw && n == h->asked->der->length && hex_decode(raw, n, hex) && memcmp(raw, h->asked->der->data, n) == 0;
	free(raw);
	return same;
}

/* What is sealed in a column of a site's row, opened. ERR_SEALED where it can't be. */
static enum err open_sealed(struct keyring *ring, const json_t *row, const char *column, const char *bind, struct bytes *plain, struct error *e)
{
	const char *hex = json_text(row, column);
	size_t n = strlen(hex) / 2;
	const uint8_t *key = NULL;
	uint8_t *raw = malloc(n + 1);
	enum err r = raw ? keyring_get(ring, json_number(row, "dk"), &key, e) : error_set(e, ERR_MEMORY, "%s", bind);
	if (!r && (!key || !hex_decode(raw, n, hex) || unseal(key, bind, raw, n, plain)))
		r = error_set(e, ERR_SEALED, "%s %s", ring->site, bind);
	free(raw);
	return r;
}

/* What is on file of its holder; *out stays NULL where nothing is. */
static enum err read_holder(struct handing *h, json_t **out, struct error *e)
{
	struct bytes plain = {0};
	json_t *row = NULL;
	enum err r = view_before(&h->view, "customer", row_number(h->certificate, "customer_id"), &row, e);
	if (!r && row && !(r = open_sealed(&h->ring, row, "data", "customer.data", &plain, e)))
		r = json_parse((char *)plain.data, plain.length, out, e);
	if (plain.data)
		OPENSSL_cleanse(plain.data, plain.length);
	bytes_free(&plain);
	json_decref(row);
	return r;
}

static enum err same_holder(struct handing *h, struct error *e)
{
	json_t *data = NULL;
	enum err r = read_holder(h, &data, e);
	if (!r && (!*h->asked->holder || strcmp(customer_number(data), h->asked->holder) != 0))
		h->out->why = SAY_REVIEW_HOLDER;
	json_decref(data);
	return r;
}

static enum err may_go(struct handing *h, struct error *e)
{
	const char *state;
	enum err r = view_before(&h->view, "certificate", h->record, &h->certificate, e);
	if (r)
		return r;
	state = json_text(h->certificate, "state");
	if (!h->certificate || (h->asked->der && !same_certificate(h)))
		h->out->why = SAY_CERTIFICATE_UNKNOWN;
	else if (strcmp(h->site, h->asked->to) == 0 && strcmp(h->out->from, h->asked->to) == 0)
		h->out->why = SAY_HERE;
	else if (strcmp(state, "revoked") == 0 || strcmp(state, "superseded") == 0)
		h->out->why = SAY_CERTIFICATE_REVOKED;
	else if (strcmp(h->site, h->out->from) != 0 && strcmp(h->out->from, h->asked->to) != 0)
		h->out->why = SAY_UNDER_WAY; /* on its way to whom it was given last, who alone may ask again */
	else
		r = nothing_under_way(h, e);
	if (!r && !h->out->why && h->asked->holder)
		r = same_holder(h, e);
	return r;
}

/* A sealed column under the bundle's key. */
static enum err seal_again(struct handing *h, json_t *row, const char *column, const char *bind, struct error *e)
{
	struct bytes plain = {0}, sealed = {0};
	char *text = NULL;
	if (!*json_text(row, column))
		return OK;
	enum err r = open_sealed(&h->ring, row, column, bind, &plain, e);
	if (!r && (r = seal(h->key, bind, plain.data, plain.length, &sealed)))
		r = error_set(e, r, "%s", bind);
	if (!r && !(text = malloc(2 * sealed.length + 1)))
		r = error_set(e, ERR_MEMORY, "%s", bind);
	if (!r) {
		hex_encode(text, sealed.data, sealed.length);
		json_object_set_new(row, column, json_string(text));
	}
	bytes_free(&plain);
	bytes_free(&sealed);
	free(text);
	return r;
}

/* One of its rows, without what isn't its own. */
static enum err add(struct handing *h, json_t *bundle, const char *name, const char *kind, int64_t record, const char *column, const char *bind,
                    struct error *e)
{
	json_t *row = NULL;
	enum err r = view_before(&h->view, kind, record, &row, e);
	if (!r && !row)
		r = error_set(e, ERR_SEALED, "%s %s %lld", h->site, kind, (long long)record);
	if (!r && column)
		r = seal_again(h, row, column, bind, e);
	json_object_del(row, "dk");
	if (!r)
		json_object_set(bundle, name, row);
	json_decref(row);
	return r;
}

static enum err add_key(struct handing *h, json_t *bundle, struct error *e)
{
	int64_t record = 0;
	enum err r = db_int(h->hub->db, HUB_SQL_KEY_RECORD_GET, 0, &record, e, "tt", h->site, json_text(h->certificate, "key_serial"));
	if (!r && record)
		r = add(h, bundle, "key", "usb_key", record, "secrets", "usb_key.secrets", e);
	/* one that is another's already is not this site's to give; one in its drawer stays there, unless the asker has shown that it isn't there */
	const json_t *key = json_object_get(bundle, "key");
	if (!r && record && (strcmp(json_text(key, "custodian"), h->site) != 0 || (!h->asked->der && key_in_drawer(json_text(key, "state")))))
		json_object_del(bundle, "key");
	return r;
}

static const char approved[] = "approved issuing issued handed-over mailed done";

/* On file by an order of theirs that was approved; one of another site was when they came from there. */
static enum err is_on_file(struct handing *h, const json_t *agent, bool *is, struct error *e)
{
	const char *no = json_text(agent, "last_order");
	int64_t record = 0;
	json_t *order = NULL;
	*is = *no && *json_text(agent, "data");
	enum err r = *is ? db_int(h->hub->db, HUB_SQL_ORDER_RECORD_FIND, 0, &record, e, "tt", h->site, no) : OK;
	if (!r && record && !(r = view_before(&h->view, "orders", record, &order, e)))
		*is = text_has_word(approved, json_text(order, "status"));
	json_decref(order);
	return r;
}

/* The holder's agents on file. */
static enum err add_agents(struct handing *h, json_t *bundle, struct error *e)
{
	json_t *records = NULL, *one, *agents = json_array();
	size_t i;
	enum err r = db_list(h->hub->db, HUB_SQL_AGENTS_OF, &records, e, "ti", h->site, row_number(h->certificate, "customer_id"));
	json_array_foreach(records, i, one) {
		json_t *row = NULL;
		bool is = false;
		if (r || (r = view_before(&h->view, "agent", json_number(one, "record"), &row, e)) || (r = is_on_file(h, row, &is, e)))
			is = false;
		if (is && !(r = seal_again(h, row, "data", "agent.data", e)))
			json_array_append_new(agents, json_pack("{sO sO}", "data", json_object_get(row, "data"), "last_order", json_object_get(row, "last_order")));
		json_decref(row);
	}
	json_object_set_new(bundle, "agents", agents);
	json_decref(records);
	return r;
}

static enum err person(struct handing *h, json_t *bundle, int64_t record, struct error *e)
{
	json_t *row = NULL;
	enum err r = view_before(&h->view, "staff", record, &row, e);
	if (!r)
		json_object_set_new(bundle, "person", json_pack("{sI ss ss ss}", "id", (json_int_t)record, "number", json_text(row, "number"), "login", json_text(row, "login"), "name",
		                                               json_text(row, "name")));
	json_decref(row);
	return r;
}

static enum err pack(struct handing *h, json_t *bundle, struct error *e)
{
	const json_t *order;
	enum err r = add(h, bundle, "certificate", "certificate", h->record, NULL, NULL, e);
	if (!r)
		r = add(h, bundle, "order", "orders", row_number(h->certificate, "order_id"), "data", "orders.data", e);
	if (!r)
		r = add(h, bundle, "item", "item", row_number(h->certificate, "item_id"), NULL, NULL, e);
	if (!r)
		r = add(h, bundle, "customer", "customer", row_number(h->certificate, "customer_id"), "data", "customer.data", e);
	if (!r)
		r = add_agents(h, bundle, e);
	order = json_object_get(bundle, "order");
	json_object_set_new(json_object_get(bundle, "item"), "request", json_null());
	if (!r)
		r = add(h, bundle, "visit", "visit", row_number(order, "visit_id"), NULL, NULL, e);
	if (!r)
		r = person(h, bundle, row_number(order, "staff_id"), e);
	return r ? r : add_key(h, bundle, e);
}

static enum err seal_bundle(struct handing *h, const json_t *bundle, json_t *item, struct error *e)
{
	struct bytes text = {0}, sealed = {0}, cms = {0};
	X509 *certificate = NULL;
	unsigned char *der = NULL;
	char bind[CERT_SERIAL_SIZE + 16];
	snprintf(bind, sizeof bind, "certificate/%s", h->asked->serial);
	enum err r = json_canonical(bundle, &text);
	if (!r)
		r = seal(h->key, bind, text.data, text.length, &sealed);
	if (r)
		error_set(e, r, "%s", bind);
	else
		r = hub_certificate(h->hub, h->asked->to, "encrypt", &certificate, e);
	int n = r ? -1 : i2d_X509(certificate, &der);
	if (!r)
		r = n > 0 ? envelope_seal(der, (size_t)n, h->site, h->record, h->key, &cms, e) : error_set(e, ERR_CRYPTO, "certificate");
	if (!r && !(r = json_set_base64(item, "bundle", sealed.data, sealed.length, e)))
		r = json_set_base64(item, "cms", cms.data, cms.length, e);
	bytes_free(&text);
	bytes_free(&sealed);
	bytes_free(&cms);
	OPENSSL_free(der);
	X509_free(certificate);
	return r;
}

/* Where headquarters' authority signed it, its states are the new custodian's from here on. */
static enum err tell_authority(struct handing *h, struct error *e)
{
	const char *hex = json_text(h->certificate, "der");
	size_t n = strlen(hex) / 2;
	uint8_t *raw = malloc(n + 1);
	enum err r = raw && hex_decode(raw, n, hex) ? authority_given(h->hub, h->asked->serial, raw, n, h->asked->to, e)
	                                            : error_set(e, ERR_SEALED, "%s der", h->site);
	free(raw);
	return r;
}

static enum err tell(struct handing *h, json_t *bundle, json_t *item, struct error *e)
{
	const char *serial = h->asked->serial, *issuer = h->asked->issuer;
	const json_t *key = json_object_get(bundle, "key");
	json_t *given = json_pack("{ss ss ss ss ss*}", "issuer", issuer, "serial", serial, "key", json_text(key, "serial"), "to", h->asked->to, "review",
	                          h->asked->review);
	enum err r = given ? feed_name_site(h->hub, given, h->asked->to, e) : error_set(e, ERR_MEMORY, "%s", serial);
	if (!r)
		r = feed_name_site(h->hub, item, h->site, e);
	if (!r)
		r = feed_add(h->hub, h->asked->to, "certificate", "", json_incref(item), e);
	if (!r)
		r = feed_add(h->hub, h->out->from, "certificate-given", "", json_incref(given), e);
	json_decref(given);
	if (!r)
		r = db_run(h->hub->db, HUB_SQL_HOLDING_GIVE, NULL, e, "ttt", issuer, serial, h->asked->to);
	if (!r && key)
		r = db_run(h->hub->db, HUB_SQL_KEY_CUSTODY_PUT, NULL, e, "tt", json_text(key, "serial"), h->asked->to);
	return r ? r : tell_authority(h, e);
}

static enum err hand_over(struct handing *h, struct error *e)
{
	json_t *bundle = json_object(), *item = NULL;
	random_bytes(h->key, sizeof h->key);
	enum err r = bundle ? pack(h, bundle, e) : ERR_MEMORY;
	if (!r) {
		item = json_pack("{ss ss ss sI ss}", "issuer", h->asked->issuer, "serial", h->asked->serial, "from", h->site, "record", (json_int_t)h->record,
		                 "order", json_text(json_object_get(bundle, "order"), "no"));
		r = item ? seal_bundle(h, bundle, item, e) : ERR_MEMORY;
	}
	if (!r)
		r = tell(h, bundle, item, e);
	json_decref(item);
	json_decref(bundle);
	return r;
}

/* Who has it stands still from here on; out->why where it can't go. */
static enum err look(struct handing *h, struct error *e)
{
	*h->out = (struct holding_given){0};
	enum err r = find(h, e);
	if (!r && !h->out->why)
		r = hold_still(h, e);
	h->ring = (struct keyring){.hub = h->hub, .site = h->site};
	if (!r && !h->out->why)
		view_begin(&h->view, h->hub, h->site, &h->ring, NULL, NULL);
	return r || h->out->why ? r : may_go(h, e);
}

static void end(struct handing *h)
{
	OPENSSL_cleanse(h->key, sizeof h->key);
	json_decref(h->certificate);
	keyring_free(&h->ring);
}

enum err holding_give(struct hub *hub, const struct holding_asked *asked, struct holding_given *out, struct error *e)
{
	struct handing h = {.hub = hub, .asked = asked, .out = out};
	enum err r = look(&h, e);
	if (!r && !out->why)
		r = hand_over(&h, e);
	end(&h);
	return r;
}

static enum err read_phone(struct handing *h, char phone[64], struct error *e)
{
	json_t *data = NULL;
	enum err r = read_holder(h, &data, e);
	text_copy(phone, 64, contact_value(data, "mobile"));
	json_decref(data);
	return r;
}

enum err holding_phone(struct hub *hub, const struct holding_asked *asked, struct holding_given *out, char phone[64], struct error *e)
{
	struct handing h = {.hub = hub, .asked = asked, .out = out};
	phone[0] = '\0';
	enum err r = look(&h, e);
	if (!r && !out->why)
		r = read_phone(&h, phone, e);
	end(&h);
	return r;
}
