/* The CA that headquarters holds: one certificate for a key, for what the site's own entries say and nothing else; states that follow;
 * the list. What the counter does is done by hand here, as far as headquarters sees it; t_hub_ca.sh does it with a key. */
#include "hubcase.h"
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
	struct bytes der;
	char *pem;
};

static void asked_free(struct asked *a)
{
	bytes_free(&a->der);
	free(a->pem);
}

static void begin(struct hub_case *c, int i)
{
	site_is(OK, store_begin(site_at(c, i)->store, &c->e), &c->e);
}

static int64_t put(struct hub_case *c, int i, const char *kind, json_t *row, int64_t id)
{
	assert_non_null(row);
	site_is(OK, replica_put(c->d[i]->store, kind, row, &id, &c->e), &c->e);
	json_decref(row);
	return id;
}

/* By hand, as no statement of the program does it. */
static void in_database(struct hub_case *c, const char *sql)
{
	char command[400];
	snprintf(command, sizeof command, "sqlite3 '%s/hub.db' \"%s\"", c->dir, sql);
	assert_int_equal(0, system(command));
}

static void authority(struct hub_case *c)
{
	site_is(OK, authority_create(hub, "总部CA", &c->e), &c->e);
}

/* A request by a pair of its own. */
static void make_request(struct asked *a)
{
	unsigned char *der = NULL;
	char *text;
	EVP_PKEY *pair = EVP_RSA_gen(2048);
	X509_REQ *q = X509_REQ_new();
	BIO *bio = BIO_new(BIO_s_mem());
	assert_true(X509_REQ_set_pubkey(q, pair) == 1 && X509_REQ_sign(q, pair, EVP_sha256()) > 0);
	int n = i2d_X509_REQ(q, &der);
	assert_true(n > 0 && PEM_write_bio_X509_REQ(bio, q) == 1);
	asked_free(a);
	a->der = (struct bytes){0};
	bytes_add(&a->der, der, (size_t)n);
	long length = BIO_get_mem_data(bio, &text);
	a->pem = strndup(text, (size_t)length);
	OPENSSL_free(der);
	BIO_free(bio);
	X509_REQ_free(q);
	EVP_PKEY_free(pair);
}

static char *hex_of(const struct bytes *b)
{
	char *hex = malloc(2 * b->length + 1);
	hex_encode(hex, b->data, b->length);
	return hex;
}

static int64_t first_item(struct hub_case *c, int i, int64_t order)
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
static struct asked requested(struct hub_case *c, int i)
{
	struct asked a = {.site = i};
	struct desk *d = site_at(c, i);
	site_approved(&c->site[i], d, "new-unit", NULL, a.no);
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

static int64_t dk_of(struct hub_case *c, const struct asked *a)
{
	json_t *row = NULL;
	site_is(OK, replica_row(c->d[a->site]->store, "orders", a->order, &row, &c->e), &c->e);
	int64_t dk = json_number(row, "dk");
	json_decref(row);
	return dk;
}

/* The counter notes what it is going to ask, rightly or not. */
static int64_t note(struct hub_case *c, const struct asked *a, const char *key)
{
	begin(c, a->site);
	int64_t id = put(c, a->site, "ca_request", json_pack("{sI sI ss ss sI sI ss sI sI}", "dk", (json_int_t)dk_of(c, a), "item_id", (json_int_t)a->item,
	                 "key_serial", "10000001", "key", key, "not_before", (json_int_t)a->from, "not_after", (json_int_t)a->to, "state", "asked",
	                 "asked_at", (json_int_t)a->from, "state_at", (json_int_t)a->from), 0);
	rogue_commit(c, a->site, "issue.asked", "is1", a->no, NULL);
	SYNC(c, a->site);
	return id;
}

static int64_t noted(struct hub_case *c, const struct asked *a, const char *key)
{
	int64_t id = note(c, a, key);
	assert_int_equal(0, refused_at(a->site));
	return id;
}

static void give_up(struct hub_case *c, const struct asked *a, int64_t id)
{
	begin(c, a->site);
	put(c, a->site, "ca_request", json_pack("{ss}", "state", "void"), id);
	rogue_commit(c, a->site, "issue.released", "is1", a->no, NULL);
	SYNC(c, a->site);
}

static int ask_for(struct hub_case *c, int i, const struct asked *a, const char *profile, const char *key, json_t **out)
{
	json_t *body = json_pack("{ss ss sI ss ss sI sI}", "key", key, "order", a->no, "item", (json_int_t)a->item, "profile", profile, "request", a->pem,
	                         "not_before", (json_int_t)a->from, "not_after", (json_int_t)a->to);
	char *text = json_dumps(body, JSON_COMPACT);
	int status = ask(c, i, "POST", "/v1/ca/issue", "", text, strlen(text), "", out);
	free(text);
	json_decref(body);
	return status;
}

static int ask_ca(struct hub_case *c, int i, const struct asked *a, const char *key, json_t **out)
{
	return ask_for(c, i, a, "unit-1y", key, out);
}

static void says_no(struct hub_case *c, int i, const struct asked *a, const char *key, const char *error, const char *why)
{
	json_t *out = NULL;
	int status = ask_ca(c, i, a, key, &out);
	if (status != 409 || strcmp(json_text(out, "error"), error) != 0 || strcmp(json_text(out, "why"), why) != 0)
		fail_msg("%d %s %s, not %s %s", status, json_text(out, "error"), json_text(out, "why"), error, why);
	json_decref(out);
}

static int64_t issued_count(void)
{
	return hub_int(HUB_SQL_CA_CERTIFICATE_COUNT, "");
}

/* Issued; its serial. */
static void issued(struct hub_case *c, const struct asked *a, const char *key, char serial[CERT_SERIAL_SIZE], struct bytes *der)
{
	json_t *out = NULL;
	struct cert_info info = {0};
	int status = ask_ca(c, a->site, a, key, &out);
	if (status != 200)
		fail_msg("%d %s %s", status, json_text(out, "error"), json_text(out, "why"));
	const char *pem = json_text(out, "certificate");
	site_is(OK, cert_from_pem(pem, strlen(pem), der, &c->e), &c->e);
	site_is(OK, cert_info(der->data, der->length, &info, &c->e), &c->e);
	snprintf(serial, CERT_SERIAL_SIZE, "%s", info.serial);
	cert_info_free(&info);
	json_decref(out);
}

/* The counter has it. */
static int64_t written(struct hub_case *c, const struct asked *a, const char *serial, const struct bytes *der)
{
	json_t *row = NULL;
	char *hex = hex_of(der);
	site_is(OK, replica_row(c->d[a->site]->store, "orders", a->order, &row, &c->e), &c->e);
	begin(c, a->site);
	int64_t id = put(c, a->site, "certificate", json_pack("{sI ss ss sI sI sI ss ss ss sI sI ss sI ss ss}", "dk", (json_int_t)json_number(row, "dk"),
	                 "issuer", "CN=x", "serial", serial, "order_id", (json_int_t)a->order, "item_id", (json_int_t)a->item, "customer_id",
	                 (json_int_t)json_number(row, "customer_id"), "key_serial", "10000001", "product", "unit-1y", "subject", "CN=x", "not_before",
	                 (json_int_t)a->from, "not_after", (json_int_t)a->to, "state", "active", "state_at", (json_int_t)a->from, "custodian",
	                 codes[a->site], "der", hex), 0);
	rogue_commit(c, a->site, "issue.certified", "is1", a->no, NULL);
	SYNC(c, a->site);
	json_decref(row);
	free(hex);
	return id;
}

static void set_state(struct hub_case *c, const struct asked *a, int64_t id, const char *state, const char *reason)
{
	begin(c, a->site);
	put(c, a->site, "certificate", json_pack("{ss ss sI}", "state", state, "reason", reason, "state_at", (json_int_t)desk_now(c->d[a->site])), id);
	rogue_commit(c, a->site, "cert.revoke", "system", a->no, NULL);
	SYNC(c, a->site);
}

/* The list that a site has: its number, and whether the serial stands in it, with which reason (-1: it doesn't). */
static int64_t list_at(struct hub_case *c, int i, const char *serial, int *reason)
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

static void state_is(const char *serial, const char *state)
{
	json_t *row = NULL;
	struct error e = {0};
	site_is(OK, db_row(hub->db, HUB_SQL_CA_CERTIFICATE_GET, &row, &e, "t", serial), &e);
	assert_string_equal(state, json_text(row, "state"));
	json_decref(row);
}

static void the_same_key_gives_the_same_certificate(void **state)
{
	struct hub_case *c = *state;
	char one[CERT_SERIAL_SIZE], two[CERT_SERIAL_SIZE];
	struct bytes first = {0}, second = {0};
	json_t *out = NULL;
	authority(c);
	struct asked a = requested(c, COUNTER);
	noted(c, &a, key_one);
	char query[80];
	snprintf(query, sizeof query, "key=%s", key_one);
	assert_int_equal(404, ask(c, COUNTER, "GET", "/v1/ca/issue", query, "", 0, "", NULL));
	issued(c, &a, key_one, one, &first);
	issued(c, &a, key_one, two, &second);
	assert_string_equal(one, two);
	assert_int_equal(first.length, second.length);
	assert_memory_equal(first.data, second.data, first.length);
	assert_int_equal(200, ask(c, COUNTER, "GET", "/v1/ca/issue", query, "", 0, "", &out));
	bytes_free(&second);
	const char *pem = json_text(out, "certificate");
	site_is(OK, cert_from_pem(pem, strlen(pem), &second, &c->e), &c->e);
	assert_memory_equal(first.data, second.data, first.length);
	assert_int_equal(1, issued_count());
	/* another site knows nothing of the key */
	assert_int_equal(404, ask(c, OTHER, "GET", "/v1/ca/issue", query, "", 0, "", NULL));
	json_decref(out);
	bytes_free(&first);
	bytes_free(&second);
	asked_free(&a);
}

static void another_request_under_the_same_key_is_refused(void **state)
{
	struct hub_case *c = *state;
	char serial[CERT_SERIAL_SIZE];
	struct bytes der = {0};
	authority(c);
	struct asked a = requested(c, COUNTER);
	noted(c, &a, key_one);
	issued(c, &a, key_one, serial, &der);
	a.to++;
	says_no(c, COUNTER, &a, key_one, "key", key_one);
	a.to--;
	make_request(&a);
	says_no(c, COUNTER, &a, key_one, "key", key_one);
	assert_true(alarmed(COUNTER, "ca", "key"));
	assert_int_equal(1, issued_count());
	bytes_free(&der);
	asked_free(&a);
}

static void what_stands_in_it_is_the_orders(void **state)
{
	struct hub_case *c = *state;
	char serial[CERT_SERIAL_SIZE];
	struct bytes der = {0}, spki = {0};
	struct cert_info info = {0};
	authority(c);
	struct asked a = requested(c, COUNTER);
	noted(c, &a, key_one);
	issued(c, &a, key_one, serial, &der);
	site_is(OK, cert_info(der.data, der.length, &info, &c->e), &c->e);
	assert_non_null(strstr(info.subject, "北京示例科技有限公司"));
	assert_non_null(strstr(info.subject, "ST=北京市"));
	assert_non_null(strstr(info.issuer, "总部CA"));
	assert_true(info.not_before == a.from && info.not_after == a.to);
	site_is(OK, request_check(a.der.data, a.der.length, &spki, &c->e), &c->e);
	assert_true(cert_matches_key(der.data, der.length, spki.data, spki.length));
	cert_info_free(&info);
	bytes_free(&spki);
	bytes_free(&der);
	asked_free(&a);
}

static void nothing_is_issued_that_isnt_recorded(void **state)
{
	struct hub_case *c = *state;
	authority(c);
	struct asked a = requested(c, COUNTER);
	SYNC(c, COUNTER);
	says_no(c, COUNTER, &a, key_one, "order", "record");
	noted(c, &a, key_one);
	a.from++;
	says_no(c, COUNTER, &a, key_one, "order", "record");
	a.from--;
	says_no(c, COUNTER, &a, key_two, "order", "record");
	make_request(&a);
	says_no(c, COUNTER, &a, key_one, "order", "item");
	assert_int_equal(0, issued_count());
	assert_true(alarmed(COUNTER, "ca", "item"));
	asked_free(&a);
}

static void nothing_for_an_order_of_another_site(void **state)
{
	struct hub_case *c = *state;
	authority(c);
	struct asked a = requested(c, COUNTER);
	noted(c, &a, key_one);
	says_no(c, OTHER, &a, key_one, "order", "unknown");
	assert_true(alarmed(OTHER, "ca", a.no));
	/* nor for its own in another's custody */
	site_at(c, REVIEW);
	site_is(OK, db_run(hub->db, HUB_SQL_CUSTODY_PUT, NULL, &c->e, "tttti", a.no, codes[COUNTER], codes[REVIEW], codes[COUNTER], (int64_t)1), &c->e);
	says_no(c, COUNTER, &a, key_one, "order", "custody");
	assert_int_equal(0, issued_count());
	asked_free(&a);
}

static void nothing_for_an_order_that_isnt_in_issue(void **state)
{
	struct hub_case *c = *state;
	authority(c);
	struct asked a = requested(c, COUNTER);
	noted(c, &a, key_one);
	begin(c, COUNTER);
	put(c, COUNTER, "orders", json_pack("{ss}", "status", "approved"), a.order);
	rogue_commit(c, COUNTER, "issue.undo", "is1", a.no, NULL);
	begin(c, COUNTER);
	put(c, COUNTER, "orders", json_pack("{ss}", "status", "refunding"), a.order);
	rogue_commit(c, COUNTER, "refund.ask", "op1", a.no, NULL);
	SYNC(c, COUNTER);
	assert_int_equal(0, refused_at(COUNTER));
	says_no(c, COUNTER, &a, key_one, "order", "status");
	assert_int_equal(0, issued_count());
	asked_free(&a);
}

static void one_living_certificate_for_an_item(void **state)
{
	struct hub_case *c = *state;
	char serial[CERT_SERIAL_SIZE], second[CERT_SERIAL_SIZE];
	struct bytes der = {0}, other = {0};
	authority(c);
	struct asked a = requested(c, COUNTER);
	noted(c, &a, key_one);
	issued(c, &a, key_one, serial, &der);
	noted(c, &a, key_two);
	says_no(c, COUNTER, &a, key_two, "order", "certificate");
	assert_int_equal(1, issued_count());
	int64_t id = written(c, &a, serial, &der);
	set_state(c, &a, id, "revoked", "cessation-of-operation");
	issued(c, &a, key_two, second, &other);
	assert_string_not_equal(serial, second);
	bytes_free(&der);
	bytes_free(&other);
	asked_free(&a);
}

static void what_is_given_up_counts_no_more(void **state)
{
	struct hub_case *c = *state;
	char serial[CERT_SERIAL_SIZE], query[80];
	struct bytes der = {0};
	int reason;
	authority(c);
	struct asked a = requested(c, COUNTER), b = requested(c, OTHER);
	/* after it was issued: revoked */
	int64_t id = noted(c, &a, key_one);
	issued(c, &a, key_one, serial, &der);
	give_up(c, &a, id);
	state_is(serial, "revoked");
	says_no(c, COUNTER, &a, key_one, "void", "");
	SYNC(c, COUNTER);
	list_at(c, COUNTER, serial, &reason);
	assert_int_equal(5, reason);
	/* before it came: never issued */
	id = noted(c, &b, key_two);
	give_up(c, &b, id);
	says_no(c, OTHER, &b, key_two, "void", "");
	snprintf(query, sizeof query, "key=%s", key_two);
	assert_int_equal(409, ask(c, OTHER, "GET", "/v1/ca/issue", query, "", 0, "", NULL));
	assert_int_equal(1, issued_count());
	bytes_free(&der);
	asked_free(&a);
	asked_free(&b);
}

static void without_an_authority_nothing_is_issued(void **state)
{
	struct hub_case *c = *state;
	struct bytes pem = {0};
	struct asked a = requested(c, COUNTER);
	noted(c, &a, key_one);
	says_no(c, COUNTER, &a, key_one, "authority", "");
	assert_int_equal(ERR_DESK_CA_UNKNOWN, hubca_crl(c->d[COUNTER], &pem, &c->e));
	assert_int_equal(EXIT_RETRY, error_exit(ERR_DESK_CA_UNKNOWN));
	asked_free(&a);
}

static void a_revoked_site_gets_nothing(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	authority(c);
	struct asked a = requested(c, COUNTER);
	noted(c, &a, key_one);
	site_is(OK, site_revoke(hub, codes[COUNTER], &c->e), &c->e);
	assert_int_equal(403, ask_ca(c, COUNTER, &a, key_one, &out));
	assert_string_equal("revoked", json_text(out, "error"));
	assert_int_equal(0, issued_count());
	json_decref(out);
	asked_free(&a);
}

static void every_site_has_the_newest_list(void **state)
{
	struct hub_case *c = *state;
	char serial[CERT_SERIAL_SIZE];
	struct bytes der = {0};
	int reason;
	authority(c);
	struct asked a = requested(c, COUNTER);
	noted(c, &a, key_one);
	issued(c, &a, key_one, serial, &der);
	int64_t id = written(c, &a, serial, &der);
	SYNC(c, OTHER);
	int64_t first = list_at(c, OTHER, serial, &reason), second, third, last;
	assert_int_equal(-1, reason);
	set_state(c, &a, id, "suspended", "");
	SYNC(c, OTHER);
	second = list_at(c, OTHER, serial, &reason);
	assert_int_equal(6, reason);
	set_state(c, &a, id, "active", "");
	SYNC(c, OTHER);
	third = list_at(c, OTHER, serial, &reason);
	assert_int_equal(-1, reason);
	set_state(c, &a, id, "revoked", "key-compromise");
	SYNC(c, OTHER);
	last = list_at(c, OTHER, serial, &reason);
	assert_true(first > 0 && second > first && third > second && last > third);
	assert_int_equal(1, reason);
	/* the counter too, and a site that joins later */
	assert_int_equal(last, list_at(c, COUNTER, serial, &reason));
	SYNC(c, REVIEW);
	assert_int_equal(last, list_at(c, REVIEW, serial, &reason));
	/* what nobody has fetched yet is the newest alone */
	in_database(c, "INSERT INTO alarm (site, kind, detail, at) SELECT site, 'lists', count(*), 0 FROM feed WHERE kind = 'crl' AND done = 0 GROUP BY site");
	assert_true(alarmed(OTHER, "lists", "1"));
	bytes_free(&der);
	asked_free(&a);
}

static void revoked_is_the_end(void **state)
{
	struct hub_case *c = *state;
	char serial[CERT_SERIAL_SIZE];
	struct bytes der = {0};
	authority(c);
	struct asked a = requested(c, COUNTER);
	noted(c, &a, key_one);
	issued(c, &a, key_one, serial, &der);
	int64_t id = written(c, &a, serial, &der);
	set_state(c, &a, id, "revoked", "superseded");
	set_state(c, &a, id, "active", "");
	state_is(serial, "revoked");
	assert_true(alarmed(COUNTER, "certificate", serial));
	bytes_free(&der);
	asked_free(&a);
}

static void another_sites_word_doesnt_count(void **state)
{
	struct hub_case *c = *state;
	char serial[CERT_SERIAL_SIZE];
	struct bytes der = {0};
	authority(c);
	struct asked a = requested(c, COUNTER), b = requested(c, OTHER);
	noted(c, &a, key_one);
	issued(c, &a, key_one, serial, &der);
	int64_t id = written(c, &b, serial, &der);
	set_state(c, &b, id, "revoked", "key-compromise");
	state_is(serial, "active");
	assert_true(alarmed(OTHER, "certificate", serial));
	bytes_free(&der);
	asked_free(&a);
	asked_free(&b);
}

/* The order is over, and the other counter has proven the certificate (test_certificate.c proves). */
static int64_t moved(struct hub_case *c, struct asked *a, const char *serial)
{
	struct holding_given given = {0};
	int64_t id = 0;
	begin(c, a->site);
	put(c, a->site, "orders", json_pack("{ss}", "status", "issued"), a->order);
	rogue_commit(c, a->site, "issue", "is1", a->no, NULL);
	begin(c, a->site);
	put(c, a->site, "orders", json_pack("{ss}", "status", "handed-over"), a->order);
	rogue_commit(c, a->site, "order.handover", "op1", a->no, NULL);
	SYNC(c, a->site);
	site_at(c, OTHER);
	SYNC(c, OTHER);
	site_is(OK, db_begin(hub->db, &c->e), &c->e);
	site_is(OK, holding_give(hub, &(struct holding_asked){.to = codes[OTHER], .issuer = "CN=x", .serial = serial}, &given, &c->e), &c->e);
	if (given.why)
		fail_msg("%s %s", given.why, given.order);
	site_is(OK, db_commit(hub->db, &c->e), &c->e);
	SYNC(c, OTHER);
	site_is(OK, store_int(c->d[OTHER]->store, SQL_CERTIFICATE_NAMED, 0, &id, &c->e, "tt", "CN=x", serial), &c->e);
	assert_true(id > 0);
	SYNC(c, OTHER);
	return id;
}

static void custodian_is(const char *serial, const char *site)
{
	json_t *row = NULL;
	struct error e = {0};
	site_is(OK, db_row(hub->db, HUB_SQL_CA_CERTIFICATE_GET, &row, &e, "t", serial), &e);
	assert_string_equal(site, json_text(row, "custodian"));
	json_decref(row);
}

/* A suspension by its new custodian counts, and by the old one no more. */
static void a_certificate_that_moved_follows_who_holds_it(void **state)
{
	struct hub_case *c = *state;
	char serial[CERT_SERIAL_SIZE];
	struct bytes der = {0};
	int reason;
	authority(c);
	struct asked a = requested(c, COUNTER);
	noted(c, &a, key_one);
	issued(c, &a, key_one, serial, &der);
	int64_t old = written(c, &a, serial, &der);
	custodian_is(serial, codes[COUNTER]);
	int64_t id = moved(c, &a, serial);
	custodian_is(serial, codes[OTHER]);
	struct asked there = {.site = OTHER};
	snprintf(there.no, sizeof there.no, "%s", a.no);
	set_state(c, &there, id, "suspended", "certificate-hold");
	if (refused_at(OTHER))
		fail_msg("%s", why_refused(OTHER));
	state_is(serial, "suspended");
	list_at(c, OTHER, serial, &reason);
	assert_int_equal(6, reason);
	/* its former counter hasn't heard yet, and lifts it */
	set_state(c, &a, old, "active", "");
	REFUSED(COUNTER, "HELD");
	state_is(serial, "suspended");
	set_state(c, &there, id, "revoked", "key-compromise");
	state_is(serial, "revoked");
	assert_false(alarmed(OTHER, "certificate", serial));
	bytes_free(&der);
	asked_free(&a);
}

/* What is given up after it has moved takes nothing from whoever has it. */
static void a_request_that_is_given_up_late_revokes_nothing_that_moved(void **state)
{
	struct hub_case *c = *state;
	char serial[CERT_SERIAL_SIZE];
	struct bytes der = {0};
	authority(c);
	struct asked a = requested(c, COUNTER);
	int64_t id = noted(c, &a, key_one);
	issued(c, &a, key_one, serial, &der);
	written(c, &a, serial, &der);
	moved(c, &a, serial);
	give_up(c, &a, id);
	state_is(serial, "active");
	assert_true(alarmed(COUNTER, "certificate", serial));
	bytes_free(&der);
	asked_free(&a);
}

/* A copy that lacks the register knows by the entries whose it is. */
static void what_moved_is_taken_up_again_as_its_holders(void **state)
{
	struct hub_case *c = *state;
	char serial[CERT_SERIAL_SIZE];
	struct bytes der = {0};
	authority(c);
	struct asked a = requested(c, COUNTER);
	noted(c, &a, key_one);
	issued(c, &a, key_one, serial, &der);
	written(c, &a, serial, &der);
	moved(c, &a, serial);
	in_database(c, "DELETE FROM ca_certificate");
	SYNC(c, COUNTER); /* notes that it gave it, which is the first that is heard of it again */
	SYNC(c, COUNTER);
	custodian_is(serial, codes[OTHER]);
	bytes_free(&der);
	asked_free(&a);
}

/* An older copy of headquarters hasn't got the certificate: what the counter says of it counts, for it bears the authority's signature. */
static void what_an_older_copy_lacks_is_taken_up_again(void **state)
{
	struct hub_case *c = *state;
	char serial[CERT_SERIAL_SIZE];
	struct bytes der = {0}, foreign = {0};
	int reason;
	authority(c);
	struct asked a = requested(c, COUNTER), b = requested(c, OTHER);
	noted(c, &a, key_one);
	issued(c, &a, key_one, serial, &der);
	int64_t id = written(c, &a, serial, &der);
	in_database(c, "DELETE FROM ca_certificate");
	set_state(c, &a, id, "revoked", "key-compromise");
	state_is(serial, "revoked");
	assert_true(alarmed(COUNTER, "adopted", serial));
	SYNC(c, COUNTER);
	list_at(c, COUNTER, serial, &reason);
	assert_int_equal(1, reason);
	/* what it didn't sign is not its own */
	bytes_add(&foreign, der.data, der.length);
	foreign.data[foreign.length - 1] ^= 1;
	in_database(c, "DELETE FROM ca_certificate");
	written(c, &b, serial, &foreign);
	assert_int_equal(0, issued_count());
	bytes_free(&foreign);
	bytes_free(&der);
	asked_free(&a);
	asked_free(&b);
}

static void the_list_is_made_in_time(void **state)
{
	struct hub_case *c = *state;
	bool made;
	authority(c);
	site_is(OK, authority_crl(hub, &made, &c->e), &c->e);
	assert_false(made);
	hub->clock.fixed = clock_now(&CLOCK_SYSTEM) + 4 * 86400;
	site_is(OK, authority_crl(hub, &made, &c->e), &c->e);
	assert_true(made);
	site_is(OK, authority_crl(hub, &made, &c->e), &c->e);
	assert_false(made);
	hub->clock.fixed = 0;
}

/* A list of another authority, an altered one, an older one. */
static void only_a_newer_list_of_the_authority_is_taken(void **state)
{
	struct hub_case *c = *state;
	char dir[100];
	struct secret word = {0};
	struct bytes older = {0}, foreign = {0}, pem = {0};
	struct ca *ca = NULL;
	struct db_rows *rows = NULL;
	size_t length = 0;
	int reason;
	bool made;
	authority(c);
	SYNC(c, COUNTER);
	list_at(c, COUNTER, "01", &reason);
	site_is(OK, db_query(hub->db, HUB_SQL_CA_CRL_NEWEST, &rows, &c->e, ""), &c->e);
	assert_true(db_rows_next(rows));
	const void *blob = db_rows_blob(rows, 4, &length);
	bytes_add(&older, blob, length);
	db_rows_end(&rows, NULL);
	hub->clock.fixed = clock_now(&CLOCK_SYSTEM) + 4 * 86400;
	site_is(OK, authority_crl(hub, &made, &c->e), &c->e);
	hub->clock.fixed = 0;
	SYNC(c, COUNTER);
	int64_t newest = list_at(c, COUNTER, "01", &reason);
	site_is(OK, hubca_take_crl(c->d[COUNTER], older.data, older.length, &c->e), &c->e);
	assert_int_equal(newest, list_at(c, COUNTER, "01", &reason));
	snprintf(dir, sizeof dir, "%s/foreign", c->root);
	secret_set(&word, "a passphrase", 12);
	site_is(OK, ca_local_create(dir, "别家", &word, true, clock_now(&CLOCK_SYSTEM), &c->e), &c->e);
	site_is(OK, ca_open(dir, &word, &ca, &c->e), &c->e);
	site_is(OK, ca_crl(ca, NULL, 0, clock_now(&CLOCK_SYSTEM), clock_now(&CLOCK_SYSTEM) + 86400, 9, &foreign, &c->e), &c->e);
	assert_int_equal(ERR_CA_LIST, hubca_take_crl(c->d[COUNTER], foreign.data, foreign.length, &c->e));
	older.data[older.length - 1] ^= 1;
	assert_int_equal(ERR_CA_LIST, hubca_take_crl(c->d[COUNTER], older.data, older.length, &c->e));
	assert_int_equal(ERR_CA_LIST, hubca_take_crl(c->d[COUNTER], older.data, older.length / 2, &c->e));
	assert_int_equal(newest, list_at(c, COUNTER, "01", &reason));
	ca_close(&ca);
	secret_wipe(&word);
	bytes_free(&older);
	bytes_free(&foreign);
	bytes_free(&pem);
}

/* --- what follows from product and business ----------------------------------------------------------------------------- */

/* It is noted, and refused there already; asked for all the same, and refused with the reason. */
static void refused_for(struct hub_case *c, struct asked *a, const char *key, const char *why)
{
	int64_t before = refused_at(a->site);
	note(c, a, key);
	assert_int_equal(before + 1, refused_at(a->site));
	REFUSED(a->site, "GRANT");
	says_no(c, a->site, a, key, "order", why);
	assert_true(alarmed(a->site, "refused", "GRANT"));
	assert_true(alarmed(a->site, "ca", why));
}

static void the_end_follows_from_the_products_term(void **state)
{
	struct hub_case *c = *state;
	authority(c);
	struct asked a = requested(c, COUNTER);
	a.to = term_last(a.from, 24);
	refused_for(c, &a, key_one, "term");
	a.to = term_last(a.from, 12) - 1;
	refused_for(c, &a, key_two, "term");
	assert_int_equal(0, issued_count());
	asked_free(&a);
}

static void the_profile_is_the_products(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	authority(c);
	struct asked a = requested(c, COUNTER);
	noted(c, &a, key_one);
	assert_int_equal(409, ask_for(c, COUNTER, &a, "person-1y", key_one, &out));
	assert_string_equal("profile", json_text(out, "why"));
	assert_true(alarmed(COUNTER, "ca", "profile"));
	assert_int_equal(0, issued_count());
	json_decref(out);
	asked_free(&a);
}

static void the_product_is_what_was_applied_for(void **state)
{
	struct hub_case *c = *state;
	authority(c);
	struct asked a = requested(c, COUNTER);
	begin(c, COUNTER);
	put(c, COUNTER, "item", json_pack("{ss}", "product", "person-1y"), a.item);
	rogue_commit(c, COUNTER, "issue.requested", "is1", a.no, NULL);
	refused_for(c, &a, key_one, "product");
	assert_int_equal(0, issued_count());
	asked_free(&a);
}

static void products(struct hub_case *c, int months)
{
	char path[200], word[220], from[11];
	json_t *out = NULL;
	snprintf(path, sizeof path, "%s/products.csv", c->root);
	snprintf(word, sizeof word, "products=%s", path);
	FILE *f = fopen(path, "w");
	fprintf(f, "code,zh,en,customer,term_months,profile,slot,rekey\nunit-1y,单位证书,unit certificate,unit,%d,unit-1y,9a,0\n"
	           "person-1y,个人证书,personal certificate,person,12,person-1y,9a,0\n", months);
	fclose(f);
	civil_date_text(clock_now(&CLOCK_SYSTEM), from);
	struct publish_parts p = {.tables = {word}, .table_count = 1, .from = from};
	site_is(OK, publish(hub, &p, &out, &c->e), &c->e);
	json_decref(out);
}

/* A site's own table says nothing to headquarters; its word counts from when the site has taken it. */
static void the_table_is_what_headquarters_laid_down(void **state)
{
	struct hub_case *c = *state;
	char serial[CERT_SERIAL_SIZE];
	struct bytes der = {0};
	authority(c);
	struct asked a = requested(c, COUNTER), b = requested(c, OTHER);
	begin(c, COUNTER);
	put(c, COUNTER, "product", json_pack("{si ss ss ss ss si ss ss si sI}", "dk", 1, "code", "unit-1y", "zh", "单位证书", "en", "unit", "customer", "unit",
	                                     "term_months", 36, "profile", "unit-1y", "slot", "9a", "rekey", 0, "valid_from", (json_int_t)a.from), 0);
	rogue_commit(c, COUNTER, "table.import", "mg1", "products", NULL);
	a.to = term_last(a.from, 36);
	refused_for(c, &a, key_one, "product");
	/* recorded by the shipped one, before another is taken: taken with the same line */
	products(c, 24);
	noted(c, &b, key_two);
	SYNC(c, OTHER);
	issued(c, &b, key_two, serial, &der);
	/* taken */
	SYNC(c, COUNTER);
	a.from = desk_now(c->d[COUNTER]) + 2;
	a.to = term_last(a.from, 12);
	refused_for(c, &a, "00112233445566778899aabbccddee00", "term");
	a.to = term_last(a.from, 24);
	note(c, &a, "00112233445566778899aabbccddee01");
	bytes_free(&der);
	issued(c, &a, "00112233445566778899aabbccddee01", serial, &der);
	assert_int_equal(2, issued_count());
	bytes_free(&der);
	asked_free(&a);
	asked_free(&b);
}

/* Another order, about a certificate: signed, free, not reviewed; up to the request, by the pair of `old` where that isn't NULL. */
static struct asked about(struct hub_case *c, const struct asked *old, const char *business, int64_t certificate, bool same_pair)
{
	struct asked a = {.site = old->site};
	struct store *s = c->d[old->site]->store;
	json_t *order = NULL, *item = NULL, *signed_order = NULL;
	struct rows *rows = NULL;
	int64_t link = 0;
	site_is(OK, store_query(s, SQL_CUSTODY_PARTS, &rows, &c->e, "i", old->order), &c->e);
	while (rows_next(rows))
		if (strcmp(rows_text(rows, 0), "signature_order") == 0)
			link = rows_int(rows, 1);
	rows_end(&rows, NULL);
	site_is(OK, replica_row(s, "orders", old->order, &order, &c->e), &c->e);
	site_is(OK, replica_row(s, "item", old->item, &item, &c->e), &c->e);
	site_is(OK, replica_row(s, "signature_order", link, &signed_order, &c->e), &c->e);
	snprintf(a.no, sizeof a.no, "11011401-261122-0%s-7", strcmp(business, "renew") == 0 ? "991" : "992");
	json_object_del(order, "id");
	json_object_set_new(order, "no", json_string(a.no));
	json_object_set_new(order, "business", json_string(business));
	json_object_set_new(order, "status", json_string("approved"));
	json_object_set_new(order, "amount", json_integer(0));
	a.from = desk_now(c->d[old->site]);
	if (same_pair) {
		bytes_add(&a.der, old->der.data, old->der.length);
		a.pem = strdup(old->pem);
	} else
		make_request(&a);
	char *hex = hex_of(&a.der);
	begin(c, old->site);
	a.order = put(c, old->site, "orders", order, 0);
	json_object_del(item, "id");
	json_object_set_new(item, "order_id", json_integer(a.order));
	json_object_set_new(item, "request", json_string(hex));
	json_object_set_new(item, "step", json_string("requested"));
	a.item = put(c, old->site, "item", item, 0);
	json_object_del(signed_order, "id");
	json_object_set_new(signed_order, "order_id", json_integer(a.order));
	put(c, old->site, "signature_order", signed_order, 0);
	put(c, old->site, "order_subject", json_pack("{sI sI sI ss ss si si ss ss}", "dk", (json_int_t)dk_of(c, old), "order_id", (json_int_t)a.order,
	                 "certificate_id", (json_int_t)certificate, "key_serial", "10000001", "proof", "key", "review", 0, "makes", 1, "changed", "",
	                 "before", "00"), 0);
	rogue_commit(c, old->site, "order.sign", "op1", a.no, NULL);
	begin(c, old->site);
	put(c, old->site, "orders", json_pack("{ss}", "status", "issuing"), a.order);
	rogue_commit(c, old->site, "issue.requested", "is1", a.no, NULL);
	SYNC(c, old->site);
	assert_string_equal("", why_refused(old->site));
	free(hex);
	return a;
}

static void a_change_keeps_end_and_pair(void **state)
{
	struct hub_case *c = *state;
	char serial[CERT_SERIAL_SIZE];
	struct bytes der = {0};
	authority(c);
	struct asked a = requested(c, COUNTER);
	noted(c, &a, key_one);
	issued(c, &a, key_one, serial, &der);
	int64_t id = written(c, &a, serial, &der);
	struct asked b = about(c, &a, "change", id, true);
	char *pem = b.pem;
	b.to = a.to + 86400;
	refused_for(c, &b, key_two, "term");
	b.to = term_last(a.to, 12);
	refused_for(c, &b, "00112233445566778899aabbccddee00", "term");
	b.to = a.to;
	note(c, &b, "00112233445566778899aabbccddee01");
	bytes_free(&der);
	issued(c, &b, "00112233445566778899aabbccddee01", serial, &der);
	assert_ptr_equal(pem, b.pem);
	assert_int_equal(2, issued_count());
	bytes_free(&der);
	asked_free(&a);
	asked_free(&b);
}

static void another_pair_for_a_change_is_refused(void **state)
{
	struct hub_case *c = *state;
	char serial[CERT_SERIAL_SIZE];
	struct bytes der = {0};
	authority(c);
	struct asked a = requested(c, COUNTER);
	noted(c, &a, key_one);
	issued(c, &a, key_one, serial, &der);
	int64_t id = written(c, &a, serial, &der);
	struct asked b = about(c, &a, "change", id, false);
	b.to = a.to;
	noted(c, &b, key_two);
	says_no(c, COUNTER, &b, key_two, "order", "pair");
	/* nor for one that counts no more */
	set_state(c, &a, id, "revoked", "key-compromise");
	says_no(c, COUNTER, &b, key_two, "order", "about");
	assert_int_equal(1, issued_count());
	bytes_free(&der);
	asked_free(&a);
	asked_free(&b);
}

/* Written for a year and half a month ago … renewed within its window: the old end plus the term; before it: refused. */
static void a_renewal_adds_the_term_to_the_old_end_within_its_window(void **state)
{
	struct hub_case *c = *state;
	char serial[CERT_SERIAL_SIZE];
	struct bytes der = {0};
	authority(c);
	struct asked a = requested(c, COUNTER);
	noted(c, &a, key_one);
	issued(c, &a, key_one, serial, &der);
	int64_t id = written(c, &a, serial, &der);
	struct asked b = about(c, &a, "renew", id, true);
	b.to = term_last(a.to, 12);
	refused_for(c, &b, key_two, "window");
	/* ten months on */
	hub->clock.fixed = c->d[COUNTER]->clock.fixed = b.from = a.to - 60 * 86400;
	b.to = term_last(b.from, 12);
	refused_for(c, &b, "00112233445566778899aabbccddee00", "term");
	b.to = term_last(a.to, 12);
	note(c, &b, "00112233445566778899aabbccddee01");
	bytes_free(&der);
	issued(c, &b, "00112233445566778899aabbccddee01", serial, &der);
	hub->clock.fixed = 0;
	assert_int_equal(2, issued_count());
	bytes_free(&der);
	asked_free(&a);
	asked_free(&b);
}

static void what_is_no_request_is_answered_so(void **state)
{
	struct hub_case *c = *state;
	static const char *const bad[] = {"{}", "{\"key\":\"short\"}", "[]", "{\"key\":\"00112233445566778899aabbccddeeff\",\"order\":\"x\",\"item\":1,\"request\":\"no\"}"};
	authority(c);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(400, ask(c, COUNTER, "POST", "/v1/ca/issue", "", bad[i], strlen(bad[i]), "", NULL));
	assert_int_equal(400, ask(c, COUNTER, "GET", "/v1/ca/issue", "", "", 0, "", NULL));
	assert_int_equal(400, ask(c, COUNTER, "GET", "/v1/ca/issue", "key=%27", "", 0, "", NULL));
	assert_int_equal(403, ask(c, -1, "GET", "/v1/ca/issue", "key=00112233445566778899aabbccddeeff", "", 0, "", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(the_same_key_gives_the_same_certificate),
		HUB_TEST(another_request_under_the_same_key_is_refused),
		HUB_TEST(what_stands_in_it_is_the_orders),
		HUB_TEST(nothing_is_issued_that_isnt_recorded),
		HUB_TEST(nothing_for_an_order_of_another_site),
		HUB_TEST(nothing_for_an_order_that_isnt_in_issue),
		HUB_TEST(one_living_certificate_for_an_item),
		HUB_TEST(what_is_given_up_counts_no_more),
		HUB_TEST(without_an_authority_nothing_is_issued),
		HUB_TEST(a_revoked_site_gets_nothing),
		HUB_TEST(every_site_has_the_newest_list),
		HUB_TEST(revoked_is_the_end),
		HUB_TEST(another_sites_word_doesnt_count),
		HUB_TEST(a_certificate_that_moved_follows_who_holds_it),
		HUB_TEST(a_request_that_is_given_up_late_revokes_nothing_that_moved),
		HUB_TEST(what_moved_is_taken_up_again_as_its_holders),
		HUB_TEST(what_an_older_copy_lacks_is_taken_up_again),
		HUB_TEST(the_list_is_made_in_time),
		HUB_TEST(only_a_newer_list_of_the_authority_is_taken),
		HUB_TEST(the_end_follows_from_the_products_term),
		HUB_TEST(the_profile_is_the_products),
		HUB_TEST(the_product_is_what_was_applied_for),
		HUB_TEST(the_table_is_what_headquarters_laid_down),
		HUB_TEST(a_change_keeps_end_and_pair),
		HUB_TEST(another_pair_for_a_change_is_refused),
		HUB_TEST(a_renewal_adds_the_term_to_the_old_end_within_its_window),
		HUB_TEST(what_is_no_request_is_answered_so),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
