/* libFuzzer on certificates, requests, lists and public keys; the first byte says which. It starts from real ones. */
#include "fuzz.h"

#include <openssl/x509.h>
#include <string.h>

#include "base/spki.h"
#include "ca/ossl.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cert_info info = {0};
	struct bytes out = {0};
	EVP_PKEY *key = NULL;
	if (size == 0)
		return 0;
	data++;
	size--;
	switch (data[-1] % 4) {
	case 0:
		if (!cert_info(data, size, &info, NULL))
			cert_info_free(&info);
		EVP_PKEY_free(spki_key_of_certificate(data, size));
		break;
	case 1:
		request_check(data, size, &out, NULL);
		break;
	case 2:
		crl_pem(data, size, &out, NULL);
		break;
	default:
		spki_read(data, size, &key, NULL);
		EVP_PKEY_free(key);
	}
	bytes_free(&out);
	return 0;
}

/* A new certificate or request, behind the byte that names it. */
static size_t start_anew(uint8_t *data, size_t room, unsigned seed)
{
	EVP_PKEY *key = seed % 3 ? EVP_EC_gen("P-256") : EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
	X509 *x = X509_new();
	X509_REQ *q = X509_REQ_new();
	X509_NAME *name = X509_NAME_new();
	uint8_t *der = NULL;
	int n = 0;
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)"示例", -1, -1, 0);
	if (seed % 2) {
		X509_set_subject_name(x, name);
		X509_set_issuer_name(x, name);
		X509_gmtime_adj(X509_getm_notBefore(x), 0);
		X509_gmtime_adj(X509_getm_notAfter(x), 86400);
		X509_set_pubkey(x, key);
		X509_sign(x, key, seed % 3 ? EVP_sha256() : EVP_sm3());
		n = i2d_X509(x, &der);
	} else {
		X509_REQ_set_subject_name(q, name);
		X509_REQ_set_pubkey(q, key);
		X509_REQ_sign(q, key, seed % 3 ? EVP_sha256() : EVP_sm3());
		n = i2d_X509_REQ(q, &der);
	}
	size_t length = n > 0 && (size_t)n < room ? (size_t)n : 0;
	data[0] = seed % 2 ? 0 : 1;
	memcpy(data + 1, der, length);
	OPENSSL_free(der);
	X509_NAME_free(name);
	X509_REQ_free(q);
	X509_free(x);
	EVP_PKEY_free(key);
	return length + 1;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed)
{
	return size < 64 && room > 64 ? start_anew(data, room, seed) : LLVMFuzzerMutate(data, size, room);
}
