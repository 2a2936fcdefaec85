#include "token/publickey.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/lang.h"
#include "base/spki.h"

enum { POINT_SIZE = 65 };

static enum err no_key(struct error *e)
{
	return error_set(e, ERR_TOKEN_ANSWER, "%s", tr("公钥不对", "not a valid public key"));
}

/* A point must be on its curve, or what is sent to it tells of the private value. */
static bool acceptable(EVP_PKEY *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	bool good = ctx && EVP_PKEY_public_check_quick(ctx) > 0;
	EVP_PKEY_CTX_free(ctx);
	return good;
}

/* Builds the key, checks it, writes it as DER. Takes the builder. */
static enum err finish(OSSL_PARAM_BLD *b, const char *type, struct bytes *spki, struct error *e)
{
	EVP_PKEY *key = NULL;
	uint8_t *der = NULL;
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(b);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	enum err r = OK;
	if (!params || !ctx || EVP_PKEY_fromdata_init(ctx) <= 0 ||
		EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) <= 0) {
		r = no_key(e);
		goto out;
	}
	int length = acceptable(key) ? i2d_PUBKEY(key, &der) : 0;
	if (length <= 0)
		r = no_key(e);
	else if (bytes_add(spki, der, (size_t)length))
		r = error_set(e, ERR_MEMORY, "%s", "");
out:
	OPENSSL_free(der);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(b);
	return r;
}

enum err publickey_from_rsa(struct tlv modulus, struct tlv exponent, struct bytes *spki, struct error *e)
{
	bytes_free(spki);
	if (modulus.length == RSA_2048_SIZE + 1 && modulus.data[0] == 0)
		modulus = (struct tlv){modulus.data + 1, RSA_2048_SIZE};
	if (modulus.length != RSA_2048_SIZE || !(modulus.data[0] & 0x80) || !(modulus.data[RSA_2048_SIZE - 1] & 1))
		return no_key(e);
	while (exponent.length > 1 && !exponent.data[0])
		exponent = (struct tlv){exponent.data + 1, exponent.length - 1};
	if (exponent.length == 0 || exponent.length > 4 || !(exponent.data[exponent.length - 1] & 1) ||
		(exponent.length == 1 && exponent.data[0] == 1))
		return no_key(e);
	return spki_add_rsa(spki, modulus.data, modulus.length, exponent.data, exponent.length) ? error_set(e, ERR_MEMORY, "%s", "") : OK;
}

enum err publickey_from_point(enum token_algorithm algorithm, struct tlv point, struct bytes *spki, struct error *e)
{
	const char *group = algorithm == TOKEN_SM2 ? "SM2" : "P-256";
	bytes_free(spki);
	if (point.length != POINT_SIZE || point.data[0] != 0x04)
		return no_key(e);
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	if (!b || !OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) ||
		!OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point.data, point.length)) {
		OSSL_PARAM_BLD_free(b);
		return no_key(e);
	}
	return finish(b, algorithm == TOKEN_SM2 ? "SM2" : "EC", spki, e);
}

void publickey_pad(const uint8_t digest[32], uint8_t out[RSA_2048_SIZE])
{
	static const uint8_t info[] = {0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
		0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
	size_t tail = sizeof info + 32;
	memset(out, 0xFF, RSA_2048_SIZE);
	out[0] = 0x00;
	out[1] = 0x01;
	out[RSA_2048_SIZE - tail - 1] = 0x00;
	memcpy(out + RSA_2048_SIZE - tail, info, sizeof info);
	memcpy(out + RSA_2048_SIZE - 32, digest, 32);
}

bool publickey_signature_form(enum token_algorithm algorithm, struct tlv signature)
{
	if (algorithm == TOKEN_RSA_2048)
		return signature.length == RSA_2048_SIZE;
	const uint8_t *p = signature.data;
	ECDSA_SIG *parsed = d2i_ECDSA_SIG(NULL, &p, (long)signature.length);
	bool good = parsed && p == signature.data + signature.length;
	ECDSA_SIG_free(parsed);
	return good;
}

/* Which of the algorithms a key is for. */
static bool algorithm_of(const EVP_PKEY *key, enum token_algorithm *algorithm)
{
	char group[32] = "";
	EVP_PKEY_get_group_name(key, group, sizeof group, NULL);
	if (EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) == 2048)
		*algorithm = TOKEN_RSA_2048;
	else if (EVP_PKEY_is_a(key, "SM2") || !strcmp(group, "SM2"))
		*algorithm = TOKEN_SM2;
	else if (EVP_PKEY_is_a(key, "EC") && (!strcmp(group, "prime256v1") || !strcmp(group, "P-256")))
		*algorithm = TOKEN_P256;
	else
		return false;
	return true;
}

enum err publickey_private_parts(enum token_algorithm algorithm, const void *pkcs8, size_t length,
	struct publickey_part parts[PUBLICKEY_PARTS_MOST], size_t *count, struct error *e)
{
	static const char *const rsa[PUBLICKEY_PARTS_MOST] = {OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
		OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
	static const char *const curve[] = {OSSL_PKEY_PARAM_PRIV_KEY};
	const uint8_t *p = pkcs8;
	enum token_algorithm found = algorithm;
	bool is_rsa = algorithm == TOKEN_RSA_2048;
	EVP_PKEY *key = length ? d2i_AutoPrivateKey(NULL, &p, (long)length) : NULL;
	bool good = key && p == (const uint8_t *)pkcs8 + length && algorithm_of(key, &found) && found == algorithm;
	*count = is_rsa ? PUBLICKEY_PARTS_MOST : 1;
	for (size_t i = 0; good && i < *count; i++) {
		BIGNUM *n = NULL;
		parts[i].length = is_rsa ? RSA_2048_SIZE / 2 : 32;
		good = EVP_PKEY_get_bn_param(key, is_rsa ? rsa[i] : curve[i], &n) &&
			BN_bn2binpad(n, parts[i].data, (int)parts[i].length) == (int)parts[i].length;
		BN_clear_free(n);
	}
	EVP_PKEY_free(key);
	return good ? OK : error_set(e, ERR_TOKEN_PAIR, "%s", tr("格式或算法不符", "its form or algorithm"));
}

EVP_PKEY *publickey_of_certificate(const struct bytes *der, enum token_algorithm *algorithm)
{
	EVP_PKEY *key = spki_key_of_certificate(der->data, der->length);
	if (key && !algorithm_of(key, algorithm)) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

bool publickey_verify(EVP_PKEY *key, enum token_algorithm algorithm, const uint8_t digest[32], const struct bytes *signature)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	bool good = ctx && EVP_PKEY_verify_init(ctx) > 0;
	if (good && algorithm == TOKEN_RSA_2048)
		good = EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0 &&
			EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) > 0;
	good = good && EVP_PKEY_verify(ctx, signature->data, signature->length, digest, 32) == 1;
	EVP_PKEY_CTX_free(ctx);
	return good;
}
