/* The few cryptographic operations that the program needs, over OpenSSL.
 * Digests are named ("sha256:" and hex), ciphers too (CIPHER_*), so that other
 * algorithms can stand beside them later. Failures are ERR_CRYPTO; what can't be
 * opened with the given key is ERR_SEALED. */
#ifndef CERTDESK_BASE_CRYPT_H
#define CERTDESK_BASE_CRYPT_H

#include "base/bytes.h"

#define DIGEST_TEXT_SIZE 72 /* "sha256:" + 64 hex + 0 */
#define DATA_KEY_SIZE 32
#define WRAPPED_KEY_SIZE (DATA_KEY_SIZE + 8)

enum cipher { CIPHER_AES_256_GCM = 1 };

void digest_raw(const void *data, size_t length, uint8_t out[32]);
void digest_text(const void *data, size_t length, char out[DIGEST_TEXT_SIZE]);
/* Keyed digest (HMAC-SHA-256) under a named subkey of `key`: for file names and exact search. */
void digest_keyed(const struct secret *key, const char *purpose, const void *data, size_t length, char out[DIGEST_TEXT_SIZE]);
/* A subkey of 32 bytes for a purpose (HKDF-SHA-256). */
enum err key_derive(const struct secret *key, const char *purpose, struct secret *out);

/* Random bytes from the system's generator; the program stops where it has none. */
void random_bytes(void *out, size_t length);
uint32_t random_below(uint32_t limit); /* uniform in 0 … limit-1 */
void random_digits(char *out, size_t count); /* terminated */

/* Authenticated encryption: cipher id (1 byte), nonce (12), ciphertext, tag (16).
 * `bind` is authenticated and not stored: a blob can't be moved to another place. */
enum err seal(const uint8_t key[DATA_KEY_SIZE], const char *bind, const void *data, size_t length, struct bytes *out);
enum err unseal(const uint8_t key[DATA_KEY_SIZE], const char *bind, const void *blob, size_t length, struct bytes *out);

/* AES key wrap (RFC 3394) of a data key under the store key's subkey. */
enum err key_wrap(const struct secret *store_key, const uint8_t key[DATA_KEY_SIZE], uint8_t out[WRAPPED_KEY_SIZE]);
enum err key_unwrap(const struct secret *store_key, const uint8_t wrapped[WRAPPED_KEY_SIZE], uint8_t out[DATA_KEY_SIZE]);

/* Password record: "scrypt:LOGN:R:P:SALTHEX:HASHHEX". `password_matches` is false for a malformed record. */
#define PASSWORD_RECORD_SIZE 160
#define PASSWORD_NONE "scrypt:-" /* the record of somebody who has none yet: nothing matches it */
enum err password_make(const struct secret *password, char out[PASSWORD_RECORD_SIZE]);
bool password_matches(const struct secret *password, const char *record);

#endif
