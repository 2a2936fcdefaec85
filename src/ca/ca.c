#include <stdlib.h>
#include <string.h>

#include "ca/ossl.h"

void ca_close(struct ca **ca)
{
	if (*ca)
		(*ca)->driver->close(*ca);
	*ca = NULL;
}

bool ca_demonstration(const struct ca *ca)
{
	return strstr(ca->info.common_name, CA_DEMONSTRATION) != NULL;
}

const struct cert_info *ca_info(const struct ca *ca)
{
	return &ca->info;
}

bool ca_signed(const struct ca *ca, const uint8_t *der, size_t length)
{
	const uint8_t *at = der;
	X509 *x = length <= CERT_DER_MAX ? d2i_X509(NULL, &at, (long)length) : NULL;
	bool good = x && at == der + length && X509_verify(x, X509_get0_pubkey(ca->certificate)) == 1 &&
	            X509_NAME_cmp(X509_get_issuer_name(x), X509_get_subject_name(ca->certificate)) == 0;
	X509_free(x);
	ERR_clear_error();
	return good;
}

enum err ca_issue(struct ca *ca, const struct ca_order *order, struct cert_info *info, struct bytes *der, struct error *e)
{
	*info = (struct cert_info){0};
	return ca->driver->issue(ca, order, info, der, e);
}

enum err ca_draft_make(struct ca *ca, const struct ca_order *order, const uint8_t *spki, size_t length, struct ca_draft **out, struct error *e)
{
	*out = NULL;
	if (!ca->driver->draft)
		return OK;
	struct ca_draft *d = calloc(1, sizeof *d);
	enum err r = d ? ca->driver->draft(ca, order, spki, length, d, e) : error_set(e, ERR_MEMORY, "draft");
	if (r)
		ca_draft_free(&d);
	*out = d;
	return r;
}

void ca_draft_free(struct ca_draft **draft)
{
	if (!*draft)
		return;
	cert_info_free(&(*draft)->info);
	bytes_free(&(*draft)->der);
	free(*draft);
	*draft = NULL;
}

enum err ca_reach(struct ca *ca, struct error *e)
{
	return ca->driver->reach ? ca->driver->reach(ca, e) : OK;
}

enum err ca_crl(struct ca *ca, const struct ca_revoked *revoked, size_t count, int64_t this_update,
	int64_t next_update, uint64_t number, struct bytes *der, struct error *e)
{
	return ca->driver->crl(ca, revoked, count, this_update, next_update, number, der, e);
}

enum err ca_chain(struct ca *ca, struct bytes *pem, struct error *e)
{
	return ca->driver->chain(ca, pem, e);
}

static const char *const reasons[] = {
	[0] = "unspecified",
	[1] = "key-compromise",
	[2] = "ca-compromise",
	[3] = "affiliation-changed",
	[4] = "superseded",
	[5] = "cessation-of-operation",
	[6] = "certificate-hold",
	[8] = "remove-from-crl",
	[9] = "privilege-withdrawn",
	[10] = "aa-compromise",
};
enum { REASONS = sizeof reasons / sizeof *reasons };

int ca_reason_code(const char *name)
{
	for (int i = 0; i < REASONS; i++)
		if (reasons[i] && strcmp(reasons[i], name) == 0)
			return i;
	return -1;
}

const char *ca_reason_name(int code)
{
	return code >= 0 && code < REASONS ? reasons[code] : NULL;
}
