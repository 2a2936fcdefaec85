#include "desk/recovery.h"

#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/file.h"
#include "base/recipient.h"

enum { PEM_LIMIT = 1 << 16 };

void store_key_text(const struct secret *key, char *text)
{
	hex_encode(text, (const uint8_t *)key->data, 32);
	memcpy(text + 64, "\n", 2);
}

bool store_key_parse(const void *text, size_t length, struct secret *key)
{
	uint8_t plain[32];
	char hex[65] = "";
	bool good = length == 64 || (length == STORE_KEY_LINE && ((const char *)text)[64] == '\n');
	if (good)
		memcpy(hex, text, 64);
	good = good && hex_decode(plain, sizeof plain, hex);
	if (good)
		secret_set(key, plain, sizeof plain);
	OPENSSL_cleanse(plain, sizeof plain);
	OPENSSL_cleanse(hex, sizeof hex);
	return good;
}

enum err recovery_wrap(const char *certificate, const struct secret *key, int64_t now, struct bytes *out, struct error *e)
{
	char text[STORE_KEY_LINE + 1];
	store_key_text(key, text);
	enum err r = recipient_seal(certificate, text, STORE_KEY_LINE, now, ERR_RECOVERY_CERTIFICATE, out, e);
	OPENSSL_cleanse(text, sizeof text);
	return r;
}

static int give_password(char *out, int size, int writing, void *arg)
{
	const struct secret *password = arg;
	(void)writing;
	if (!password || password->length > (size_t)size)
		return -1;
	memcpy(out, password->data, password->length);
	return (int)password->length;
}

static EVP_PKEY *read_key(const char *path, const struct secret *password, enum err *r, struct error *e)
{
	struct bytes pem = {0};
	EVP_PKEY *key = NULL;
	if (!(*r = file_read(path, PEM_LIMIT, &pem, e))) {
		BIO *in = BIO_new_mem_buf(pem.data, (int)pem.length);
		key = in ? PEM_read_bio_PrivateKey(in, NULL, give_password, (void *)password) : NULL;
		BIO_free(in);
		if (!key)
			*r = error_set(e, ERR_RECOVERY_KEY, "%s", path);
	}
	OPENSSL_cleanse(pem.data, pem.length);
	bytes_free(&pem);
	return key;
}

enum err recovery_unwrap(const void *data, size_t length, const char *key_file, const struct secret *password, struct secret *key,
                         struct error *e)
{
	enum err r = OK;
	EVP_PKEY *private = read_key(key_file, password, &r, e);
	const uint8_t *at = data;
	CMS_ContentInfo *cms = r ? NULL : d2i_CMS_ContentInfo(NULL, &at, (long)length);
	BIO *plain = cms ? BIO_new(BIO_s_secmem()) : NULL;
	char *text = NULL;
	bool opened = plain && CMS_decrypt_set1_pkey(cms, private, NULL) == 1 && CMS_decrypt(cms, NULL, NULL, NULL, plain, CMS_BINARY) == 1;
	long got = opened ? BIO_get_mem_data(plain, &text) : 0;
	if (!r && !(got > 0 && store_key_parse(text, (size_t)got, key)))
		r = error_set(e, ERR_RESTORE_KEY, "%s", key_file);
	BIO_free(plain);
	CMS_ContentInfo_free(cms);
	EVP_PKEY_free(private);
	return r;
}
