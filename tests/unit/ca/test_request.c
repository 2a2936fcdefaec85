#include "soft_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "base/lang.h"
#include "ca/cert.h"
#include "ca/ossl.h"

static struct soft_key rsa, p256, sm2;

static struct name subject(void)
{
	struct name name = {0};
	assert_int_equal(name_add(&name, "C", NAME_PRINTABLE, "CN", NULL), OK);
	assert_int_equal(name_add(&name, "O", NAME_UTF8, "北京示例科技有限公司", NULL), OK);
	assert_int_equal(name_add(&name, "CN", NAME_UTF8, " 𠮷田·李 ", NULL), OK);
	return name;
}

static struct bytes built(struct soft_key *k)
{
	struct name name = subject();
	struct bytes der = {0};
	struct error e = {0};
	assert_int_equal(soft_key_request(k, k, &name, &der, &e), OK);
	name_free(&name);
	return der;
}

static void accepts_what_it_builds(void **state)
{
	(void)state;
	struct soft_key *const keys[] = {&rsa, &p256, &sm2};
	for (int i = 0; i < 3; i++) {
		struct bytes der = built(keys[i]), spki = {0};
		assert_int_equal(request_check(der.data, der.length, &spki, NULL), OK);
		assert_int_equal(spki.length, keys[i]->spki.length);
		assert_memory_equal(spki.data, keys[i]->spki.data, spki.length);
		char path[] = "/tmp/certdesk-req-XXXXXX", command[256], out[2048];
		int fd = mkstemp(path);
		assert_int_equal(write(fd, der.data, der.length), (ssize_t)der.length);
		close(fd);
		snprintf(command, sizeof command,
			"openssl req -inform der -in %s -noout -verify %s -subject -nameopt utf8,sep_comma_plus 2>&1", path,
			keys[i] == &sm2 ? "-sm3 -vfyopt distid:1234567812345678" : "");
		assert_int_equal(run(out, sizeof out, command), 0);
		assert_non_null(strstr(out, "verify OK"));
		assert_non_null(strstr(out, "C=CN,O=北京示例科技有限公司,CN=𠮷田·李"));
		unlink(path);
		bytes_free(&der);
		bytes_free(&spki);
	}
}

static void test_signatures_are_verified(void **state)
{
	(void)state;
	struct soft_key *const keys[] = {&rsa, &p256, &sm2};
	uint8_t digest[32] = {1, 2, 3};
	for (int i = 0; i < 3; i++) {
		const struct bytes *spki = &keys[i]->spki, *other = &keys[(i + 1) % 3]->spki;
		struct bytes s = {0};
		assert_int_equal(soft_key_sign(keys[i], digest, &s, NULL), OK);
		assert_int_equal(spki_verify(spki->data, spki->length, digest, s.data, s.length, NULL), OK);
		assert_int_equal(spki_verify(other->data, other->length, digest, s.data, s.length, NULL), ERR_CA_SIGNATURE);
		digest[31]++;
		assert_int_equal(spki_verify(spki->data, spki->length, digest, s.data, s.length, NULL), ERR_CA_SIGNATURE);
		assert_int_equal(spki_verify(spki->data, 20, digest, s.data, s.length, NULL), ERR_CA_CERTIFICATE);
		bytes_free(&s);
	}
}

static void another_keys_signature_is_refused(void **state)
{
	(void)state;
	struct name name = subject();
	struct bytes der = {0};
	struct error e = {0};
	rsa.fail = 2;
	assert_int_equal(soft_key_request(&rsa, &rsa, &name, &der, &e), ERR_CA_SIGNATURE);
	rsa.fail = 1;
	assert_int_equal(soft_key_request(&rsa, &rsa, &name, &der, &e), ERR_CHILD);
	rsa.fail = 0;
	assert_int_equal(soft_key_request(&p256, &rsa, &name, &der, &e), ERR_CA_SIGNATURE);
	assert_int_equal(der.length, 0);
	name_free(&name);
}

static EVP_PKEY *rsa_from(const BIGNUM *n, unsigned long exponent)
{
	EVP_PKEY *key = NULL;
	BIGNUM *x = BN_new();
	assert_true(BN_set_word(x, exponent));
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	assert_true(
		OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, n) && OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, x));
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(b);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	assert_true(EVP_PKEY_fromdata_init(ctx) == 1 && EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(b);
	BN_free(x);
	return key;
}

/* A modulus with the mark of ROCA: a power of 65537 modulo the product of the small primes. */
static BIGNUM *roca_modulus(void)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *m = BN_new(), *n = BN_new(), *k = BN_new(), *g = BN_new();
	assert_true(BN_set_word(m, 2));
	for (unsigned p = 3; p <= 167; p += 2) {
		bool prime = true;
		for (unsigned d = 3; d * d <= p; d += 2)
			prime = prime && p % d != 0;
		if (prime)
			assert_true(BN_mul_word(m, p));
	}
	assert_true(BN_set_word(g, 65537) && BN_set_word(k, 123457) && BN_mod_exp(g, g, k, m, ctx));
	assert_true(BN_one(n) && BN_lshift(n, n, 2047) && BN_div(k, NULL, n, m, ctx) && BN_add_word(k, 12345) &&
				BN_mul(n, k, m, ctx) && BN_add(n, n, g));
	BN_free(m);
	BN_free(k);
	BN_free(g);
	BN_CTX_free(ctx);
	return n;
}

/* What is said of a key by the first `length` bytes of how it is written. */
static enum err judged(const struct soft_key *k, size_t length)
{
	EVP_PKEY *key = NULL;
	enum err r = spki_read(k->spki.data, length, &key, NULL);
	assert_int_equal(r == OK, key != NULL);
	EVP_PKEY_free(key);
	return r;
}

static void weak_keys_are_refused(void **state)
{
	(void)state;
	BIGNUM *n = NULL, *roca = roca_modulus();
	assert_true(EVP_PKEY_get_bn_param(rsa.key, OSSL_PKEY_PARAM_RSA_N, &n));
	BIGNUM *factor = BN_dup(n), *even = BN_dup(n);
	assert_true(BN_div_word(factor, 3) != (BN_ULONG)-1 && BN_mul_word(factor, 3));
	if (!BN_is_odd(factor))
		assert_true(BN_add_word(factor, 3));
	assert_true(BN_sub_word(even, 1));
	EVP_PKEY *const weak[] = {EVP_RSA_gen(1024), rsa_from(n, 3), rsa_from(n, 65536), rsa_from(roca, 65537),
		rsa_from(factor, 65537), rsa_from(even, 65537), EVP_EC_gen("P-384"),
		EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")};
	for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
		assert_non_null(weak[i]);
		struct soft_key k = soft_key_make(weak[i]);
		if (judged(&k, k.spki.length) != ERR_CA_WEAK_KEY)
			fail_msg("weak key %zu", i);
		soft_key_free(&k);
	}
	assert_int_equal(judged(&rsa, rsa.spki.length), OK);
	assert_int_equal(judged(&p256, p256.spki.length), OK);
	assert_int_equal(judged(&sm2, sm2.spki.length), OK);
	assert_int_equal(judged(&rsa, rsa.spki.length - 1), ERR_CA_REQUEST);
	assert_int_equal(judged(&rsa, 0), ERR_CA_REQUEST);
	BN_free(n);
	BN_free(roca);
	BN_free(factor);
	BN_free(even);
}

static void hostile_requests_are_refused(void **state)
{
	(void)state;
	struct soft_key *const keys[] = {&rsa, &p256, &sm2};
	uint32_t seed = 20261122;
	for (int i = 0; i < 3; i++) {
		struct bytes der = built(keys[i]);
		for (size_t cut = 0; cut < der.length; cut += 7)
			assert_int_not_equal(request_check(der.data, cut, NULL, NULL), OK);
		assert_int_equal(bytes_add(&der, "", 1), OK);
		assert_int_equal(request_check(der.data, der.length, NULL, NULL), ERR_CA_REQUEST);
		der.length--;
		uint8_t *copy = malloc(der.length); /* exact, so that a read behind it is seen */
		for (int round = 0; round < 1500; round++) {
			memcpy(copy, der.data, der.length);
			for (int flips = 1 + round % 3; flips > 0; flips--) {
				seed = seed * 1664525 + 1013904223;
				copy[(seed >> 8) % der.length] ^= (uint8_t)(1 + (seed >> 24) % 255);
			}
			struct error e = {0};
			enum err r = request_check(copy, der.length, NULL, &e);
			if (r == OK && memcmp(copy, der.data, der.length) != 0)
				fail_msg("mutation %d was taken", round);
		}
		free(copy);
		bytes_free(&der);
	}
	struct bytes big = {0};
	uint8_t *zeros = calloc(1, 70000);
	assert_int_equal(bytes_add(&big, zeros, 70000), OK);
	assert_int_equal(request_check(big.data, big.length, NULL, NULL), ERR_CA_REQUEST);
	free(zeros);
	bytes_free(&big);
}

static void names_keep_their_legal_length(void **state)
{
	(void)state;
	struct name name = {0};
	struct error e = {0};
	char text[400] = "";
	for (int i = 0; i < 64; i++)
		strcat(text, "字");
	assert_int_equal(name_add(&name, "CN", NAME_UTF8, text, &e), OK);
	strcat(text, "字");
	assert_int_equal(name_add(&name, "CN", NAME_UTF8, text, &e), ERR_CA_FIELD);
	assert_non_null(strstr(e.detail, "65"));
	assert_int_equal(name_add(&name, "ST", NAME_UTF8, text, &e), OK);
	static const struct {
		const char *type, *value;
		enum name_string string;
		enum err r;
	} rows[] = {
		{"C", "CHN", NAME_PRINTABLE, ERR_CA_FIELD},
		{"C", "C", NAME_PRINTABLE, ERR_CA_FIELD},
		{"CN", "  ", NAME_UTF8, ERR_CA_FIELD},
		{"CN", "a\nb", NAME_UTF8, ERR_CA_FIELD},
		{"CN",
			"\xE2\x80\xAE"
			"x",
			NAME_UTF8, ERR_CA_FIELD},
		{"CN", "\xC3(", NAME_UTF8, ERR_CA_FIELD},
		{"CN", "中", NAME_PRINTABLE, ERR_CA_FIELD},
		{"CN", "a@b", NAME_PRINTABLE, ERR_CA_FIELD},
		{"emailAddress", "李@b.cn", NAME_UTF8, ERR_CA_FIELD},
		{"emailAddress", "a@b.cn", NAME_UTF8, OK},
		{"serialNumber", "91110105MA01ABCD5F", NAME_PRINTABLE, OK},
		{"nonsense", "x", NAME_UTF8, ERR_CA_PROFILE},
		{"1.2.156.10260.4.1.4", "x", NAME_UTF8, OK},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (name_add(&name, rows[i].type, rows[i].string, rows[i].value, &e) != rows[i].r)
			fail_msg("row %zu", i);
	name_free(&name);
}

static int setup(void **state)
{
	(void)state;
	lang_set(LANG_ZH);
	rsa = soft_key_make(EVP_RSA_gen(2048));
	p256 = soft_key_make(EVP_EC_gen("P-256"));
	sm2 = soft_key_make(EVP_PKEY_Q_keygen(NULL, NULL, "SM2"));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	soft_key_free(&rsa);
	soft_key_free(&p256);
	soft_key_free(&sm2);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_what_it_builds),
		cmocka_unit_test(another_keys_signature_is_refused),
		cmocka_unit_test(test_signatures_are_verified),
		cmocka_unit_test(weak_keys_are_refused),
		cmocka_unit_test(hostile_requests_are_refused),
		cmocka_unit_test(names_keep_their_legal_length),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
