/* For tests of headquarters' handlers: a hub on SQLite in a temporary directory, and real sites (their store, journal and sync)
 * that reach it in this process: net_call below stands for nginx, the line and the worker. Lines can be cut, kept, altered. */
#ifndef CERTDESK_TESTS_HUBCASE_H
#define CERTDESK_TESTS_HUBCASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/site.h"
#include "base/base64.h"
#include "base/file.h"
#include "base/gzip.h"
#include "base/json.h"
#include "base/lang.h"
#include "desk/custody.h"
#include "desk/order.h"
#include "desk/review.h"
#include "desk/staffnumber.h"
#include "hub/hub.h"
#include "hub/init.h"
#include "hub/site.h"
#include "net/net.h"
#include "store/journal.h"
#include "store/replica.h"
#include "sync/raw.h"
#include "sync/sync.h"

static struct hub *hub;

/* --- the line ------------------------------------------------------------------------------------------------------ */

struct net {
	char serial[80], subject[80];
};

static struct {
	json_t *posted;       /* the newest body of POST /v1/journal, as JSON alone */
	struct bytes raw;     /* … as it came */
	bool plain;           /* a headquarters that knows JSON alone */
	int cut_before, cut_after; /* the next so many requests get lost on the way there; … the answers */
	int cut_answer;       /* the answer of this request from now on gets lost (1: the next) */
	long cut_file_at;     /* ≥ 0: the next PUT breaks after so many bytes */
	bool lose_journal;    /* POST /v1/journal gets lost on the way there */
	int calls;
	int last_status;
} line = {.cut_file_at = -1};

struct feeding {
	const uint8_t *data;
	size_t length, at, stop; /* stop: the line breaks there */
	int fd;
	int64_t from;
};

static long feed_body(void *arg, void *out, size_t n)
{
	struct feeding *f = arg;
	size_t left = f->stop - f->at;
	if (left == 0)
		return f->stop < f->length ? -1 : 0;
	n = n < left ? n : left;
	if (n > 1000)
		n = 1000; /* in pieces, as lines are */
	if (f->fd >= 0)
		n = (size_t)pread(f->fd, out, n, (off_t)(f->from + (int64_t)f->at));
	else
		memcpy(out, f->data + f->at, n);
	f->at += n;
	return (long)n;
}

static void certificate_words(const char *pem, struct net *net)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	assert_non_null(x);
	BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
	char *hex = BN_bn2hex(number);
	snprintf(net->serial, sizeof net->serial, "%s", hex);
	char name[64] = "";
	X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, name, sizeof name);
	snprintf(net->subject, sizeof net->subject, "CN=%s,O=certdesk", name);
	OPENSSL_free(hex);
	BN_free(number);
	X509_free(x);
	BIO_free(bio);
}

enum err net_start(const struct net_options *options, struct net **out, struct error *e)
{
	(void)e;
	*out = calloc(1, sizeof **out);
	assert_non_null(*out);
	if (options->certificate)
		certificate_words(options->certificate, *out);
	return OK;
}

void net_end(struct net **net)
{
	free(*net);
	*net = NULL;
}

void net_reply_free(struct net_reply *reply)
{
	bytes_free(&reply->body);
	*reply = (struct net_reply){.upload_offset = -1, .upload_length = -1};
}

char *net_program(void)
{
	return strdup("/bin/false");
}

static int64_t header_number(const char *text)
{
	return text ? strtoll(text, NULL, 10) : -1;
}

/* One request as a worker gets it. `coding` is the body's. */
static void ask_hub(const struct net *net, struct request *q, struct feeding *body, struct reply *p)
{
	q->read = feed_body;
	q->input = body;
	if (!q->range)
		q->range = "";
	if (!q->encoding)
		q->encoding = "";
	if (!q->query)
		q->query = "";
	hub_answer(hub, q, *net->serial ? "SUCCESS" : "NONE", net->serial, net->subject, p);
	line.last_status = p->status ? p->status : 200;
	line.calls++;
}

static void give_reply(struct reply *p, const struct net_request *q, struct net_reply *reply)
{
	net_reply_free(reply);
	reply->status = p->status ? p->status : 200;
	for (int i = 0; i < p->header_count; i++) {
		if (strcmp(p->headers[i].name, "Upload-Offset") == 0)
			reply->upload_offset = header_number(p->headers[i].value);
		if (strcmp(p->headers[i].name, "Upload-Length") == 0)
			reply->upload_length = header_number(p->headers[i].value);
	}
	if (p->file) {
		struct bytes all = {0};
		struct error e = {0};
		site_is(OK, file_read(p->file, FILE_MOST, &all, &e), &e);
		assert_non_null(q->into);
		reply->from = q->into->from;
		reply->written = (int64_t)all.length - reply->from;
		assert_int_equal(reply->written, pwrite(q->into->fd, all.data + reply->from, (size_t)reply->written, (off_t)reply->from));
		bytes_free(&all);
	} else if (p->json) {
		if (line.plain)
			json_object_del(p->json, "raw");
		char *text = json_dumps(p->json, JSON_COMPACT);
		bytes_text(&reply->body, text);
		free(text);
	} else if (p->bytes.length)
		bytes_add(&reply->body, p->bytes.data, p->bytes.length);
}

static void plain_value(struct raw *raw, json_t *object, const char *name, bool text)
{
	const void *data;
	size_t length;
	struct bytes coded = {0};
	const json_t *value = json_object_get(object, name);
	if (!json_is_integer(value))
		return;
	assert_true(raw_take(raw, value, &data, &length));
	if (!text)
		assert_int_equal(OK, base64_encode(data, length, &coded));
	json_object_set_new(object, name, text ? json_stringn(data, length) : json_string((char *)coded.data));
	bytes_free(&coded);
}

/* A journal as JSON alone, so that tests can change it. */
static json_t *plain_journal(const void *body, size_t length)
{
	struct raw raw;
	const char *text;
	size_t i, k, text_length;
	json_t *entry, *one;
	raw_open(body, length, &text, &text_length, &raw);
	json_t *out = json_loadb(text, text_length, 0, NULL);
	json_array_foreach(json_object_get(out, "entries"), i, entry)
		plain_value(&raw, entry, "entry", true);
	json_array_foreach(json_object_get(out, "entries"), i, entry) {
		plain_value(&raw, entry, "signature", false);
		json_array_foreach(json_object_get(entry, "states"), k, one)
			plain_value(&raw, one, "body", false);
	}
	json_array_foreach(json_object_get(out, "keys"), i, one)
		plain_value(&raw, one, "cms", false);
	assert_int_equal(0, raw.left);
	return out;
}

enum err net_call(struct net *net, const struct net_request *r, struct net_reply *reply, struct error *e)
{
	char path[300];
	struct bytes small = {0};
	struct reply p = {0};
	struct feeding body = {.data = r->body, .length = r->length, .stop = r->length, .fd = -1};
	snprintf(path, sizeof path, "%s", r->path);
	char *query = strchr(path, '?');
	if (query)
		*query++ = '\0';
	struct request q = {.method = r->method ? r->method : "GET", .path = path, .query = query ? query : "",
	                    .upload_offset = header_number(r->upload_offset), .upload_length = header_number(r->upload_length)};
	if (line.cut_before && line.cut_before--)
		return error_set(e, ERR_NET_CUT, "%s", path);
	if (strcmp(path, "/v1/journal") == 0 && r->body) {
		json_decref(line.posted);
		line.posted = plain_journal(r->body, r->length);
		bytes_free(&line.raw);
		assert_int_equal(OK, bytes_add(&line.raw, r->body, r->length));
		if (line.lose_journal)
			return error_set(e, ERR_NET_CUT, "%s", path);
	}
	if (r->send) {
		body = (struct feeding){.fd = r->send->fd, .from = r->send->from, .length = (size_t)r->send->length, .stop = (size_t)r->send->length};
		if (line.cut_file_at >= 0 && (size_t)line.cut_file_at < body.stop) {
			body.stop = (size_t)line.cut_file_at;
			line.cut_file_at = -1;
		}
	} else if (r->length > 1024) {
		assert_int_equal(OK, gzip_make(r->body, r->length, &small));
		q.encoding = "gzip";
		body = (struct feeding){.data = small.data, .length = small.length, .stop = small.length, .fd = -1};
	}
	q.length = (int64_t)body.length;
	ask_hub(net, &q, &body, &p);
	bool cut = body.stop < body.length || (line.cut_after && line.cut_after--) || (line.cut_answer && --line.cut_answer == 0);
	if (!cut)
		give_reply(&p, r, reply);
	reply_free(&p);
	bytes_free(&small);
	return cut ? error_set(e, ERR_NET_CUT, "%s", path) : OK;
}

/* --- hub and sites --------------------------------------------------------------------------------------------------- */

enum { COUNTER, OTHER, REVIEW, REVIEW2, SITES };
static const char *const codes[SITES] = {"110114-01", "110114-02", "000000-R1", "000000-R2"};
#ifndef REVIEW_KIND
#define REVIEW_KIND "review"
#endif
static const char *const kinds[SITES] = {"counter", "counter", REVIEW_KIND, REVIEW_KIND};
static struct site base[SITES];

struct hub_case {
	char root[64], dir[80];
	struct site site[SITES];
	struct desk *d[SITES]; /* opened when first asked for */
	struct net net[SITES]; /* with its certificate */
	struct error e;
	char no[ORDER_NO_SIZE];
};

static int hub_cases;

static int hub_sites_make(void **state)
{
	(void)state;
	lang_start();
	for (int i = 0; i < SITES; i++)
		site_make_as(&base[i], codes[i], 0);
	return 0;
}

static int hub_sites_end(void **state)
{
	(void)state;
	for (int i = 0; i < SITES; i++)
		site_end(&base[i]);
	return 0;
}

/* CERTDESK_TEST_POSTGRES is the socket's directory of a PostgreSQL (t_postgres_data.sh): each case gets a database of its own there. */
static const char *hub_database(void)
{
	static char url[200];
	char command[300];
	const char *dir = getenv("CERTDESK_TEST_POSTGRES");
	if (!dir)
		return NULL;
	snprintf(command, sizeof command, "\"$CERTDESK_TEST_POSTGRES_BIN\"/createdb -h \"$CERTDESK_TEST_POSTGRES\" -U hub case%d_%d", hub_cases, (int)getpid());
	assert_int_equal(0, system(command));
	snprintf(url, sizeof url, "postgresql://hub@/case%d_%d?host=%s", hub_cases, (int)getpid(), dir);
	return url;
}

static int hub_case_make(void **state)
{
	struct hub_case *c = calloc(1, sizeof *c);
	strcpy(c->root, "/tmp/certdesk-hub-XXXXXX");
	assert_non_null(mkdtemp(c->root));
	snprintf(c->dir, sizeof c->dir, "%s/hub", c->root);
	struct hub_init o = {.dir = c->dir, .name = "总部", .url = "https://localhost:18443", .now = clock_now(&CLOCK_SYSTEM),
	                     .database = hub_database()};
	site_is(OK, hub_init(&o, &c->e), &c->e);
	site_is(OK, hub_open(c->dir, &hub, &c->e), &c->e);
	hub_cases++;
	*state = c;
	return 0;
}

static int hub_case_end(void **state)
{
	struct hub_case *c = *state;
	char command[120];
	for (int i = 0; i < SITES; i++)
		if (c->d[i])
			desk_close(&c->d[i]);
	hub_close(&hub);
	bytes_free(&line.raw);
	json_decref(line.posted);
	memset(&line, 0, sizeof line);
	line.cut_file_at = -1;
	snprintf(command, sizeof command, "rm -rf '%s'", c->root);
	assert_int_equal(0, system(command));
	free(c);
	return 0;
}

/* The open site, joined. */
static struct desk *site_at(struct hub_case *c, int i)
{
	char name[16];
	json_t *enrolled = NULL, *out = NULL, *row = NULL;
	if (c->d[i])
		return c->d[i];
	snprintf(name, sizeof name, "h%d", hub_cases);
	site_copy(&base[i], name, &c->site[i]);
	c->d[i] = site_open(&c->site[i]);
	site_is(OK, site_enrol(hub, codes[i], kinds[i], codes[i], "110000", &enrolled, &c->e), &c->e);
	site_as(&c->site[i], c->d[i], "root1");
	site_is(OK, sync_join(c->d[i], "https://localhost:18443", json_text(enrolled, "code"), false, &out, &c->e), &c->e);
	site_is(OK, store_row(c->d[i]->store, SQL_HEADQUARTERS_GET, &row, &c->e, ""), &c->e);
	certificate_words(json_text(row, "tls_certificate"), &c->net[i]);
	json_decref(row);
	json_decref(enrolled);
	json_decref(out);
	site_as(&c->site[i], c->d[i], "op1");
	return c->d[i];
}

/* `sync --once`; leaves root1 as actor. */
static inline enum err sync_at(struct hub_case *c, int i)
{
	json_t *out = NULL;
	struct desk *d = site_at(c, i);
	site_as(&c->site[i], d, "root1");
	enum err r = sync_once(d, &out, &c->e);
	json_decref(out);
	return r;
}

#define SYNC(c, i) site_is(OK, sync_at(c, i), &(c)->e)

/* A request with the certificate of a site (-1: without one); *out (may be NULL) is the JSON of the answer. */
static inline int ask(struct hub_case *c, int i, const char *method, const char *path, const char *query, const void *data, size_t length,
                      const char *encoding, json_t **out)
{
	static const struct net nobody;
	struct feeding body = {.data = data, .length = length, .stop = length, .fd = -1};
	struct request q = {.method = method, .path = path, .query = query, .encoding = encoding, .length = (int64_t)length, .upload_offset = -1,
	                    .upload_length = -1};
	struct reply p = {0};
	if (i >= 0)
		site_at(c, i);
	ask_hub(i < 0 ? &nobody : &c->net[i], &q, &body, &p);
	if (out)
		*out = p.json ? json_incref(p.json) : NULL;
	int status = p.status ? p.status : 200;
	reply_free(&p);
	return status;
}

static inline int post(struct hub_case *c, int i, const json_t *body, json_t **out)
{
	char *text = json_dumps(body, JSON_COMPACT);
	int status = ask(c, i, "POST", "/v1/journal", "", text, strlen(text), "", out);
	free(text);
	return status;
}

/* A number of the hub's database. */
static inline int64_t hub_int(enum hub_sql q, const char *types, ...)
{
	int64_t out = 0;
	const char *a = NULL, *b = NULL, *d = NULL;
	struct error e = {0};
	va_list ap;
	va_start(ap, types);
	if (types[0])
		a = va_arg(ap, const char *);
	if (types[0] && types[1])
		b = va_arg(ap, const char *);
	if (types[0] && types[1] && types[2])
		d = va_arg(ap, const char *);
	va_end(ap);
	site_is(OK, db_int(hub->db, q, 0, &out, &e, types, a, b, d), &e);
	return out;
}

static inline int64_t hub_seq(int i)
{
	return hub_int(HUB_SQL_ENTRY_HEAD, "t", codes[i]);
}

static inline int64_t refused_at(int i)
{
	return hub_int(HUB_SQL_ENTRY_REFUSED_COUNT, "t", codes[i]);
}

/* Whether an alarm of this kind about the site has a detail with these words. */
static inline bool alarmed(int i, const char *kind, const char *words)
{
	json_t *rows = NULL, *row;
	struct error e = {0};
	size_t k;
	bool found = false;
	site_is(OK, db_list(hub->db, HUB_SQL_ALARM_LIST, &rows, &e, "i", (int64_t)0), &e);
	json_array_foreach(rows, k, row)
		found |= strcmp(json_text(row, "site"), codes[i]) == 0 && strcmp(json_text(row, "kind"), kind) == 0 && strstr(json_text(row, "detail"), words);
	json_decref(rows);
	return found;
}

/* A step of a site that no use case would make: the caller has begun it and changed rows. */
static inline void rogue_commit(struct hub_case *c, int i, const char *action, const char *actor, const char *subject, const json_t *facts)
{
	struct desk *d = site_at(c, i);
	char who[80];
	snprintf(who, sizeof who, strcmp(actor, "system") == 0 ? "%.0s%s" : "%s/%s", codes[i], actor);
	struct step step = {.action = action, .subject = subject, .site = codes[i], .station = "1", .actor = who, .program = "certdesk", .facts = facts,
	                    .now = desk_now(d)};
	site_is(OK, store_commit(d->store, &step, &c->e), &c->e);
}

static inline int64_t order_id(struct hub_case *c, int i, const char *no)
{
	json_t *out = NULL;
	int64_t id = 0;
	struct rows *rows = NULL;
	site_is(OK, store_query(site_at(c, i)->store, SQL_ORDER_GET, &rows, &c->e, "t", no), &c->e);
	assert_true(rows_next(rows));
	id = rows_int(rows, 0);
	rows_end(&rows, NULL);
	json_decref(out);
	return id;
}

/* Why entries of a site were refused, each with a newline before it. */
static inline const char *why_refused(int i)
{
	static char why[4000];
	struct db_rows *rows = NULL;
	struct error e = {0};
	size_t n = 0;
	why[0] = '\0';
	site_is(OK, db_query(hub->db, HUB_SQL_ENTRY_AFTER, &rows, &e, "tii", codes[i], (int64_t)0, (int64_t)100000), &e);
	while (db_rows_next(rows))
		if (*db_rows_text(rows, 4) && n < sizeof why - 200)
			n += (size_t)snprintf(why + n, sizeof why - n, "\n%s", db_rows_text(rows, 4));
	db_rows_end(&rows, NULL);
	return why;
}

#define REFUSED(i, name) do { if (!strstr(why_refused(i), "\n" name)) fail_msg("refused:%s, not " name, why_refused(i)); } while (0)

/* A login there gets this staff number; a login its name. */
static inline void numbered(struct hub_case *c, int i, const char *login, const char *number)
{
	site_at(c, i);
	site_as(&c->site[i], c->d[i], "root1");
	site_is(OK, staff_number(c->d[i], login, number, &c->e), &c->e);
}

static inline void named(struct hub_case *c, int i, const char *login, const char *name)
{
	int64_t id = 0;
	struct desk *d = site_at(c, i);
	site_is(OK, store_int(d->store, SQL_STAFF_BY_LOGIN_ANY, 0, &id, &c->e, "t", login), &c->e);
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	json_t *row = json_pack("{ss}", "name", name);
	site_is(OK, replica_put(d->store, "staff", row, &id, &c->e), &c->e);
	json_decref(row);
	rogue_commit(c, i, "staff.roles", "root1", login, NULL);
}
#define HUB_TEST(f) cmocka_unit_test_setup_teardown(f, hub_case_make, hub_case_end)

#endif
