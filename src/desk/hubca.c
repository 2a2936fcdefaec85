#include "desk/hubca.h"

#include <openssl/pem.h>
#include <string.h>

#include "base/json.h"

bool hubca_chosen(const struct desk *d)
{
	return strcmp(d->config.ca, "hub") == 0;
}

static enum err request_pem(const struct ca_order *order, struct bytes *out, struct error *e)
{
	char *text;
	BIO *bio = BIO_new(BIO_s_mem());
	bool good = bio && PEM_write_bio(bio, PEM_STRING_X509_REQ, "", order->request, (long)order->request_length) > 0;
	long n = good ? BIO_get_mem_data(bio, &text) : 0;
	enum err r = n > 0 ? bytes_add(out, text, (size_t)n) : error_set(e, ERR_CRYPTO, "PKCS#10");
	BIO_free(bio);
	return r;
}

/* The driver's way to headquarters. */
static enum err issue(void *arg, const struct ca_order *order, struct bytes *der, struct error *e)
{
	struct desk *d = arg;
	struct bytes pem = {0};
	json_t *body = NULL, *answer = NULL;
	if (!d->ask_ca)
		return error_set(e, ERR_DESK_CA_WAITS, "%s", "");
	enum err r = request_pem(order, &pem, e);
	if (!r && !(body = json_pack("{ss ss sI ss ss sI sI}", "key", order->key, "order", order->no, "item", (json_int_t)order->item, "profile",
	                             order->profile->product, "request", (char *)pem.data, "not_before", (json_int_t)order->not_before, "not_after",
	                             (json_int_t)order->not_after)))
		r = error_set(e, ERR_MEMORY, "request");
	if (!r && !(r = d->ask_ca(d, body, order->asked, &answer, e))) {
		const char *text = json_text(answer, "certificate");
		r = cert_from_pem(text, strlen(text), der, e);
	}
	json_decref(answer);
	json_decref(body);
	bytes_free(&pem);
	return r;
}

static enum err reach(void *arg, struct error *e)
{
	struct desk *d = arg;
	return d->reach_ca ? d->reach_ca(d, e) : error_set(e, ERR_DESK_CA_UNREACHED, "%s", "");
}

enum err hubca_open(struct desk *d, struct ca **out, struct error *e)
{
	json_t *row = NULL;
	struct ca_line line = {.issue = issue, .reach = reach, .arg = d};
	*out = NULL;
	enum err r = store_row(d->store, SQL_HUB_CA_GET, &row, e, "");
	if (!r)
		r = row ? ca_open_hub(json_text(row, "chain"), &line, out, e) : error_set(e, ERR_DESK_CA_UNKNOWN, "%s", "");
	json_decref(row);
	return r;
}

enum err hubca_take_chain(struct desk *d, const char *chain, struct error *e)
{
	json_t *row = NULL;
	struct ca *ca = NULL;
	struct ca_line line = {.issue = issue, .arg = d};
	enum err r = ca_open_hub(chain, &line, &ca, e);
	if (!r)
		r = store_row(d->store, SQL_HUB_CA_GET, &row, e, "");
	bool known = !r && row && strcmp(json_text(row, "chain"), chain) == 0;
	if (!r && !known && !(r = store_begin(d->store, e))) {
		if (!(r = store_run(d->store, SQL_HUB_CRL_FORGET, NULL, e, "")) &&
		    !(r = store_run(d->store, SQL_HUB_CA_PUT, NULL, e, "ti", chain, desk_now(d))))
			r = store_commit_plain(d->store, e);
		store_rollback(d->store);
	}
	if (!r && !known && hubca_chosen(d))
		ca_close(&d->ca); /* opened again when asked for */
	ca_close(&ca);
	json_decref(row);
	return r;
}

enum err hubca_take_crl(struct desk *d, const uint8_t *der, size_t length, struct error *e)
{
	struct ca *ca = NULL;
	struct ca_list list;
	enum err r = hubca_open(d, &ca, e);
	if (!r && !(r = ca_check_crl(ca, der, length, &list, e)))
		r = store_run(d->store, SQL_HUB_CRL_PUT, NULL, e, "iiib", list.number, list.this_update, list.next_update, (const void *)der, length);
	ca_close(&ca);
	return r;
}

enum err hubca_crl(struct desk *d, struct bytes *pem, struct error *e)
{
	struct rows *rows = NULL;
	size_t length = 0;
	enum err r = store_query(d->store, SQL_HUB_CRL_GET, &rows, e, "");
	if (!r && !rows_next(rows))
		r = error_set(e, ERR_DESK_CA_UNKNOWN, "%s", "");
	else if (!r) {
		const void *der = rows_blob(rows, 3, &length);
		r = crl_pem(der, length, pem, e);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}
