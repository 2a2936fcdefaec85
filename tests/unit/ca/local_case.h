/* A local CA of a test's own, the keys that it issues for, and openssl(1) on what it gives. */
#ifndef CERTDESK_TESTS_CA_LOCAL_CASE_H
#define CERTDESK_TESTS_CA_LOCAL_CASE_H

#include "soft_key.h"

#include <time.h>

#include "base/json.h"
#include "base/lang.h"
#include "ca/ca.h"

enum { DAY = 86400 };
static char dir[] = "/tmp/certdesk-ca-XXXXXX";
static struct soft_key rsa, p256, sm2;
static struct secret passphrase;
static struct ca *ca;
static struct profiles *profiles;
static int64_t now;

static inline json_t *unit_values(const char *name)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "unit_name", name, "department", "信息部", "uscc",
		"91110105MA01ABCD5F", "region_province", "北京市", "region_city", "北京市", "ca_crl_url",
		"http://ca.example.com/ca.crl", "ca_issuer_url", "http://ca.example.com/ca.crt", "ca_ocsp_url",
		"http://ocsp.example.com");
}

static inline struct bytes request_of(struct soft_key *k)
{
	struct name name = {0};
	struct bytes der = {0};
	assert_int_equal(name_add(&name, "CN", NAME_UTF8, "not what the certificate says", NULL), OK);
	assert_int_equal(soft_key_request(k, k, &name, &der, NULL), OK);
	name_free(&name);
	return der;
}

static inline enum err issue(struct soft_key *k, const char *product, json_t *values, char serial[CERT_SERIAL_SIZE],
	struct bytes *der, struct error *e)
{
	struct bytes request = request_of(k);
	struct ca_order order = {
		.request = request.data, .request_length = request.length, .profile = profiles_find(profiles, product), .values = values,
		.not_before = now, .not_after = now + 365 * DAY};
	struct cert_info info;
	enum err r = ca_issue(ca, &order, &info, der, e);
	snprintf(serial, CERT_SERIAL_SIZE, "%s", info.serial);
	cert_info_free(&info);
	bytes_free(&request);
	return r;
}

static inline void save(const char *name, const struct bytes *b)
{
	char *path = path_join(dir, name);
	assert_int_equal(file_write(path, 0600, b->data, b->length, NULL), OK);
	free(path);
}

/* Runs openssl(1) in the directory; %s would be too much: commands name files there. */
static inline int judge(char *out, size_t size, const char *command)
{
	char line[1024];
	snprintf(line, sizeof line, "cd %s && openssl %s 2>&1", dir, command);
	return run(out, size, line);
}

static inline void save_lists(const struct ca_revoked *revoked, size_t count)
{
	struct bytes crl = {0}, pem = {0}, chain = {0};
	struct error e = {0};
	if (ca_crl(ca, revoked, count, now, now + 7 * DAY, 42, &crl, &e))
		fail_msg("%s", e.detail);
	assert_int_equal(crl_pem(crl.data, crl.length, &pem, NULL), OK);
	assert_int_equal(ca_chain(ca, &chain, NULL), OK);
	save("ca.crl", &pem);
	save("chain.pem", &chain);
	bytes_free(&crl);
	bytes_free(&pem);
	bytes_free(&chain);
}

#define STRICT "verify -x509_strict -crl_check -CRLfile ca.crl -CAfile chain.pem "

static inline int setup(void **state)
{
	(void)state;
	struct error e = {0};
	lang_set(LANG_ZH);
	now = (int64_t)time(NULL);
	char *path = shipped("forms/tables/profiles.yaml");
	if (!mkdtemp(dir) || !secret_set(&passphrase, "Correct-Horse-7!", 16) || profiles_load(path, &profiles, &e) ||
		ca_local_create(dir, "示例受理点", &passphrase, true, now, &e) || ca_open(dir, &passphrase, &ca, &e)) {
		print_error("%s\n", e.detail);
		return 1;
	}
	free(path);
	rsa = soft_key_make(EVP_RSA_gen(2048));
	p256 = soft_key_make(EVP_EC_gen("P-256"));
	sm2 = soft_key_make(EVP_PKEY_Q_keygen(NULL, NULL, "SM2"));
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	ca_close(&ca);
	profiles_free(&profiles);
	soft_key_free(&rsa);
	soft_key_free(&p256);
	soft_key_free(&sm2);
	remove_tree(dir);
	return 0;
}

#endif
