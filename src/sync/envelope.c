#include "sync/envelope.h"

#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

enum { INSIDE_MOST = DATA_KEY_SIZE + 96 };

static size_t inside_bind(const char *site, int64_t dk, uint8_t out[INSIDE_MOST])
{
	int n = snprintf((char *)out + DATA_KEY_SIZE, INSIDE_MOST - DATA_KEY_SIZE, "%s/%lld", site, (long long)dk);
	return n > 0 && n < INSIDE_MOST - DATA_KEY_SIZE ? DATA_KEY_SIZE + (size_t)n : 0;
}

/* OpenSSL derives with SHA-1 unless it is told. */
static bool add_recipient(CMS_ContentInfo *cms, X509 *to)
{
	CMS_RecipientInfo *ri = CMS_add1_recipient_cert(cms, to, CMS_KEY_PARAM);
	EVP_PKEY_CTX *c = ri && CMS_RecipientInfo_type(ri) == CMS_RECIPINFO_AGREE ? CMS_RecipientInfo_get0_pkey_ctx(ri) : NULL;
	return c && EVP_PKEY_CTX_set_ecdh_kdf_md(c, EVP_sha256()) > 0;
}

static bool write_der(CMS_ContentInfo *cms, struct bytes *out)
{
	unsigned char *der = NULL;
	int n = i2d_CMS_ContentInfo(cms, &der);
	bool good = n > 0 && bytes_add(out, der, (size_t)n) == OK;
	OPENSSL_free(der);
	return good;
}

enum err envelope_seal(const void *certificate, size_t certificate_length, const char *site, int64_t dk,
                       const uint8_t key[DATA_KEY_SIZE], struct bytes *out, struct error *e)
{
	const unsigned char *p = certificate;
	uint8_t inside[INSIDE_MOST];
	size_t length = inside_bind(site, dk, inside);
	memcpy(inside, key, DATA_KEY_SIZE);
	X509 *to = d2i_X509(NULL, &p, (long)certificate_length);
	BIO *in = length ? BIO_new_mem_buf(inside, (int)length) : NULL;
	CMS_ContentInfo *cms = to && in ? CMS_encrypt(NULL, NULL, EVP_aes_256_gcm(), CMS_PARTIAL | CMS_BINARY) : NULL;
	bool good = cms && add_recipient(cms, to) && CMS_final(cms, in, NULL, CMS_BINARY) == 1 && write_der(cms, out);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	X509_free(to);
	OPENSSL_cleanse(inside, sizeof inside);
	ERR_clear_error();
	return good ? OK : error_set(e, ERR_CRYPTO, "envelope %s/%lld", site, (long long)dk);
}

enum err envelope_open(EVP_PKEY *private_key, const void *cms_der, size_t length, const char *site, int64_t dk,
                       uint8_t key[DATA_KEY_SIZE], struct error *e)
{
	const unsigned char *p = cms_der;
	uint8_t wanted[INSIDE_MOST];
	char *inside = NULL;
	size_t wanted_length = inside_bind(site, dk, wanted);
	bool good = false;
	CMS_ContentInfo *cms = length <= ENVELOPE_MOST ? d2i_CMS_ContentInfo(NULL, &p, (long)length) : NULL;
	BIO *out = BIO_new(BIO_s_secmem());
	if (cms && out && p == (const unsigned char *)cms_der + length &&
	    OBJ_obj2nid(CMS_get0_type(cms)) == NID_id_smime_ct_authEnvelopedData &&
	    CMS_decrypt(cms, private_key, NULL, NULL, out, CMS_BINARY) == 1) {
		long n = BIO_get_mem_data(out, &inside);
		good = wanted_length && n == (long)wanted_length &&
		       memcmp(inside + DATA_KEY_SIZE, wanted + DATA_KEY_SIZE, wanted_length - DATA_KEY_SIZE) == 0;
		if (good)
			memcpy(key, inside, DATA_KEY_SIZE);
	}
	BIO_free(out);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return good ? OK : error_set(e, ERR_SEALED, "envelope %s/%lld", site, (long long)dk);
}
