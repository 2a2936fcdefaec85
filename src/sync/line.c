/* Asking headquarters, and understanding its answers. */
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "base/keypair.h"
#include "base/text.h"
#include "sync/internal.h"

static const struct {
	const char *said;
	enum err err;
} refusals[] = {
	{SAY_CODE, ERR_SYNC_CODE}, {SAY_REVOKED, ERR_SYNC_REVOKED}, {SAY_CERTIFICATE, ERR_SYNC_REVOKED}, {SAY_FORK, ERR_SYNC_FORK},
	{SAY_BROKEN, ERR_SYNC_BROKEN}, {SAY_NEWER, ERR_SYNC_NEWER}, {SAY_CERTIFICATE_UNKNOWN, ERR_SYNC_CERT_UNKNOWN},
	{SAY_CERTIFICATE_REVOKED, ERR_SYNC_CERT_REVOKED}, {SAY_UNDER_WAY, ERR_SYNC_CERT_UNDER_WAY}, {SAY_HERE, ERR_SYNC_CERT_HERE},
	{SAY_PROOF, ERR_SYNC_CERT_PROOF}, {SAY_CHALLENGE, ERR_SYNC_CERT_PROOF}, {SAY_COUNTER, ERR_SYNC_CERT_COUNTER},
	{SAY_NO_PHONE, ERR_SYNC_CERT_PHONE}, {SAY_WRONG_CODE, ERR_SYNC_CERT_CODE}, {SAY_CODE_ENDED, ERR_SYNC_CERT_CODE_ENDED},
	{SAY_REVIEW_NONE, ERR_SYNC_REVIEW_NONE}, {SAY_REVIEW_OWN, ERR_SYNC_REVIEW_OWN}, {SAY_REVIEW_PERSON, ERR_SYNC_REVIEW_PERSON},
	{SAY_REVIEW_OTHER, ERR_SYNC_REVIEW_OTHER}, {SAY_REVIEW_UNCHECKED, ERR_SYNC_REVIEW_UNCHECKED}, {SAY_REVIEW_HOLDER, ERR_SYNC_REVIEW_HOLDER},
	{SAY_REVIEW_OLD, ERR_SYNC_REVIEW_OLD}, {SAY_REVIEW_USED, ERR_SYNC_REVIEW_USED}, {SAY_SLOW, ERR_SYNC_SLOW}, {SAY_FULL, ERR_SYNC_BUSY}, {SAY_FAULT, ERR_SYNC_BUSY},
	{SAY_RESTORED, ERR_SYNC_RESTORED}, {SAY_OLDER, ERR_SYNC_OLDER},
};

enum err line_refusal(int status, const json_t *answer, const char *what, struct error *e)
{
	const char *said = json_text(answer, "error");
	char seq[32] = "", why[160];
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
		if (strcmp(refusals[i].said, said) == 0) {
			if (*json_text(answer, "at")) {
				char at[40], order[80];
				text_printable(at, sizeof at, json_text(answer, "at"));
				text_printable(order, sizeof order, json_text(answer, "order"));
				return error_set(e, refusals[i].err, "%s %s", at, order);
			}
			if (json_object_get(answer, "left"))
				return error_set(e, refusals[i].err, "%lld", (long long)json_number(answer, "left"));
			if (json_object_get(answer, "seq"))
				snprintf(seq, sizeof seq, "%lld", (long long)json_number(answer, "seq"));
			text_printable(why, sizeof why, json_text(answer, "why"));
			return error_set(e, refusals[i].err, "%s%s%s", *seq ? seq : what, *why ? " " : "", why);
		}
	if (status >= 500 || status == 429)
		return error_set(e, ERR_SYNC_BUSY, "%s %d", what, status);
	text_printable(why, sizeof why, said);
	return error_set(e, status == 403 || status == 400 ? ERR_SYNC_REVOKED : ERR_SYNC_ANSWER, "%s %d %s", what, status, why);
}

/* nginx answers for the hub where a certificate doesn't please it, with a page of its own. */
static enum err understand(const struct net_reply *reply, json_t **out, struct error *e)
{
	*out = NULL;
	if (reply->body.length == 0)
		return OK;
	if (json_parse((const char *)reply->body.data, reply->body.length, out, NULL) == OK)
		return OK;
	return reply->status >= 200 && reply->status < 300 ? error_set(e, ERR_SYNC_ANSWER, "%d", reply->status) : OK;
}

static enum err exchange(struct sync *s, const struct net_request *request, int expect, int *status, json_t **out, struct error *e)
{
	struct net_reply reply = {0};
	enum err r = net_call(s->net, request, &reply, e);
	*out = NULL;
	if (!r)
		r = understand(&reply, out, e);
	if (!r && (reply.status < 200 || reply.status > 299) && reply.status != expect)
		r = line_refusal(reply.status, *out, request->path, e);
	if (status)
		*status = reply.status;
	if (r) {
		json_decref(*out);
		*out = NULL;
	}
	net_reply_free(&reply);
	return r;
}

enum err line_ask(struct sync *s, const char *method, const char *path, const json_t *body, int expect, int *status, json_t **out,
                  struct error *e)
{
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	struct net_request request = {.method = method, .path = path, .body = text, .length = text ? strlen(text) : 0, .limit = FEED_BODY_MOST};
	*out = NULL;
	enum err r = body && !text ? ERR_MEMORY : exchange(s, &request, expect, status, out, e);
	free(text);
	return r;
}

enum err line_send(struct sync *s, const char *method, const char *path, const struct bytes *body, int expect, int *status, json_t **out,
                   struct error *e)
{
	struct net_request request = {.method = method, .path = path, .body = body->data, .length = body->length, .type = "application/octet-stream",
	                              .limit = FEED_BODY_MOST};
	return exchange(s, &request, expect, status, out, e);
}

bool line_signed(EVP_PKEY *by, const char *text, size_t length, const char *signature)
{
	struct bytes raw = {0};
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good = c && base64_decode(signature, strlen(signature), &raw) && EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, by) == 1 &&
	            EVP_DigestVerify(c, raw.data, raw.length, (const unsigned char *)text, length) == 1;
	EVP_MD_CTX_free(c);
	bytes_free(&raw);
	return good;
}

X509 *line_certificate(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	BIO_free(bio);
	return certificate;
}

EVP_PKEY *line_certificate_key(const char *pem, struct bytes *der)
{
	X509 *certificate = line_certificate(pem);
	unsigned char *raw = NULL;
	int n = certificate ? i2d_X509(certificate, &raw) : -1;
	EVP_PKEY *key = n > 0 && (!der || bytes_add(der, raw, (size_t)n) == OK) ? X509_get_pubkey(certificate) : NULL;
	OPENSSL_free(raw);
	X509_free(certificate);
	return key;
}

bool line_issued(const char *root, const char *pem, const struct bytes *own)
{
	X509 *issuer = line_certificate(root), *certificate = line_certificate(pem);
	EVP_PKEY *pair = own ? keypair_read(own->data, own->length) : NULL;
	bool good = issuer && certificate && X509_verify(certificate, X509_get0_pubkey(issuer)) == 1 &&
	            (!own || (pair && EVP_PKEY_eq(pair, X509_get0_pubkey(certificate)) == 1));
	EVP_PKEY_free(pair);
	X509_free(certificate);
	X509_free(issuer);
	return good;
}

void count_add(json_t *counts, const char *name, int64_t n)
{
	json_object_set_new(counts, name, json_integer(json_number(counts, name) + n));
}

enum err line_private(struct desk *d, const struct rows *row, int column, const char *bind, struct bytes *out, struct error *e)
{
	struct secret sub = {0};
	size_t length;
	const void *blob = rows_blob(row, column, &length);
	enum err r = key_derive(store_key(d->store), "headquarters", &sub);
	if (!r)
		r = unseal((uint8_t *)sub.data, bind, blob, length, out);
	secret_wipe(&sub);
	return r ? error_set(e, r, "%s", bind) : OK;
}

/* What headquarters refuses is the certificate's, not the page's that was asked. */
enum err line_refused(enum err r, const char *serial, struct error *e)
{
	return r && e && strncmp(e->detail, "/v1/", 4) == 0 ? error_set(e, r, "%s", serial) : r;
}
