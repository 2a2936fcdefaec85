/* Data keys in envelopes, and base64. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "sync/envelope.h"

struct person {
	EVP_PKEY *key;
	unsigned char *der;
	size_t length;
};

static struct person make_person(void)
{
	struct person p = {.key = EVP_EC_gen("P-256")};
	X509 *x = X509_new();
	X509_NAME *name = X509_NAME_new();
	assert_true(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)"to", -1, -1, 0));
	ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
	X509_set_issuer_name(x, name);
	X509_set_subject_name(x, name);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_set_pubkey(x, p.key);
	assert_true(X509_sign(x, p.key, EVP_sha256()) > 0);
	p.length = (size_t)i2d_X509(x, &p.der);
	X509_NAME_free(name);
	X509_free(x);
	return p;
}

static void drop_person(struct person *p)
{
	EVP_PKEY_free(p->key);
	OPENSSL_free(p->der);
}

static const uint8_t key[DATA_KEY_SIZE] = "0123456789abcdefghijklmnopqrstu";

static void opens_for_the_receiver(void **state)
{
	struct person to = make_person();
	struct bytes cms = {0};
	struct error e = {0};
	uint8_t got[DATA_KEY_SIZE] = {0};
	(void)state;
	assert_int_equal(OK, envelope_seal(to.der, to.length, "110114-01", 42, key, &cms, &e));
	assert_true(cms.length < ENVELOPE_MOST);
	assert_int_equal(OK, envelope_open(to.key, cms.data, cms.length, "110114-01", 42, got, &e));
	assert_memory_equal(key, got, sizeof key);
	bytes_free(&cms);
	drop_person(&to);
}

static void opens_for_nobody_else(void **state)
{
	struct person to = make_person(), other = make_person();
	struct bytes cms = {0};
	uint8_t got[DATA_KEY_SIZE] = {0}, none[DATA_KEY_SIZE] = {0};
	(void)state;
	assert_int_equal(OK, envelope_seal(to.der, to.length, "110114-01", 42, key, &cms, NULL));
	assert_int_equal(ERR_SEALED, envelope_open(other.key, cms.data, cms.length, "110114-01", 42, got, NULL));
	assert_memory_equal(none, got, sizeof none);
	bytes_free(&cms);
	drop_person(&to);
	drop_person(&other);
}

/* Another site, or the same site with another number, can't hand it in as its own. */
static void opens_under_its_own_number_alone(void **state)
{
	struct person to = make_person();
	struct bytes cms = {0};
	uint8_t got[DATA_KEY_SIZE];
	(void)state;
	assert_int_equal(OK, envelope_seal(to.der, to.length, "110114-01", 42, key, &cms, NULL));
	assert_int_equal(ERR_SEALED, envelope_open(to.key, cms.data, cms.length, "110114-02", 42, got, NULL));
	assert_int_equal(ERR_SEALED, envelope_open(to.key, cms.data, cms.length, "110114-01", 4, got, NULL));
	assert_int_equal(ERR_SEALED, envelope_open(to.key, cms.data, cms.length, "110114-01", 421, got, NULL));
	bytes_free(&cms);
	drop_person(&to);
}

static void an_altered_one_does_not_open(void **state)
{
	struct person to = make_person();
	struct bytes cms = {0};
	uint8_t got[DATA_KEY_SIZE];
	(void)state;
	assert_int_equal(OK, envelope_seal(to.der, to.length, "110114-01", 42, key, &cms, NULL));
	for (size_t i = 0; i < cms.length; i++) {
		cms.data[i] ^= 0x10;
		if (envelope_open(to.key, cms.data, cms.length, "110114-01", 42, got, NULL) == OK)
			assert_memory_equal(key, got, sizeof key); /* a byte that says nothing (the issuer's name) */
		cms.data[i] ^= 0x10;
	}
	for (size_t n = 0; n < cms.length; n++)
		assert_int_equal(ERR_SEALED, envelope_open(to.key, cms.data, n, "110114-01", 42, got, NULL));
	assert_int_equal(OK, bytes_add(&cms, "x", 1));
	assert_int_equal(ERR_SEALED, envelope_open(to.key, cms.data, cms.length, "110114-01", 42, got, NULL));
	bytes_free(&cms);
	drop_person(&to);
}

static void seals_to_certificates_alone(void **state)
{
	struct bytes cms = {0};
	(void)state;
	assert_int_equal(ERR_CRYPTO, envelope_seal("nonsense", 8, "110114-01", 42, key, &cms, NULL));
	assert_int_equal(0, cms.length);
}

static void base64_goes_both_ways(void **state)
{
	uint8_t data[1000];
	struct bytes text = {0}, back = {0};
	(void)state;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 7 + i / 256);
	for (size_t n = 0; n <= sizeof data; n += n < 10 ? 1 : 97) {
		text.length = back.length = 0;
		assert_int_equal(OK, base64_encode(data, n, &text));
		assert_int_equal((n + 2) / 3 * 4, text.length);
		assert_true(base64_decode((char *)text.data, text.length, &back));
		assert_int_equal(n, back.length);
		if (n)
			assert_memory_equal(data, back.data, n);
	}
	text.length = 0;
	assert_int_equal(OK, base64_encode("foob", 4, &text));
	assert_string_equal("Zm9vYg==", (char *)text.data);
	bytes_free(&text);
	bytes_free(&back);
}

static void base64_refuses_what_it_does_not_write(void **state)
{
	static const char *const wrong[] = {"Zg=", "Zg", "Z===", "====", "Zh==", "Zm9=", "Zg==Zg==", "Zm9v\n", "Zm 9", "Zm9\xff", "=m9v", "Zm-v"};
	struct bytes out = {0};
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (base64_decode(wrong[i], strlen(wrong[i]), &out))
			fail_msg("taken: %s", wrong[i]);
	bytes_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_for_the_receiver),
		cmocka_unit_test(opens_for_nobody_else),
		cmocka_unit_test(opens_under_its_own_number_alone),
		cmocka_unit_test(an_altered_one_does_not_open),
		cmocka_unit_test(seals_to_certificates_alone),
		cmocka_unit_test(base64_goes_both_ways),
		cmocka_unit_test(base64_refuses_what_it_does_not_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
