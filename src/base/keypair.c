#include "base/keypair.h"

#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

enum err keypair_make(struct bytes *out, struct error *e)
{
	unsigned char *der = NULL;
	EVP_PKEY *pair = EVP_EC_gen("P-256");
	int n = pair ? i2d_PrivateKey(pair, &der) : -1;
	enum err r = n > 0 ? bytes_add(out, der, (size_t)n) : error_set(e, ERR_CRYPTO, "pair");
	if (n > 0)
		OPENSSL_cleanse(der, (size_t)n);
	OPENSSL_free(der);
	EVP_PKEY_free(pair);
	return r;
}

EVP_PKEY *keypair_read(const void *der, size_t length)
{
	const unsigned char *at = der;
	return d2i_AutoPrivateKey(NULL, &at, (long)length);
}

enum err request_pem(EVP_PKEY *pair, const char *name, struct bytes *out, struct error *e)
{
	X509_REQ *request = X509_REQ_new();
	X509_NAME *subject = X509_NAME_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	bool good = request && subject && bio && X509_REQ_set_version(request, 0) == 1 &&
	            X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0) == 1 &&
	            X509_REQ_set_subject_name(request, subject) == 1 && X509_REQ_set_pubkey(request, pair) == 1 &&
	            X509_REQ_sign(request, pair, EVP_sha256()) > 0 && PEM_write_bio_X509_REQ(bio, request) == 1;
	long n = good ? BIO_get_mem_data(bio, &text) : 0;
	enum err r = good ? bytes_add(out, text, (size_t)n) : error_set(e, ERR_CRYPTO, "request");
	BIO_free(bio);
	X509_NAME_free(subject);
	X509_REQ_free(request);
	return r;
}
