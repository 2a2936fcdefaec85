/* Keys through pcscd and a virtual key: what the desk relies on. */
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
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "../lib/pcscd.h"
#include "base/clock.h"
#include "token/token.h"

#define KEY "10000001"
#define OTHER "10000002"

static struct pcscd readers;
static struct error e;

static struct secret code(const char *text)
{
	struct secret s;
	secret_set(&s, text, strlen(text));
	return s;
}

/* A certificate over a public key, signed by a key of the moment: only its form and key count here. */
static void make_certificate(const struct bytes *spki, struct bytes *der)
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

static struct token *open_key(void)
{
	struct token *t = NULL;
	assert_int_equal(token_open(KEY, &t, &e), OK);
	assert_string_equal(token_serial(t), KEY);
	return t;
}

static int start(void **state)
{
	(void)state;
	return pcscd_start(&readers) ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	pcscd_stop(&readers);
	return 0;
}

/* Each test begins with one key in reader 0, as from the factory. */
static int insert_new(void **state)
{
	(void)state;
	char path[128];
	snprintf(path, sizeof path, "%s/key-" KEY, readers.dir);
	if (readers.keys[0] > 0 && !pcscd_pull(&readers, 0))
		return -1;
	unlink(path);
	return pcscd_insert(&readers, 0, KEY, NULL) ? 0 : -1;
}

static int pull_other(void **state)
{
	(void)state;
	return readers.keys[1] <= 0 || pcscd_pull(&readers, 1) ? 0 : -1;
}

static void no_key_is_an_empty_list(void **state)
{
	(void)state;
	struct token_info *list = NULL;
	struct token *t = NULL;
	size_t count = 9;
	assert_int_equal(token_list(&list, &count, &e), OK);
	assert_int_equal(count, 0);
	free(list);
	assert_int_equal(token_open(NULL, &t, &e), ERR_TOKEN_NONE);
	assert_int_equal(token_open(KEY, &t, &e), ERR_TOKEN_NONE);
	assert_null(t);
	assert_int_equal(error_exit(ERR_TOKEN_NONE), EXIT_RETRY);
}

static void list_names_keys(void **state)
{
	(void)state;
	struct token_info *list = NULL;
	size_t count = 0;
	assert_true(pcscd_insert(&readers, 1, OTHER, NULL));
	assert_int_equal(token_list(&list, &count, &e), OK);
	assert_int_equal(count, 2);
	assert_string_equal(list[0].serial, KEY);
	assert_string_equal(list[1].serial, OTHER);
	assert_string_equal(list[0].driver, "PIV");
	assert_string_equal(list[0].version, "5.4.3");
	assert_int_equal(list[0].pin_tries, 3);
	assert_false(list[0].busy);
	free(list);
}

static void several_keys_are_refused_and_named(void **state)
{
	(void)state;
	struct token *t = NULL;
	assert_int_equal(token_open("", &t, &e), OK);
	token_close(&t);
	assert_true(pcscd_insert(&readers, 1, OTHER, NULL));
	assert_int_equal(token_open(NULL, &t, &e), ERR_TOKEN_SEVERAL);
	assert_non_null(strstr(e.detail, KEY));
	assert_non_null(strstr(e.detail, OTHER));
	assert_int_equal(error_exit(e.code), EXIT_REFUSED);
	assert_int_equal(token_open(OTHER, &t, &e), OK);
	assert_string_equal(token_serial(t), OTHER);
	token_close(&t);
}

static void another_key_is_named(void **state)
{
	(void)state;
	struct token *t = NULL;
	assert_int_equal(token_open("10000009", &t, &e), ERR_TOKEN_OTHER);
	assert_non_null(strstr(e.detail, KEY));
	assert_non_null(strstr(e.detail, "10000009"));
	assert_int_equal(error_exit(e.code), EXIT_RETRY);
}

static void pair_certificate_signature(enum token_algorithm algorithm, enum token_slot slot)
{
	struct token *t = open_key();
	struct secret key, pin = code(TOKEN_FACTORY_PIN);
	struct bytes spki = {0}, der = {0}, back = {0}, signature = {0};
	uint8_t digest[32] = {1, 2, 3};
	token_factory_management_key(&key);
	assert_int_equal(token_read_certificate(t, slot, &back, &e), ERR_TOKEN_NO_CERTIFICATE);
	assert_int_equal(token_generate(t, slot, algorithm, &spki, &e), ERR_TOKEN_LOCKED);
	assert_int_equal(token_begin(t, &e), OK);
	assert_int_equal(token_authenticate_management(t, &key, &e), OK);
	assert_int_equal(token_generate(t, slot, algorithm, &spki, &e), OK);
	make_certificate(&spki, &der);
	assert_int_equal(token_write_certificate(t, slot, der.data, der.length, &e), OK);
	assert_int_equal(token_sign(t, slot, algorithm, digest, &signature, &e), ERR_TOKEN_LOCKED);
	assert_int_equal(token_verify_pin(t, &pin, &e), OK);
	assert_int_equal(token_test_signature(t, slot, NULL, &e), OK);
	assert_int_equal(token_sign(t, slot, algorithm, digest, &signature, &e), OK);
	token_end(t);

	const uint8_t *p = spki.data;
	EVP_PKEY *public_key = d2i_PUBKEY(NULL, &p, (long)spki.length);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(public_key, NULL);
	assert_true(EVP_PKEY_verify_init(ctx) > 0);
	if (algorithm == TOKEN_RSA_2048)
		assert_true(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) > 0);
	assert_int_equal(EVP_PKEY_verify(ctx, signature.data, signature.length, digest, 32), 1);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(public_key);

	/* the step is over: nothing stays unlocked, not even for us */
	assert_int_equal(token_sign(t, slot, algorithm, digest, &signature, &e), ERR_TOKEN_LOCKED);
	assert_int_equal(token_write_certificate(t, slot, der.data, der.length, &e), ERR_TOKEN_LOCKED);
	assert_int_equal(token_read_certificate(t, slot, &back, &e), OK);
	assert_int_equal(back.length, der.length);
	assert_memory_equal(back.data, der.data, der.length);
	token_close(&t);
	bytes_free(&spki);
	bytes_free(&der);
	bytes_free(&back);
	bytes_free(&signature);
}

static void rsa_from_pair_to_signature(void **state)
{
	(void)state;
	pair_certificate_signature(TOKEN_RSA_2048, TOKEN_SLOT_SIGN);
}

static void p256_from_pair_to_signature(void **state)
{
	(void)state;
	pair_certificate_signature(TOKEN_P256, TOKEN_SLOT_SIGN);
}

static void sm2_from_pair_to_signature(void **state)
{
	(void)state;
	pair_certificate_signature(TOKEN_SM2, TOKEN_SLOT_SIGN);
}

static void certificate_of_another_pair_is_found_out(void **state)
{
	(void)state;
	struct token *t = open_key();
	struct secret key, pin = code(TOKEN_FACTORY_PIN);
	struct bytes spki = {0}, der = {0};
	token_factory_management_key(&key);
	assert_int_equal(token_begin(t, &e), OK);
	assert_int_equal(token_authenticate_management(t, &key, &e), OK);
	assert_int_equal(token_verify_pin(t, &pin, &e), OK);
	assert_int_equal(token_generate(t, TOKEN_SLOT_SIGN, TOKEN_P256, &spki, &e), OK);
	make_certificate(&spki, &der);
	assert_int_equal(token_write_certificate(t, TOKEN_SLOT_SIGN, der.data, der.length, &e), OK);
	assert_int_equal(token_test_signature(t, TOKEN_SLOT_SIGN, NULL, &e), OK);
	assert_int_equal(token_test_signature(t, TOKEN_SLOT_SIGN, &der, &e), OK);
	assert_int_equal(token_test_signature(t, TOKEN_SLOT_SIGN, &spki, &e), ERR_TOKEN_MISMATCH);
	assert_int_equal(token_generate(t, TOKEN_SLOT_SIGN, TOKEN_P256, &spki, &e), OK);
	assert_int_equal(token_test_signature(t, TOKEN_SLOT_SIGN, NULL, &e), ERR_TOKEN_MISMATCH);
	assert_int_equal(token_generate(t, TOKEN_SLOT_SIGN, TOKEN_RSA_2048, &spki, &e), OK);
	assert_int_equal(token_test_signature(t, TOKEN_SLOT_SIGN, NULL, &e), ERR_TOKEN_MISMATCH);
	assert_int_equal(token_test_signature(t, TOKEN_SLOT_ENCRYPT, NULL, &e), ERR_TOKEN_NO_CERTIFICATE);
	token_end(t);
	assert_int_equal(token_write_certificate(t, TOKEN_SLOT_SIGN, "no certificate", 14, &e), ERR_TOKEN_CERTIFICATE);
	token_close(&t);
	bytes_free(&spki);
	bytes_free(&der);
}

static int traced(const char *path, const char *command)
{
	char line[2048];
	int n = 0;
	FILE *f = fopen(path, "re");
	assert_non_null(f);
	while (fgets(line, sizeof line, f))
		n += strstr(line, command) != NULL;
	fclose(f);
	return n;
}

/* What a step knows needs no second look, what another step knew does. */
static void one_step_selects_and_reads_back_once(void **state)
{
	(void)state;
	static const char select[] = "> 00a40400", serial[] = "> 00f80000", read[] = "> 00cb3fff", metadata[] = "> 00f70080";
	struct token *t = NULL;
	struct secret key, pin = code(TOKEN_FACTORY_PIN), wrong = code("999999");
	int tries = 0;
	struct bytes spki = {0}, der = {0};
	char path[128];
	snprintf(path, sizeof path, "%s/trace-step", readers.dir);
	assert_true(pcscd_pull(&readers, 0));
	assert_true(pcscd_insert(&readers, 0, KEY, "--trace", path, NULL));
	assert_int_equal(token_open_begun(KEY, &t, &e), OK);
	token_factory_management_key(&key);
	assert_int_equal(token_authenticate_management(t, &key, &e), OK);
	assert_int_equal(traced(path, select), 1);
	assert_int_equal(traced(path, serial), 1);
	for (int i = 0; i < 2; i++)
		assert_int_equal(token_tries_left(t, TOKEN_PIN, &tries, &e), OK);
	assert_int_equal(tries, 3);
	assert_int_equal(traced(path, metadata), 1);
	assert_int_equal(token_verify_pin(t, &wrong, &e), ERR_TOKEN_PIN_WRONG);
	assert_int_equal(token_tries_left(t, TOKEN_PIN, &tries, &e), OK);
	assert_int_equal(tries, 2); /* a try was spent: it is asked again */
	assert_int_equal(token_generate(t, TOKEN_SLOT_SIGN, TOKEN_P256, &spki, &e), OK);
	make_certificate(&spki, &der);
	assert_int_equal(token_write_certificate(t, TOKEN_SLOT_SIGN, der.data, der.length, &e), OK);
	assert_int_equal(token_verify_pin(t, &pin, &e), OK);
	assert_int_equal(token_test_signature(t, TOKEN_SLOT_SIGN, &der, &e), OK);
	assert_int_equal(traced(path, read), 1);
	assert_int_equal(token_test_signature(t, TOKEN_SLOT_SIGN, &spki, &e), ERR_TOKEN_MISMATCH);
	assert_int_equal(traced(path, read), 2);
	token_end(t);
	assert_int_equal(token_begin(t, &e), OK);
	assert_int_equal(token_verify_pin(t, &pin, &e), OK);
	assert_int_equal(token_test_signature(t, TOKEN_SLOT_SIGN, &der, &e), OK);
	assert_int_equal(traced(path, select), 2);
	assert_int_equal(traced(path, read), 3);
	assert_int_equal(token_write_certificate(t, TOKEN_SLOT_SIGN, der.data, der.length, &e), ERR_TOKEN_LOCKED);
	token_end(t);
	token_close(&t);
	assert_true(pcscd_pull(&readers, 0));
	unlink(path);
	bytes_free(&spki);
	bytes_free(&der);
}

/* Once for the write that is expected, however long that takes to come, and never beyond its step. */
static void a_serial_read_ahead_counts_for_one_write(void **state)
{
	(void)state;
	static const char serial[] = "> 00f80000";
	struct token *t = NULL;
	struct secret key, pin = code(TOKEN_FACTORY_PIN);
	struct bytes spki = {0};
	char path[128];
	snprintf(path, sizeof path, "%s/trace-ahead", readers.dir);
	assert_true(pcscd_pull(&readers, 0));
	assert_true(pcscd_insert(&readers, 0, KEY, "--trace", path, NULL));
	assert_int_equal(token_open_begun(KEY, &t, &e), OK);
	token_factory_management_key(&key);
	assert_int_equal(token_authenticate_management(t, &key, &e), OK);
	assert_int_equal(token_expect_write(t, &e), OK);
	assert_int_equal(traced(path, serial), 2);
	assert_int_equal(token_verify_pin(t, &pin, &e), OK);
	assert_int_equal(token_generate(t, TOKEN_SLOT_SIGN, TOKEN_P256, &spki, &e), OK);
	assert_int_equal(traced(path, serial), 2);
	assert_int_equal(token_generate(t, TOKEN_SLOT_SIGN, TOKEN_P256, &spki, &e), OK);
	assert_int_equal(traced(path, serial), 3);
	assert_int_equal(token_expect_write(t, &e), OK);
	token_end(t);
	assert_int_equal(token_expect_write(t, &e), OK); /* no step: nothing is asked */
	assert_int_equal(traced(path, serial), 4);
	assert_int_equal(token_begin(t, &e), OK);
	assert_int_equal(token_authenticate_management(t, &key, &e), OK);
	assert_int_equal(traced(path, serial), 5);
	assert_int_equal(token_generate(t, TOKEN_SLOT_SIGN, TOKEN_P256, &spki, &e), OK);
	assert_int_equal(traced(path, serial), 6);
	token_end(t);
	token_close(&t);
	assert_true(pcscd_pull(&readers, 0));
	unlink(path);
	bytes_free(&spki);
}

static void wrong_pin_counts_down_and_blocks(void **state)
{
	(void)state;
	struct token *t = open_key();
	struct secret pin = code(TOKEN_FACTORY_PIN), puk = code(TOKEN_FACTORY_PUK), wrong = code("999999"),
		      shorter = code("1234"), new = code("654321");
	int tries = 0;
	assert_int_equal(token_verify_pin(t, &shorter, &e), ERR_TOKEN_CODE_FORM);
	assert_int_equal(token_verify_pin(t, &wrong, &e), ERR_TOKEN_PIN_WRONG);
	assert_string_equal(e.detail, "2");
	assert_int_equal(error_exit(e.code), EXIT_REFUSED);
	assert_int_equal(token_tries_left(t, TOKEN_PIN, &tries, &e), OK);
	assert_int_equal(tries, 2);
	assert_int_equal(token_set_pin(t, &wrong, &new, &e), ERR_TOKEN_PIN_WRONG);
	assert_int_equal(token_verify_pin(t, &wrong, &e), ERR_TOKEN_PIN_BLOCKED);
	assert_int_equal(token_verify_pin(t, &pin, &e), ERR_TOKEN_PIN_BLOCKED);
	assert_int_equal(token_tries_left(t, TOKEN_PIN, &tries, &e), OK);
	assert_int_equal(tries, 0);
	assert_int_equal(token_unblock(t, &wrong, &new, &e), ERR_TOKEN_PUK_WRONG);
	assert_int_equal(token_tries_left(t, TOKEN_PUK, &tries, &e), OK);
	assert_int_equal(tries, 2);
	assert_int_equal(token_unblock(t, &puk, &new, &e), OK);
	assert_int_equal(token_verify_pin(t, &pin, &e), ERR_TOKEN_PIN_WRONG);
	assert_int_equal(token_verify_pin(t, &new, &e), OK);
	token_close(&t);
}

static void codes_can_be_changed(void **state)
{
	(void)state;
	struct token *t = open_key();
	struct secret pin = code(TOKEN_FACTORY_PIN), puk = code(TOKEN_FACTORY_PUK), new_pin = code("Ab#4567"),
		      new_puk = code("31415926");
	int tries;
	assert_int_equal(token_set_pin(t, &pin, &new_pin, &e), OK);
	assert_int_equal(token_verify_pin(t, &new_pin, &e), OK);
	assert_int_equal(token_set_puk(t, &puk, &new_puk, &e), OK);
	assert_int_equal(token_set_puk(t, &puk, &new_puk, &e), ERR_TOKEN_PUK_WRONG);
	assert_int_equal(token_unblock(t, &new_puk, &pin, &e), OK);
	assert_int_equal(token_verify_pin(t, &pin, &e), OK);
	for (int i = 0; i < 2; i++)
		assert_int_equal(token_unblock(t, &puk, &pin, &e), ERR_TOKEN_PUK_WRONG);
	assert_int_equal(token_unblock(t, &puk, &pin, &e), ERR_TOKEN_PUK_BLOCKED);
	assert_int_equal(token_unblock(t, &new_puk, &pin, &e), ERR_TOKEN_PUK_BLOCKED);
	assert_int_equal(token_tries_left(t, TOKEN_PUK, &tries, &e), OK);
	assert_int_equal(tries, 0);
	token_close(&t);
}

static void management_key_can_be_changed(void **state)
{
	(void)state;
	struct token *t = open_key();
	struct secret factory, new, cut = code("too short");
	token_factory_management_key(&factory);
	assert_int_equal(token_new_management_key(t, &new, &e), OK);
	assert_int_equal(new.length, 24);
	assert_int_equal(token_authenticate_management(t, &new, &e), ERR_TOKEN_MANAGEMENT);
	assert_int_equal(token_authenticate_management(t, &cut, &e), ERR_TOKEN_MANAGEMENT);
	assert_int_equal(token_set_management_key(t, &new, &e), ERR_TOKEN_LOCKED);
	assert_int_equal(token_begin(t, &e), OK);
	assert_int_equal(token_authenticate_management(t, &factory, &e), OK);
	assert_int_equal(token_set_management_key(t, &new, &e), OK);
	token_end(t);
	assert_int_equal(token_authenticate_management(t, &factory, &e), ERR_TOKEN_MANAGEMENT);
	assert_int_equal(token_authenticate_management(t, &new, &e), OK);
	token_close(&t);
}

static void swapped_key_is_not_written(void **state)
{
	(void)state;
	struct token *t = open_key();
	struct secret key, pin = code(TOKEN_FACTORY_PIN), new = code("654321");
	token_factory_management_key(&key);
	assert_true(pcscd_pull(&readers, 0));
	assert_true(pcscd_insert(&readers, 0, OTHER, NULL));
	assert_int_not_equal(token_set_pin(t, &pin, &new, &e), OK);
	assert_int_equal(error_exit(e.code), EXIT_RETRY);
	token_close(&t);
	assert_int_equal(token_open(OTHER, &t, &e), OK);
	assert_int_equal(token_verify_pin(t, &pin, &e), OK);
	token_close(&t);
	assert_true(pcscd_pull(&readers, 0));
}

static void pulled_key_is_told(void **state)
{
	(void)state;
	struct token *t = open_key();
	struct secret pin = code(TOKEN_FACTORY_PIN);
	assert_true(pcscd_pull(&readers, 0));
	assert_int_equal(token_verify_pin(t, &pin, &e), ERR_TOKEN_REMOVED);
	token_close(&t);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	t = open_key();
	assert_int_equal(token_verify_pin(t, &pin, &e), OK);
	token_close(&t);
}

/* One whole write: pair, certificate, test signature. */
static enum err write_all(struct token *t, const struct bytes *der)
{
	struct secret key, pin = code(TOKEN_FACTORY_PIN);
	struct bytes spki = {0};
	token_factory_management_key(&key);
	enum err r = token_begin(t, &e);
	if (r)
		return r;
	r = token_authenticate_management(t, &key, &e);
	if (!r)
		r = token_generate(t, TOKEN_SLOT_SIGN, TOKEN_P256, &spki, &e);
	if (!r)
		r = token_write_certificate(t, TOKEN_SLOT_SIGN, der->data, der->length, &e);
	if (!r)
		r = token_verify_pin(t, &pin, &e);
	token_end(t);
	bytes_free(&spki);
	return r;
}

/* Pulled out in the middle of a write, at a few places; then the same key, put in again, takes the whole write. The
 * driver's own test does this at every command. */
static void removal_in_the_middle_can_be_made_good(void **state)
{
	(void)state;
	static const char *const places[] = {"2", "6", "10", "13"};
	struct token *t = open_key();
	struct secret key;
	struct bytes spki = {0}, der = {0}, back = {0};
	token_factory_management_key(&key);
	assert_int_equal(token_begin(t, &e), OK);
	assert_int_equal(token_authenticate_management(t, &key, &e), OK);
	assert_int_equal(token_generate(t, TOKEN_SLOT_SIGN, TOKEN_P256, &spki, &e), OK);
	make_certificate(&spki, &der);
	token_close(&t);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		assert_true(pcscd_pull(&readers, 0));
		assert_true(pcscd_insert(&readers, 0, KEY, "--vanish-at", places[i], NULL));
		enum err r = token_open(KEY, &t, &e);
		if (!r)
			r = write_all(t, &der);
		token_close(&t);
		assert_true(r == ERR_TOKEN_REMOVED || r == ERR_TOKEN_NONE);
		assert_true(pcscd_vanished(&readers, 0));
		assert_true(pcscd_insert(&readers, 0, KEY, NULL));
		t = open_key();
		assert_int_equal(write_all(t, &der), OK);
		assert_int_equal(token_read_certificate(t, TOKEN_SLOT_SIGN, &back, &e), OK);
		assert_memory_equal(back.data, der.data, der.length);
		token_close(&t);
	}
	bytes_free(&back);
	bytes_free(&der);
	bytes_free(&spki);
}

/* A certificate whose writing was cut lies there half: reading it must say so. */
static void half_written_certificate_is_refused(void **state)
{
	(void)state;
	struct token *t = NULL;
	struct bytes back = {0};
	char path[128], line[700];
	uint8_t piece[250] = {0x53, 0x82, 0x03, 0x8D, 0x70, 0x82, 0x03, 0x84, 0x30, 0x82, 0x03, 0x80};
	assert_true(pcscd_pull(&readers, 0));
	snprintf(path, sizeof path, "%s/key-" KEY, readers.dir);
	FILE *f = fopen(path, "a");
	hex_encode(line, piece, sizeof piece);
	fprintf(f, "object-5fc105 %s\n", line);
	fclose(f);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	t = open_key();
	assert_int_equal(token_read_certificate(t, TOKEN_SLOT_SIGN, &back, &e), ERR_TOKEN_CERTIFICATE);
	token_close(&t);
}

static void *hold(void *context)
{
	struct token *t = NULL;
	struct error own;
	int *ready = context;
	if (token_open(KEY, &t, &own) == OK && token_begin(t, &own) == OK) {
		bool good = write(ready[1], "!", 1) == 1;
		good = good && read(ready[2], &(char){0}, 1) == 1;
		token_end(t);
	}
	token_close(&t);
	return NULL;
}

static void key_in_use_elsewhere_is_told_in_time(void **state)
{
	(void)state;
	int go[2], ready[2];
	pthread_t thread;
	struct token *t = NULL;
	assert_int_equal(pipe(go), 0);
	assert_int_equal(pipe(ready), 0);
	int ends[3] = {0, ready[1], go[0]};
	pthread_create(&thread, NULL, hold, ends);
	assert_int_equal(read(ready[0], &(char){0}, 1), 1);
	int64_t before = clock_monotonic_ms();
	assert_int_equal(token_open(KEY, &t, &e), ERR_TOKEN_BUSY);
	assert_in_range(clock_monotonic_ms() - before, 1000, 15000);
	assert_int_equal(error_exit(e.code), EXIT_RETRY);
	assert_int_equal(write(go[1], "!", 1), 1);
	pthread_join(thread, NULL);
	t = open_key();
	token_close(&t);
	for (int i = 0; i < 2; i++) {
		close(go[i]);
		close(ready[i]);
	}
}

static void watch_tells_what_comes_and_goes(void **state)
{
	(void)state;
	struct token_watch *w = NULL;
	struct token *t = NULL;
	bool changed = false;
	assert_int_equal(token_watch_open(&w, &e), OK);
	assert_int_equal(token_watch_change(w, 0, &changed, &e), OK);
	assert_true(changed); /* the first look */
	assert_int_equal(token_watch_change(w, 0, &changed, &e), OK);
	assert_false(changed);
	t = open_key(); /* using it is no change */
	token_close(&t);
	assert_int_equal(token_watch_change(w, 0, &changed, &e), OK);
	assert_false(changed);
	assert_true(pcscd_insert(&readers, 1, OTHER, NULL));
	assert_int_equal(token_watch_change(w, 5000, &changed, &e), OK);
	assert_true(changed);
	assert_true(pcscd_pull(&readers, 1));
	assert_int_equal(token_watch_change(w, 5000, &changed, &e), OK);
	assert_true(changed);
	assert_int_equal(token_watch_change(w, 50, &changed, &e), OK);
	assert_false(changed);
	token_watch_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_key_is_an_empty_list),
#define WITH_KEY(test) cmocka_unit_test_setup_teardown(test, insert_new, pull_other)
		WITH_KEY(list_names_keys),
		WITH_KEY(several_keys_are_refused_and_named),
		WITH_KEY(another_key_is_named),
		WITH_KEY(rsa_from_pair_to_signature),
		WITH_KEY(p256_from_pair_to_signature),
		WITH_KEY(sm2_from_pair_to_signature),
		WITH_KEY(certificate_of_another_pair_is_found_out),
		WITH_KEY(one_step_selects_and_reads_back_once),
		WITH_KEY(a_serial_read_ahead_counts_for_one_write),
		WITH_KEY(wrong_pin_counts_down_and_blocks),
		WITH_KEY(codes_can_be_changed),
		WITH_KEY(management_key_can_be_changed),
		WITH_KEY(swapped_key_is_not_written),
		WITH_KEY(pulled_key_is_told),
		WITH_KEY(half_written_certificate_is_refused),
		WITH_KEY(key_in_use_elsewhere_is_told_in_time),
		WITH_KEY(watch_tells_what_comes_and_goes),
		WITH_KEY(removal_in_the_middle_can_be_made_good),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
