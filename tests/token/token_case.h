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
#include "token/driver.h"
#include "token/reader.h"
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

/* Gives a code that nobody can have set until it is blocked. */
static inline bool block(const struct apdu_transport *way, uint8_t ins, size_t length)
{
	static const uint8_t wrong[16];
	unsigned sw = 0x63C1;
	while ((sw & 0xFFF0) == 0x63C0 && sw != 0x63C0)
		if (apdu_exchange(way, &(struct apdu){ins, 0, 0x80, wrong, length}, NULL, &sw, &e))
			return false;
	return sw == 0x6983 || sw == 0x63C0;
}

/* As from the factory, which a card takes when nobody can know its codes any more; quicker than to put in another one. */
static inline bool reset(const struct apdu_transport *way)
{
	bool mine = false;
	unsigned sw = 0;
	return token_driver_piv.probe(way, &mine, &e) == OK && mine && block(way, 0x20, 8) && block(way, 0x2C, 16) &&
	       apdu_exchange(way, &(struct apdu){.ins = 0xFB}, NULL, &sw, &e) == OK && sw == 0x9000;
}

/* Each test begins with one key in reader 0, as new. */
static inline int insert_new(void **state)
{
	(void)state;
	struct reader_context *context = NULL;
	struct reader_card *card = NULL;
	struct reader all[READERS_MOST];
	size_t count = 0, i = 0;
	if (readers.keys[0] <= 0 && !pcscd_insert(&readers, 0, KEY, NULL))
		return -1;
	bool good = reader_open(&context, &e) == OK && reader_list(context, all, &count, &e) == OK;
	while (i < count && !all[i].card)
		i++;
	if (good && i < count && reader_connect(&context, all[i].name, 5000, &card, &e) == OK) {
		struct apdu_transport way = reader_transport(card);
		good = reset(&way);
		reader_end(card, true);
	}
	good = good && card;
	reader_disconnect(&card);
	reader_close(&context);
	return good ? 0 : -1;
}

static inline int pull_other(void **state)
{
	(void)state;
	return readers.keys[1] <= 0 || pcscd_pull(&readers, 1) ? 0 : -1;
}

#define WITH_KEY(test)  cmocka_unit_test_setup_teardown(test, insert_new, pull_other)
#define RUN_KEYS(tests) cmocka_run_group_tests(tests, start, stop)

#endif
