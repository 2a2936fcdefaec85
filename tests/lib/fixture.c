#include "fixture.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/crypt.h"
#include "desk/desk.h"
#include "site.h"

static bool place(const struct init_options *o, char *out, size_t size)
{
	char name[DIGEST_TEXT_SIZE], what[1024];
	const char *all = getenv("CERTDESK_FIXTURES");
	if (!all || !*all)
		return false;
	/* a test may have moved the clock: a site of another day is another site */
	snprintf(what, sizeof what, "%s\n%s\n%s\n%lld\n%lld", o->site, o->name, o->password->data, (long long)o->now, (long long)time(NULL) / 86400);
	digest_text(what, strlen(what), name);
	snprintf(out, size, "%s/%.24s", all, strchr(name, ':') + 1);
	return true;
}

/* Both directories; the site says where its key is. */
static void copy(const char *from, const char *to)
{
	setenv("FIXTURE_FROM", from, 1);
	setenv("FIXTURE_TO", to, 1);
	assert_int_equal(system("rm -rf \"$FIXTURE_TO\" \"$FIXTURE_TO.keys\" && cp -a \"$FIXTURE_FROM\" \"$FIXTURE_TO\" &&"
	                        "cp -a \"$FIXTURE_FROM.keys\" \"$FIXTURE_TO.keys\" &&"
	                        "sed -i \"s|^store_key: .*|store_key: \\\"$(realpath \"$FIXTURE_TO.keys\")/store.key\\\"|\" \"$FIXTURE_TO/certdesk.yaml\""),
	                 0);
}

/* Others who want the same wait for whoever makes it. */
static int hold(const char *fixture)
{
	char path[520];
	snprintf(path, sizeof path, "%s.lock", fixture);
	int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(lock >= 0 && flock(lock, LOCK_EX) == 0);
	return lock;
}

static const char *pair_name;

void fixture_pair(const char *name)
{
	pair_name = name;
}

static EVP_PKEY *generate(const char *type, size_t bits, const char *curve)
{
	EVP_PKEY *pair = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	bool good = ctx && EVP_PKEY_keygen_init(ctx) > 0 && (!bits || EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)bits) > 0) &&
	            (!curve || EVP_PKEY_CTX_set_group_name(ctx, curve) > 0) && EVP_PKEY_generate(ctx, &pair) > 0;
	EVP_PKEY_CTX_free(ctx);
	return good ? pair : NULL;
}

static EVP_PKEY *kept_pair(size_t bits)
{
	char fixture[512], path[520];
	const char *all = getenv("CERTDESK_FIXTURES");
	if (!all || !*all)
		return generate("RSA", bits, NULL);
	snprintf(fixture, sizeof fixture, "%s/pair-%s-%zu", all, pair_name, bits);
	snprintf(path, sizeof path, "%s.pem", fixture);
	int lock = hold(fixture);
	FILE *f = fopen(path, "re");
	EVP_PKEY *pair = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : generate("RSA", bits, NULL);
	assert_non_null(pair);
	if (f)
		fclose(f);
	else
		assert_true((f = fopen(path, "we")) && PEM_write_PrivateKey(f, pair, NULL, NULL, 0, NULL, NULL) == 1 && fclose(f) == 0);
	close(lock);
	return pair;
}

/* Linked instead of OpenSSL's, of which EVP_RSA_gen and EVP_EC_gen are made (Makefile). */
EVP_PKEY *__wrap_EVP_PKEY_Q_keygen(OSSL_LIB_CTX *library, const char *properties, const char *type, ...);

EVP_PKEY *__wrap_EVP_PKEY_Q_keygen(OSSL_LIB_CTX *library, const char *properties, const char *type, ...)
{
	va_list ap;
	va_start(ap, type);
	size_t bits = strcmp(type, "RSA") == 0 ? va_arg(ap, size_t) : 0;
	const char *curve = strcmp(type, "EC") == 0 ? va_arg(ap, const char *) : NULL;
	va_end(ap);
	assert_true(!library && !properties);
	return bits && pair_name ? kept_pair(bits) : generate(type, bits, curve);
}

void fixture_site(const char *dir, const char *code, const char *name, const struct secret *password, int64_t now)
{
	char fixture[512], last[520];
	struct error e = {0};
	struct init_options o = {.dir = dir, .site = code, .name = name, .admin = "root1", .password = password, .now = now};
	if (!place(&o, fixture, sizeof fixture)) {
		site_is(OK, desk_init(&o, &e), &e);
		return;
	}
	int lock = hold(fixture);
	snprintf(last, sizeof last, "%s.keys", fixture); /* what is copied last */
	if (access(last, F_OK) != 0) {
		fixture_pair(code);
		site_is(OK, desk_init(&o, &e), &e);
		fixture_pair(NULL);
		copy(dir, fixture);
	} else
		copy(fixture, dir);
	close(lock);
}
