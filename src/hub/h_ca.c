/* GET /v1/ca, POST and GET /v1/ca/issue: a site's request for a certificate under headquarters' authority. What is asked for is compared with what
 * the site's accepted entries say, and what stands in the certificate is the order's as headquarters has it. */
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "hub/authority.h"
#include "hub/giving.h"
#include "hub/grant.h"
#include "hub/h_data.h"
#include "hub/mainkey.h"
#include "hub/values.h"

enum { BODY_MOST = 64 << 10, EARLY_MOST = 300, LATE_MOST = 30 * 86400 };

struct asking {
	struct hub *hub;
	const char *site, *key, *order_no, *profile;
	int64_t item, not_before, not_after;
	struct bytes request; /* DER */
	char digest[DIGEST_TEXT_SIZE];
	struct view view;
	json_t *values;
	struct mainkey main;
	char about[CERT_SERIAL_SIZE]; /* the certificate whose place it takes, or "" */
	int64_t seq;     /* the entry that recorded it */
	const char *say; /* SAY_*, why it isn't issued; NULL: it is */
	const char *why;
};

static void refuse(struct asking *a, const char *say, const char *why)
{
	if (a->say)
		return;
	a->say = say;
	a->why = why;
}

static bool key_good(const char *key)
{
	size_t n = strlen(key);
	return n >= 16 && n <= 64 && strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == n;
}

static bool read_request(const char *pem, struct bytes *der)
{
	unsigned char *data = NULL;
	char *name = NULL, *header = NULL;
	long n = 0;
	BIO *bio = BIO_new_mem_buf(pem, -1);
	bool good = bio && PEM_read_bio(bio, &name, &header, &data, &n) == 1 && strcmp(name, PEM_STRING_X509_REQ) == 0 && n > 0 &&
	            bytes_add(der, data, (size_t)n) == OK;
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(data);
	BIO_free(bio);
	return good;
}

/* All that was asked for, under one digest: the same key stands for the same request. */
static bool digest_of(const json_t *body, char out[DIGEST_TEXT_SIZE])
{
	static const char *const members[] = {"order", "item", "profile", "request", "not_before", "not_after"};
	struct bytes text = {0};
	json_t *asked = json_object();
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		json_object_set(asked, members[i], json_object_get(body, members[i]));
	bool good = json_canonical(asked, &text) == OK;
	if (good)
		digest_text(text.data, text.length, out);
	bytes_free(&text);
	json_decref(asked);
	return good;
}

static bool read_asking(const json_t *body, struct asking *a)
{
	a->key = json_text(body, "key");
	a->order_no = json_text(body, "order");
	a->profile = json_text(body, "profile");
	a->item = json_number(body, "item");
	a->not_before = json_number(body, "not_before");
	a->not_after = json_number(body, "not_after");
	return key_good(a->key) && *a->order_no && strlen(a->order_no) < 64 && a->item > 0 && read_request(json_text(body, "request"), &a->request) &&
	       digest_of(body, a->digest);
}

/* What is known under the key: *certificate (PEM) where there is one; a->say where it can't be had any more. */
static enum err look_up(struct asking *a, bool *known, struct bytes *certificate, struct error *e)
{
	struct db_rows *rows = NULL;
	struct bytes sealed = {0}, der = {0};
	char serial[CERT_SERIAL_SIZE] = "";
	size_t length = 0;
	*known = false;
	enum err r = db_query(a->hub->db, HUB_SQL_CA_REQUEST_GET, &rows, e, "tt", a->site, a->key);
	if (!r && db_rows_next(rows)) {
		*known = true;
		if (db_rows_int(rows, 1))
			refuse(a, SAY_VOID, "");
		else if (*a->digest && strcmp(db_rows_text(rows, 0), a->digest) != 0)
			refuse(a, SAY_KEY, a->key);
		text_copy(serial, sizeof serial, db_rows_text(rows, 2));
		const void *blob = db_rows_blob(rows, 3, &length);
		if (blob)
			r = bytes_add(&sealed, blob, length);
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	if (!r && !(r = end) && *known && !a->say && !(r = authority_unseal(a->hub, serial, sealed.data, sealed.length, &der, e)))
		r = cert_pem(der.data, der.length, certificate, e);
	bytes_free(&sealed);
	bytes_free(&der);
	return r;
}

static enum err open_values(struct asking *a, const json_t *order, struct error *e)
{
	enum err r = values_open(a->view.ring, order, &a->values, e);
	if (!r && !a->values)
		refuse(a, SAY_ORDER, "data");
	return r || !a->values ? r : authority_values(a->hub, a->values, e);
}

static enum err judge_holder(struct asking *a, struct error *e)
{
	char custodian[SITE_CODE_SIZE], home[SITE_CODE_SIZE];
	enum err r = judge_custodian(a->hub, a->order_no, custodian, home, e);
	if (!r && !(*custodian ? strcmp(custodian, a->site) == 0 : judge_own_number(a->site, a->order_no)))
		refuse(a, SAY_ORDER, "custody");
	return r;
}

static enum err judge_order_row(struct asking *a, int64_t record, struct error *e)
{
	json_t *order = NULL;
	enum err r = view_before(&a->view, "orders", record, &order, e);
	const char *status = json_text(order, "status");
	if (!r && strcmp(status, "issuing") != 0 && strcmp(status, "approved") != 0)
		refuse(a, SAY_ORDER, "status");
	else if (!r)
		r = open_values(a, order, e);
	json_decref(order);
	return r;
}

/* The request is the one that the site made on the key for this item of the order. */
static enum err judge_item(struct asking *a, int64_t record, struct error *e)
{
	json_t *item = NULL;
	enum err r = view_before(&a->view, "item", a->item, &item, e);
	const char *hex = json_text(item, "request");
	uint8_t *der = malloc(a->request.length);
	bool same = der && strlen(hex) == 2 * a->request.length && hex_decode(der, a->request.length, hex) &&
	            memcmp(der, a->request.data, a->request.length) == 0;
	if (!r && (!item || json_number(item, "order_id") != record || !same))
		refuse(a, SAY_ORDER, "item");
	free(der);
	json_decref(item);
	return r;
}

/* The site has recorded what it asks for, before it asked: a->seq is where. */
static enum err find_recorded(struct asking *a, int64_t record, struct error *e)
{
	json_t *parts = NULL;
	bool found = false;
	enum err r = view_parts(&a->view, record, "ca_request", &parts, e);
	for (size_t i = 0; !r && !found && i < json_array_size(parts); i++) {
		json_t *row = NULL;
		int64_t id = json_integer_value(json_array_get(parts, i));
		r = view_before(&a->view, "ca_request", id, &row, e);
		found = row && strcmp(json_text(row, "key"), a->key) == 0 && strcmp(json_text(row, "state"), "asked") == 0 &&
		        json_number(row, "item_id") == a->item && json_number(row, "not_before") == a->not_before &&
		        json_number(row, "not_after") == a->not_after;
		if (!r && found)
			r = db_int(a->hub->db, HUB_SQL_STATE_NEWEST_SEQ, 0, &a->seq, e, "tti", a->site, "ca_request", id);
		json_decref(row);
	}
	json_decref(parts);
	return r;
}

static enum err judge_grant(struct asking *a, int64_t record, struct error *e)
{
	struct grant g = {.view = &a->view, .order = record, .item = a->item, .not_before = a->not_before, .not_after = a->not_after,
	                  .profile = a->profile, .request = &a->request, .seq = a->seq};
	enum err r = grant_judge(&g, e);
	if (!r && g.why)
		refuse(a, SAY_ORDER, g.why);
	text_copy(a->about, sizeof a->about, g.about);
	return r;
}

static enum err judge_living(struct asking *a, struct error *e)
{
	int64_t living = 0, now = hub_now(a->hub);
	enum err r = db_int(a->hub->db, HUB_SQL_CA_ITEM_LIVING, 0, &living, e, "ttit", a->site, a->order_no, a->item, a->key);
	if (!r && living)
		refuse(a, SAY_ORDER, "certificate");
	if (a->not_before > now + EARLY_MOST || a->not_before < now - LATE_MOST || a->not_after <= now)
		refuse(a, SAY_ORDER, "validity");
	return r;
}

/* Where another counter was quicker: the order is undone and refunded there, and what the other has is not told. */
static enum err judge_main(struct asking *a, int64_t record, struct error *e)
{
	bool taken = false;
	enum err r = mainkey_find(&a->view, record, a->item, &a->main, e);
	if (!r)
		r = mainkey_taken(a->hub, &a->main, a->site, a->order_no, a->about, &taken, e);
	if (!r && taken)
		refuse(a, SAY_ORDER, "main");
	return r;
}

static enum err judge(struct asking *a, struct error *e)
{
	int64_t record = 0;
	enum err r = db_int(a->hub->db, HUB_SQL_ORDER_RECORD_FIND, 0, &record, e, "tt", a->site, a->order_no);
	if (!r && !record)
		refuse(a, SAY_ORDER, "unknown");
	if (!r && !a->say)
		r = judge_holder(a, e);
	if (!r && !a->say)
		r = judge_order_row(a, record, e);
	if (!r && !a->say)
		r = judge_item(a, record, e);
	if (!r && !a->say)
		r = find_recorded(a, record, e);
	if (!r && !a->say)
		r = judge_grant(a, record, e);
	if (!r && !a->seq)
		refuse(a, SAY_ORDER, "record");
	if (!r && !a->say)
		r = judge_living(a, e);
	if (!r && !a->say)
		r = judge_main(a, record, e);
	return r;
}

/* What is wrong with the request itself is the site's to put right. */
static bool own_fault(enum err r)
{
	return r == ERR_CA_REQUEST || r == ERR_CA_WEAK_KEY || r == ERR_CA_SIGNATURE || r == ERR_CA_FIELD || r == ERR_CA_PROFILE || r == ERR_CA_VALIDITY;
}

static enum err sign(struct asking *a, struct bytes *certificate, struct error *e)
{
	struct bytes der = {0};
	struct ca_order order = {.request = a->request.data, .request_length = a->request.length, .values = a->values, .not_before = a->not_before,
	                         .not_after = a->not_after};
	enum err r = authority_profile(a->hub, a->profile, &order.profile, e);
	if (!r)
		r = authority_issue(a->hub, a->site, a->key, a->digest, a->order_no, a->item, &order, &der, e);
	if (!r && !(r = mainkey_note(a->hub, &a->main, a->site, a->key, e)) && !(r = cert_pem(der.data, der.length, certificate, e)))
		r = db_commit(a->hub->db, e);
	bytes_free(&der);
	if (own_fault(r)) {
		refuse(a, SAY_ORDER, "request");
		r = OK;
	}
	return r;
}

/* One site's entries and requests come one after another, so that what is judged here stays as it is until the certificate is recorded. */
static enum err answer(struct asking *a, struct bytes *certificate, struct error *e)
{
	bool known = false;
	enum err r = db_begin(a->hub->db, e);
	if (!r && !(r = db_lock(a->hub->db, "site", a->site, e)) && !(r = look_up(a, &known, certificate, e)) && !known && !(r = judge(a, e)) && !a->say)
		r = sign(a, certificate, e);
	db_rollback(a->hub->db);
	return r;
}

static enum err alarm(struct asking *a, struct error *e)
{
	char detail[160];
	snprintf(detail, sizeof detail, "%s %s %s", a->order_no, a->say, a->why);
	return hub_alarm_once(a->hub, a->site, "ca", detail, HUB_ALARMS_A_DAY, e);
}

static enum err say(struct asking *a, const struct bytes *certificate, struct reply *p)
{
	if (a->say)
		return reply_say(p, 409, a->say, json_pack("{ss}", "why", a->why));
	return reply_json(p, json_pack("{ss}", "certificate", (char *)certificate->data));
}

enum err h_ca_post(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	struct keyring ring = {.hub = hub, .site = q->site};
	struct asking a = {.hub = hub, .site = q->site};
	struct bytes certificate = {0};
	json_t *body = NULL;
	if (!request_json(q, BODY_MOST, &body, p))
		return OK;
	enum err r = authority_open(hub, e);
	if (r == ERR_HUB_NO_CA)
		r = reply_say(p, 409, SAY_AUTHORITY, NULL);
	else if (!r && !read_asking(body, &a))
		r = reply_say(p, 400, SAY_REQUEST, NULL);
	else if (!r) {
		view_begin(&a.view, hub, q->site, &ring, NULL, NULL);
		if (!(r = answer(&a, &certificate, e)) && a.say)
			r = alarm(&a, e);
		r = r ? r : say(&a, &certificate, p);
	}
	keyring_free(&ring);
	json_decref(a.values);
	bytes_free(&a.request);
	bytes_free(&certificate);
	json_decref(body);
	return r;
}

enum err h_ca_get(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	char key[65];
	struct asking a = {.hub = hub, .site = q->site, .key = key};
	struct bytes certificate = {0};
	bool known = false;
	if (!request_text(q, "key", key, sizeof key) || !key_good(key))
		return reply_say(p, 400, SAY_REQUEST, NULL);
	enum err r = look_up(&a, &known, &certificate, e);
	if (!r)
		r = known ? say(&a, &certificate, p) : reply_say(p, 404, SAY_UNKNOWN, NULL);
	bytes_free(&certificate);
	return r;
}

enum err h_ca_reach(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	(void)q;
	enum err r = authority_open(hub, e);
	if (r == ERR_HUB_NO_CA)
		return reply_say(p, 409, SAY_AUTHORITY, NULL);
	return r ? r : reply_json(p, json_object());
}
