/* What the host computes around a key's operations: the public key's form, RSA's
 * padding, and whether a signature is what it claims to be. Everything a card
 * sent is checked here before it goes on. */
#ifndef CERTDESK_TOKEN_PUBLICKEY_H
#define CERTDESK_TOKEN_PUBLICKEY_H

#include "token/tlv.h"
#include "token/token.h"

#define RSA_2048_SIZE 256

/* SubjectPublicKeyInfo DER from the numbers of an RSA-2048 key, or from an uncompressed point
 * on P-256 or SM2. ERR_TOKEN_ANSWER where they are no such key. */
enum err publickey_from_rsa(struct tlv modulus, struct tlv exponent, struct bytes *spki, struct error *e);
enum err publickey_from_point(enum token_algorithm algorithm, struct tlv point, struct bytes *spki, struct error *e);

/* EMSA-PKCS1-v1_5 of a SHA-256 digest. */
void publickey_pad(const uint8_t digest[32], uint8_t out[RSA_2048_SIZE]);

/* Whether `signature` has the form that the algorithm makes: 256 bytes, or DER {r, s}. */
bool publickey_signature_form(enum token_algorithm algorithm, struct tlv signature);

/* Parses a certificate; all bytes must belong to it. Says its key's algorithm (false: one that keys don't have). */
bool publickey_of_certificate(const struct bytes *der, enum token_algorithm *algorithm);
bool publickey_certificate_form(struct tlv der);

/* Verifies a signature over a 32-byte digest with the certificate's key. */
bool publickey_verify(const struct bytes *certificate, enum token_algorithm algorithm, const uint8_t digest[32],
	const struct bytes *signature);

#endif
