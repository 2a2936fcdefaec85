/* Passwords of tests' staff. A record says what it costs, and the program takes any from 2^10 on; one of the program's own making
 * costs 0.1 s at each of thousands of logins. Linked instead of password_make (Makefile) where tests make sites; what the program
 * makes itself is looked at in tests/unit/base/test_crypt.c. */
#include <openssl/evp.h>
#include <stdio.h>

#include "base/crypt.h"

enum err __wrap_password_make(const struct secret *password, char out[PASSWORD_RECORD_SIZE]);

enum err __wrap_password_make(const struct secret *password, char out[PASSWORD_RECORD_SIZE])
{
	enum { LOG_N = 10, R = 8, P = 1 };
	uint8_t salt[16], hash[32];
	char salt_hex[33], hash_hex[65];
	random_bytes(salt, sizeof salt);
	if (EVP_PBE_scrypt(password->data, password->length, salt, sizeof salt, 1ULL << LOG_N, R, P, 0, hash, sizeof hash) != 1)
		return ERR_CRYPTO;
	hex_encode(salt_hex, salt, sizeof salt);
	hex_encode(hash_hex, hash, sizeof hash);
	snprintf(out, PASSWORD_RECORD_SIZE, "scrypt:%d:%d:%d:%s:%s", LOG_N, R, P, salt_hex, hash_hex);
	return OK;
}
