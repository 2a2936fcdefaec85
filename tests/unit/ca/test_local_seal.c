/* How the local CA's key is sealed: openssl(1) reads it in the file. */
#include "soft_key.h"

#include <time.h>

#include "ca/ca.h"

#define DIGITS "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static char dir[] = "/tmp/certdesk-seal-XXXXXX";

static void seal(const char *name, const char *word, struct secret *passphrase)
{
	char *path = path_join(dir, name);
	assert_true(secret_set(passphrase, word, strlen(word)));
	assert_int_equal(ca_local_create(path, "示例受理点", passphrase, true, (int64_t)time(NULL), NULL), OK);
	free(path);
}

static void opens(const char *name, const struct secret *passphrase, enum err wanted)
{
	struct ca *opened = NULL;
	char *path = path_join(dir, name);
	assert_int_equal(ca_open(path, passphrase, &opened, NULL), wanted);
	ca_close(&opened);
	free(path);
}

/* scrypt's N, as openssl prints it. */
static void stretched_by(const char *name, const char *n)
{
	char command[400], seen[40], out[4096];
	snprintf(command, sizeof command, "openssl asn1parse -in %s/%s/" CA_LOCAL_FILE " 2>&1", dir, name);
	snprintf(seen, sizeof seen, "INTEGER           :%s\n", n);
	assert_int_equal(run(out, sizeof out, command), 0);
	assert_non_null(strstr(out, "scrypt"));
	assert_non_null(strstr(out, seen));
}

static void only_the_digits_of_a_key_are_not_stretched(void **state)
{
	(void)state;
	static const struct {
		const char *name, *n, *word;
	} cases[] = {
		{"digits", "02", DIGITS},
		{"fewer", "4000", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeef"},
		{"more", "4000", DIGITS "0"},
		{"words", "4000", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeefg"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct secret word, other;
		seal(cases[i].name, cases[i].word, &word);
		stretched_by(cases[i].name, cases[i].n);
		opens(cases[i].name, &word, OK);
		assert_true(secret_set(&other, "Correct-Horse-7!", 16));
		opens(cases[i].name, &other, ERR_CA_KEY);
	}
}

/* Sealed when these digits were stretched too: the file says how. */
static void what_was_stretched_is_opened_as_it_was(void **state)
{
	(void)state;
	struct secret word;
	char command[2000], out[4096];
	seal("new", DIGITS, &word);
	snprintf(command, sizeof command,
	         "cd %1$s && mkdir old && openssl pkcs8 -in new/%2$s -passin pass:%3$s -topk8 -v2 aes-256-cbc -scrypt -scrypt_N 16384 -scrypt_r 8 -scrypt_p 1 "
	         "-passout pass:%3$s -out old/%2$s && openssl x509 -in new/%2$s >>old/%2$s && chmod 600 old/%2$s 2>&1", dir, CA_LOCAL_FILE, DIGITS);
	assert_int_equal(run(out, sizeof out, command), 0);
	stretched_by("old", "4000");
	opens("old", &word, OK);
}

static int setup(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : 1;
}

static int teardown(void **state)
{
	(void)state;
	remove_tree(dir);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_digits_of_a_key_are_not_stretched),
		cmocka_unit_test(what_was_stretched_is_opened_as_it_was),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
