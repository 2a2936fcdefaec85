#include "base/spki.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/tlv.h"

enum { SEQUENCE = 0x30, INTEGER = 0x02, BIT_STRING = 0x03, VERSION = 0xA0, RSA_MOST = 1024 };

static const uint8_t rsa_algorithm[] = {0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00};

/* The only element of `in`. */
static bool only(struct tlv in, unsigned tag, struct tlv *value)
{
	unsigned found;
	return tlv_next(&in, &found, value) && found == tag && in.length == 0;
}

/* A positive number without a byte too many. */
static BIGNUM *number(struct tlv *in)
{
	struct tlv v;
	unsigned tag;
	bool good = tlv_next(in, &tag, &v) && tag == INTEGER && v.length > 0 && v.length <= RSA_MOST && !(v.data[0] & 0x80) &&
	            (v.data[0] || (v.length > 1 && (v.data[1] & 0x80)));
	return good ? BN_bin2bn(v.data, (int)v.length, NULL) : NULL;
}

static EVP_PKEY *from_numbers(const BIGNUM *n, const BIGNUM *e)
{
	EVP_PKEY *key = NULL;
	OSSL_PARAM *params = NULL;
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	bool good = b && ctx && OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, n) && OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, e) &&
	            (params = OSSL_PARAM_BLD_to_param(b)) && EVP_PKEY_fromdata_init(ctx) > 0 &&
	            EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) > 0;
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(b);
	EVP_PKEY_CTX_free(ctx);
	return good ? key : NULL;
}

/* NULL for another kind, and for another spelling. */
static EVP_PKEY *read_rsa(struct tlv spki)
{
	struct tlv parts, algorithm, bits, numbers;
	unsigned tag;
	BIGNUM *n = NULL, *e = NULL;
	EVP_PKEY *key = NULL;
	if (only(spki, SEQUENCE, &parts) && tlv_next(&parts, &tag, &algorithm) && tag == SEQUENCE && algorithm.length == sizeof rsa_algorithm &&
	    memcmp(algorithm.data, rsa_algorithm, sizeof rsa_algorithm) == 0 && only(parts, BIT_STRING, &bits) && bits.length > 1 && !bits.data[0] &&
	    only((struct tlv){bits.data + 1, bits.length - 1}, SEQUENCE, &numbers) && (n = number(&numbers)) && (e = number(&numbers)) &&
	    numbers.length == 0)
		key = from_numbers(n, e);
	BN_free(n);
	BN_free(e);
	return key;
}

EVP_PKEY *spki_key(const uint8_t *spki, size_t length)
{
	const uint8_t *at = spki;
	EVP_PKEY *key = read_rsa((struct tlv){spki, length});
	if (key)
		return key;
	key = length <= INT32_MAX ? d2i_PUBKEY(NULL, &at, (long)length) : NULL;
	if (key && at != spki + length) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	ERR_clear_error();
	return key;
}

/* What is signed: version, serial, algorithm, issuer, validity, subject, key, … */
EVP_PKEY *spki_key_of_certificate(const uint8_t *der, size_t length)
{
	enum { BEFORE = 5 };
	struct tlv all, signed_part, value;
	unsigned tag;
	if (!only((struct tlv){der, length}, SEQUENCE, &all) || !tlv_next(&all, &tag, &signed_part) || tag != SEQUENCE)
		return NULL;
	bool good = tlv_next(&signed_part, &tag, &value) && (tag != VERSION || tlv_next(&signed_part, &tag, &value)) && tag == INTEGER;
	for (int i = 1; good && i < BEFORE; i++)
		good = tlv_next(&signed_part, &tag, &value) && tag == SEQUENCE;
	const uint8_t *from = signed_part.data;
	good = good && tlv_next(&signed_part, &tag, &value);
	return good ? spki_key(from, (size_t)(signed_part.data - from)) : NULL;
}

/* A number as DER has it: with a zero in front where its top bit is set. */
static enum err add_number(struct bytes *out, EVP_PKEY *key, const char *name)
{
	uint8_t raw[1 + RSA_MOST] = {0};
	BIGNUM *n = NULL;
	int length = EVP_PKEY_get_bn_param(key, name, &n) ? BN_num_bytes(n) : 0;
	bool good = length > 0 && length <= RSA_MOST && BN_bn2bin(n, raw + 1) == length;
	size_t zero = good && (raw[1] & 0x80) ? 1 : 0;
	BN_free(n);
	return good ? tlv_add(out, INTEGER, raw + 1 - zero, (size_t)length + zero) : ERR_MEMORY;
}

bool spki_put_rsa(X509_PUBKEY *to, EVP_PKEY *key)
{
	struct bytes numbers = {0}, all = {0};
	bool good = EVP_PKEY_is_a(key, "RSA") && !add_number(&numbers, key, OSSL_PKEY_PARAM_RSA_N) && !add_number(&numbers, key, OSSL_PKEY_PARAM_RSA_E) &&
	            !tlv_add(&all, SEQUENCE, numbers.data, numbers.length);
	uint8_t *own = good ? OPENSSL_memdup(all.data, all.length) : NULL;
	good = own && X509_PUBKEY_set0_param(to, OBJ_nid2obj(NID_rsaEncryption), V_ASN1_NULL, NULL, own, (int)all.length);
	if (!good)
		OPENSSL_free(own);
	bytes_free(&numbers);
	bytes_free(&all);
	return good;
}
