/* Certificates for tests of the line: a root, and what it, or another, says of a name. */
#ifndef CERTDESK_TESTS_NET_PKI_H
#define CERTDESK_TESTS_NET_PKI_H

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

struct identity {
	X509 *certificate;
	EVP_PKEY *key;
};

static void pki_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	assert_non_null(extension);
	X509_add_ext(x, extension, -1);
	X509_EXTENSION_free(extension);
}

/* `issuer` NULL: a root. `names`: subjectAltName, or NULL. Valid from and to so many seconds from now. */
static struct identity pki_make(const char *name, const struct identity *issuer, const char *names, const char *usage, long from, long to)
{
	struct identity out = {X509_new(), EVP_EC_gen("P-256")};
	X509 *x = out.certificate;
	uint64_t serial;
	RAND_bytes((unsigned char *)&serial, sizeof serial);
	X509_set_version(x, 2);
	ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1);
	X509_gmtime_adj(X509_getm_notBefore(x), from);
	X509_gmtime_adj(X509_getm_notAfter(x), to);
	X509_set_pubkey(x, out.key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(issuer ? issuer->certificate : x));
	pki_extension(x, issuer ? issuer->certificate : x, NID_basic_constraints, issuer ? "critical,CA:FALSE" : "critical,CA:TRUE");
	if (usage)
		pki_extension(x, x, NID_ext_key_usage, usage);
	if (names)
		pki_extension(x, x, NID_subject_alt_name, names);
	assert_true(X509_sign(x, issuer ? issuer->key : out.key, EVP_sha256()) > 0);
	return out;
}

static void pki_free(struct identity *i)
{
	X509_free(i->certificate);
	EVP_PKEY_free(i->key);
	*i = (struct identity){0};
}

/* The certificate as PEM; with the key behind it where `key`. */
static void pki_write(const struct identity *i, const char *directory, const char *name, int key)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s.pem", directory, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	PEM_write_X509(f, i->certificate);
	if (key)
		PEM_write_PrivateKey(f, i->key, NULL, NULL, 0, NULL, NULL);
	fclose(f);
}

static char *pki_pem(const struct identity *i)
{
	BIO *b = BIO_new(BIO_s_mem());
	char *data, *out;
	PEM_write_bio_X509(b, i->certificate);
	long n = BIO_get_mem_data(b, &data);
	out = strndup(data, (size_t)n);
	BIO_free(b);
	return out;
}

static void pki_key_der(const struct identity *i, struct bytes *out)
{
	unsigned char *der = NULL;
	PKCS8_PRIV_KEY_INFO *p8 = EVP_PKEY2PKCS8(i->key);
	int n = i2d_PKCS8_PRIV_KEY_INFO(p8, &der);
	bytes_add(out, der, (size_t)n);
	OPENSSL_free(der);
	PKCS8_PRIV_KEY_INFO_free(p8);
}

#endif
