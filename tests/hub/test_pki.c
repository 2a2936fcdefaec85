/* Headquarters' authority: keys, codes, certificates, the list of revoked ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "hub/pki.h"

enum { NOW = 1790000000, DAY = 86400 };
static char keys[64];
static struct error e;
static X509 *root;

static int make(void **state)
{
	(void)state;
	snprintf(keys, sizeof keys, "/tmp/test_pki.XXXXXX");
	assert_non_null(mkdtemp(keys));
	assert_int_equal(pki_create(keys, "总部", "hub.example.cn", NOW, &e), OK);
	return pki_load(keys, "root", NULL, &root, &e);
}

static int finish(void **state)
{
	(void)state;
	char command[128];
	X509_free(root);
	snprintf(command, sizeof command, "rm -rf '%s'", keys);
	return system(command);
}

static X509 *load(const char *name, EVP_PKEY **key)
{
	X509 *x = NULL;
	assert_int_equal(pki_load(keys, name, key, &x, &e), OK);
	return x;
}

static char *request(EVP_PKEY *key, const EVP_MD *digest, const char *name)
{
	X509_REQ *q = X509_REQ_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *data, *out;
	X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(q), "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	assert_int_equal(X509_REQ_set_pubkey(q, key), 1);
	assert_true(X509_REQ_sign(q, key, digest) > 0);
	assert_int_equal(PEM_write_bio_X509_REQ(bio, q), 1);
	long n = BIO_get_mem_data(bio, &data);
	out = strndup(data, (size_t)n);
	BIO_free(bio);
	X509_REQ_free(q);
	return out;
}

static X509 *issue(enum pki_kind kind, const char *name, struct pki_issued *out)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	char *pem = request(key, EVP_sha256(), name);
	assert_int_equal(pki_issue(keys, "110114-01", kind, pem, NOW, out, &e), OK);
	BIO *bio = BIO_new_mem_buf(out->pem.data, (int)out->pem.length);
	X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	assert_non_null(x);
	assert_int_equal(X509_verify(x, X509_get0_pubkey(root)), 1);
	assert_int_equal(EVP_PKEY_eq(X509_get0_pubkey(x), key), 1);
	BIO_free(bio);
	EVP_PKEY_free(key);
	free(pem);
	return x;
}

static void test_four_pairs_that_fit(void **state)
{
	(void)state;
	static const char *const names[] = {"root", "tls", "sign", "encrypt"};
	for (size_t i = 0; i < 4; i++) {
		EVP_PKEY *key = NULL;
		X509 *x = load(names[i], &key);
		char path[96];
		struct stat st;
		assert_int_equal(X509_verify(x, X509_get0_pubkey(root)), 1);
		snprintf(path, sizeof path, "%s/%s.key", keys, names[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		assert_int_equal(X509_check_ca(x) == 1, i == 0);
		X509_free(x);
		EVP_PKEY_free(key);
	}
}

static void test_a_pair_that_does_not_fit(void **state)
{
	(void)state;
	char from[96], to[96], kept[96];
	struct bytes right = {0}, wrong = {0};
	X509 *x = NULL;
	EVP_PKEY *key = NULL;
	snprintf(from, sizeof from, "%s/encrypt.key", keys);
	snprintf(to, sizeof to, "%s/sign.key", keys);
	snprintf(kept, sizeof kept, "%s/nothing", keys);
	assert_int_equal(file_read(to, 4096, &right, &e), OK);
	assert_int_equal(file_read(from, 4096, &wrong, &e), OK);
	assert_int_equal(file_write(to, 0600, wrong.data, wrong.length, &e), OK);
	assert_int_equal(pki_load(keys, "sign", &key, &x, &e), ERR_HUB_KEYS);
	assert_null(x);
	assert_null(key);
	assert_int_equal(file_write(to, 0600, right.data, right.length / 2, &e), OK);
	assert_int_equal(pki_load(keys, "sign", &key, &x, &e), ERR_HUB_KEYS);
	assert_int_equal(file_write(to, 0600, right.data, right.length, &e), OK);
	assert_int_equal(pki_load(keys, "sign", &key, &x, &e), OK);
	X509_free(x);
	EVP_PKEY_free(key);
	assert_int_equal(pki_load(keys, "nobody", NULL, &x, &e), ERR_HUB_KEYS);
	bytes_free(&right);
	bytes_free(&wrong);
}

static void test_the_server_s_certificate_is_renewed(void **state)
{
	(void)state;
	bool changed = true;
	assert_int_equal(pki_server(keys, "hub.example.cn", NOW + DAY, &changed, &e), OK);
	assert_false(changed);
	assert_int_equal(pki_server(keys, "192.0.2.7", NOW, &changed, &e), OK);
	assert_true(changed);
	X509 *x = load("tls", NULL);
	assert_int_equal(X509_check_ip_asc(x, "192.0.2.7", 0), 1);
	X509_free(x);
	assert_int_equal(pki_server(keys, "hub.example.cn", NOW, &changed, &e), OK);
	assert_true(changed);
	assert_int_equal(pki_server(keys, "hub.example.cn", NOW + (int64_t)PKI_SERVER_DAYS * DAY * 2 / 3 + DAY, &changed, &e), OK);
	assert_true(changed);
	x = load("tls", NULL);
	assert_int_equal(X509_check_host(x, "hub.example.cn", 0, 0, NULL), 1);
	assert_int_equal(X509_check_host(x, "other.example.cn", 0, 0, NULL), 0);
	X509_free(x);
	assert_int_equal(pki_server(keys, "hub.example.cn", NOW, &changed, &e), OK); /* the clock went back: not valid yet */
	assert_true(changed);
}

static void test_a_site_s_certificates(void **state)
{
	(void)state;
	static const uint32_t usages[] = {KU_DIGITAL_SIGNATURE, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION, KU_KEY_AGREEMENT};
	for (int kind = 0; kind < PKI_KINDS; kind++) {
		struct pki_issued a = {0}, b = {0};
		X509 *x = issue(kind, "another-site", &a), *y = issue(kind, "x", &b);
		char name[64];
		X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, name, sizeof name);
		assert_string_equal(name, "110114-01"); /* never what the request says */
		assert_int_equal(X509_get_key_usage(x), usages[kind]);
		assert_int_equal(X509_get_extended_key_usage(x) & XKU_SSL_CLIENT, kind == PKI_TLS ? XKU_SSL_CLIENT : 0);
		assert_int_equal(X509_check_purpose(x, X509_PURPOSE_SSL_CLIENT, 0), kind == PKI_TLS);
		assert_int_equal(X509_check_ca(x), 0);
		assert_string_not_equal(a.serial, b.serial);
		assert_int_equal(strlen(a.serial), 32);
		assert_true(a.not_after == NOW + (int64_t)PKI_SITE_DAYS * DAY);
		X509_free(x);
		X509_free(y);
		pki_issued_free(&a);
		pki_issued_free(&b);
	}
}

static void test_requests_that_are_refused(void **state)
{
	(void)state;
	struct pki_issued out = {0};
	EVP_PKEY *rsa = EVP_RSA_gen(2048), *p384 = EVP_EC_gen("P-384"), *p256 = EVP_EC_gen("P-256");
	char *texts[] = {request(rsa, EVP_sha256(), "x"), request(p384, EVP_sha256(), "x"), request(p256, EVP_sha1(), "x"), strdup("x"), strdup(""),
		request(p256, EVP_sha256(), "x")};
	static const enum err want[] = {ERR_CA_WEAK_KEY, ERR_CA_WEAK_KEY, ERR_CA_REQUEST, ERR_CA_REQUEST, ERR_CA_REQUEST};
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(pki_issue(keys, "110114-01", PKI_TLS, texts[i], NOW, &out, &e), want[i]);
		assert_null(out.pem.data);
	}
	char *last = strstr(texts[5], "-----END");
	last[-6] = last[-6] == 'A' ? 'B' : 'A'; /* its signature is another's */
	enum err r = pki_issue(keys, "110114-01", PKI_TLS, texts[5], NOW, &out, &e);
	assert_true(r == ERR_CA_SIGNATURE || r == ERR_CA_REQUEST);
	for (size_t i = 0; i < 6; i++)
		free(texts[i]);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(p384);
	EVP_PKEY_free(p256);
}

static void test_the_list_of_revoked_ones(void **state)
{
	(void)state;
	static const char *const serials[] = {"0A0B", "1234567890ABCDEF1234567890ABCDEF"};
	static const int64_t times[] = {NOW - 100, NOW};
	size_t count = 9;
	assert_true(pki_crl_end(keys, &count) == NOW + (int64_t)PKI_CRL_DAYS * DAY);
	assert_int_equal(count, 0);
	assert_int_equal(pki_crl(keys, serials, times, 2, NOW + 50, 7, &e), OK);
	assert_true(pki_crl_end(keys, &count) == NOW + 50 + (int64_t)PKI_CRL_DAYS * DAY);
	assert_int_equal(count, 2);
	static const char *const twice[] = {"0A0B", "0A0B"};
	assert_int_equal(pki_crl(keys, twice, times, 2, NOW, 8, &e), ERR_CA_CRL);
	pki_crl_end(keys, &count);
	assert_int_equal(count, 2); /* the one before stays */
	assert_int_equal(pki_crl_end("/nonexistent", &count), 0);
	assert_int_equal(count, 0);
}

static void test_codes_come_back(void **state)
{
	(void)state;
	uint8_t secret[10], back[10], print[16], other[16];
	char text[64], spaced[128] = "";
	for (int round = 0; round < 300; round++) {
		for (int i = 0; i < 10; i++)
			secret[i] = (uint8_t)(rand() >> 7);
		if (round < 2)
			memset(secret, round ? 255 : 0, sizeof secret);
		pki_code_text(secret, root, text);
		assert_int_equal(strlen(text), 48);
		assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567-"), 48);
		assert_true(pki_code_read(text, back, print));
		assert_memory_equal(secret, back, 10);
		if (round)
			assert_memory_equal(print, other, 16); /* of the root, always the same */
		memcpy(other, print, 16);
	}
	size_t n = 0;
	for (const char *p = text; *p; p++) {
		spaced[n++] = ' ';
		if (*p != '-')
			spaced[n++] = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
	}
	assert_true(pki_code_read(spaced, back, print));
	assert_memory_equal(secret, back, 10);
}

static void test_codes_that_are_none(void **state)
{
	(void)state;
	uint8_t secret[10] = {1}, back[10], print[16];
	char text[64], long_one[80];
	static const char *const none[] = {"", "-", "x", "AAAAAA", "中文", "AAAAAA-AAAAAA-AAAAAA-AAAAAA-AAAAAA-AAAAAA-AAAAA1",
		"AAAAAA-AAAAAA-AAAAAA-AAAAAA-AAAAAA-AAAAAA-AAAAA", "AAAAAA-AAAAAA-AAAAAA-AAAAAA-AAAAAA-AAAAAA-AAAAAB" /* its last bits mean nothing */};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_false(pki_code_read(none[i], back, print));
	pki_code_text(secret, root, text);
	snprintf(long_one, sizeof long_one, "%sA", text);
	assert_false(pki_code_read(long_one, back, print));
	text[3] = '0';
	assert_false(pki_code_read(text, back, print));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_four_pairs_that_fit),
		cmocka_unit_test(test_a_pair_that_does_not_fit),
		cmocka_unit_test(test_the_server_s_certificate_is_renewed),
		cmocka_unit_test(test_a_site_s_certificates),
		cmocka_unit_test(test_requests_that_are_refused),
		cmocka_unit_test(test_the_list_of_revoked_ones),
		cmocka_unit_test(test_codes_come_back),
		cmocka_unit_test(test_codes_that_are_none),
	};
	return cmocka_run_group_tests(tests, make, finish);
}
