/* What the tests of keys through pcscd and a virtual key share: a key in reader 0, as new for each test. */
#ifndef CERTDESK_TESTS_TOKEN_CASE_H
#define CERTDESK_TESTS_TOKEN_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <unistd.h>

#include "../lib/pcscd.h"
#include "token/token.h"

#define KEY "10000001"
#define OTHER "10000002"

static struct pcscd readers;
static struct error e;

static inline struct secret code(const char *text)
{
	struct secret s;
	secret_set(&s, text, strlen(text));
	return s;
}

/* A certificate over a public key, signed by a key of the moment: only its form and key count here. */
static inline void make_certificate(const struct bytes *spki, struct bytes *der)
{
	const uint8_t *p = spki->data;
	EVP_PKEY *public_key = d2i_PUBKEY(NULL, &p, (long)spki->length), *issuer = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	uint8_t *out = NULL;
	assert_non_null(public_key);
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
	X509_NAME_add_entry_by_txt(
		X509_get_subject_name(x), "CN", MBSTRING_UTF8, (const uint8_t *)"北京示例科技有限公司", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_set_pubkey(x, public_key);
	assert_true(X509_sign(x, issuer, EVP_sha256()) > 0);
	int length = i2d_X509(x, &out);
	assert_true(length > 0);
	bytes_free(der);
	assert_int_equal(bytes_add(der, out, (size_t)length), OK);
	OPENSSL_free(out);
	X509_free(x);
	EVP_PKEY_free(public_key);
	EVP_PKEY_free(issuer);
}

static inline struct token *open_key(void)
{
	struct token *t = NULL;
	assert_int_equal(token_open(KEY, &t, &e), OK);
	assert_string_equal(token_serial(t), KEY);
	return t;
}

static inline int start(void **state)
{
	(void)state;
	return pcscd_start(&readers) ? 0 : -1;
}

static inline int stop(void **state)
{
	(void)state;
	pcscd_stop(&readers);
	return 0;
}

/* Each test begins with one key in reader 0, as new. */
static inline int insert_new(void **state)
{
	(void)state;
	struct token *t = NULL;
	if (readers.keys[0] <= 0 && !pcscd_insert(&readers, 0, KEY, NULL))
		return -1;
	enum err r = token_open(KEY, &t, &e);
	if (!r)
		r = token_reset(t, &e);
	token_close(&t);
	return r ? -1 : 0;
}

static inline int pull_other(void **state)
{
	(void)state;
	return readers.keys[1] <= 0 || pcscd_pull(&readers, 1) ? 0 : -1;
}

#define WITH_KEY(test)  cmocka_unit_test_setup_teardown(test, insert_new, pull_other)
#define RUN_KEYS(tests) cmocka_run_group_tests(tests, start, stop)

#endif
