#include "sync/envelope_read.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <string.h>

#include "base/crypt.h"

enum { POINT = 65, SHARED = 32, KEY = 32, WRAPPED = KEY + 8, NONCE = 12, TAG = 16 };

/* --- its form ------------------------------------------------------------------------------------------------------ */

struct der {
	const uint8_t *at, *end;
};

struct parts {
	const uint8_t *point, *wrapped, *nonce, *tag;
	struct der sealed;
};

/* The value with this tag, which comes next; only lengths that fit two bytes. */
static bool enter(struct der *d, uint8_t tag, struct der *in)
{
	if (d->end - d->at < 4 || *d->at != tag)
		return false;
	size_t n = d->at[1], head = 2;
	if (n == 0x81 || n == 0x82) {
		head = n == 0x81 ? 3 : 4;
		n = n == 0x81 ? d->at[2] : (size_t)d->at[2] << 8 | d->at[3];
	} else if (n > 0x7f)
		return false;
	if ((size_t)(d->end - d->at) < head + n)
		return false;
	*in = (struct der){d->at + head, d->at + head + n};
	d->at = in->end;
	return true;
}

static bool ended(const struct der *d)
{
	return d->at == d->end;
}

static bool take(struct der *d, size_t n, const uint8_t **out)
{
	if ((size_t)(d->end - d->at) < n)
		return false;
	*out = d->at;
	d->at += n;
	return true;
}

static bool same(struct der *d, const void *wanted, size_t n)
{
	const uint8_t *have;
	return take(d, n, &have) && memcmp(have, wanted, n) == 0;
}

#define SAME(d, text) same((d), (text), sizeof(text) - 1)
#define AES_256 "\x60\x86\x48\x01\x65\x03\x04\x01"
#define WRAP "\x30\x0b\x06\x09" AES_256 "\x2d" /* id-aes256-wrap, as an algorithm */

static bool read_recipient(struct der *set, struct parts *p)
{
	struct der one, originator, keys, key, whose, wrapped;
	if (!enter(set, 0xa1, &one) || !ended(set) || !SAME(&one, "\x02\x01\x03") || !enter(&one, 0xa0, &originator))
		return false;
	if (!SAME(&originator, "\xa1\x4f\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x03\x42\x00") || !take(&originator, POINT, &p->point) || !ended(&originator))
		return false;
	/* dhSinglePass-stdDH-sha256kdf-scheme */
	if (!SAME(&one, "\x30\x15\x06\x06\x2b\x81\x04\x01\x0b\x01" WRAP) || !enter(&one, 0x30, &keys) || !ended(&one))
		return false;
	if (!enter(&keys, 0x30, &key) || !ended(&keys) || !enter(&key, 0x30, &whose) || !enter(&key, 0x04, &wrapped) || !ended(&key))
		return false;
	p->wrapped = wrapped.at;
	return wrapped.end - wrapped.at == WRAPPED;
}

static bool read_content(struct der *d, struct parts *p)
{
	return SAME(d, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\x30\x1e\x06\x09" AES_256 "\x2e\x30\x11\x04\x0c") && take(d, NONCE, &p->nonce) &&
	       SAME(d, "\x02\x01\x10") && enter(d, 0x80, &p->sealed) && ended(d) && p->sealed.end - p->sealed.at <= ENVELOPE_INSIDE_MOST;
}

static bool read_parts(const uint8_t *cms, size_t length, struct parts *p)
{
	struct der all = {cms, cms + length}, info, outer, envelope, set, content, tag;
	if (!enter(&all, 0x30, &info) || !ended(&all) || !SAME(&info, "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17") ||
	    !enter(&info, 0xa0, &outer) || !ended(&info) || !enter(&outer, 0x30, &envelope) || !ended(&outer))
		return false;
	if (!SAME(&envelope, "\x02\x01\x00") || !enter(&envelope, 0x31, &set) || !read_recipient(&set, p) || !enter(&envelope, 0x30, &content) ||
	    !read_content(&content, p) || !enter(&envelope, 0x04, &tag) || !ended(&envelope))
		return false;
	p->tag = tag.at;
	return tag.end - tag.at == TAG;
}

/* --- opening ------------------------------------------------------------------------------------------------------- */

static bool is_p256(const EVP_PKEY *key)
{
	char name[24] = "";
	size_t n = 0;
	return EVP_PKEY_get_group_name(key, name, sizeof name, &n) == 1 && strcmp(name, "prime256v1") == 0;
}

/* Taking the point over checks that it is on the curve, which with this one's cofactor of 1 is all there is to check. */
static bool agree(EVP_PKEY *private_key, const uint8_t point[POINT], uint8_t shared[SHARED])
{
	size_t n = SHARED;
	EVP_PKEY *peer = point[0] == 0x04 && is_p256(private_key) ? EVP_PKEY_new() : NULL;
	EVP_PKEY_CTX *c = peer ? EVP_PKEY_CTX_new(private_key, NULL) : NULL;
	bool good = c && EVP_PKEY_copy_parameters(peer, private_key) == 1 && EVP_PKEY_set1_encoded_public_key(peer, point, POINT) == 1 &&
	            EVP_PKEY_derive_init(c) == 1 && EVP_PKEY_derive_set_peer_ex(c, peer, 0) == 1 && EVP_PKEY_derive(c, shared, &n) == 1 && n == SHARED;
	EVP_PKEY_CTX_free(c);
	EVP_PKEY_free(peer);
	return good;
}

/* ANSI X9.63 with ECC-CMS-SharedInfo; one block of SHA-256 is a whole key. */
static void derive(const uint8_t shared[SHARED], uint8_t key[KEY])
{
	static const char info[] = "\x00\x00\x00\x01\x30\x15" WRAP "\xa2\x06\x04\x04\x00\x00\x01\x00";
	uint8_t text[SHARED + sizeof info - 1];
	memcpy(text, shared, SHARED);
	memcpy(text + SHARED, info, sizeof info - 1);
	digest_raw(text, sizeof text, key);
	OPENSSL_cleanse(text, sizeof text);
}

static bool unwrap(EVP_CIPHER_CTX *c, const uint8_t key[KEY], const uint8_t wrapped[WRAPPED], uint8_t out[WRAPPED])
{
	int n = 0, m = 0;
	EVP_CIPHER_CTX_set_flags(c, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	return EVP_DecryptInit_ex(c, EVP_aes_256_wrap(), NULL, key, NULL) == 1 && EVP_DecryptUpdate(c, out, &n, wrapped, WRAPPED) == 1 &&
	       EVP_DecryptFinal_ex(c, out + n, &m) == 1 && n + m == KEY;
}

static bool unseal_parts(EVP_CIPHER_CTX *c, const uint8_t key[KEY], const struct parts *p, uint8_t *out, size_t *out_length)
{
	int n = 0, m = 0;
	uint8_t tag[TAG];
	memcpy(tag, p->tag, TAG);
	if (EVP_CIPHER_CTX_reset(c) != 1 || EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, p->nonce) != 1 ||
	    EVP_DecryptUpdate(c, out, &n, p->sealed.at, (int)(p->sealed.end - p->sealed.at)) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG, tag) != 1 || EVP_DecryptFinal_ex(c, out + n, &m) != 1)
		return false;
	*out_length = (size_t)n + (size_t)m;
	return true;
}

bool envelope_read(EVP_PKEY *private_key, const void *cms, size_t length, uint8_t inside[ENVELOPE_INSIDE_MOST], size_t *inside_length)
{
	struct parts p = {0};
	uint8_t shared[SHARED], wrapping[KEY], key[WRAPPED];
	EVP_CIPHER_CTX *c = NULL;
	*inside_length = 0;
	bool good = read_parts(cms, length, &p) && agree(private_key, p.point, shared);
	if (good)
		derive(shared, wrapping);
	good = good && (c = EVP_CIPHER_CTX_new()) && unwrap(c, wrapping, p.wrapped, key) && unseal_parts(c, key, &p, inside, inside_length);
	EVP_CIPHER_CTX_free(c);
	OPENSSL_cleanse(shared, sizeof shared);
	OPENSSL_cleanse(wrapping, sizeof wrapping);
	OPENSSL_cleanse(key, sizeof key);
	if (!good)
		OPENSSL_cleanse(inside, ENVELOPE_INSIDE_MOST);
	ERR_clear_error();
	return good;
}
