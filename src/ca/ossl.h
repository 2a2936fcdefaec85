/* What the files of src/ca, and headquarters' authority over its sites (src/hub/pki.c), share over OpenSSL. */
#ifndef CERTDESK_CA_OSSL_H
#define CERTDESK_CA_OSSL_H

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "ca/ca.h"
#include "ca/request.h"

struct ca {
	const struct ca_driver *driver;
	X509 *certificate;
	EVP_PKEY *key;
	struct cert_info info;
};

/* In the name of an authority whose certificates mean nothing in law. */
#define CA_DEMONSTRATION "演示"

struct ca_draft {
	const struct profile *profile;
	const json_t *values;
	int64_t not_before, not_after;
	struct cert_info info;
	struct bytes der;
};

extern const struct ca_driver ca_local;

/* cert_info of one that is already read, and its key. */
enum err x509_info(X509 *x, EVP_PKEY *key, struct cert_info *out, struct error *e);

/* The name in OpenSSL's form. ERR_CA_FIELD, ERR_CA_PROFILE as name_add. */
enum err name_to_x509(const struct name *name, X509_NAME **out, struct error *e);
/* A value as the string type asks, or NULL where it does not fit. */
ASN1_STRING *string_to_asn1(enum name_string string, const char *value);

/* PROFILE_KEY_* of a key, 0 for another kind. */
unsigned key_kind(EVP_PKEY *key);
/* The user ID that SM2 signatures take in where nothing else is agreed (GM/T 0009). */
#define SM2_ID "1234567812345678"
#define SM2_ID_LENGTH 16
/* SM2's e = SM3(Z ‖ message) for a public point (X ‖ Y) and the usual ID; false where OpenSSL has no SM2. */
bool sm2_digest(const uint8_t point[64], const uint8_t *message, size_t length, uint8_t e[32]);

/* The key of a SubjectPublicKeyInfo, where it is strong: RSA 2048 to 4096 bits with an odd exponent from 65537, not made by the generator known
 * from ROCA, no tiny factor; or a valid point on P-256 or SM2's curve. ERR_CA_REQUEST (it can't be read), ERR_CA_WEAK_KEY. */
enum err spki_read(const uint8_t *spki, size_t length, EVP_PKEY **out, struct error *e);
/* The request under request_check's rule. */
enum err request_read(const uint8_t *der, size_t length, X509_REQ **out, struct error *e);

/* A random serial: 16 bytes, the first one 01 to 7F. */
ASN1_INTEGER *serial_make(void);
/* Upper-case hex of even length; false for a negative or overlong one. */
bool serial_text(const ASN1_INTEGER *serial, char out[CERT_SERIAL_SIZE]);

/* Certificates as the local CA signs them: version 3 with serial, names, validity and key. */
X509 *x509_start(const ASN1_INTEGER *serial, const X509_NAME *issuer, const X509_NAME *subject, EVP_PKEY *key,
	int64_t not_before, int64_t not_after);
/* Adds an extension from OpenSSL's configuration words. */
bool x509_add_words(X509 *x, X509 *issuer, int nid, const char *words);
/* Adds what the profile says: usages, policies, addresses, identity. */
enum err x509_add_profile(X509 *x, const struct profile *p, const json_t *values, bool rsa, struct error *e);
/* Makes the CRL of ca_crl. */
enum err crl_make(struct ca *ca, const struct ca_revoked *revoked, size_t count, int64_t this_update,
	int64_t next_update, uint64_t number, struct bytes *der, struct error *e);

#endif
