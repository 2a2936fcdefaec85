/* A key in memory in place of a token, and openssl(1) as an independent judge. */
#ifndef CERTDESK_TESTS_CA_SOFT_KEY_H
#define CERTDESK_TESTS_CA_SOFT_KEY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ftw.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "ca/request.h"

struct soft_key {
	EVP_PKEY *key;
	struct bytes spki;
	int fail; /* 1: refuse, 2: a wrong signature */
};

static inline struct soft_key soft_key_make(EVP_PKEY *key)
{
	struct soft_key k = {.key = key};
	uint8_t *der = NULL;
	int n = i2d_PUBKEY(key, &der);
	assert_true(n > 0);
	assert_int_equal(bytes_add(&k.spki, der, (size_t)n), OK);
	OPENSSL_free(der);
	return k;
}

static inline void soft_key_free(struct soft_key *k)
{
	EVP_PKEY_free(k->key);
	bytes_free(&k->spki);
}

static inline enum err soft_key_sign(void *arg, const uint8_t digest[32], struct bytes *signature, struct error *e)
{
	struct soft_key *k = arg;
	uint8_t out[1024];
	size_t n = sizeof out;
	if (k->fail == 1)
		return error_set(e, ERR_CHILD, "token");
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(k->key, NULL);
	assert_true(ctx && EVP_PKEY_sign_init(ctx) == 1);
	if (!EVP_PKEY_is_a(k->key, "SM2"))
		assert_int_equal(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()), 1);
	assert_int_equal(EVP_PKEY_sign(ctx, out, &n, digest, 32), 1);
	EVP_PKEY_CTX_free(ctx);
	if (k->fail == 2)
		out[n - 1] ^= 1;
	return bytes_add(signature, out, n);
}

/* A request for the pair of `of`, which `signs` signs. */
static inline enum err soft_key_request(const struct soft_key *of, struct soft_key *signs, const struct name *name, struct bytes *der, struct error *e)
{
	X509_REQ *made = NULL;
	enum err r = request_make(of->spki.data, of->spki.length, name, soft_key_sign, signs, &made, der, e);
	assert_int_equal(r == OK, made != NULL);
	request_free(&made);
	return r;
}

/* Runs a shell command, whose output goes to `out` (cut); returns its status. */
static inline int run(char *out, size_t size, const char *command)
{
	FILE *f = popen(command, "r");
	assert_non_null(f);
	size_t n = fread(out, 1, size - 1, f);
	out[n] = '\0';
	char rest[512];
	while (fread(rest, 1, sizeof rest, f) > 0)
		;
	return pclose(f);
}

static inline int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st;
	(void)flag;
	(void)at;
	return remove(path);
}

static inline void remove_tree(const char *path)
{
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* The shipped definitions. */
static inline char *shipped(const char *name)
{
	const char *build = getenv("CERTDESK_BUILD");
	char *dir = build ? path_join(build, "share") : strdup(".");
	char *path = path_join(dir, name);
	free(dir);
	return path;
}

#endif
