/* For tests of certificates that move: one that COUNTER issued, without a card, and handed over. */
#ifndef CERTDESK_TESTS_CERTCASE_H
#define CERTDESK_TESTS_CERTCASE_H

#include "hubcase.h"
#include "ca/cert.h"
#include "desk/certcustody.h"
#include "desk/keyrow.h"
#include "desk/orderrow.h"
#include "store/replica.h"

enum { HOUR = 3600 };
static const char KEY[] = "10000001", PUK[] = "87654321", ISSUER[] = "某 CA";

static EVP_PKEY *pair;
static char *pem;
static struct bytes der;
static struct cert_info info;

static void make_certificate(EVP_PKEY *key, long serial, char **text)
{
	X509 *x = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *data;
	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
	X509_gmtime_adj(X509_getm_notBefore(x), -HOUR);
	X509_gmtime_adj(X509_getm_notAfter(x), 1000 * HOUR);
	X509_set_pubkey(x, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8, (const unsigned char *)ISSUER, -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	assert_int_equal(1, PEM_write_bio_X509(bio, x));
	long n = BIO_get_mem_data(bio, &data);
	*text = strndup(data, (size_t)n);
	BIO_free(bio);
	X509_free(x);
}

static inline int start(void **state)
{
	struct error e = {0};
	hub_sites_make(state);
	pair = EVP_EC_gen("P-256");
	make_certificate(pair, 4711, &pem);
	site_is(OK, cert_from_pem(pem, strlen(pem), &der, &e), &e);
	site_is(OK, cert_info(der.data, der.length, &info, &e), &e);
	return 0;
}

static inline int end(void **state)
{
	EVP_PKEY_free(pair);
	free(pem);
	bytes_free(&der);
	cert_info_free(&info);
	return hub_sites_end(state);
}

static void set(struct hub_case *c, const char *kind, json_t *row, int64_t *id)
{
	site_is(OK, replica_put(c->d[COUNTER]->store, kind, row, id, &c->e), &c->e);
	json_decref(row);
}

/* What issuing would leave, without a card: the certificate and its key with a PUK of its own. */
static inline void issued(struct hub_case *c)
{
	struct key_row key = {0};
	struct key_secrets secrets = {0};
	struct order o = {0};
	struct desk *d = site_at(c, COUNTER);
	int64_t item = 0;
	json_t *facts = json_object();
	site_approved(&c->site[COUNTER], d, "new-unit", NULL, c->no);
	site_is(OK, order_load(d, c->no, &o, &c->e), &c->e);
	site_is(OK, store_int(d->store, SQL_ITEM_PLACED, 0, &item, &c->e, "ii", o.order_id, (int64_t)1), &c->e);
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	if (!item)
		site_is(OK, store_int(d->store, SQL_ITEM_PLACED, 0, &item, &c->e, "ii", o.order_id, (int64_t)0), &c->e);
	site_is(OK, key_load(d, KEY, &key, &c->e), &c->e);
	secret_set(&secrets.puk, PUK, strlen(PUK));
	site_is(OK, key_secrets_save(d, &key, &secrets, &c->e), &c->e);
	set(c, "usb_key", json_pack("{ss}", "state", "handed-over"), &key.id);
	set(c, "orders", json_pack("{ss}", "status", "issued"), &o.order_id);
	site_is(OK, store_insert(d->store, SQL_CERT_INSERT, NULL, &c->e, "ittiiitttiiitb", o.dk, info.issuer, info.serial, o.order_id, item,
	                         o.customer_id, KEY, "CERT-UNIT", info.subject, info.not_before, info.not_after, desk_now(d), d->site,
	                         (const void *)der.data, der.length), &c->e);
	rogue_commit(c, COUNTER, "issue", "is1", c->no, facts);
	json_decref(facts);
	order_free(&o);
}

/* Each site of the tests has the same serials in stock; this one was sent to `to`. */
static inline void key_belongs(struct hub_case *c, int i, const char *to)
{
	struct key_row key = {0};
	struct desk *d = site_at(c, i);
	site_is(OK, key_load(d, KEY, &key, &c->e), &c->e);
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, store_run(d->store, SQL_STOCK_SET_CUSTODIAN, NULL, &c->e, "it", key.id, to), &c->e);
	rogue_commit(c, i, "key.transfer", "is1", KEY, NULL);
}

/* … and handed over, and headquarters has heard it. */
static inline void done(struct hub_case *c)
{
	issued(c);
	int64_t id = order_id(c, COUNTER, c->no);
	site_is(OK, store_begin(c->d[COUNTER]->store, &c->e), &c->e);
	set(c, "orders", json_pack("{ss}", "status", "handed-over"), &id);
	rogue_commit(c, COUNTER, "order.handover", "op1", c->no, NULL);
	SYNC(c, COUNTER);
	if (refused_at(COUNTER))
		fail_msg("%s", why_refused(COUNTER));
	key_belongs(c, OTHER, codes[COUNTER]);
	SYNC(c, OTHER);
}

static inline int say(struct hub_case *c, int i, const char *path, json_t *body, json_t **out)
{
	char *text = json_dumps(body, JSON_COMPACT);
	int status = ask(c, i, "POST", path, "", text, strlen(text), "", out);
	free(text);
	json_decref(body);
	return status;
}

/* What headquarters said last, and its error. */
static char why[64];
static json_t *answer;

#define REFUSES(status, name, call) do { assert_int_equal(status, call); assert_string_equal(name, why); } while (0)

static inline const char *holder_at(struct hub_case *c, int i)
{
	static char who[40];
	struct rows *rows = NULL;
	who[0] = '\0';
	site_is(OK, store_query(c->d[i]->store, SQL_CERTIFICATE_HOLDER, &rows, &c->e, "tt", info.issuer, info.serial), &c->e);
	if (rows_next(rows))
		snprintf(who, sizeof who, "%s", rows_text(rows, 0));
	rows_end(&rows, NULL);
	return who;
}

static inline void gets_nothing(struct hub_case *c, int i)
{
	SYNC(c, i);
	assert_string_equal("", holder_at(c, i));
}

/* The certificate's state at COUNTER. */
static inline void change(struct hub_case *c, const char *state)
{
	int64_t id = 0;
	site_is(OK, store_int(c->d[COUNTER]->store, SQL_CERTIFICATE_NAMED, 0, &id, &c->e, "tt", info.issuer, info.serial), &c->e);
	site_is(OK, store_begin(c->d[COUNTER]->store, &c->e), &c->e);
	set(c, "certificate", json_pack("{ss ss}", "state", state, "reason", "superseded"), &id);
	rogue_commit(c, COUNTER, "cert.revoke", "system", info.serial, NULL);
}

#endif
