/* Keys through pcscd and a virtual key: which one it is, what it makes and holds, and its codes. */
#include "token_case.h"

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

static void opened_ahead_it_is_there_for_who_asks(void **state)
{
	(void)state;
	struct token *t = NULL, *ahead = token_open_ahead(NULL);
	assert_non_null(ahead);
	assert_int_equal(token_open_begun(KEY, ahead, &t, &e), OK);
	assert_ptr_equal(t, ahead);
	token_end(t);
	token_close(&t);
	ahead = token_open_ahead(KEY);
	assert_non_null(ahead);
	token_close(&ahead);
	assert_int_equal(token_open(NULL, &t, &e), OK);
	token_close(&t);
}

static void opened_ahead_it_keeps_nobody_from_another(void **state)
{
	(void)state;
	struct token *t = NULL;
	assert_int_equal(token_open_begun("10000009", token_open_ahead(KEY), &t, &e), ERR_TOKEN_OTHER);
	assert_null(t);
	assert_null(token_open_ahead("10000009")); /* which isn't in */
	assert_true(pcscd_insert(&readers, 1, OTHER, NULL));
	assert_null(token_open_ahead(NULL));
	assert_int_equal(token_open_begun(KEY, token_open_ahead(OTHER), &t, &e), OK);
	assert_string_equal(token_serial(t), KEY);
	token_end(t);
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
	assert_int_equal(token_open_begun(KEY, NULL, &t, &e), OK);
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
	assert_int_equal(token_open_begun(KEY, NULL, &t, &e), OK);
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

static void reset_brings_the_factory_state(void **state)
{
	(void)state;
	struct token *t = open_key();
	struct secret factory, new, pin = code(TOKEN_FACTORY_PIN), other = code("654321");
	token_factory_management_key(&factory);
	assert_int_equal(token_begin(t, &e), OK);
	assert_int_equal(token_new_management_key(t, &new, &e), OK);
	assert_int_equal(token_authenticate_management(t, &factory, &e), OK);
	assert_int_equal(token_set_management_key(t, &new, &e), OK);
	assert_int_equal(token_set_pin(t, &pin, &other, &e), OK);
	token_end(t);
	assert_int_equal(token_reset(t, &e), OK);
	assert_int_equal(token_verify_pin(t, &pin, &e), OK);
	assert_int_equal(token_authenticate_management(t, &factory, &e), OK);
	token_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_key_is_an_empty_list),
		WITH_KEY(list_names_keys),
		WITH_KEY(several_keys_are_refused_and_named),
		WITH_KEY(opened_ahead_it_is_there_for_who_asks),
		WITH_KEY(opened_ahead_it_keeps_nobody_from_another),
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
		WITH_KEY(reset_brings_the_factory_state),
	};
	return RUN_KEYS(tests);
}
