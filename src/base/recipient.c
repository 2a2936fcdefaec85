#include "base/recipient.h"

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <time.h>

#include "base/file.h"

enum { PEM_LIMIT = 1 << 16 };

static bool usable(X509 *x, int64_t now)
{
	time_t at = (time_t)now;
	EVP_PKEY *key = X509_get0_pubkey(x);
	uint32_t usage = X509_get_key_usage(x); /* all bits where it says nothing */
	bool rsa = key && EVP_PKEY_is_a(key, "RSA"), ec = key && EVP_PKEY_is_a(key, "EC");
	return (rsa || ec) && (usage & (rsa ? KU_KEY_ENCIPHERMENT : KU_KEY_AGREEMENT)) && EVP_PKEY_get_security_bits(key) >= 112 &&
	       X509_cmp_time(X509_get0_notBefore(x), &at) < 0 && X509_cmp_time(X509_get0_notAfter(x), &at) > 0;
}

/* RSA with OAEP; EC by itself. */
static bool add_recipient(CMS_ContentInfo *cms, X509 *x)
{
	CMS_RecipientInfo *to = CMS_add1_recipient_cert(cms, x, CMS_KEY_PARAM);
	EVP_PKEY_CTX *c = to ? CMS_RecipientInfo_get0_pkey_ctx(to) : NULL;
	if (to && CMS_RecipientInfo_type(to) == CMS_RECIPINFO_TRANS)
		return c && EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_OAEP_PADDING) > 0 && EVP_PKEY_CTX_set_rsa_oaep_md(c, EVP_sha256()) > 0;
	return to != NULL;
}

enum err recipient_seal(const char *certificate, const void *plain, size_t length, int64_t now, enum err unfit, struct bytes *out,
                        struct error *e)
{
	struct bytes pem = {0};
	uint8_t *der = NULL;
	int made = 0;
	enum err r = file_read(certificate, PEM_LIMIT, &pem, e);
	if (r)
		return r;
	BIO *in = BIO_new_mem_buf(pem.data, (int)pem.length), *text = BIO_new_mem_buf(plain, (int)length);
	X509 *x = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
	CMS_ContentInfo *cms = x && usable(x, now) ? CMS_encrypt(NULL, NULL, EVP_aes_256_gcm(), CMS_BINARY | CMS_PARTIAL) : NULL;
	if (!cms || !text || !add_recipient(cms, x) || CMS_final(cms, text, NULL, CMS_BINARY) != 1 || (made = i2d_CMS_ContentInfo(cms, &der)) <= 0)
		r = error_set(e, unfit, "%s", certificate);
	else
		r = bytes_add(out, der, (size_t)made);
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	X509_free(x);
	BIO_free(text);
	BIO_free(in);
	bytes_free(&pem);
	return r;
}

/* Only sealing shows everything. */
enum err recipient_fit(const char *certificate, int64_t now, enum err unfit, struct error *e)
{
	struct bytes sealed = {0};
	enum err r = recipient_seal(certificate, "-", 1, now, unfit, &sealed, e);
	bytes_free(&sealed);
	return r;
}
