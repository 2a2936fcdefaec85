/* What the host computes around a key's operations: the public key's form, RSA's
 * padding, and whether a signature is what it claims to be. Everything a card
 * sent is checked here before it goes on. */
#ifndef CERTDESK_TOKEN_PUBLICKEY_H
#define CERTDESK_TOKEN_PUBLICKEY_H

#include <openssl/types.h>

#include "base/tlv.h"
#include "token/token.h"

#define RSA_2048_SIZE 256

/* SubjectPublicKeyInfo DER from the numbers of an RSA-2048 key, or from an uncompressed point
 * on P-256 or SM2. ERR_TOKEN_ANSWER where they are no such key. */
enum err publickey_from_rsa(struct tlv modulus, struct tlv exponent, struct bytes *spki, struct error *e);
enum err publickey_from_point(enum token_algorithm algorithm, struct tlv point, struct bytes *spki, struct error *e);

/* The numbers of a private key (PKCS#8 DER) as cards take them: p, q, d mod p-1, d mod q-1 and q^-1 mod p of RSA-2048,
 * or the private value of a curve; each with leading zeros. The caller wipes them. ERR_TOKEN_PAIR. */
#define PUBLICKEY_PARTS_MOST 5
struct publickey_part {
	uint8_t data[RSA_2048_SIZE / 2];
	size_t length;
};
enum err publickey_private_parts(enum token_algorithm algorithm, const void *pkcs8, size_t length,
	struct publickey_part parts[PUBLICKEY_PARTS_MOST], size_t *count, struct error *e);

/* EMSA-PKCS1-v1_5 of a SHA-256 digest. */
void publickey_pad(const uint8_t digest[32], uint8_t out[RSA_2048_SIZE]);

/* Whether `signature` has the form that the algorithm makes: 256 bytes, or DER {r, s}. */
bool publickey_signature_form(enum token_algorithm algorithm, struct tlv signature);

/* The key of a certificate, all bytes of which must belong to it, and the key's algorithm. NULL where it hasn't a certificate's form or has
 * an algorithm that keys don't have. EVP_PKEY_free is the caller's. */
EVP_PKEY *publickey_of_certificate(const struct bytes *der, enum token_algorithm *algorithm);

/* Verifies a signature over a 32-byte digest with a certificate's key. */
bool publickey_verify(EVP_PKEY *key, enum token_algorithm algorithm, const uint8_t digest[32], const struct bytes *signature);

#endif
