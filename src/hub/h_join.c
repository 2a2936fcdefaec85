/* root, join, renew, time, health: what a site needs before and beside its data. */
#include <openssl/crypto.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/crypt.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "hub/hub.h"
#include "hub/pki.h"

enum { JOIN_MOST = 64 << 10, WRONG_CODES = 5 /* of one address */, WRONG_MOST = 600 /* of all */, WRONG_SECONDS = 60, NAME_MOST = 200 };

static enum err handle_root(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	(void)q;
	p->type = "application/x-pem-file";
	return pki_pem(hub->root, &p->bytes) ? error_set(e, ERR_CRYPTO, "PEM") : OK;
}

static enum err handle_health(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	int64_t n;
	(void)q;
	enum err r = db_int(hub->db, HUB_SQL_HEALTH, 0, &n, e, ""); /* a worker without its database serves nobody */
	p->type = "text/plain";
	return r ? r : bytes_text(&p->bytes, "ok");
}

static enum err handle_time(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	(void)q;
	(void)e;
	return reply_json(p, json_pack("{sI}", "now", (json_int_t)hub_now(hub)));
}

/* What a site gets: a certificate for each request. Those it had are replaced. */
struct grant {
	char site[SITE_CODE_SIZE], kind[16];
	struct pki_issued issued[PKI_KINDS];
	bool made[PKI_KINDS];
	char keys[DIGEST_TEXT_SIZE]; /* of the three public keys */
};

static void grant_free(struct grant *g)
{
	for (int k = 0; k < PKI_KINDS; k++)
		pki_issued_free(&g->issued[k]);
}

static bool same_key(const struct grant *g, int a, int b)
{
	return g->made[a] && g->made[b] && g->issued[a].spki.length == g->issued[b].spki.length &&
	       memcmp(g->issued[a].spki.data, g->issued[b].spki.data, g->issued[a].spki.length) == 0;
}

/* Certificates by the requests, each of which proves its key. What is wrong with a request is the reply's to say: *bad. */
static enum err grant_make(struct hub *hub, const json_t *body, bool all, struct grant *g, bool *bad, struct error *e)
{
	char *dir = path_join(hub->dir, "keys");
	struct bytes keys = {0};
	enum err r = dir ? OK : ERR_MEMORY;
	*bad = false;
	for (int k = 0; !r && k < PKI_KINDS; k++) {
		const json_t *request = json_object_get(body, pki_names[k]);
		if (!all && k == PKI_SIGN && (!request || json_is_null(request)))
			continue;
		r = pki_issue(dir, g->site, k, json_text(body, pki_names[k]), hub_now(hub), &g->issued[k], e);
		*bad = r == ERR_CA_REQUEST || r == ERR_CA_WEAK_KEY || r == ERR_CA_SIGNATURE;
		g->made[k] = !r;
		if (!r)
			r = bytes_add(&keys, g->issued[k].spki.data, g->issued[k].spki.length);
	}
	if (!r && (same_key(g, PKI_TLS, PKI_SIGN) || same_key(g, PKI_TLS, PKI_ENCRYPT) || same_key(g, PKI_SIGN, PKI_ENCRYPT))) {
		*bad = true; /* one stolen must not be all stolen */
		r = error_set(e, ERR_CA_REQUEST, "one key twice");
	}
	if (!r)
		digest_text(keys.data, keys.length, g->keys);
	bytes_free(&keys);
	free(dir);
	return r;
}

static enum err grant_store(struct hub *hub, const struct grant *g, struct error *e)
{
	enum err r = OK;
	for (int k = 0; !r && k < PKI_KINDS; k++)
		if (g->made[k] && !(r = db_run(hub->db, HUB_SQL_CERTIFICATE_REPLACE, NULL, e, "tt", g->site, pki_names[k])))
			r = db_run(hub->db, HUB_SQL_CERTIFICATE_INSERT, NULL, e, "ttttii", g->issued[k].serial, g->site, pki_names[k],
			           (char *)g->issued[k].pem.data, hub_now(hub), g->issued[k].not_after);
	return r;
}

static enum err add_pem(json_t *o, const char *name, X509 *x)
{
	struct bytes pem = {0};
	enum err r = pki_pem(x, &pem);
	if (!r && json_object_set_new(o, name, json_string((char *)pem.data)) != 0)
		r = ERR_MEMORY;
	bytes_free(&pem);
	return r;
}

/* The site's current certificates and headquarters' own, as they stand in the database. */
static enum err say_certificates(struct hub *hub, const char *site, const char *kind, struct reply *p, struct error *e)
{
	json_t *certificates = json_object(), *body = json_pack("{ss ss so}", "kind", kind, "hub", hub->name, "certificates", certificates);
	enum err r = body ? OK : ERR_MEMORY;
	for (int k = 0; !r && k < PKI_KINDS; k++) {
		X509 *x = NULL;
		if (!(r = hub_certificate(hub, site, pki_names[k], &x, e)))
			r = add_pem(certificates, pki_names[k], x);
		X509_free(x);
	}
	if (!r && !(r = add_pem(body, "hub_sign", hub->sign)))
		r = add_pem(body, "hub_encrypt", hub->encrypt);
	if (r)
		json_decref(body);
	return r ? r : reply_json(p, body);
}

/* The site that a code is for, in *site (a row of site_codes) or NULL. Every open code is compared, each in constant time. */
static enum err find_code(struct hub *hub, const char *code, json_t **site, struct error *e)
{
	uint8_t secret[ENROL_SECRET], fingerprint[ENROL_FINGERPRINT], root[32], *der = NULL;
	char digest[DIGEST_TEXT_SIZE];
	json_t *codes = NULL, *row;
	size_t i;
	*site = NULL;
	enum err r = db_list(hub->db, HUB_SQL_SITE_CODES, &codes, e, "i", hub_now(hub));
	if (r)
		return r;
	int n = i2d_X509(hub->root, &der);
	digest_raw(der, n > 0 ? (size_t)n : 0, root);
	OPENSSL_free(der);
	bool good = pki_code_read(code, secret, fingerprint) && CRYPTO_memcmp(fingerprint, root, ENROL_FINGERPRINT) == 0;
	if (good) {
		digest_text(secret, sizeof secret, digest);
		json_array_foreach(codes, i, row) {
			const char *kept = json_text(row, "code_digest");
			if (strlen(kept) == strlen(digest) && CRYPTO_memcmp(kept, digest, strlen(digest)) == 0)
				*site = json_incref(row);
		}
	}
	OPENSSL_cleanse(secret, sizeof secret);
	json_decref(codes);
	return OK;
}

static const char *address_of(const struct request *q)
{
	return q->address ? q->address : "";
}

/* Nobody can keep others from joining: who guessed too often waits alone, unless there are too many who guess. */
static enum err too_often(struct hub *hub, const struct request *q, bool *often, struct error *e)
{
	int64_t wrong = 0, all = 0, since = hub_now(hub) - WRONG_SECONDS;
	enum err r = db_int(hub->db, HUB_SQL_WRONG_CODE_SINCE, 0, &wrong, e, "it", since, address_of(q));
	if (!r)
		r = db_int(hub->db, HUB_SQL_WRONG_CODE_ALL_SINCE, 0, &all, e, "i", since);
	*often = wrong >= WRONG_CODES || all >= WRONG_MOST;
	return r;
}

/* Ends the transaction: noted, and at the last one that is let through, told. */
static enum err say_wrong(struct hub *hub, const struct request *q, struct reply *p, struct error *e)
{
	int64_t now = hub_now(hub), wrong = 0;
	char detail[80];
	snprintf(detail, sizeof detail, "5/60s %.60s", address_of(q));
	enum err r = db_run(hub->db, HUB_SQL_WRONG_CODE_INSERT, NULL, e, "it", now, address_of(q));
	if (!r && !(r = db_int(hub->db, HUB_SQL_WRONG_CODE_SINCE, 0, &wrong, e, "it", now - WRONG_SECONDS, address_of(q))) && wrong == WRONG_CODES)
		r = hub_alarm_once(hub, "", "code", detail, HUB_ALARMS_A_DAY, e);
	if (!r && !(r = db_run(hub->db, HUB_SQL_WRONG_CODE_FORGET, NULL, e, "i", now - 3600)))
		r = db_commit(hub->db, e);
	return r ? r : reply_say(p, 403, SAY_CODE, NULL);
}

static enum err say_bad(struct reply *p, const struct error *e)
{
	return reply_say(p, 400, SAY_REQUEST, json_pack("{ss}", "why", error_name(e->code)));
}

/* Within the transaction: the code's site gets its certificates, once. */
static enum err join(struct hub *hub, const struct request *q, const json_t *body, const json_t *row, struct reply *p, struct error *e)
{
	struct grant g = {0};
	bool bad = false;
	char *name = text_nfc(json_text(body, "name"));
	text_copy(g.site, sizeof g.site, json_text(row, "code"));
	text_copy(g.kind, sizeof g.kind, json_text(row, "kind"));
	enum err r = grant_make(hub, body, true, &g, &bad, e);
	const char *used = json_text(row, "code_keys");
	if (bad)
		r = say_bad(p, e);
	else if (!r && *used && strcmp(used, g.keys) != 0)
		r = say_wrong(hub, q, p, e); /* it worked once */
	else if (!r) {
		/* the same keys again: the answer was lost, and those certificates are here */
		if (!*used && !(r = grant_store(hub, &g, e)) &&
		    !(r = db_run(hub->db, HUB_SQL_SITE_JOIN, NULL, e, "tittt", g.site, hub_now(hub), g.keys, json_text(body, "program"), name ? name : "")) &&
		    !(r = data_site_changed(hub, g.site, e)))
			r = db_commit(hub->db, e);
		if (!r && !(r = say_certificates(hub, g.site, g.kind, p, e)))
			json_object_set_new(p->json, "site", json_string(g.site));
	}
	grant_free(&g);
	free(name);
	return r;
}

static enum err handle_join(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	json_t *body = NULL, *row = NULL;
	bool often = false;
	if (!request_json(q, JOIN_MOST, &body, p))
		return OK;
	/* whoever is too early is told before anybody waits for the database's one writer */
	enum err r = too_often(hub, q, &often, e);
	if (!r && !often && !(r = db_begin(hub->db, e)) && !(r = db_lock(hub->db, "join", "", e)))
		r = too_often(hub, q, &often, e);
	if (!r && often)
		r = reply_say(p, 429, SAY_SLOW, json_pack("{si}", "retry", WRONG_SECONDS));
	else if (!r && (strlen(json_text(body, "name")) > NAME_MOST || strlen(json_text(body, "program")) > 64))
		r = reply_say(p, 400, SAY_REQUEST, json_pack("{ss}", "why", "name"));
	else if (!r && !(r = find_code(hub, json_text(body, "code"), &row, e)))
		r = row ? join(hub, q, body, row, p, e) : say_wrong(hub, q, p, e);
	json_decref(row);
	json_decref(body);
	return r;
}

static enum err handle_renew(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	json_t *body = NULL;
	struct grant g = {0};
	bool bad = false;
	if (!request_json(q, JOIN_MOST, &body, p))
		return OK;
	text_copy(g.site, sizeof g.site, q->site);
	enum err r = grant_make(hub, body, false, &g, &bad, e);
	if (bad)
		r = say_bad(p, e);
	else if (!r && !(r = db_begin(hub->db, e))) {
		if (!(r = db_lock(hub->db, "join", "", e)) && !(r = grant_store(hub, &g, e)) && !(r = db_commit(hub->db, e)))
			r = say_certificates(hub, q->site, q->kind, p, e);
	}
	grant_free(&g);
	json_decref(body);
	return r;
}

const struct route routes_base[] = {
	{"GET", "/v1/root", NEEDS_NOTHING, handle_root},
	{"GET", "/v1/health", NEEDS_NOTHING, handle_health},
	{"POST", "/v1/join", NEEDS_NOTHING, handle_join},
	{"POST", "/v1/renew", NEEDS_SITE, handle_renew},
	{"POST", "/v1/time", NEEDS_SITE, handle_time},
	{0},
};
