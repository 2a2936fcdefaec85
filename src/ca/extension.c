#include <stdlib.h>
#include <string.h>

#include "base/crypt.h"
#include "base/lang.h"
#include "base/spki.h"
#include "base/text.h"
#include "ca/address.h"
#include "ca/ossl.h"

enum { SERIAL_SIZE = 16 };

ASN1_INTEGER *serial_make(void)
{
	uint8_t raw[SERIAL_SIZE];
	do {
		random_bytes(raw, sizeof raw);
		raw[0] &= 0x7F;    /* positive */
	} while (raw[0] == 0); /* always 32 digits */
	BIGNUM *n = BN_bin2bn(raw, sizeof raw, NULL);
	ASN1_INTEGER *serial = n ? BN_to_ASN1_INTEGER(n, NULL) : NULL;
	BN_free(n);
	return serial;
}

X509 *x509_start(const ASN1_INTEGER *serial, const X509_NAME *issuer, const X509_NAME *subject, EVP_PKEY *key,
	int64_t not_before, int64_t not_after)
{
	X509 *x = X509_new();
	/* UTCTime until 2049, GeneralizedTime from 2050: ASN1_TIME_set follows RFC 5280 */
	if (x && X509_set_version(x, X509_VERSION_3) && X509_set_serialNumber(x, (ASN1_INTEGER *)serial) &&
		X509_set_issuer_name(x, issuer) && X509_set_subject_name(x, subject) &&
		(spki_put_rsa(X509_get_X509_PUBKEY(x), key) || X509_set_pubkey(x, key)) &&
		ASN1_TIME_set(X509_getm_notBefore(x), (time_t)not_before) &&
		ASN1_TIME_set(X509_getm_notAfter(x), (time_t)not_after))
		return x;
	X509_free(x);
	return NULL;
}

bool x509_add_words(X509 *x, X509 *issuer, int nid, const char *words)
{
	X509V3_CTX ctx;
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, &ctx, nid, words);
	bool good = extension && X509_add_ext(x, extension, -1);
	X509_EXTENSION_free(extension);
	return good;
}

static GENERAL_NAME *url_name(const char *url)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();
	if (name && text && ASN1_STRING_set(text, url, (int)strlen(url))) {
		GENERAL_NAME_set0_value(name, GEN_URI, text);
		return name;
	}
	ASN1_IA5STRING_free(text);
	GENERAL_NAME_free(name);
	return NULL;
}

/* Fills an address; "" stays "". ERR_CA_FIELD where it is no http(s) or ldap(s) address in ASCII. */
static enum err fill_url(const char *template, const json_t *values, char **out, struct error *e)
{
	enum err r = profile_fill(template, values, out, e);
	if (r || !**out)
		return r;
	return address_good(*out) ? OK : error_set(e, ERR_CA_FIELD, tr("地址 %.200s", "address %.200s"), *out);
}

static bool add_crl_url(X509 *x, const char *url)
{
	bool good = false;
	CRL_DIST_POINTS *points = sk_DIST_POINT_new_null();
	DIST_POINT *point = DIST_POINT_new();
	GENERAL_NAME *name = url_name(url);
	if (!points || !point || !name || !(point->distpoint = DIST_POINT_NAME_new()))
		goto out;
	point->distpoint->type = 0;
	if (!(point->distpoint->name.fullname = GENERAL_NAMES_new()) ||
		!sk_GENERAL_NAME_push(point->distpoint->name.fullname, name))
		goto out;
	name = NULL;
	if (!sk_DIST_POINT_push(points, point))
		goto out;
	point = NULL;
	good = X509_add1_ext_i2d(x, NID_crl_distribution_points, points, 0, 0) == 1;
out:
	GENERAL_NAME_free(name);
	DIST_POINT_free(point);
	CRL_DIST_POINTS_free(points);
	return good;
}

static bool push_access(AUTHORITY_INFO_ACCESS *list, int method, const char *url)
{
	ACCESS_DESCRIPTION *access = ACCESS_DESCRIPTION_new();
	GENERAL_NAME *name = url_name(url);
	if (access && name) {
		ASN1_OBJECT_free(access->method);
		access->method = OBJ_nid2obj(method);
		GENERAL_NAME_free(access->location);
		access->location = name;
		if (sk_ACCESS_DESCRIPTION_push(list, access))
			return true;
		name = NULL; /* goes with the description */
	}
	GENERAL_NAME_free(name);
	ACCESS_DESCRIPTION_free(access);
	return false;
}

static enum err add_addresses(X509 *x, const struct profile *p, const json_t *values, struct error *e)
{
	char *crl = NULL, *issuer = NULL, *ocsp = NULL;
	AUTHORITY_INFO_ACCESS *access = AUTHORITY_INFO_ACCESS_new();
	enum err r = fill_url(p->crl_url, values, &crl, e);
	if (r || (r = fill_url(p->issuer_url, values, &issuer, e)) || (r = fill_url(p->ocsp_url, values, &ocsp, e)))
		goto out;
	bool good = access && (!*crl || add_crl_url(x, crl)) && (!*ocsp || push_access(access, NID_ad_OCSP, ocsp)) &&
	            (!*issuer || push_access(access, NID_ad_ca_issuers, issuer)) &&
	            (sk_ACCESS_DESCRIPTION_num(access) == 0 || X509_add1_ext_i2d(x, NID_info_access, access, 0, 0) == 1);
	if (!good)
		r = error_set(e, ERR_CRYPTO, "X.509");
out:
	AUTHORITY_INFO_ACCESS_free(access);
	free(crl);
	free(issuer);
	free(ocsp);
	return r;
}

static bool add_policies(X509 *x, const struct profile *p)
{
	CERTIFICATEPOLICIES *policies = CERTIFICATEPOLICIES_new();
	bool good = policies != NULL;
	for (size_t i = 0; good && i < p->policy_count; i++) {
		POLICYINFO *info = POLICYINFO_new();
		ASN1_OBJECT *oid = OBJ_txt2obj(p->policies[i], 1);
		good = info && oid && sk_POLICYINFO_push(policies, info);
		if (good) {
			info->policyid = oid;
		} else {
			ASN1_OBJECT_free(oid);
			POLICYINFO_free(info);
		}
	}
	good = good && (p->policy_count == 0 || X509_add1_ext_i2d(x, NID_certificate_policies, policies, 0, 0) == 1);
	CERTIFICATEPOLICIES_free(policies);
	return good;
}

/* One identity extension: the DER of a string under the part's OID. */
static enum err add_identity(X509 *x, const struct profile_part *part, const char *value, struct error *e)
{
	uint8_t *der = NULL;
	ASN1_OBJECT *oid = OBJ_txt2obj(part->type, 1);
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	ASN1_STRING *text = string_to_asn1(part->string, value);
	X509_EXTENSION *extension = NULL;
	enum err r = OK;
	int n = text ? (part->string == NAME_PRINTABLE ? i2d_ASN1_PRINTABLESTRING(text, &der)
												   : i2d_ASN1_UTF8STRING(text, &der))
	             : -1;
	if (!text)
		r = error_set(e, ERR_CA_FIELD,
			tr("扩展项 %s 的内容含有不允许的字符", "extension %s has characters that are not allowed"), part->type);
	else if (n <= 0 || !oid || !octets || !ASN1_OCTET_STRING_set(octets, der, n) ||
			 !(extension = X509_EXTENSION_create_by_OBJ(NULL, oid, part->critical, octets)) ||
			 !X509_add_ext(x, extension, -1))
		r = error_set(e, ERR_CRYPTO, "%s", part->type);
	X509_EXTENSION_free(extension);
	ASN1_STRING_free(text);
	ASN1_OCTET_STRING_free(octets);
	ASN1_OBJECT_free(oid);
	OPENSSL_free(der);
	return r;
}

static enum err add_identities(X509 *x, const struct profile *p, const json_t *values, struct error *e)
{
	enum err r = OK;
	for (size_t i = 0; i < p->identity_count && !r; i++) {
		const struct profile_part *part = &p->identity[i];
		char *value = NULL;
		if ((r = profile_fill(part->value, values, &value, e)))
			break;
		text_trim(value);
		if (*value)
			r = add_identity(x, part, value, e);
		else if (!part->optional)
			r = error_set(e, ERR_CA_FIELD, tr("扩展项 %s（%s）没有内容", "extension %s (%s) is empty"), part->type,
				part->value);
		free(value);
	}
	return r;
}

enum err x509_add_profile(X509 *x, const struct profile *p, const json_t *values, bool rsa, struct error *e)
{
	const char *usage = rsa && *p->key_usage_rsa ? p->key_usage_rsa : p->key_usage;
	if (!x509_add_words(x, NULL, NID_key_usage, usage) ||
		(*p->extended_key_usage && !x509_add_words(x, NULL, NID_ext_key_usage, p->extended_key_usage)) ||
		!add_policies(x, p))
		return error_set(e, ERR_CA_PROFILE,
			tr("%s 的用途或策略写不进证书", "usages or policies of %s can't be written"), p->product);
	enum err r = add_addresses(x, p, values, e);
	return r ? r : add_identities(x, p, values, e);
}
