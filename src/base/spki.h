/* Public keys as they are written (SubjectPublicKeyInfo, DER). OpenSSL 3.0 puts a chain of decoders or encoders together for each one,
 * a third of a millisecond; RSA keys in their one usual spelling go through its ASN.1 templates alone. All others go its way. */
#ifndef CERTDESK_BASE_SPKI_H
#define CERTDESK_BASE_SPKI_H

#include <openssl/types.h>

#include "base/bytes.h"

/* NULL where it is none, or something follows it. EVP_PKEY_free is the caller's. Whether it is a good key is another question. */
EVP_PKEY *spki_key(const uint8_t *spki, size_t length);
/* The same of a certificate, DER: NULL where it hasn't one's parts. */
EVP_PKEY *spki_key_of_certificate(const uint8_t *der, size_t length);
/* Whether it is as long as it says, and has a certificate's three parts: whoever uses it parses it anyway. */
bool spki_certificate_form(const uint8_t *der, size_t length);
/* Writes an RSA key into a request's or certificate's place for it, where X509_REQ_get0_pubkey and its like then find none. False for
 * another kind. */
bool spki_put_rsa(X509_PUBKEY *to, EVP_PKEY *key);
/* Appends an RSA key that is there as its two numbers, each without its sign; whether they make a good one isn't asked. ERR_MEMORY. */
enum err spki_add_rsa(struct bytes *out, const uint8_t *modulus, size_t modulus_length, const uint8_t *exponent, size_t exponent_length);

#endif
