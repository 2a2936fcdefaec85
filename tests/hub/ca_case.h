/* For tests of the CA that headquarters holds. What the counter does is done by hand here, as far as headquarters sees it; t_hub_ca.sh
 * does it with a key. */
#ifndef CERTDESK_TESTS_CA_CASE_H
#define CERTDESK_TESTS_CA_CASE_H

#include "hubcase.h"
#include "../lib/fixture.h"
#include "ca/request.h"
#include "desk/cert.h"
#include "desk/hubca.h"
#include "hub/authority.h"
#include "hub/holding.h"
#include "hub/publish.h"
#include "rules/term.h"
#include "store/replica.h"

static const char key_one[] = "00112233445566778899aabbccddeeff", key_two[] = "ffeeddccbbaa99887766554433221100";

struct asked {
	int site;
	char no[ORDER_NO_SIZE];
	int64_t order, item, from, to;
	struct bytes der; /* the request */
	char *pem;
	int64_t note, id;
	char serial[CERT_SERIAL_SIZE];
	struct bytes certificate;
};

static inline void asked_free(struct asked *a)
{
	bytes_free(&a->der);
	bytes_free(&a->certificate);
	free(a->pem);
}

static inline void begin(struct hub_case *c, int i)
{
	site_is(OK, store_begin(site_at(c, i)->store, &c->e), &c->e);
}

static inline int64_t put(struct hub_case *c, int i, const char *kind, json_t *row, int64_t id)
{
	assert_non_null(row);
	site_is(OK, replica_put(c->d[i]->store, kind, row, &id, &c->e), &c->e);
	json_decref(row);
	return id;
}

/* By hand, as no statement of the program does it. */
static inline void in_database(struct hub_case *c, const char *sql)
{
	char command[400];
	snprintf(command, sizeof command, "sqlite3 '%s/hub.db' \"%s\"", c->dir, sql);
	assert_int_equal(0, system(command));
}

static inline void authority(struct hub_case *c)
{
	fixture_pair("headquarters");
	enum err r = authority_create(hub, "总部CA", &c->e);
	fixture_pair(NULL);
	site_is(OK, r, &c->e);
}

static EVP_PKEY *kept_pair; /* that the next requests are by, instead of each by its own */

/* Each its own within a case. */
static inline EVP_PKEY *next_pair(void)
{
	static int number, served;
	char name[32];
	number = served == hub_cases ? number + 1 : 1;
	served = hub_cases;
	snprintf(name, sizeof name, "request-%d", number);
	fixture_pair(name);
	EVP_PKEY *pair = EVP_RSA_gen(2048);
	fixture_pair(NULL);
	assert_non_null(pair);
	return pair;
}

static inline void make_request(struct asked *a)
{
	unsigned char *der = NULL;
	char *text;
	EVP_PKEY *pair = kept_pair ? kept_pair : next_pair();
	X509_REQ *q = X509_REQ_new();
	BIO *bio = BIO_new(BIO_s_mem());
	assert_true(X509_REQ_set_pubkey(q, pair) == 1 && X509_REQ_sign(q, pair, EVP_sha256()) > 0);
	int n = i2d_X509_REQ(q, &der);
	assert_true(n > 0 && PEM_write_bio_X509_REQ(bio, q) == 1);
	bytes_free(&a->der);
	free(a->pem);
	bytes_add(&a->der, der, (size_t)n);
	long length = BIO_get_mem_data(bio, &text);
	a->pem = strndup(text, (size_t)length);
	OPENSSL_free(der);
	BIO_free(bio);
	X509_REQ_free(q);
	if (!kept_pair)
		EVP_PKEY_free(pair);
}

static inline char *hex_of(const struct bytes *b)
{
	char *hex = malloc(2 * b->length + 1);
	hex_encode(hex, b->data, b->length);
	return hex;
}

static inline int64_t first_item(struct hub_case *c, int i, int64_t order)
{
	int64_t item = 0;
	struct rows *rows = NULL;
	site_is(OK, store_query(c->d[i]->store, SQL_CUSTODY_PARTS, &rows, &c->e, "i", order), &c->e);
	while (rows_next(rows))
		if (strcmp(rows_text(rows, 0), "item") == 0 && !item)
			item = rows_int(rows, 1);
	rows_end(&rows, NULL);
	return item;
}

/* An approved order on its way to a certificate, up to the request. */
static inline struct asked requested_with(struct hub_case *c, int i, json_t *changes)
{
	struct asked a = {.site = i};
	struct desk *d = site_at(c, i);
	site_approved(&c->site[i], d, "new-unit", changes, a.no);
	json_decref(changes);
	a.order = order_id(c, i, a.no);
	a.item = first_item(c, i, a.order);
	a.from = desk_now(d);
	a.to = term_last(a.from, 12);
	make_request(&a);
	char *hex = hex_of(&a.der);
	begin(c, i);
	put(c, i, "orders", json_pack("{ss}", "status", "issuing"), a.order);
	put(c, i, "item", json_pack("{ss ss ss}", "step", "requested", "request", hex, "key_serial", "10000001"), a.item);
	rogue_commit(c, i, "issue.requested", "is1", a.no, NULL);
	free(hex);
	return a;
}

static inline struct asked requested(struct hub_case *c, int i)
{
	return requested_with(c, i, NULL);
}

static inline int64_t dk_of(struct hub_case *c, const struct asked *a)
{
	json_t *row = NULL;
	site_is(OK, replica_row(c->d[a->site]->store, "orders", a->order, &row, &c->e), &c->e);
	int64_t dk = json_number(row, "dk");
	json_decref(row);
	return dk;
}

/* The counter notes what it is going to ask, rightly or not. */
static inline void note(struct hub_case *c, struct asked *a, const char *key)
{
	begin(c, a->site);
	a->note = put(c, a->site, "ca_request", json_pack("{sI sI ss ss sI sI ss sI sI}", "dk", (json_int_t)dk_of(c, a), "item_id", (json_int_t)a->item,
	                 "key_serial", "10000001", "key", key, "not_before", (json_int_t)a->from, "not_after", (json_int_t)a->to, "state", "asked",
	                 "asked_at", (json_int_t)a->from, "state_at", (json_int_t)a->from), 0);
	rogue_commit(c, a->site, "issue.asked", "is1", a->no, NULL);
	SYNC(c, a->site);
}

static inline void noted(struct hub_case *c, struct asked *a, const char *key)
{
	note(c, a, key);
	assert_int_equal(0, refused_at(a->site));
}

static inline void give_up(struct hub_case *c, const struct asked *a)
{
	begin(c, a->site);
	put(c, a->site, "ca_request", json_pack("{ss}", "state", "void"), a->note);
	rogue_commit(c, a->site, "issue.released", "is1", a->no, NULL);
	SYNC(c, a->site);
}

static inline int ask_for(struct hub_case *c, int i, const struct asked *a, const char *profile, const char *key, json_t **out)
{
	json_t *body = json_pack("{ss ss sI ss ss sI sI}", "key", key, "order", a->no, "item", (json_int_t)a->item, "profile", profile, "request", a->pem,
	                         "not_before", (json_int_t)a->from, "not_after", (json_int_t)a->to);
	char *text = json_dumps(body, JSON_COMPACT);
	int status = ask(c, i, "POST", "/v1/ca/issue", "", text, strlen(text), "", out);
	free(text);
	json_decref(body);
	return status;
}

static inline int ask_ca(struct hub_case *c, int i, const struct asked *a, const char *key, json_t **out)
{
	return ask_for(c, i, a, "unit-1y", key, out);
}

static inline void says_no(struct hub_case *c, int i, const struct asked *a, const char *key, const char *error, const char *why)
{
	json_t *out = NULL;
	int status = ask_ca(c, i, a, key, &out);
	if (status != 409 || strcmp(json_text(out, "error"), error) != 0 || strcmp(json_text(out, "why"), why) != 0)
		fail_msg("%d %s %s, not %s %s", status, json_text(out, "error"), json_text(out, "why"), error, why);
	json_decref(out);
}

static inline int64_t issued_count(void)
{
	return hub_int(HUB_SQL_CA_CERTIFICATE_COUNT, "");
}

static inline void issued(struct hub_case *c, struct asked *a, const char *key)
{
	json_t *out = NULL;
	struct cert_info info = {0};
	struct bytes der = {0};
	int status = ask_ca(c, a->site, a, key, &out);
	if (status != 200)
		fail_msg("%d %s %s", status, json_text(out, "error"), json_text(out, "why"));
	const char *pem = json_text(out, "certificate");
	site_is(OK, cert_from_pem(pem, strlen(pem), &der, &c->e), &c->e);
	site_is(OK, cert_info(der.data, der.length, &info, &c->e), &c->e);
	snprintf(a->serial, sizeof a->serial, "%s", info.serial);
	bytes_free(&a->certificate);
	a->certificate = der;
	cert_info_free(&info);
	json_decref(out);
}

/* The counter has it. */
static inline void written(struct hub_case *c, struct asked *a)
{
	json_t *row = NULL;
	char *hex = hex_of(&a->certificate);
	site_is(OK, replica_row(c->d[a->site]->store, "orders", a->order, &row, &c->e), &c->e);
	begin(c, a->site);
	a->id = put(c, a->site, "certificate", json_pack("{sI ss ss sI sI sI ss ss ss sI sI ss sI ss ss}", "dk", (json_int_t)json_number(row, "dk"),
	                 "issuer", "CN=x", "serial", a->serial, "order_id", (json_int_t)a->order, "item_id", (json_int_t)a->item, "customer_id",
	                 (json_int_t)json_number(row, "customer_id"), "key_serial", "10000001", "product", "unit-1y", "subject", "CN=x", "not_before",
	                 (json_int_t)a->from, "not_after", (json_int_t)a->to, "state", "active", "state_at", (json_int_t)a->from, "custodian",
	                 codes[a->site], "der", hex), 0);
	rogue_commit(c, a->site, "issue.certified", "is1", a->no, NULL);
	SYNC(c, a->site);
	json_decref(row);
	free(hex);
}

/* Headquarters has an authority, and the counter's request is recorded under key_one; the certificate is issued; and written. */
static inline struct asked to_ask(struct hub_case *c, int i)
{
	authority(c);
	struct asked a = requested(c, i);
	noted(c, &a, key_one);
	return a;
}

static inline struct asked with_issued(struct hub_case *c, int i)
{
	struct asked a = to_ask(c, i);
	issued(c, &a, key_one);
	return a;
}

static inline struct asked with_certificate(struct hub_case *c, int i)
{
	struct asked a = with_issued(c, i);
	written(c, &a);
	return a;
}

static inline void set_state(struct hub_case *c, const struct asked *a, const char *state, const char *reason)
{
	begin(c, a->site);
	put(c, a->site, "certificate", json_pack("{ss ss sI}", "state", state, "reason", reason, "state_at", (json_int_t)desk_now(c->d[a->site])), a->id);
	rogue_commit(c, a->site, "cert.revoke", "system", a->no, NULL);
	SYNC(c, a->site);
}

/* The list that a site has: its number, and whether the serial stands in it, with which reason (-1: it doesn't). */
static inline int64_t list_at(struct hub_case *c, int i, const char *serial, int *reason)
{
	struct bytes pem = {0};
	BIGNUM *n = NULL;
	X509_REVOKED *entry = NULL;
	int64_t number = 0;
	site_is(OK, hubca_crl(site_at(c, i), &pem, &c->e), &c->e);
	BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.length);
	X509_CRL *crl = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL);
	assert_non_null(crl);
	ASN1_INTEGER *crl_number = X509_CRL_get_ext_d2i(crl, NID_crl_number, NULL, NULL);
	ASN1_INTEGER_get_int64(&number, crl_number);
	BN_hex2bn(&n, serial);
	ASN1_INTEGER *wanted = BN_to_ASN1_INTEGER(n, NULL);
	*reason = -1;
	if (X509_CRL_get0_by_serial(crl, &entry, wanted) == 1) {
		ASN1_ENUMERATED *why = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
		*reason = why ? (int)ASN1_ENUMERATED_get(why) : 0;
		ASN1_ENUMERATED_free(why);
	}
	ASN1_INTEGER_free(wanted);
	ASN1_INTEGER_free(crl_number);
	BN_free(n);
	X509_CRL_free(crl);
	BIO_free(bio);
	bytes_free(&pem);
	return number;
}

static inline void state_is(const char *serial, const char *state)
{
	json_t *row = NULL;
	struct error e = {0};
	site_is(OK, db_row(hub->db, HUB_SQL_CA_CERTIFICATE_GET, &row, &e, "t", serial), &e);
	assert_string_equal(state, json_text(row, "state"));
	json_decref(row);
}

#endif
