#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/spki.h"
#include "token/publickey.h"

static struct error e;

static void padding_is_what_openssl_unpads(void **state)
{
	(void)state;
	EVP_PKEY *key = EVP_RSA_gen(2048);
	uint8_t digest[32], padded[RSA_2048_SIZE], signature[RSA_2048_SIZE];
	size_t length = sizeof signature;
	memset(digest, 0xA5, sizeof digest);
	publickey_pad(digest, padded);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	assert_true(EVP_PKEY_sign_init(ctx) > 0 && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) > 0);
	assert_true(EVP_PKEY_sign(ctx, signature, &length, padded, sizeof padded) > 0);
	assert_true(EVP_PKEY_verify_init(ctx) > 0 && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0);
	assert_true(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) > 0);
	assert_int_equal(EVP_PKEY_verify(ctx, signature, length, digest, sizeof digest), 1);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
}

/* The DER that is built from a key's numbers is OpenSSL's own. */
static void assert_same_spki(EVP_PKEY *key, const struct bytes *spki)
{
	uint8_t *der = NULL;
	int length = i2d_PUBKEY(key, &der);
	assert_int_equal(length, spki->length);
	assert_memory_equal(der, spki->data, spki->length);
	OPENSSL_free(der);
}

static void rsa_numbers_become_a_key(void **state)
{
	(void)state;
	EVP_PKEY *key = EVP_RSA_gen(2048);
	BIGNUM *n = NULL;
	uint8_t raw[RSA_2048_SIZE + 1] = {0}, *modulus = raw + 1;
	const uint8_t exponent[] = {1, 0, 1};
	struct bytes spki = {0};
	struct tlv x = {exponent, 3};
	assert_true(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n));
	BN_bn2binpad(n, modulus, RSA_2048_SIZE);
	assert_int_equal(publickey_from_rsa((struct tlv){modulus, RSA_2048_SIZE}, x, &spki, &e), OK);
	assert_same_spki(key, &spki);
	assert_int_equal(
		publickey_from_rsa((struct tlv){raw, RSA_2048_SIZE + 1}, x, &spki, &e), OK); /* with a leading 0 */
	assert_same_spki(key, &spki);
	assert_int_equal(publickey_from_rsa((struct tlv){modulus, RSA_2048_SIZE - 1}, x, &spki, &e), ERR_TOKEN_ANSWER);
	assert_int_equal(publickey_from_rsa((struct tlv){modulus, RSA_2048_SIZE}, (struct tlv){exponent, 0}, &spki, &e),
		ERR_TOKEN_ANSWER);
	assert_int_equal(publickey_from_rsa((struct tlv){modulus, RSA_2048_SIZE}, (struct tlv){exponent, 1}, &spki, &e),
		ERR_TOKEN_ANSWER);
	assert_int_equal(publickey_from_rsa((struct tlv){modulus, RSA_2048_SIZE}, (struct tlv){exponent, 2}, &spki, &e),
		ERR_TOKEN_ANSWER);
	modulus[RSA_2048_SIZE - 1] &= 0xFE;
	assert_int_equal(publickey_from_rsa((struct tlv){modulus, RSA_2048_SIZE}, x, &spki, &e), ERR_TOKEN_ANSWER);
	assert_int_equal(spki.length, 0);
	BN_free(n);
	EVP_PKEY_free(key);
}

static void points_become_keys(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		enum token_algorithm algorithm = i ? TOKEN_SM2 : TOKEN_P256;
		EVP_PKEY *key = i ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2") : EVP_EC_gen("P-256");
		uint8_t *point = NULL;
		struct bytes spki = {0};
		size_t length = EVP_PKEY_get1_encoded_public_key(key, &point);
		assert_int_equal(length, 65);
		assert_int_equal(publickey_from_point(algorithm, (struct tlv){point, 65}, &spki, &e), OK);
		assert_same_spki(key, &spki);
		assert_int_equal(publickey_from_point(algorithm, (struct tlv){point, 64}, &spki, &e), ERR_TOKEN_ANSWER);
		assert_int_equal(publickey_from_point(i ? TOKEN_P256 : TOKEN_SM2, (struct tlv){point, 65}, &spki, &e),
			ERR_TOKEN_ANSWER);
		point[64] ^= 1; /* no longer on the curve */
		assert_int_equal(publickey_from_point(algorithm, (struct tlv){point, 65}, &spki, &e), ERR_TOKEN_ANSWER);
		bytes_free(&spki);
		OPENSSL_free(point);
		EVP_PKEY_free(key);
	}
}

static void forms_are_checked(void **state)
{
	(void)state;
	static const uint8_t der[] = {0x30, 6, 2, 1, 5, 2, 1, 7, 0}, zero[RSA_2048_SIZE];
	assert_true(publickey_signature_form(TOKEN_P256, (struct tlv){der, 8}));
	assert_false(publickey_signature_form(TOKEN_P256, (struct tlv){der, 9})); /* a byte too many */
	assert_false(publickey_signature_form(TOKEN_P256, (struct tlv){der, 7}));
	assert_false(publickey_signature_form(TOKEN_SM2, (struct tlv){zero, 64}));
	assert_true(publickey_signature_form(TOKEN_RSA_2048, (struct tlv){zero, RSA_2048_SIZE}));
	assert_false(publickey_signature_form(TOKEN_RSA_2048, (struct tlv){zero, RSA_2048_SIZE - 1}));
	assert_false(spki_certificate_form(der, sizeof der));
	assert_false(spki_certificate_form(NULL, 0));
	static const uint8_t shape[] = {0x30, 8, 0x30, 1, 0, 0x30, 0, 0x03, 1, 0, 0};
	assert_true(spki_certificate_form(shape, 10));
	assert_false(spki_certificate_form(shape, 9));  /* cut */
	assert_false(spki_certificate_form(shape, 11)); /* a byte too many */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(padding_is_what_openssl_unpads),
		cmocka_unit_test(rsa_numbers_become_a_key),
		cmocka_unit_test(points_become_keys),
		cmocka_unit_test(forms_are_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
