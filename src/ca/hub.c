/* The CA that headquarters holds: its certificate is known here, its key is not. */
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "ca/ossl.h"

struct hub_ca {
	struct ca ca; /* first: the table knows that alone */
	struct ca_line line;
	struct bytes chain;
};

static struct hub_ca *whole(struct ca *ca)
{
	return (struct hub_ca *)ca;
}

/* By this CA, for this request, as long as was asked. */
static bool answers(const struct ca *ca, const struct ca_order *order, const struct bytes *der, const struct cert_info *info, const struct bytes *spki)
{
	return ca_signed(ca, der->data, der->length) && !info->ca && spki->length == info->spki.length &&
	       memcmp(spki->data, info->spki.data, spki->length) == 0 && info->not_before == order->not_before && info->not_after == order->not_after;
}

static enum err hubs_issue(struct ca *ca, const struct ca_order *order, struct cert_info *info, struct bytes *der, struct error *e)
{
	struct bytes spki = {0};
	struct hub_ca *h = whole(ca);
	enum err r = request_check(order->request, order->request_length, &spki, e);
	if (!r)
		r = h->line.issue(h->line.arg, order, der, e);
	if (!r && !(r = cert_info(der->data, der->length, info, e)) && !answers(ca, order, der, info, &spki)) {
		r = error_set(e, ERR_CA_CERTIFICATE, "%s", tr("总部签发的证书与请求不符", "what headquarters issued is not what was asked for"));
		cert_info_free(info);
	}
	bytes_free(&spki);
	return r;
}

static enum err hubs_crl(struct ca *ca, const struct ca_revoked *revoked, size_t count, int64_t this_update, int64_t next_update,
	uint64_t number, struct bytes *der, struct error *e)
{
	(void)ca, (void)revoked, (void)count, (void)this_update, (void)next_update, (void)number, (void)der;
	return error_set(e, ERR_CA_CRL, "%s", tr("由总部生成", "headquarters makes it"));
}

static enum err hubs_chain(struct ca *ca, struct bytes *pem, struct error *e)
{
	struct hub_ca *h = whole(ca);
	(void)e;
	return bytes_add(pem, h->chain.data, h->chain.length);
}

static enum err hubs_reach(struct ca *ca, struct error *e)
{
	struct hub_ca *h = whole(ca);
	return h->line.reach(h->line.arg, e);
}

static void hubs_close(struct ca *ca)
{
	struct hub_ca *h = whole(ca);
	cert_info_free(&ca->info);
	X509_free(ca->certificate);
	bytes_free(&h->chain);
	free(h);
}

static const struct ca_driver ca_hub = {"hub", hubs_issue, NULL, hubs_crl, hubs_chain, hubs_reach, hubs_close};

enum err ca_open_hub(const char *chain, const struct ca_line *line, struct ca **out, struct error *e)
{
	struct hub_ca *h = calloc(1, sizeof *h);
	struct bytes der = {0};
	*out = NULL;
	if (!h)
		return error_set(e, ERR_MEMORY, "ca");
	h->ca.driver = &ca_hub;
	h->line = *line;
	enum err r = cert_from_pem(chain, strlen(chain), &der, e);
	if (!r && !(r = cert_info(der.data, der.length, &h->ca.info, e)) && !(r = bytes_text(&h->chain, chain))) {
		const uint8_t *at = der.data;
		h->ca.certificate = d2i_X509(NULL, &at, (long)der.length);
		if (!h->ca.certificate || !h->ca.info.ca)
			r = error_set(e, ERR_CA_CERTIFICATE, "%s", tr("不是 CA 证书", "it is no CA's"));
	}
	bytes_free(&der);
	if (r)
		hubs_close(&h->ca);
	else
		*out = &h->ca;
	return r;
}

static int64_t seconds_of(const ASN1_TIME *t)
{
	int days = 0, seconds = 0;
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int64_t out = t && epoch && ASN1_TIME_diff(&days, &seconds, epoch, t) == 1 ? (int64_t)days * 86400 + seconds : 0;
	ASN1_TIME_free(epoch);
	return out;
}

enum err ca_check_crl(const struct ca *ca, const uint8_t *der, size_t length, struct ca_list *out, struct error *e)
{
	const uint8_t *at = der;
	X509_CRL *crl = length <= INT32_MAX ? d2i_X509_CRL(NULL, &at, (long)length) : NULL;
	ASN1_INTEGER *number = crl ? X509_CRL_get_ext_d2i(crl, NID_crl_number, NULL, NULL) : NULL;
	*out = (struct ca_list){0};
	bool good = crl && at == der + length && number && ASN1_INTEGER_get_int64(&out->number, number) == 1 && out->number > 0 &&
	            X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(ca->certificate)) == 0 &&
	            X509_CRL_verify(crl, X509_get0_pubkey(ca->certificate)) == 1;
	if (good) {
		out->this_update = seconds_of(X509_CRL_get0_lastUpdate(crl));
		out->next_update = seconds_of(X509_CRL_get0_nextUpdate(crl));
		good = out->next_update > out->this_update && out->this_update > 0;
	}
	ASN1_INTEGER_free(number);
	X509_CRL_free(crl);
	ERR_clear_error();
	return good ? OK : error_set(e, ERR_CA_LIST, "%s", ca->info.common_name);
}
