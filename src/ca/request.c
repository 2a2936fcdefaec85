#include <openssl/core_names.h>
#include <string.h>

#include "base/crypt.h"
#include "base/lang.h"
#include "base/spki.h"
#include "ca/ossl.h"

enum { REQUEST_MAX = 65536, RSA_BITS_MIN = 2048, RSA_BITS_MAX = 4096, SMALL_FACTORS = 1300 };

/* id-ecPublicKey, the curve, an uncompressed point: the only spelling of such keys that is taken. */
static const uint8_t p256_head[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
	0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
static const uint8_t sm2_head[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06,
	0x08, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D, 0x03, 0x42, 0x00, 0x04};
enum { COORDINATE = 32, POINT_SPKI = sizeof p256_head + 2 * COORDINATE };

/* CVE-2017-15361 (ROCA): such a modulus is a power of 65537 modulo each small prime. */
static bool is_roca(const BIGNUM *n)
{
	static const unsigned primes[] = {3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79,
		83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
	for (size_t i = 0; i < sizeof primes / sizeof *primes; i++) {
		unsigned p = primes[i], rest = (unsigned)BN_mod_word(n, p), power = 1;
		bool found = false;
		for (unsigned k = 0; k < p && !found; k++, power = power * (65537 % p) % p)
			found = power == rest;
		if (!found)
			return false;
	}
	return true;
}

static bool small_prime_maybe(uint64_t p)
{
	return p <= 7 || (p % 3 && p % 5 && p % 7);
}

/* Several small numbers at a time: dividing the modulus is what takes the time. */
static bool has_small_factor(const BIGNUM *n)
{
	for (uint64_t p = 3; p < SMALL_FACTORS;) {
		uint64_t first = p, product = 1;
		for (; p < SMALL_FACTORS && product * p <= UINT32_MAX; p += 2)
			product *= small_prime_maybe(p) ? p : 1;
		uint64_t rest = BN_mod_word(n, product);
		for (uint64_t q = first; q < p; q += 2)
			if (small_prime_maybe(q) && rest % q == 0)
				return true;
	}
	return !BN_is_odd(n);
}

static enum err check_rsa(EVP_PKEY *key, struct error *e)
{
	BIGNUM *n = NULL, *exponent = NULL;
	enum err r = ERR_CA_WEAK_KEY;
	int bits = EVP_PKEY_get_bits(key);
	if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) {
		r = error_set(e, r, tr("RSA %d 位，应为 %d 到 %d 位", "RSA with %d bits, %d to %d are needed"), bits,
			RSA_BITS_MIN, RSA_BITS_MAX);
		goto out;
	}
	if (!EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) ||
		!EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) || !BN_is_odd(exponent) ||
		BN_get_word(exponent) < 65537 || BN_num_bits(exponent) > 64) {
		r = error_set(e, r, "%s", tr("RSA 公开指数不对", "the RSA exponent"));
		goto out;
	}
	if (is_roca(n)) {
		r = error_set(
			e, r, "%s", tr("密钥来自有缺陷的生成器（ROCA）", "the key comes from a broken generator (ROCA)"));
		goto out;
	}
	r = has_small_factor(n) ? error_set(e, r, "%s", tr("RSA 模数含有小因子", "the RSA modulus has a small factor"))
	                        : OK;
out:
	BN_free(n);
	BN_free(exponent);
	return r;
}

unsigned key_kind(EVP_PKEY *key)
{
	char group[32];
	if (EVP_PKEY_is_a(key, "RSA"))
		return PROFILE_KEY_RSA;
	if (EVP_PKEY_is_a(key, "SM2"))
		return PROFILE_KEY_SM2;
	bool p256 = EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, NULL) &&
	            strcmp(group, SN_X9_62_prime256v1) == 0;
	return p256 ? PROFILE_KEY_P256 : 0;
}

static enum err check_point(EVP_PKEY *key, struct error *e)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	bool good = ctx && EVP_PKEY_public_check(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);
	return good ? OK : error_set(e, ERR_CA_WEAK_KEY, "%s", tr("点不在曲线上", "the point is not on its curve"));
}

/* Whether a key is one that certificates are made for; `spki` is how it was written. */
static enum err judge_key(EVP_PKEY *key, const uint8_t *spki, size_t length, struct error *e)
{
	unsigned kind = key_kind(key);
	const uint8_t *head = kind == PROFILE_KEY_SM2 ? sm2_head : p256_head;
	if (kind == PROFILE_KEY_RSA)
		return check_rsa(key, e);
	if (kind && length == POINT_SPKI && memcmp(spki, head, sizeof p256_head) == 0)
		return check_point(key, e);
	return error_set(e, ERR_CA_WEAK_KEY, "%s", tr("只接受 RSA、P-256 和 SM2", "only RSA, P-256 and SM2 are taken"));
}

enum err spki_read(const uint8_t *spki, size_t length, EVP_PKEY **out, struct error *e)
{
	EVP_PKEY *key = length <= REQUEST_MAX ? spki_key(spki, length) : NULL;
	enum err r = key ? judge_key(key, spki, length, e) : error_set(e, ERR_CA_REQUEST, "%s", tr("公钥读不了", "the public key can't be read"));
	if (r) {
		EVP_PKEY_free(key);
		key = NULL;
		ERR_clear_error();
	}
	*out = key;
	return r;
}

/* The signature algorithm for each kind of key. */
static int signature_nid(unsigned kind)
{
	return kind == PROFILE_KEY_RSA    ? NID_sha256WithRSAEncryption
	       : kind == PROFILE_KEY_P256 ? NID_ecdsa_with_SHA256
	                                  : NID_SM2_with_SM3;
}

/* Puts a signature from outside into the request. */
static bool put_signature(X509_REQ *q, unsigned kind, const struct bytes *signature)
{
	X509_ALGOR *algorithm = X509_ALGOR_new();
	ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
	bool good = algorithm && bits && signature->length <= 1024 &&
	            X509_ALGOR_set0(algorithm, OBJ_nid2obj(signature_nid(kind)),
					kind == PROFILE_KEY_RSA ? V_ASN1_NULL : V_ASN1_UNDEF, NULL) &&
	            ASN1_BIT_STRING_set(bits, signature->data, (int)signature->length) &&
	            X509_REQ_set1_signature_algo(q, algorithm);
	if (good) {
		/* all eight bits of the last byte count, even where they are zero */
		bits->flags = (bits->flags & ~(ASN1_STRING_FLAG_BITS_LEFT | 7L)) | ASN1_STRING_FLAG_BITS_LEFT;
		X509_REQ_set0_signature(q, bits);
		bits = NULL;
	}
	ASN1_BIT_STRING_free(bits);
	X509_ALGOR_free(algorithm);
	return good;
}

/* Verifies the request by its key; SM2 signatures take the usual user ID in. */
static bool verify(X509_REQ *q, EVP_PKEY *key)
{
	ASN1_OCTET_STRING *id = NULL;
	if (key_kind(key) == PROFILE_KEY_SM2) {
		if (!(id = ASN1_OCTET_STRING_new()) || !ASN1_OCTET_STRING_set(id, (const uint8_t *)SM2_ID, SM2_ID_LENGTH)) {
			ASN1_OCTET_STRING_free(id);
			return false;
		}
		X509_REQ_set0_distinguishing_id(q, id);
	}
	return X509_REQ_verify(q, key) == 1;
}

/* What the token signs: SHA-256 of the request's body, or SM2's e. */
static bool body_digest(const uint8_t *spki, unsigned kind, const uint8_t *tbs, size_t length, uint8_t digest[32])
{
	if (kind == PROFILE_KEY_SM2)
		return sm2_digest(spki + sizeof sm2_head, tbs, length, digest);
	digest_raw(tbs, length, digest);
	return true;
}

enum err spki_digest(const uint8_t *spki, size_t length, const void *message, size_t message_length, uint8_t digest[32],
	struct error *e)
{
	EVP_PKEY *key = NULL;
	enum err r = spki_read(spki, length, &key, e);
	if (!r && !body_digest(spki, key_kind(key), message, message_length, digest))
		r = error_set(e, ERR_CA_CERTIFICATE, "SM2");
	EVP_PKEY_free(key);
	return r;
}

enum err request_make(const uint8_t *spki, size_t spki_length, const struct name *subject, request_sign_fn *sign,
	void *arg, X509_REQ **made, struct bytes *out, struct error *e)
{
	EVP_PKEY *key = NULL;
	X509_NAME *name = NULL;
	X509_REQ *q = NULL;
	uint8_t *tbs = NULL, *der = NULL, digest[32];
	struct bytes signature = {0};
	enum err r = spki_read(spki, spki_length, &key, e);
	if (r || (r = name_to_x509(subject, &name, e)))
		goto out;
	r = ERR_MEMORY;
	int length;
	if (!(q = X509_REQ_new()) || !X509_REQ_set_version(q, X509_REQ_VERSION_1) ||
		!X509_REQ_set_subject_name(q, name) || !(spki_put_rsa(X509_REQ_get_X509_PUBKEY(q), key) || X509_REQ_set_pubkey(q, key)) ||
		(length = i2d_re_X509_REQ_tbs(q, &tbs)) <= 0)
		goto out;
	unsigned kind = key_kind(key);
	if (!body_digest(spki, kind, tbs, (size_t)length, digest))
		goto out;
	if ((r = sign(arg, digest, &signature, e)))
		goto out;
	if (!put_signature(q, kind, &signature) || !verify(q, key)) {
		r = error_set(e, ERR_CA_SIGNATURE, "%s",
			tr("介质对请求的签名验证不通过", "the token's signature over the request does not verify"));
		goto out;
	}
	length = i2d_X509_REQ(q, &der);
	r = length > 0 ? bytes_add(out, der, (size_t)length) : error_set(e, ERR_CRYPTO, "PKCS#10");
out:
	if (r == ERR_MEMORY)
		error_set(e, r, "PKCS#10");
	ERR_clear_error();
	bytes_free(&signature);
	OPENSSL_free(tbs);
	OPENSSL_free(der);
	X509_NAME_free(name);
	EVP_PKEY_free(key);
	if (r)
		request_free(&q);
	*made = q;
	return r;
}

void request_free(X509_REQ **q)
{
	X509_REQ_free(*q);
	*q = NULL;
}

static bool is_strong_digest(int nid, unsigned kind)
{
	int digest = NID_undef, key = NID_undef;
	if (kind == PROFILE_KEY_SM2)
		return nid == NID_SM2_with_SM3;
	return OBJ_find_sigid_algs(nid, &digest, &key) &&
	       (digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512);
}

enum err request_read(const uint8_t *der, size_t length, X509_REQ **out, struct error *e)
{
	const uint8_t *at = der;
	uint8_t *spki = NULL;
	enum err r = ERR_CA_REQUEST;
	X509_REQ *q = length <= REQUEST_MAX ? d2i_X509_REQ(NULL, &at, (long)length) : NULL;
	if (!q || at != der + length || X509_REQ_get_version(q) != X509_REQ_VERSION_1) {
		r = error_set(e, r, "%s", tr("不是完整的 PKCS#10 请求", "it is no whole PKCS#10 request"));
		goto out;
	}
	int spki_length = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(q), &spki);
	if (spki_length <= 0) {
		r = error_set(e, r, "%s", tr("请求里没有公钥", "it has no public key"));
		goto out;
	}
	EVP_PKEY *key = X509_REQ_get0_pubkey(q);
	r = key ? judge_key(key, spki, (size_t)spki_length, e)
	        : error_set(e, ERR_CA_REQUEST, "%s", tr("公钥读不了", "the public key can't be read"));
	if (r)
		goto out;
	if (!is_strong_digest(X509_REQ_get_signature_nid(q), key_kind(key)))
		r = error_set(
			e, ERR_CA_REQUEST, "%s", tr("签名算法太弱或不认识", "its signature algorithm is weak or unknown"));
	else if (!verify(q, key))
		r = error_set(
			e, ERR_CA_SIGNATURE, "%s", tr("请求的签名验证不通过", "the request's signature does not verify"));
out:
	ERR_clear_error();
	OPENSSL_free(spki);
	if (r) {
		X509_REQ_free(q);
		q = NULL;
	}
	*out = q;
	return r;
}

enum err request_check(const uint8_t *der, size_t length, struct bytes *spki, struct error *e)
{
	X509_REQ *q = NULL;
	uint8_t *key = NULL;
	enum err r = request_read(der, length, &q, e);
	if (!r && spki) {
		int n = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(q), &key);
		r = n > 0 ? bytes_add(spki, key, (size_t)n) : error_set(e, ERR_MEMORY, "PKCS#10");
	}
	OPENSSL_free(key);
	X509_REQ_free(q);
	return r;
}
