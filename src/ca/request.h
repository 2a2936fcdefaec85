/* Certification requests (PKCS#10). The private key is on a token, so the
 * signature comes from a callback; what was built is verified before it is handed
 * out. Keys are RSA, P-256 or SM2. */
#ifndef CERTDESK_CA_REQUEST_H
#define CERTDESK_CA_REQUEST_H

#include "base/bytes.h"
#include "ca/name.h"

struct X509_req_st; /* OpenSSL's X509_REQ */

/* Signs the digest of the request: SHA-256, for SM2 its e (SM3 with Z, ID 1234567812345678). RSA: PKCS#1 v1.5 over
 * the DigestInfo of SHA-256, as long as the modulus. P-256 and SM2: the DER of {r, s}. Adds the signature to an empty
 * `signature`. */
typedef enum err request_sign_fn(void *arg, const uint8_t digest[32], struct bytes *signature, struct error *e);

/* Builds the DER of a request for the SubjectPublicKeyInfo `spki` into empty `out`, and *made as it stands in memory, proven: for ca_order.
 * *made is NULL after an error; request_free takes NULL and sets NULL. ERR_CA_WEAK_KEY, ERR_CA_REQUEST (key that can't be read),
 * ERR_CA_SIGNATURE (the callback's signature is not of this key: most likely another key answered), or the callback's own error. */
enum err request_make(const uint8_t *spki, size_t spki_length, const struct name *subject, request_sign_fn *sign,
	void *arg, struct X509_req_st **made, struct bytes *out, struct error *e);
void request_free(struct X509_req_st **q);

/* Checks a request from outside: one DER object of at most 64 KiB with nothing behind it, version 1, a strong
 * key, a signature with SHA-256 or better (SM2: SM3) by that key. Its public key (SPKI, DER) goes to `spki` unless
 * that is NULL. ERR_CA_REQUEST, ERR_CA_WEAK_KEY, ERR_CA_SIGNATURE. */
enum err request_check(const uint8_t *der, size_t length, struct bytes *spki, struct error *e);

#endif
