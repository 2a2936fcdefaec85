/* The driver on a virtual key that fails or is pulled out at every command of a whole issue, before and after it took
 * effect; and every algorithm of the management key. */
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

#include "../lib/wire.h"
#include "token/driver.h"

#define SERIAL "10000001"

static const struct token_driver *const piv = &token_driver_piv;
static char dir[] = "/tmp/certdesk-cuts-XXXXXX", state_file[64];
static struct bytes certificate;
static struct error e;

/* A certificate of some 1,100 bytes, so that its writing is a chain. */
static void make_certificate(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	uint8_t *der = NULL;
	char name[61];
	memset(name, 'n', sizeof name - 1);
	name[60] = '\0';
	X509_set_version(x, X509_VERSION_3);
	for (int i = 0; i < 8; i++)
		X509_NAME_add_entry_by_txt(
			X509_get_subject_name(x), "OU", MBSTRING_ASC, (const uint8_t *)name, -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_set_pubkey(x, key);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	int length = i2d_X509(x, &der);
	assert_int_equal(bytes_add(&certificate, der, (size_t)length), OK);
	OPENSSL_free(der);
	X509_free(x);
	EVP_PKEY_free(key);
}

static int start(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(state_file, sizeof state_file, "%s/key", dir);
	make_certificate();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	unlink(state_file);
	bytes_free(&certificate);
	return rmdir(dir);
}

static struct secret code(const char *text)
{
	struct secret s;
	secret_set(&s, text, strlen(text));
	return s;
}

/* All that an issue does on the key. `key` and `puk` are what is set at the end and what may be set already. */
static enum err issue(struct wire *w, const struct secret *puk)
{
	struct apdu_transport card = wire_transport(w);
	struct secret management, old_puk = code(TOKEN_FACTORY_PUK), pin = code(TOKEN_FACTORY_PIN);
	struct bytes out = {0}, back = {0};
	char serial[TOKEN_SERIAL_SIZE];
	bool mine = false;
	token_factory_management_key(&management);
	enum err r = piv->probe(&card, &mine, &e);
	if (!r)
		r = mine ? piv->serial(&card, serial, &e) : ERR_TOKEN_NONE;
	if (!r)
		r = piv->authenticate_management(&card, &management, &e);
	if (!r) /* after a cut both are tried, once each */
		r = piv->set_code(&card, TOKEN_PUK, &old_puk, puk, &e);
	if (r == ERR_TOKEN_PUK_WRONG)
		r = piv->set_code(&card, TOKEN_PUK, puk, puk, &e);
	if (!r)
		r = piv->generate(&card, TOKEN_SLOT_SIGN, TOKEN_P256, &out, &e);
	if (!r)
		r = piv->write_certificate(&card, TOKEN_SLOT_SIGN, certificate.data, certificate.length, &e);
	if (!r)
		r = piv->read_certificate(&card, TOKEN_SLOT_SIGN, &back, &e);
	if (!r && (back.length != certificate.length || memcmp(back.data, certificate.data, back.length) != 0))
		r = ERR_TOKEN_WRITE;
	if (!r)
		r = piv->verify_pin(&card, &pin, &e);
	if (!r)
		r = piv->sign(&card, TOKEN_SLOT_SIGN, TOKEN_P256, (uint8_t[32]){1}, &out, &e);
	bytes_free(&out);
	bytes_free(&back);
	return r;
}

static void cut_everywhere(const char *option, bool vanishes)
{
	struct secret puk = code("31415926");
	struct wire w;
	unlink(state_file);
	assert_true(wire_start(&w, state_file, SERIAL, NULL));
	assert_int_equal(issue(&w, &puk), OK);
	int all = w.commands;
	wire_stop(&w);
	assert_in_range(all, 14, 40);
	for (int at = 1; at <= all; at++) {
		char number[12];
		snprintf(number, sizeof number, "%d", at);
		unlink(state_file);
		assert_true(wire_start(&w, state_file, SERIAL, option, number, NULL));
		enum err r = issue(&w, &puk);
		wire_stop(&w);
		assert_int_not_equal(r, OK);
		assert_int_not_equal(error_exit(r), EXIT_FAULT);
		if (vanishes)
			assert_int_equal(r, ERR_TOKEN_REMOVED);
		assert_true(wire_start(&w, state_file, SERIAL, NULL));
		struct apdu_transport card = wire_transport(&w);
		struct bytes back = {0};
		bool mine;
		assert_int_equal(piv->probe(&card, &mine, &e), OK);
		r = piv->read_certificate(&card, TOKEN_SLOT_SIGN, &back, &e);
		assert_true(r == ERR_TOKEN_NO_CERTIFICATE || r == ERR_TOKEN_CERTIFICATE ||
			back.length == certificate.length);
		assert_int_equal(issue(&w, &puk), OK);
		wire_stop(&w);
		bytes_free(&back);
	}
}

static void failing_at_each_command(void **state)
{
	(void)state;
	cut_everywhere("--fail-at", false);
}

static void pulled_before_each_command(void **state)
{
	(void)state;
	cut_everywhere("--vanish-at", true);
}

static void pulled_after_each_command(void **state)
{
	(void)state;
	cut_everywhere("--vanish-after", true);
}

static void every_management_algorithm_works(void **state)
{
	(void)state;
	static const struct {
		uint8_t algorithm, length;
	} table[] = {{0x08, 16}, {0x0A, 24}, {0x0C, 32}, {0x03, 24}};
	struct wire w;
	struct secret key;
	bool mine;
	unlink(state_file);
	assert_true(wire_start(&w, state_file, SERIAL, NULL));
	struct apdu_transport card = wire_transport(&w);
	assert_int_equal(piv->probe(&card, &mine, &e), OK);
	token_factory_management_key(&key);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		uint8_t data[3 + 32] = {table[i].algorithm, 0x9B, table[i].length, 0x77, (uint8_t)i};
		struct secret next, wrong;
		unsigned sw = 0;
		size_t length = 0;
		assert_int_equal(piv->authenticate_management(&card, &key, &e), OK);
		/* a key of another algorithm, as another program may have left it */
		assert_int_equal(apdu_exchange(&card, &(struct apdu){0xFF, 0xFF, 0xFF, data, 3u + table[i].length},
					 NULL, &sw, &e),
			OK);
		assert_int_equal(sw, 0x9000);
		secret_set(&next, data + 3, table[i].length);
		assert_int_equal(piv->probe(&card, &mine, &e), OK);
		assert_int_equal(piv->management_key_length(&card, &length, &e), OK);
		assert_int_equal(length, table[i].length);
		wrong = next;
		wrong.data[5] ^= 0x40;
		assert_int_equal(piv->authenticate_management(&card, &wrong, &e), ERR_TOKEN_MANAGEMENT);
		assert_int_equal(piv->authenticate_management(&card, &next, &e), OK);
		next.data[0] ^= 0x10;
		assert_int_equal(piv->set_management_key(&card, &next, &e), OK);
		key = next;
	}
	wire_stop(&w);
}

/* A pair from elsewhere: after the import the key signs with it. */
static void pairs_can_be_imported(void **state)
{
	(void)state;
	struct wire w;
	struct secret management, pin = code(TOKEN_FACTORY_PIN);
	bool mine;
	unlink(state_file);
	assert_true(wire_start(&w, state_file, SERIAL, NULL));
	struct apdu_transport card = wire_transport(&w);
	token_factory_management_key(&management);
	for (int algorithm = TOKEN_RSA_2048; algorithm <= TOKEN_SM2; algorithm++) {
		EVP_PKEY *pair = algorithm == TOKEN_RSA_2048 ? EVP_RSA_gen(2048)
			: algorithm == TOKEN_P256	     ? EVP_EC_gen("P-256")
							     : EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
		PKCS8_PRIV_KEY_INFO *form = EVP_PKEY2PKCS8(pair);
		uint8_t *der = NULL, digest[32] = {4, 5, 6};
		struct bytes signature = {0};
		int length = i2d_PKCS8_PRIV_KEY_INFO(form, &der);
		enum token_algorithm wrong = algorithm == TOKEN_P256 ? TOKEN_SM2 : TOKEN_P256;
		assert_int_equal(piv->probe(&card, &mine, &e), OK);
		assert_int_not_equal(piv->import(&card, TOKEN_SLOT_ENCRYPT, algorithm, der, (size_t)length, &e), OK);
		assert_int_equal(e.code, ERR_TOKEN_LOCKED);
		assert_int_equal(piv->authenticate_management(&card, &management, &e), OK);
		assert_int_equal(
			piv->import(&card, TOKEN_SLOT_ENCRYPT, wrong, der, (size_t)length, &e), ERR_TOKEN_PAIR);
		assert_int_equal(
			piv->import(&card, TOKEN_SLOT_ENCRYPT, algorithm, der, (size_t)length - 1, &e), ERR_TOKEN_PAIR);
		assert_int_equal(piv->import(&card, TOKEN_SLOT_ENCRYPT, algorithm, der, (size_t)length, &e), OK);
		assert_int_equal(piv->verify_pin(&card, &pin, &e), OK);
		assert_int_equal(piv->sign(&card, TOKEN_SLOT_ENCRYPT, algorithm, digest, &signature, &e), OK);
		EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pair, NULL);
		assert_true(EVP_PKEY_verify_init(ctx) > 0);
		if (algorithm == TOKEN_RSA_2048)
			assert_true(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) > 0);
		assert_int_equal(EVP_PKEY_verify(ctx, signature.data, signature.length, digest, 32), 1);
		EVP_PKEY_CTX_free(ctx);
		PKCS8_PRIV_KEY_INFO_free(form);
		OPENSSL_free(der);
		bytes_free(&signature);
		EVP_PKEY_free(pair);
	}
	wire_stop(&w);
}

/* The virtual key itself: odd commands are answered, never a crash. */
static void virtual_key_survives_anything(void **state)
{
	(void)state;
	struct wire w;
	uint8_t answer[4096];
	static const uint8_t ins[] = {
		0xA4, 0xCB, 0xDB, 0x20, 0x24, 0x2C, 0x47, 0x87, 0xF7, 0xF8, 0xFD, 0xFA, 0xFB, 0xFE, 0xFF, 0xEE, 0xC0};
	struct secret key;
	bool mine;
	unlink(state_file);
	assert_true(wire_start(&w, state_file, SERIAL, NULL));
	struct apdu_transport card = wire_transport(&w);
	assert_int_equal(piv->probe(&card, &mine, &e), OK);
	token_factory_management_key(&key);
	srand(11);
	for (int i = 0; i < 3000; i++) {
		uint8_t command[280];
		size_t n = (size_t)rand() % (rand() % 4 ? 40 : sizeof command), length = sizeof answer;
		if (n == 1)
			continue; /* that is the reader's */
		for (size_t k = 0; k < n; k++)
			command[k] = (uint8_t)rand();
		if (n > 4 && rand() % 8) {
			memcpy(command,
				(uint8_t[]){rand() % 4 ? 0x00 : 0x10, ins[(size_t)rand() % sizeof ins], 0, 0x9A,
					(uint8_t)(n - 5)},
				5);
			if (n > 7 && rand() % 2)
				memcpy(command + 5, (uint8_t[]){0x7C, (uint8_t)(n - 7), 0x81}, 3);
		}
		if (i % 100 == 0 && piv->probe(&card, &mine, &e) == OK)
			piv->authenticate_management(&card, &key, &e);
		assert_int_equal(card.transmit(card.context, command, n, answer, &length, &e), OK);
		assert_true(length >= 2);
	}
	wire_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failing_at_each_command),
		cmocka_unit_test(pulled_before_each_command),
		cmocka_unit_test(pulled_after_each_command),
		cmocka_unit_test(every_management_algorithm_works),
		cmocka_unit_test(pairs_can_be_imported),
		cmocka_unit_test(virtual_key_survives_anything),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
