/* Entries into headquarters beside bare inserts of the same rows: hub entries DATABASES ROUNDS prints, a line a round, the seconds
 * of workers that take what four counters send (processes, as many as `serve` has); those of one worker; those of the
 * bare inserts over one connection and over as many as there were workers; how many entries it were; and the processor's seconds of one worker, of one
 * connection, and of all workers.
 * Sites are real, their bodies are made before; the handler is
 * the worker's. DATABASES: "sqlite", or "postgresql" on the server that CERTDESK_TEST_POSTGRES and …_BIN name.
 * hub sites DIR SITES ENTRIES OUT enrols so many sites at the hub DIR, each with its certificate (OUT/SITE.pem, key and all) and so many
 * bodies of one entry each (OUT/SITE.bodies, a line each). */
#define net_call hubcase_net_call
#define REVIEW_KIND "counter" /* four of them */
#include "../hub/hubcase.h"
#undef net_call
#include <sys/wait.h>
#include <time.h>

#include "base/text.h"
#include "hub/pki.h"
#include "hub/posted.h"
#include "hub/values.h"
#include "sync/envelope.h"

enum { BODIES = 400, ORDERS = 96, AT_ONCE = 8, STATES = 3, WAYS = 4 };

enum err net_call(struct net *net, const struct net_request *r, struct net_reply *reply, struct error *e);

/* A body as a site sent it, and its rows. */
struct row_of_state {
	int64_t order;
	char no[64];
};
struct sent {
	int site;
	struct bytes gzip;
	struct posted posted;
	struct row_of_state *rows; /* of all its states, one after the other */
	size_t entries;
};
static struct sent bodies[BODIES];
static size_t body_count;
static int sending;

enum err net_call(struct net *net, const struct net_request *r, struct net_reply *reply, struct error *e)
{
	if (strcmp(r->path, "/v1/journal") == 0 && r->body) {
		struct sent *s = &bodies[body_count++];
		struct bytes body = {0};
		struct error why = {0};
		assert_true(body_count < BODIES);
		s->site = sending;
		assert_int_equal(OK, gzip_make(r->body, r->length, &s->gzip));
		assert_int_equal(OK, bytes_add(&body, r->body, r->length));
		site_is(OK, posted_read(&body, &s->posted, &why), &why);
		s->entries = s->posted.entry_count;
	}
	return hubcase_net_call(net, r, reply, e);
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Orders of four counters, each from its draft to its approval, sent in the batches of a busy hour. */
static void make_bodies(struct hub_case *c)
{
	json_t *changes = json_pack("{ss}", "key_role", "secondary");
	struct posted_chain chains[SITES] = {0};
	char why[POSTED_WHY];
	for (int i = 0; i < SITES; i++)
		chains[i].site = codes[i];
	for (int n = 0; n < ORDERS; n++)
		for (sending = 0; sending < SITES; sending++) {
			struct desk *d = site_at(c, sending);
			if (n == 0)
				d->clock.fixed = clock_now(&CLOCK_SYSTEM);
			d->clock.fixed += 100; /* so that each code is the newest */
			hub->clock = d->clock;
			site_as(&c->site[sending], d, "op1");
			site_approved(&c->site[sending], d, "new-unit", changes, c->no);
			if (n % AT_ONCE == AT_ONCE - 1)
				SYNC(c, sending);
		}
	json_decref(changes);
	for (size_t i = 0; i < body_count; i++)
		for (size_t k = 0; k < bodies[i].entries; k++)
			if (!posted_follows(&bodies[i].posted.entries[k], &chains[bodies[i].site], why))
				fail_msg("%s", why);
	for (int i = 0; i < SITES; i++)
		if (refused_at(i))
			fail_msg("%s", why_refused(i));
}

/* What the rows beside entry and state will be. */
static void note_rows(void)
{
	struct error e = {0};
	for (size_t i = 0; i < body_count; i++) {
		struct sent *s = &bodies[i];
		size_t n = 0;
		for (size_t k = 0; k < s->entries; k++)
			n += s->posted.entries[k].state_count;
		s->rows = calloc(n + 1, sizeof *s->rows);
		n = 0;
		for (size_t k = 0; k < s->entries; k++)
			for (size_t j = 0; j < s->posted.entries[k].state_count; j++, n++) {
				const struct posted_state *t = &s->posted.entries[k].states[j];
				json_t *row = NULL;
				site_is(OK, db_int(hub->db, HUB_SQL_PART_GET, 0, &s->rows[n].order, &e, "tti", codes[s->site], t->kind, t->record), &e);
				site_is(OK, db_row(hub->db, HUB_SQL_ORDER_RECORD_GET, &row, &e, "ti", codes[s->site], t->record), &e);
				text_copy(s->rows[n].no, sizeof s->rows[n].no, json_text(row, "order_no"));
				json_decref(row);
			}
	}
}

/* The same sites, certificates and files, and no entry. */
static struct hub *another_hub(const struct hub_case *c, const char *name, const char *address)
{
	char dir[120], command[400];
	struct hub *h = NULL;
	struct error e = {0};
	struct db_rows *rows = NULL;
	int64_t now = hub_now(hub);
	snprintf(dir, sizeof dir, "%s/%s", c->root, name);
	site_is(OK, hub_init(&(struct hub_init){.dir = dir, .name = "总部", .url = "https://localhost:18443", .now = now, .database = address}, &e), &e);
	snprintf(command, sizeof command, "rm -rf '%s/keys' && cp -a '%s/keys' '%s/keys'", dir, c->dir, dir);
	assert_int_equal(0, system(command));
	site_is(OK, hub_open(dir, &h, &e), &e);
	h->clock = hub->clock;
	site_is(OK, db_begin(h->db, &e), &e);
	for (int i = 0; i < SITES; i++) {
		site_is(OK, db_run(h->db, HUB_SQL_SITE_ENROL, NULL, &e, "tttttii", codes[i], kinds[i], codes[i], "110000", "", (int64_t)0, now), &e);
		site_is(OK, db_run(h->db, HUB_SQL_SITE_JOIN, NULL, &e, "tittt", codes[i], now, "", "", ""), &e);
		for (int k = 0; k < PKI_KINDS; k++) {
			site_is(OK, db_query(hub->db, HUB_SQL_CERTIFICATE_ALL, &rows, &e, "tt", codes[i], pki_names[k]), &e);
			while (db_rows_next(rows))
				site_is(OK, db_run(h->db, HUB_SQL_CERTIFICATE_INSERT, NULL, &e, "ttttii", db_rows_text(rows, 1), codes[i], pki_names[k],
				                   db_rows_text(rows, 0), now, now + 86400), &e);
			site_is(OK, db_rows_end(&rows, &e), &e);
		}
		site_is(OK, db_query(hub->db, HUB_SQL_FILE_WHOLE_ALL, &rows, &e, "t", codes[i]), &e);
		while (db_rows_next(rows))
			site_is(OK, db_run(h->db, HUB_SQL_FILE_WHOLE, NULL, &e, "ttii", codes[i], db_rows_text(rows, 0), db_rows_int(rows, 1), now), &e);
		site_is(OK, db_rows_end(&rows, &e), &e);
	}
	site_is(OK, db_commit(h->db, &e), &e);
	return h;
}

/* What one of several does: the bodies of its sites. */
struct share {
	int one, of;
};

static bool is_its(struct share share, int site)
{
	return site % share.of == share.one;
}

static void run_posts(const struct hub_case *c, struct hub *h, struct share share)
{
	for (size_t i = 0; i < body_count; i++) {
		if (!is_its(share, bodies[i].site))
			continue;
		const struct net *net = &c->net[bodies[i].site];
		struct feeding body = {.data = bodies[i].gzip.data, .length = bodies[i].gzip.length, .stop = bodies[i].gzip.length, .fd = -1};
		struct request q = {.method = "POST", .path = "/v1/journal", .query = "", .encoding = "gzip", .range = "", .length = (int64_t)body.length,
		                    .upload_offset = -1, .upload_length = -1, .read = feed_body, .input = &body};
		struct reply p = {0};
		hub_answer(h, &q, "SUCCESS", net->serial, net->subject, &p);
		if (p.status && p.status != 200)
			fail_msg("body %zu: %d", i, p.status);
		if (json_array_size(json_object_get(p.json, "refused")))
			fail_msg("body %zu: refused", i);
		reply_free(&p);
	}
}

static enum err insert_state(struct db *db, const char *site, int64_t seq, const struct posted_state *t, const struct row_of_state *row, struct error *e)
{
	enum err r = db_run(db, HUB_SQL_STATE_INSERT, NULL, e, "ttiiiib", site, t->kind, t->record, t->version, seq, t->dk,
	                    t->purged ? NULL : (const void *)t->body.data, t->body.length);
	if (r || t->version > 1)
		return r;
	if (strcmp(t->kind, "orders") == 0)
		return db_run(db, HUB_SQL_ORDER_RECORD_INSERT, NULL, e, "tit", site, t->record, (const char *)row->no);
	if (strcmp(t->kind, "staff") == 0)
		return db_run(db, HUB_SQL_PERSON_PUT, NULL, e, "titti" "ttii", site, t->record, "login", "operator", (int64_t)0, "", "", (int64_t)1, (int64_t)0);
	return row->order ? db_run(db, HUB_SQL_PART_INSERT, NULL, e, "ttii", site, t->kind, t->record, row->order) : OK;
}

static void run_inserts(const struct hub_case *c, struct hub *h, struct share share)
{
	struct db *db = h->db;
	struct error e = {0};
	(void)c;
	for (size_t i = 0; i < body_count; i++) {
		const struct sent *s = &bodies[i];
		const char *site = codes[s->site];
		size_t n = 0;
		if (!is_its(share, s->site))
			continue;
		site_is(OK, db_begin(db, &e), &e);
		for (size_t k = 0; k < s->posted.key_count; k++)
			site_is(OK, db_run(db, HUB_SQL_DATA_KEY_INSERT, NULL, &e, "tib", site, s->posted.keys[k].dk, (const void *)s->posted.keys[k].cms.data,
			                   s->posted.keys[k].cms.length), &e);
		for (size_t k = 0; k < s->entries; k++) {
			const struct posted_entry *p = &s->posted.entries[k];
			site_is(OK, db_run(db, HUB_SQL_ENTRY_INSERT, NULL, &e, "tiittbiit", site, p->seq, p->epoch, p->text, p->hash,
			                   (const void *)p->signature.data, p->signature.length, p->time, p->time, ""), &e);
			for (size_t j = 0; j < p->state_count; j++)
				site_is(OK, insert_state(db, site, p->seq, &p->states[j], &s->rows[n++], &e), &e);
		}
		site_is(OK, db_commit(db, &e), &e);
	}
}

typedef void run_fn(const struct hub_case *c, struct hub *h, struct share share);

/* A process of its own, which opens the hub and waits until all are told to go. */
static pid_t start_one(const struct hub_case *c, const char *dir, run_fn *run, struct share share, const int ready[2], const int go[2])
{
	pid_t child = fork();
	if (child != 0)
		return child;
	struct hub *h = NULL;
	struct error e = {0};
	char byte;
	struct timespec cpu = {0}, before;
	close(go[1]);
	site_is(OK, hub_open(dir, &h, &e), &e);
	site_is(OK, values_ready(h, &e), &e); /* as `serve` does before its workers begin */
	h->clock = hub->clock;
	bool told = write(ready[1], &cpu, sizeof cpu) == sizeof cpu && read(go[0], &byte, 1) == 0;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	if (told)
		run(c, h, share);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	cpu.tv_sec -= before.tv_sec;
	cpu.tv_nsec -= before.tv_nsec;
	told = told && write(ready[1], &cpu, sizeof cpu) == sizeof cpu;
	hub_close(&h); /* which may write the database anew: that isn't measured */
	_exit(told ? 0 : 1);
}

static double timed(const struct hub_case *c, const char *dir, run_fn *run, int count, double *cpu)
{
	int ready[2], go[2];
	pid_t child[SITES];
	struct timespec t;
	assert_true(count <= SITES && pipe(ready) == 0 && pipe(go) == 0);
	for (int i = 0; i < count; i++)
		child[i] = start_one(c, dir, run, (struct share){i, count}, ready, go);
	for (int i = 0; i < count; i++)
		assert_int_equal(sizeof t, read(ready[0], &t, sizeof t));
	double from = seconds();
	close(go[0]);
	close(go[1]);
	*cpu = 0;
	for (int i = 0; i < count; i++) {
		assert_int_equal(sizeof t, read(ready[0], &t, sizeof t));
		*cpu += (double)t.tv_sec + (double)t.tv_nsec / 1e9;
	}
	double took = seconds() - from;
	for (int i = 0; i < count; i++) {
		int status = -1;
		assert_true(waitpid(child[i], &status, 0) == child[i] && status == 0);
	}
	close(ready[0]);
	close(ready[1]);
	return took;
}

static const char *address_of(const char *database)
{
	if (strcmp(database, "postgresql") != 0)
		return NULL;
	hub_cases++;
	return hub_database();
}

static int bench_entries(const char *database, int rounds)
{
	void *state = NULL;
	size_t entries = 0;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int workers = processors > SITES / 2 ? SITES : 2 * (int)processors;
	hub_sites_make(&state);
	hub_case_make(&state);
	struct hub_case *c = state;
	make_bodies(c);
	note_rows();
	for (size_t i = 0; i < body_count; i++)
		entries += bodies[i].entries;
	for (int n = 0; n < rounds; n++) {
		const struct {
			const char *name;
			run_fn *run;
			int count;
		} ways[WAYS] = {{"all", run_posts, workers}, {"one", run_posts, 1}, {"bare", run_inserts, 1}, {"bare-all", run_inserts, workers}};
		double took[WAYS], cpu[WAYS];
		for (size_t k = 0; k < WAYS; k++) {
			char name[24];
			snprintf(name, sizeof name, "%s%d", ways[k].name, n);
			struct hub *h = another_hub(c, name, address_of(database));
			char *dir = strdup(h->dir);
			hub_close(&h); /* a connection belongs to one process */
			took[k] = timed(c, dir, ways[k].run, ways[k].count, &cpu[k]);
			free(dir);
		}
		printf("%.4f %.4f %.4f %.4f %zu %.4f %.4f %.4f\n", took[0], took[1], took[2], took[3], entries, cpu[1], cpu[2], cpu[0]);
		fflush(stdout);
	}
	for (size_t i = 0; i < body_count; i++) {
		posted_free(&bodies[i].posted);
		bytes_free(&bodies[i].gzip);
		free(bodies[i].rows);
	}
	hub_case_end(&state);
	hub_sites_end(&state);
	return 0;
}

/* --- many sites ---------------------------------------------------------------------------------------------------- */

struct many {
	struct hub *hub;
	const char *out;
	char *keys;
	unsigned char *to; /* headquarters' encryption certificate */
	size_t to_length;
	json_t *day; /* what a state says */
};

static EVP_PKEY *certified(const struct many *m, const char *site, enum pki_kind kind, struct pki_issued *issued)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509_REQ *request = X509_REQ_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem;
	struct error e = {0};
	assert_true(key && request && X509_REQ_set_pubkey(request, key) && X509_REQ_sign(request, key, EVP_sha256()) && PEM_write_bio_X509_REQ(bio, request));
	BIO_write(bio, "", 1);
	BIO_get_mem_data(bio, &pem);
	site_is(OK, pki_issue(m->keys, site, kind, pem, hub_now(m->hub), issued, &e), &e);
	site_is(OK, db_run(m->hub->db, HUB_SQL_CERTIFICATE_INSERT, NULL, &e, "ttttii", issued->serial, site, pki_names[kind], (const char *)issued->pem.data,
	                   hub_now(m->hub), issued->not_after), &e);
	BIO_free(bio);
	X509_REQ_free(request);
	return key;
}

static void write_pem(const struct many *m, const char *site, EVP_PKEY *key, const struct pki_issued *issued)
{
	char path[300];
	snprintf(path, sizeof path, "%s/%s.pem", m->out, site);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fwrite(issued->pem.data, 1, issued->pem.length, f) == issued->pem.length && PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL));
	assert_int_equal(0, fclose(f));
}

static json_t *base64_json(const void *data, size_t length)
{
	struct bytes text = {0};
	assert_int_equal(OK, base64_encode(data, length, &text));
	json_t *out = json_string((char *)text.data);
	bytes_free(&text);
	return out;
}

static json_t *some_states(const struct many *m, const uint8_t key[DATA_KEY_SIZE], int64_t seq, json_t *records)
{
	json_t *states = json_array();
	for (int64_t i = 0; i < STATES; i++) {
		struct bytes text = {0}, sealed = {0};
		char bind[96], digest[DIGEST_TEXT_SIZE];
		int64_t record = seq * STATES + i;
		json_object_set_new(m->day, "id", json_integer(record));
		assert_int_equal(OK, json_canonical(m->day, &text));
		snprintf(bind, sizeof bind, "calendar_day/%lld/1", (long long)record);
		assert_int_equal(OK, seal(key, bind, text.data, text.length, &sealed));
		digest_text(sealed.data, sealed.length, digest);
		json_array_append_new(records, json_pack("[sIis]", "calendar_day", (json_int_t)record, 1, digest));
		json_array_append_new(states, json_pack("{ss sI si si so}", "kind", "calendar_day", "record", (json_int_t)record, "version", 1, "dk", 1, "body",
		                                        base64_json(sealed.data, sealed.length)));
		bytes_free(&text);
		bytes_free(&sealed);
	}
	return states;
}

/* Entry `seq` of a site as the body that brings it; `prev` becomes its hash. */
static json_t *body_of(const struct many *m, const char *site, EVP_PKEY *signer, const uint8_t key[DATA_KEY_SIZE], int64_t seq, char prev[DIGEST_TEXT_SIZE])
{
	json_t *records = json_array(), *states = some_states(m, key, seq, records), *keys = json_array();
	struct bytes text = {0}, cms = {0};
	struct error e = {0};
	unsigned char signature[160];
	size_t n = sizeof signature;
	json_t *entry = json_pack("{ss ss si s{} s[] ss ss so ss sI ss ss ss sI}", "action", "deadline.tick", "actor", "system", "epoch", 1, "facts", "files",
	                          "prev", prev, "program", "certdesk", "records", records, "second", "", "seq", (json_int_t)seq, "site", site, "station",
	                          "", "subject", "", "time", (json_int_t)(hub_now(m->hub) + seq));
	assert_int_equal(OK, json_canonical(entry, &text));
	digest_text(text.data, text.length, prev);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	assert_true(EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, signer) == 1 && EVP_DigestSign(c, signature, &n, (const uint8_t *)prev, strlen(prev)) == 1);
	EVP_MD_CTX_free(c);
	if (seq == 1) {
		site_is(OK, envelope_seal(m->to, m->to_length, site, 1, key, &cms, &e), &e);
		json_array_append_new(keys, json_pack("{si so}", "dk", 1, "cms", base64_json(cms.data, cms.length)));
	}
	json_t *body = json_pack("{ss s[{sI ss ss so so}] so}", "program", "certdesk", "entries", "seq", (json_int_t)seq, "entry", (char *)text.data, "hash",
	                         prev, "signature", base64_json(signature, n), "states", states, "keys", keys);
	assert_non_null(body);
	json_decref(entry);
	bytes_free(&text);
	bytes_free(&cms);
	return body;
}

static void make_one(const struct many *m, const char *site, int entries)
{
	struct pki_issued tls = {0}, sign = {0};
	struct error e = {0};
	char path[300], prev[DIGEST_TEXT_SIZE] = "";
	uint8_t key[DATA_KEY_SIZE];
	int64_t now = hub_now(m->hub);
	random_bytes(key, sizeof key);
	site_is(OK, db_run(m->hub->db, HUB_SQL_SITE_ENROL, NULL, &e, "tttttii", site, "counter", site, "110000", "", (int64_t)0, now), &e);
	site_is(OK, db_run(m->hub->db, HUB_SQL_SITE_JOIN, NULL, &e, "tittt", site, now, "", "", ""), &e);
	EVP_PKEY *line_key = certified(m, site, PKI_TLS, &tls), *signer = certified(m, site, PKI_SIGN, &sign);
	write_pem(m, site, line_key, &tls);
	snprintf(path, sizeof path, "%s/%s.bodies", m->out, site);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	for (int64_t seq = 1; seq <= entries; seq++) {
		json_t *body = body_of(m, site, signer, key, seq, prev);
		assert_int_equal(0, json_dumpf(body, f, JSON_COMPACT));
		fputc('\n', f);
		json_decref(body);
	}
	assert_int_equal(0, fclose(f));
	EVP_PKEY_free(line_key);
	EVP_PKEY_free(signer);
	pki_issued_free(&tls);
	pki_issued_free(&sign);
}

static int make_sites(const char *dir, int count, int entries, const char *out)
{
	struct many m = {.out = out};
	struct error e = {0};
	char pad[600];
	memset(pad, 'x', sizeof pad - 1);
	pad[sizeof pad - 1] = '\0';
	site_is(OK, hub_open(dir, &m.hub, &e), &e);
	m.keys = path_join(m.hub->dir, "keys");
	int n = i2d_X509(m.hub->encrypt, &m.to);
	assert_true(n > 0);
	m.to_length = (size_t)n;
	m.day = json_pack("{ss sI}", "pad", pad, "dk", (json_int_t)1);
	site_is(OK, db_begin(m.hub->db, &e), &e);
	for (int i = 0; i < count; i++) {
		char site[16];
		snprintf(site, sizeof site, "S%04d", i);
		make_one(&m, site, entries);
	}
	site_is(OK, db_commit(m.hub->db, &e), &e);
	json_decref(m.day);
	OPENSSL_free(m.to);
	free(m.keys);
	hub_close(&m.hub);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "entries") == 0)
		return bench_entries(argv[2], atoi(argv[3]));
	if (argc == 6 && strcmp(argv[1], "sites") == 0)
		return make_sites(argv[2], atoi(argv[3]), atoi(argv[4]), argv[5]);
	fprintf(stderr, "hub entries sqlite|postgresql ROUNDS; hub sites DIR SITES ENTRIES OUT\n");
	return 2;
}
