#include "base/crypt.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NONCE = 12, TAG = 16 };

/* Looked up once: EVP_sha256() and its like are looked up anew at each use. */
static pthread_once_t looked_up = PTHREAD_ONCE_INIT;
static EVP_MD *sha256;
static EVP_CIPHER *aes_gcm;

static void look_up(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	aes_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
}

void digest_raw(const void *data, size_t length, uint8_t out[32])
{
	pthread_once(&looked_up, look_up);
	if (!sha256 || EVP_Digest(data, length, out, NULL, sha256, NULL) != 1)
		abort();
}

static void name_digest(const uint8_t raw[32], char out[DIGEST_TEXT_SIZE])
{
	memcpy(out, "sha256:", 7);
	hex_encode(out + 7, raw, 32);
}

void digest_text(const void *data, size_t length, char out[DIGEST_TEXT_SIZE])
{
	uint8_t raw[32];
	digest_raw(data, length, raw);
	name_digest(raw, out);
}

enum err key_derive(const struct secret *key, const char *purpose, struct secret *out)
{
	enum err r = ERR_CRYPTO;
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, "SHA256", 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)key->data, key->length),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)purpose, strlen(purpose)),
		OSSL_PARAM_construct_end(),
	};
	secret_wipe(out);
	if (ctx && EVP_KDF_derive(ctx, (unsigned char *)out->data, 32, params) == 1) {
		out->length = 32;
		r = OK;
	}
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return r;
}

void digest_keyed(const struct secret *key, const char *purpose, const void *data, size_t length, char out[DIGEST_TEXT_SIZE])
{
	struct secret sub;
	uint8_t raw[32];
	unsigned n = sizeof raw;
	if (key_derive(key, purpose, &sub) != OK || !HMAC(EVP_sha256(), sub.data, (int)sub.length, data, length, raw, &n))
		abort();
	secret_wipe(&sub);
	name_digest(raw, out);
}

void random_bytes(void *out, size_t length)
{
	if (RAND_bytes(out, (int)length) != 1)
		abort(); /* without randomness nothing here is safe */
}

uint32_t random_below(uint32_t limit)
{
	uint32_t value, top = UINT32_MAX - UINT32_MAX % limit;
	do
		random_bytes(&value, sizeof value);
	while (value >= top);
	return value % limit;
}

void random_digits(char *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		out[i] = (char)('0' + random_below(10));
	out[count] = '\0';
}

enum err seal(const uint8_t key[DATA_KEY_SIZE], const char *bind, const void *data, size_t length, struct bytes *out)
{
	enum err r = ERR_CRYPTO;
	uint8_t head[1 + NONCE] = {CIPHER_AES_256_GCM}, tag[TAG], block[4096];
	size_t start = out->length;
	int n = 0;
	random_bytes(head + 1, NONCE);
	pthread_once(&looked_up, look_up);
	EVP_CIPHER_CTX *c = aes_gcm ? EVP_CIPHER_CTX_new() : NULL;
	if (!c || EVP_EncryptInit_ex(c, aes_gcm, NULL, key, head + 1) != 1 ||
	    EVP_EncryptUpdate(c, NULL, &n, (const uint8_t *)bind, (int)strlen(bind)) != 1 || bytes_add(out, head, sizeof head))
		goto out;
	for (size_t at = 0; at < length; at += sizeof block) {
		size_t part = length - at < sizeof block ? length - at : sizeof block;
		if (EVP_EncryptUpdate(c, block, &n, (const uint8_t *)data + at, (int)part) != 1 || bytes_add(out, block, (size_t)n))
			goto out;
	}
	if (EVP_EncryptFinal_ex(c, block, &n) == 1 && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG, tag) == 1)
		r = bytes_add(out, tag, TAG);
out:
	if (r && out->data)
		out->length = start;
	EVP_CIPHER_CTX_free(c);
	return r;
}

enum err unseal(const uint8_t key[DATA_KEY_SIZE], const char *bind, const void *blob, size_t length, struct bytes *out)
{
	enum err r = ERR_SEALED;
	const uint8_t *from = blob;
	uint8_t block[4096];
	size_t start = out->length;
	int n = 0;
	if (length < 1 + NONCE + TAG || from[0] != CIPHER_AES_256_GCM)
		return r;
	size_t body = length - 1 - NONCE - TAG;
	uint8_t tag[TAG];
	memcpy(tag, from + length - TAG, TAG);
	pthread_once(&looked_up, look_up);
	EVP_CIPHER_CTX *c = aes_gcm ? EVP_CIPHER_CTX_new() : NULL;
	if (!c || EVP_DecryptInit_ex(c, aes_gcm, NULL, key, from + 1) != 1 ||
	    EVP_DecryptUpdate(c, NULL, &n, (const uint8_t *)bind, (int)strlen(bind)) != 1)
		goto out;
	from += 1 + NONCE;
	for (size_t at = 0; at < body; at += sizeof block) {
		size_t part = body - at < sizeof block ? body - at : sizeof block;
		if (EVP_DecryptUpdate(c, block, &n, from + at, (int)part) != 1 || bytes_add(out, block, (size_t)n))
			goto out;
	}
	if (EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1 && EVP_DecryptFinal_ex(c, block, &n) == 1)
		r = out->data ? OK : bytes_add(out, "", 0);
out:
	if (r && out->data) {
		OPENSSL_cleanse(out->data + start, out->length - start);
		out->length = start;
	}
	OPENSSL_cleanse(block, sizeof block);
	EVP_CIPHER_CTX_free(c);
	return r;
}

static enum err wrap(const struct secret *store_key, bool forward, const uint8_t *in, int in_length, uint8_t *out)
{
	enum err r = forward ? ERR_CRYPTO : ERR_SEALED;
	struct secret sub;
	int n = 0, m = 0;
	uint8_t buffer[WRAPPED_KEY_SIZE + 16];
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	if (c && key_derive(store_key, "wrap", &sub) == OK) {
		EVP_CIPHER_CTX_set_flags(c, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
		if (EVP_CipherInit_ex(c, EVP_aes_256_wrap(), NULL, (uint8_t *)sub.data, NULL, forward) == 1 &&
		    EVP_CipherUpdate(c, buffer, &n, in, in_length) == 1 && EVP_CipherFinal_ex(c, buffer + n, &m) == 1 &&
		    n + m == (forward ? WRAPPED_KEY_SIZE : DATA_KEY_SIZE)) {
			memcpy(out, buffer, (size_t)(n + m));
			r = OK;
		}
		secret_wipe(&sub);
	}
	OPENSSL_cleanse(buffer, sizeof buffer);
	EVP_CIPHER_CTX_free(c);
	return r;
}

enum err key_wrap(const struct secret *store_key, const uint8_t key[DATA_KEY_SIZE], uint8_t out[WRAPPED_KEY_SIZE])
{
	return wrap(store_key, true, key, DATA_KEY_SIZE, out);
}

enum err key_unwrap(const struct secret *store_key, const uint8_t wrapped[WRAPPED_KEY_SIZE], uint8_t out[DATA_KEY_SIZE])
{
	return wrap(store_key, false, wrapped, WRAPPED_KEY_SIZE, out);
}

static bool scrypt(const struct secret *password, unsigned log_n, unsigned rr, unsigned p, const uint8_t salt[16], uint8_t out[32])
{
	return log_n >= 10 && log_n <= 20 && rr >= 1 && rr <= 32 && p >= 1 && p <= 16 &&
	       EVP_PBE_scrypt(password->data, password->length, salt, 16, 1ULL << log_n, rr, p, 2200ULL << 20, out, 32) == 1;
}

enum err password_make(const struct secret *password, char out[PASSWORD_RECORD_SIZE])
{
	/* RFC 7914's interactive setting, doubled: 32 MiB and about 0.1 s for each try. */
	enum { LOG_N = 15, R = 8, P = 1 };
	uint8_t salt[16], hash[32];
	char salt_hex[33], hash_hex[65];
	random_bytes(salt, sizeof salt);
	if (!scrypt(password, LOG_N, R, P, salt, hash))
		return ERR_CRYPTO;
	hex_encode(salt_hex, salt, sizeof salt);
	hex_encode(hash_hex, hash, sizeof hash);
	snprintf(out, PASSWORD_RECORD_SIZE, "scrypt:%d:%d:%d:%s:%s", LOG_N, R, P, salt_hex, hash_hex);
	OPENSSL_cleanse(hash, sizeof hash);
	return OK;
}

bool password_matches(const struct secret *password, const char *record)
{
	unsigned log_n, r, p;
	char salt_hex[33], hash_hex[65];
	uint8_t salt[16], want[32], have[32];
	if (sscanf(record, "scrypt:%2u:%2u:%2u:%32[0-9a-f]:%64[0-9a-f]", &log_n, &r, &p, salt_hex, hash_hex) != 5 ||
	    !hex_decode(salt, 16, salt_hex) || !hex_decode(want, 32, hash_hex))
		return false;
	bool same = scrypt(password, log_n, r, p, salt, have) && CRYPTO_memcmp(have, want, 32) == 0;
	OPENSSL_cleanse(have, sizeof have);
	return same;
}
