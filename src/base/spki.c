#include "base/spki.h"

#include <openssl/asn1t.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <string.h>

enum { DER_MOST = 1 << 20 };

struct key_info {
	X509_ALGOR *algorithm;
	ASN1_BIT_STRING *bits;
};
struct rsa_numbers {
	BIGNUM *n, *e;
};
/* A certificate, and what is signed of it. Only the frame: ASN1_SEQUENCE keeps what it holds as it is written. */
struct frame {
	ASN1_STRING *body, *algorithm;
	ASN1_BIT_STRING *signature;
};
struct body {
	ASN1_INTEGER *version, *serial;
	ASN1_STRING *algorithm, *issuer, *validity, *subject, *key;
	ASN1_BIT_STRING *issuer_id, *subject_id;
	ASN1_STRING *extensions;
};

ASN1_SEQUENCE(key_info) = {
	ASN1_SIMPLE(struct key_info, algorithm, X509_ALGOR),
	ASN1_SIMPLE(struct key_info, bits, ASN1_BIT_STRING),
} static_ASN1_SEQUENCE_END_name(struct key_info, key_info)

ASN1_SEQUENCE(rsa_numbers) = {
	ASN1_SIMPLE(struct rsa_numbers, n, BIGNUM),
	ASN1_SIMPLE(struct rsa_numbers, e, BIGNUM),
} static_ASN1_SEQUENCE_END_name(struct rsa_numbers, rsa_numbers)

ASN1_SEQUENCE(frame) = {
	ASN1_SIMPLE(struct frame, body, ASN1_SEQUENCE),
	ASN1_SIMPLE(struct frame, algorithm, ASN1_SEQUENCE),
	ASN1_SIMPLE(struct frame, signature, ASN1_BIT_STRING),
} static_ASN1_SEQUENCE_END_name(struct frame, frame)

ASN1_SEQUENCE(body) = {
	ASN1_EXP_OPT(struct body, version, ASN1_INTEGER, 0),
	ASN1_SIMPLE(struct body, serial, ASN1_INTEGER),
	ASN1_SIMPLE(struct body, algorithm, ASN1_SEQUENCE),
	ASN1_SIMPLE(struct body, issuer, ASN1_SEQUENCE),
	ASN1_SIMPLE(struct body, validity, ASN1_SEQUENCE),
	ASN1_SIMPLE(struct body, subject, ASN1_SEQUENCE),
	ASN1_SIMPLE(struct body, key, ASN1_SEQUENCE),
	ASN1_IMP_OPT(struct body, issuer_id, ASN1_BIT_STRING, 1),
	ASN1_IMP_OPT(struct body, subject_id, ASN1_BIT_STRING, 2),
	ASN1_EXP_OPT(struct body, extensions, ASN1_SEQUENCE, 3),
} static_ASN1_SEQUENCE_END_name(struct body, body)

/* All of `der` and nothing behind it, or NULL. */
static void *read_whole(const uint8_t *der, size_t length, const ASN1_ITEM *kind)
{
	const uint8_t *at = der;
	ASN1_VALUE *value = length <= DER_MOST ? ASN1_item_d2i(NULL, &at, (long)length, kind) : NULL;
	if (value && at == der + length)
		return value;
	ASN1_item_free(value, kind);
	return NULL;
}

/* The same where it is spelt as DER spells it: what is read may be any BER. */
static void *read_strictly(const uint8_t *der, size_t length, const ASN1_ITEM *kind)
{
	uint8_t *again = NULL;
	void *value = read_whole(der, length, kind);
	int n = value ? ASN1_item_i2d(value, &again, kind) : -1;
	bool same = n >= 0 && (size_t)n == length && memcmp(again, der, length) == 0;
	OPENSSL_free(again);
	if (same)
		return value;
	ASN1_item_free(value, kind);
	return NULL;
}

static EVP_PKEY *from_numbers(const struct rsa_numbers *r)
{
	EVP_PKEY *key = NULL;
	OSSL_PARAM *params = NULL;
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	bool good = b && ctx && OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, r->n) && OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, r->e) &&
	            (params = OSSL_PARAM_BLD_to_param(b)) && EVP_PKEY_fromdata_init(ctx) > 0 &&
	            EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) > 0;
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(b);
	EVP_PKEY_CTX_free(ctx);
	return good ? key : NULL;
}

static bool is_rsa(const struct key_info *info)
{
	enum { UNUSED_BITS = 7 };
	const ASN1_OBJECT *which;
	int parameter;
	X509_ALGOR_get0(&which, &parameter, NULL, info->algorithm);
	return OBJ_obj2nid(which) == NID_rsaEncryption && parameter == V_ASN1_NULL && !(info->bits->flags & UNUSED_BITS);
}

/* NULL for another kind, and for another spelling. */
static EVP_PKEY *read_rsa(const uint8_t *spki, size_t length)
{
	struct key_info *info = read_strictly(spki, length, ASN1_ITEM_rptr(key_info));
	struct rsa_numbers *r = NULL;
	if (info && is_rsa(info))
		r = read_strictly(ASN1_STRING_get0_data(info->bits), (size_t)ASN1_STRING_length(info->bits), ASN1_ITEM_rptr(rsa_numbers));
	EVP_PKEY *key = r ? from_numbers(r) : NULL;
	ASN1_item_free((ASN1_VALUE *)r, ASN1_ITEM_rptr(rsa_numbers));
	ASN1_item_free((ASN1_VALUE *)info, ASN1_ITEM_rptr(key_info));
	return key;
}

EVP_PKEY *spki_key(const uint8_t *spki, size_t length)
{
	const uint8_t *at = spki;
	EVP_PKEY *key = read_rsa(spki, length);
	if (!key && (key = length <= DER_MOST ? d2i_PUBKEY(NULL, &at, (long)length) : NULL) && at != spki + length) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	ERR_clear_error();
	return key;
}

EVP_PKEY *spki_key_of_certificate(const uint8_t *der, size_t length)
{
	struct frame *all = read_whole(der, length, ASN1_ITEM_rptr(frame));
	struct body *body = all ? read_whole(all->body->data, (size_t)all->body->length, ASN1_ITEM_rptr(body)) : NULL;
	EVP_PKEY *key = body ? spki_key(body->key->data, (size_t)body->key->length) : NULL;
	ASN1_item_free((ASN1_VALUE *)body, ASN1_ITEM_rptr(body));
	ASN1_item_free((ASN1_VALUE *)all, ASN1_ITEM_rptr(frame));
	ERR_clear_error();
	return key;
}

bool spki_certificate_form(const uint8_t *der, size_t length)
{
	void *all = read_whole(der, length, ASN1_ITEM_rptr(frame));
	bool good = all != NULL;
	ASN1_item_free(all, ASN1_ITEM_rptr(frame));
	ERR_clear_error();
	return good;
}

static bool put_numbers(X509_PUBKEY *to, BIGNUM *n, BIGNUM *e)
{
	struct rsa_numbers r = {n, e};
	uint8_t *der = NULL;
	int length = n && e ? ASN1_item_i2d((ASN1_VALUE *)&r, &der, ASN1_ITEM_rptr(rsa_numbers)) : -1;
	bool good = length > 0 && X509_PUBKEY_set0_param(to, OBJ_nid2obj(NID_rsaEncryption), V_ASN1_NULL, NULL, der, length);
	if (!good)
		OPENSSL_free(der);
	return good;
}

bool spki_put_rsa(X509_PUBKEY *to, EVP_PKEY *key)
{
	BIGNUM *n = NULL, *e = NULL;
	bool good = EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) &&
	            EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) && put_numbers(to, n, e);
	BN_free(n);
	BN_free(e);
	return good;
}

enum err spki_add_rsa(struct bytes *out, const uint8_t *modulus, size_t modulus_length, const uint8_t *exponent, size_t exponent_length)
{
	uint8_t *der = NULL;
	X509_PUBKEY *key = X509_PUBKEY_new();
	BIGNUM *n = BN_bin2bn(modulus, (int)modulus_length, NULL), *e = BN_bin2bn(exponent, (int)exponent_length, NULL);
	int length = key && put_numbers(key, n, e) ? i2d_X509_PUBKEY(key, &der) : -1;
	enum err r = length > 0 ? bytes_add(out, der, (size_t)length) : ERR_MEMORY;
	BN_free(n);
	BN_free(e);
	OPENSSL_free(der);
	X509_PUBKEY_free(key);
	return r;
}
