/* Certificates that come to their end are made anew for the same pairs, in time. */
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/keypair.h"
#include "store/journal.h"
#include "sync/internal.h"

struct renewal {
	struct sync *s;
	struct bytes tls, encrypt;                        /* private keys */
	struct bytes tls_request, encrypt_request, sign_request;
	char root[8192];
};

static int64_t utc_of(const ASN1_TIME *t)
{
	struct tm tm = {0};
	return t && ASN1_TIME_to_tm(t, &tm) == 1 ? timegm(&tm) : 0;
}

static bool is_due(const char *pem, int64_t now)
{
	X509 *x = line_certificate(pem);
	int64_t from = x ? utc_of(X509_get0_notBefore(x)) : 0, to = x ? utc_of(X509_get0_notAfter(x)) : 0;
	X509_free(x);
	return from && to > from && to - now < (to - from) / 3;
}

static enum err make_requests(struct renewal *n, struct error *e)
{
	EVP_PKEY *tls = keypair_read(n->tls.data, n->tls.length), *encrypt = keypair_read(n->encrypt.data, n->encrypt.length);
	const char *site = n->s->d->site;
	enum err r = tls && encrypt ? request_pem(tls, site, &n->tls_request, e) : error_set(e, ERR_STORE_BROKEN, "headquarters");
	if (!r)
		r = request_pem(encrypt, site, &n->encrypt_request, e);
	EVP_PKEY_free(tls);
	EVP_PKEY_free(encrypt);
	return r ? r : journal_request(n->s->d->store, site, &n->sign_request, e);
}

static enum err keep(struct renewal *n, const json_t *answer, struct error *e)
{
	const json_t *own = json_object_get(answer, "certificates");
	struct desk *d = n->s->d;
	const char *tls = json_text(own, "tls"), *sign = json_text(own, "sign"), *encrypt = json_text(own, "encrypt");
	if (!line_issued(n->root, tls, &n->tls) || !line_issued(n->root, encrypt, &n->encrypt) || !line_issued(n->root, sign, NULL))
		return error_set(e, ERR_SYNC_ANSWER, "/v1/renew");
	enum err r = store_begin(d->store, e);
	if (!r && !(r = store_run(d->store, SQL_HEADQUARTERS_RENEWED, NULL, e, "ttt", tls, sign, encrypt)))
		r = desk_commit(d, MAY_SYNC, "hub.renew", d->site, NULL, NULL, e);
	store_rollback(d->store);
	return r;
}

static enum err renew(struct renewal *n, const struct rows *row, struct error *e)
{
	json_t *body = NULL, *answer = NULL;
	enum err r = line_private(n->s->d, row, 10, "headquarters.tls_private", &n->tls, e);
	if (!r)
		r = line_private(n->s->d, row, 11, "headquarters.encrypt_private", &n->encrypt, e);
	if (!r)
		r = make_requests(n, e);
	if (!r && !(body = json_pack("{ss ss ss}", "tls", (char *)n->tls_request.data, "sign", (char *)n->sign_request.data, "encrypt",
	                             (char *)n->encrypt_request.data)))
		r = ERR_MEMORY;
	if (!r)
		r = line_ask(n->s, "POST", "/v1/renew", body, 0, NULL, &answer, e);
	if (!r)
		r = keep(n, answer, e);
	json_decref(body);
	json_decref(answer);
	return r;
}

enum err renew_run(struct sync *s, bool *renewed, struct error *e)
{
	struct renewal n = {.s = s};
	struct rows *rows = NULL;
	enum err r = store_query(s->d->store, SQL_HEADQUARTERS_GET, &rows, e, "");
	*renewed = !r && rows_next(rows) && is_due(rows_text(rows, 7), desk_now(s->d));
	if (*renewed) {
		snprintf(n.root, sizeof n.root, "%s", rows_text(rows, 4));
		r = renew(&n, rows, e);
	}
	rows_end(&rows, NULL);
	bytes_free(&n.tls);
	bytes_free(&n.encrypt);
	bytes_free(&n.tls_request);
	bytes_free(&n.encrypt_request);
	bytes_free(&n.sign_request);
	return r;
}
