/* Public keys as they are written (SubjectPublicKeyInfo, DER). OpenSSL 3.0 puts a chain of decoders or encoders together for each one,
 * a third of a millisecond; RSA keys in their one usual spelling are read and written here without. All others go its way. */
#ifndef CERTDESK_BASE_SPKI_H
#define CERTDESK_BASE_SPKI_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NULL where it is none, or something follows it. EVP_PKEY_free is the caller's. Whether it is a good key is another question. */
EVP_PKEY *spki_key(const uint8_t *spki, size_t length);
/* The same of a certificate, DER, by its lengths alone: NULL where they don't fit. */
EVP_PKEY *spki_key_of_certificate(const uint8_t *der, size_t length);
/* Writes an RSA key into a request's or certificate's place for it, where X509_REQ_get0_pubkey and its like then find none. False for
 * another kind. */
bool spki_put_rsa(X509_PUBKEY *to, EVP_PKEY *key);

#endif
