/* Joining headquarters: three pairs made here, certified there, and kept with one step. */
#include <openssl/crypto.h>
#include <string.h>

#include "base/json.h"
#include "base/keypair.h"
#include "base/text.h"
#include "store/journal.h"
#include "sync/internal.h"

struct joining {
	struct desk *d;
	const char *url;
	uint8_t fingerprint[ENROL_FINGERPRINT];
	char code[ENROL_LETTERS + 1];
	struct bytes root;         /* PEM */
	struct bytes tls, encrypt; /* the private keys */
	json_t *answer;
	bool there; /* joined before: the pairs are new ones */
};

/* Five bits a letter (RFC 4648); the letters themselves are what goes to the hub. */
static bool read_code(const char *code, struct joining *j)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint8_t raw[ENROL_SECRET + ENROL_FINGERPRINT + 1] = {0};
	size_t n = 0, bit = 0;
	for (; *code; code++) {
		char c = *code >= 'a' && *code <= 'z' ? (char)(*code - 32) : *code;
		if (c == '-' || c == ' ')
			continue;
		const char *at = strchr(letters, c);
		if (!at || n == ENROL_LETTERS)
			return false;
		j->code[n++] = c;
		unsigned value = (unsigned)(at - letters);
		for (int i = 4; i >= 0; i--, bit++)
			if (value >> i & 1)
				raw[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	}
	memcpy(j->fingerprint, raw + ENROL_SECRET, sizeof j->fingerprint);
	OPENSSL_cleanse(raw, sizeof raw);
	return n == ENROL_LETTERS;
}

/* Without trust: only what the code's fingerprint names is believed. */
static enum err fetch_root(struct joining *j, struct error *e)
{
	struct net *net = NULL;
	struct net_reply reply = {0};
	struct net_request request = {.path = "/v1/root"};
	struct bytes der = {0};
	uint8_t digest[32];
	enum err r = net_start(&(struct net_options){.url = j->url}, &net, e);
	if (!r)
		r = net_call(net, &request, &reply, e);
	if (!r && reply.status != 200)
		r = error_set(e, ERR_SYNC_FINGERPRINT, "%s", j->url);
	EVP_PKEY *key = r ? NULL : line_certificate_key((const char *)reply.body.data, &der);
	if (key)
		digest_raw(der.data, der.length, digest);
	if (!r && (!key || CRYPTO_memcmp(digest, j->fingerprint, sizeof j->fingerprint) != 0))
		r = error_set(e, ERR_SYNC_FINGERPRINT, "%s", j->url);
	if (!r)
		r = bytes_text(&j->root, (const char *)reply.body.data);
	EVP_PKEY_free(key);
	bytes_free(&der);
	net_reply_free(&reply);
	net_end(&net);
	return r;
}

static enum err make_pair(const char *site, struct bytes *private_key, struct bytes *request, struct error *e)
{
	enum err r = keypair_make(private_key, e);
	EVP_PKEY *pair = r ? NULL : keypair_read(private_key->data, private_key->length);
	if (!r)
		r = pair ? request_pem(pair, site, request, e) : error_set(e, ERR_CRYPTO, "pair");
	EVP_PKEY_free(pair);
	return r;
}

static enum err ask(struct joining *j, struct error *e)
{
	struct bytes tls = {0}, sign = {0}, encrypt = {0};
	struct sync line = {.d = j->d};
	json_t *body = NULL;
	enum err r = make_pair(j->d->site, &j->tls, &tls, e);
	if (!r)
		r = make_pair(j->d->site, &j->encrypt, &encrypt, e);
	if (!r)
		r = journal_request(j->d->store, j->d->site, &sign, e);
	if (!r && !(body = json_pack("{ss ss ss ss ss ss}", "code", j->code, "name", j->d->site_name, "program", "certdesk " CERTDESK_VERSION,
	                             "tls", (char *)tls.data, "sign", (char *)sign.data, "encrypt", (char *)encrypt.data)))
		r = ERR_MEMORY;
	if (!r)
		r = net_start(&(struct net_options){.url = j->url, .root = (const char *)j->root.data}, &line.net, e);
	if (!r)
		r = line_ask(&line, "POST", "/v1/join", body, 0, NULL, &j->answer, e);
	net_end(&line.net);
	json_decref(body);
	bytes_free(&tls);
	bytes_free(&sign);
	bytes_free(&encrypt);
	return r;
}

static enum err judge(const struct joining *j, struct error *e)
{
	const json_t *own = json_object_get(j->answer, "certificates");
	const char *kind = json_text(j->answer, "kind"), *site = json_text(j->answer, "site"), *root = (const char *)j->root.data;
	if (strcmp(site, j->d->site) != 0) {
		char shown[40];
		text_printable(shown, sizeof shown, site);
		return error_set(e, ERR_SYNC_SITE, "%s", shown);
	}
	if ((strcmp(kind, "counter") != 0 && strcmp(kind, "review") != 0) || !line_issued(root, json_text(own, "tls"), &j->tls) ||
	    !line_issued(root, json_text(own, "encrypt"), &j->encrypt) || !line_issued(root, json_text(own, "sign"), NULL) ||
	    !line_issued(root, json_text(j->answer, "hub_sign"), NULL) || !line_issued(root, json_text(j->answer, "hub_encrypt"), NULL))
		return error_set(e, ERR_SYNC_ANSWER, "/v1/join");
	return OK;
}

static enum err seal_key(struct joining *j, const char *bind, const struct bytes *plain, struct bytes *out, struct error *e)
{
	struct secret sub = {0};
	enum err r = key_derive(store_key(j->d->store), "headquarters", &sub);
	if (!r)
		r = seal((uint8_t *)sub.data, bind, plain->data, plain->length, out);
	secret_wipe(&sub);
	return r ? error_set(e, r, "%s", bind) : OK;
}

/* After a restore it is recorded with that. */
static enum err keep_aside(struct joining *j, const struct bytes *tls, const struct bytes *encrypt, struct error *e)
{
	const json_t *own = json_object_get(j->answer, "certificates");
	enum err r = store_begin(j->d->store, e);
	if (!r && !(r = store_run(j->d->store, SQL_HEADQUARTERS_NEW_PUT, NULL, e, "tttttttt" "bbit", j->url, json_text(j->answer, "hub"),
	                          (const char *)j->root.data, json_text(j->answer, "hub_sign"), json_text(j->answer, "hub_encrypt"), json_text(own, "tls"),
	                          json_text(own, "sign"), json_text(own, "encrypt"), (const void *)tls->data, tls->length, (const void *)encrypt->data,
	                          encrypt->length, desk_now(j->d), json_text(j->answer, "kind"))))
		r = store_commit_plain(j->d->store, e);
	store_rollback(j->d->store);
	return r;
}

static enum err keep(struct joining *j, struct error *e)
{
	const json_t *own = json_object_get(j->answer, "certificates");
	struct bytes tls = {0}, encrypt = {0};
	json_t *facts = json_pack("{ss ss}", "url", j->url, "kind", json_text(j->answer, "kind"));
	int64_t dk = 0;
	enum err r = seal_key(j, "headquarters.tls_private", &j->tls, &tls, e);
	if (!r)
		r = seal_key(j, "headquarters.encrypt_private", &j->encrypt, &encrypt, e);
	if (!r && j->d->restored)
		r = desk_waits(j->d, &j->d->restored, e);
	if (!r && j->d->restored && j->there)
		r = keep_aside(j, &tls, &encrypt, e);
	else if (!r && !(r = store_begin(j->d->store, e))) {
		if (!(r = datakey_new(j->d->store, &dk, e)) &&
		    !(r = store_run(j->d->store, j->there ? SQL_HEADQUARTERS_REPLACE : SQL_HEADQUARTERS_INSERT, NULL, e, "itttttttt" "bbi", dk, j->url, json_text(j->answer, "hub"),
		                       (const char *)j->root.data, json_text(j->answer, "hub_sign"), json_text(j->answer, "hub_encrypt"),
		                       json_text(own, "tls"), json_text(own, "sign"), json_text(own, "encrypt"), (const void *)tls.data,
		                       tls.length, (const void *)encrypt.data, encrypt.length, desk_now(j->d))) &&
		    !(r = store_run(j->d->store, SQL_SITE_SET_KIND, NULL, e, "t", json_text(j->answer, "kind"))))
			r = desk_commit(j->d, MAY_HUB_JOIN, NULL, j->d->site, NULL, facts, e);
		store_rollback(j->d->store);
	}
	bytes_free(&tls);
	bytes_free(&encrypt);
	json_decref(facts);
	return r;
}

static enum err joined_already(struct joining *j, bool again, struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(j->d->store, SQL_HEADQUARTERS_GET, &row, e, "");
	j->there = row != NULL;
	if (!r && row && (!again || strcmp(j->url, json_text(row, "url")) != 0))
		r = error_set(e, ERR_SYNC_JOINED, "%s", json_text(row, "url"));
	json_decref(row);
	return r;
}

enum err sync_join(struct desk *d, const char *url, const char *code, bool again, json_t **out, struct error *e)
{
	struct joining j = {.d = d, .url = url};
	*out = NULL;
	enum err r = desk_allow(d, MAY_HUB_JOIN, NULL, e);
	if (!r)
		r = joined_already(&j, again, e);
	if (!r && !read_code(code, &j))
		r = error_set(e, ERR_SYNC_CODE, "%s", "");
	if (!r && !(r = fetch_root(&j, e)) && !(r = ask(&j, e)) && !(r = judge(&j, e)))
		r = keep(&j, e);
	if (!r && again)
		line_note(d, NULL);
	if (!r)
		*out = json_pack("{ss ss ss}", "site", d->site, "kind", json_text(j.answer, "kind"), "headquarters", json_text(j.answer, "hub"));
	OPENSSL_cleanse(j.code, sizeof j.code);
	bytes_free(&j.root);
	bytes_free(&j.tls);
	bytes_free(&j.encrypt);
	json_decref(j.answer);
	return r;
}
