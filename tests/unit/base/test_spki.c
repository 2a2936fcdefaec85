/* Public keys without OpenSSL's decoders: what they read and write is the same, and what is none stays none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/bytes.h"
#include "base/spki.h"

enum { RSA_2048, RSA_3072, P256, SM2, KINDS };

static EVP_PKEY *keys[KINDS];

static int make_keys(void **state)
{
	(void)state;
	keys[RSA_2048] = EVP_RSA_gen(2048);
	keys[RSA_3072] = EVP_RSA_gen(3072);
	keys[P256] = EVP_EC_gen("P-256");
	keys[SM2] = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
	return 0;
}

static int free_keys(void **state)
{
	(void)state;
	for (int kind = 0; kind < KINDS; kind++)
		EVP_PKEY_free(keys[kind]);
	return 0;
}

static struct bytes written(EVP_PKEY *key)
{
	struct bytes out = {0};
	uint8_t *der = NULL;
	int n = i2d_PUBKEY(key, &der);
	assert_true(n > 0);
	assert_int_equal(bytes_add(&out, der, (size_t)n), OK);
	OPENSSL_free(der);
	return out;
}

static X509 *certificate(EVP_PKEY *key)
{
	X509 *x = X509_new();
	EVP_PKEY *by = EVP_EC_gen("P-256");
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8, (const uint8_t *)"示例", -1, -1, 0);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	assert_int_equal(spki_put_rsa(X509_get_X509_PUBKEY(x), key), EVP_PKEY_is_a(key, "RSA"));
	if (!EVP_PKEY_is_a(key, "RSA"))
		assert_int_equal(X509_set_pubkey(x, key), 1);
	assert_true(X509_sign(x, by, EVP_sha256()) > 0);
	EVP_PKEY_free(by);
	return x;
}

static void every_kind_is_read_as_openssl_reads_it(void **state)
{
	(void)state;
	for (int kind = 0; kind < KINDS; kind++) {
		EVP_PKEY *key = keys[kind];
		struct bytes spki = written(key);
		EVP_PKEY *read = spki_key(spki.data, spki.length);
		assert_non_null(read);
		assert_int_equal(EVP_PKEY_eq(key, read), 1);
		assert_string_equal(EVP_PKEY_get0_type_name(key), EVP_PKEY_get0_type_name(read));
		assert_int_equal(EVP_PKEY_get_bits(key), EVP_PKEY_get_bits(read));
		EVP_PKEY_free(read);
		bytes_free(&spki);
	}
}

/* What was written by us is read by OpenSSL, and the other way round. */
static void certificates_hold_the_key(void **state)
{
	(void)state;
	for (int kind = 0; kind < KINDS; kind++) {
		EVP_PKEY *key = keys[kind];
		X509 *x = certificate(key);
		uint8_t *der = NULL;
		int n = i2d_X509(x, &der);
		assert_true(n > 0);
		const uint8_t *at = der;
		X509 *again = d2i_X509(NULL, &at, n);
		assert_non_null(again);
		assert_int_equal(EVP_PKEY_eq(key, X509_get0_pubkey(again)), 1);
		EVP_PKEY *read = spki_key_of_certificate(der, (size_t)n);
		assert_int_equal(EVP_PKEY_eq(key, read), 1);
		EVP_PKEY_free(read);
		assert_null(spki_key_of_certificate(der, (size_t)n - 1));
		assert_null(spki_key_of_certificate(der, 0));
		for (size_t cut = 1; cut < 40; cut++) { /* never beyond the end */
			uint8_t *copy = malloc(cut);
			memcpy(copy, der, cut);
			assert_null(spki_key_of_certificate(copy, cut));
			free(copy);
		}
		X509_free(again);
		X509_free(x);
		OPENSSL_free(der);
	}
}

static void what_is_no_key_is_none(void **state)
{
	enum { FRAME = 34 }; /* all before the modulus, and its zero in front */
	(void)state;
	struct bytes spki = written(keys[RSA_2048]);
	for (size_t cut = 0; cut < spki.length; cut++) {
		uint8_t *copy = malloc(cut + 1);
		memcpy(copy, spki.data, cut);
		assert_null(spki_key(copy, cut));
		free(copy);
	}
	assert_int_equal(bytes_add(&spki, "", 1), OK);
	assert_null(spki_key(spki.data, spki.length)); /* a byte too many */
	spki.length--;
	for (size_t i = 0; i < FRAME; i++) { /* what isn't spelt as usual is as OpenSSL judges it */
		spki.data[i] ^= 0x41;
		const uint8_t *at = spki.data;
		EVP_PKEY *read = spki_key(spki.data, spki.length), *theirs = d2i_PUBKEY(NULL, &at, (long)spki.length);
		bool whole = theirs && at == spki.data + spki.length;
		assert_int_equal(read != NULL, whole);
		if (read)
			assert_int_equal(EVP_PKEY_eq(read, theirs), 1);
		EVP_PKEY_free(read);
		EVP_PKEY_free(theirs);
		spki.data[i] ^= 0x41;
	}
	bytes_free(&spki);
}

/* Longer than DER has it: the outer length takes a byte too many. */
static void what_is_no_der_is_as_openssl_judges_it(void **state)
{
	enum { HEAD = 4 }; /* tag, and a length of two bytes behind 82 */
	(void)state;
	struct bytes spki = written(keys[RSA_2048]), ber = {0};
	const uint8_t head[] = {spki.data[0], 0x83, 0, spki.data[2], spki.data[3]};
	assert_int_equal(spki.data[1], 0x82);
	assert_int_equal(bytes_add(&ber, head, sizeof head), OK);
	assert_int_equal(bytes_add(&ber, spki.data + HEAD, spki.length - HEAD), OK);
	const uint8_t *at = ber.data;
	EVP_PKEY *read = spki_key(ber.data, ber.length), *theirs = d2i_PUBKEY(NULL, &at, (long)ber.length);
	assert_int_equal(read != NULL, theirs && at == ber.data + ber.length);
	EVP_PKEY_free(read);
	EVP_PKEY_free(theirs);
	bytes_free(&ber);
	spki.data[spki.length - 1 - 3 - 2 - 256] = 0xFF; /* the zero in front of the modulus: a negative number */
	at = spki.data;
	read = spki_key(spki.data, spki.length);
	theirs = d2i_PUBKEY(NULL, &at, (long)spki.length);
	assert_int_equal(read != NULL, theirs != NULL);
	EVP_PKEY_free(read);
	EVP_PKEY_free(theirs);
	bytes_free(&spki);
}

static void numbers_become_what_openssl_writes(void **state)
{
	(void)state;
	for (int kind = RSA_2048; kind <= RSA_3072; kind++) {
		BIGNUM *n = NULL, *e = NULL;
		uint8_t modulus[512], exponent[8];
		struct bytes theirs = written(keys[kind]), ours = {0};
		assert_true(EVP_PKEY_get_bn_param(keys[kind], OSSL_PKEY_PARAM_RSA_N, &n) && EVP_PKEY_get_bn_param(keys[kind], OSSL_PKEY_PARAM_RSA_E, &e));
		size_t n_length = (size_t)BN_bn2bin(n, modulus), e_length = (size_t)BN_bn2bin(e, exponent);
		assert_int_equal(spki_add_rsa(&ours, modulus, n_length, exponent, e_length), OK);
		assert_int_equal(ours.length, theirs.length);
		assert_memory_equal(ours.data, theirs.data, ours.length);
		BN_free(n);
		BN_free(e);
		bytes_free(&ours);
		bytes_free(&theirs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_read_as_openssl_reads_it),
		cmocka_unit_test(certificates_hold_the_key),
		cmocka_unit_test(what_is_no_key_is_none),
		cmocka_unit_test(what_is_no_der_is_as_openssl_judges_it),
		cmocka_unit_test(numbers_become_what_openssl_writes),
	};
	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
