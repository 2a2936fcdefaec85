#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/lang.h"
#include "base/spki.h"
#include "base/text.h"
#include "ca/ossl.h"

enum { PEM_MAX = 1 << 20 };

static enum err refuse(struct error *e, const char *what)
{
	ERR_clear_error();
	return error_set(e, ERR_CA_CERTIFICATE, "%s", what);
}

static X509 *read_der(const uint8_t *der, size_t length)
{
	const uint8_t *at = der;
	X509 *x = length <= CERT_DER_MAX ? d2i_X509(NULL, &at, (long)length) : NULL;
	if (x && at != der + length) {
		X509_free(x);
		x = NULL;
	}
	ERR_clear_error();
	return x;
}

/* What a memory BIO holds, in a new string; NULL where it is no UTF-8 text. */
static char *bio_text(BIO *bio)
{
	char *data;
	long n = BIO_get_mem_data(bio, &data);
	if (n <= 0)
		return strdup("");
	return text_valid(data, (size_t)n) && !memchr(data, 0, (size_t)n) ? strndup(data, (size_t)n) : NULL;
}

static char *name_text(const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	unsigned long flags = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
	char *out = bio && X509_NAME_print_ex(bio, name, 0, flags) >= 0 ? bio_text(bio) : NULL;
	BIO_free(bio);
	return out;
}

static char *common_name(const X509_NAME *name)
{
	int at = -1;
	for (int next; (next = X509_NAME_get_index_by_NID(name, NID_commonName, at)) >= 0;)
		at = next;
	if (at < 0)
		return strdup("");
	uint8_t *utf8 = NULL;
	int n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	bool good = n >= 0 && text_valid((char *)utf8, (size_t)n) && !memchr(utf8, 0, (size_t)n);
	char *out = good ? strndup((char *)utf8, (size_t)n) : NULL;
	OPENSSL_free(utf8);
	return out;
}

bool serial_text(const ASN1_INTEGER *serial, char out[CERT_SERIAL_SIZE])
{
	BIGNUM *n = ASN1_INTEGER_to_BN(serial, NULL);
	char *hex = n && !BN_is_negative(n) && BN_num_bytes(n) <= (CERT_SERIAL_SIZE - 1) / 2 ? BN_bn2hex(n) : NULL;
	if (hex)
		snprintf(out, CERT_SERIAL_SIZE, "%s%s", strlen(hex) % 2 ? "0" : "", hex);
	OPENSSL_free(hex);
	BN_free(n);
	return hex != NULL;
}

static bool time_utc(const ASN1_TIME *t, int64_t *out)
{
	struct tm tm;
	if (!t || !ASN1_TIME_to_tm(t, &tm))
		return false;
	*out = (int64_t)timegm(&tm);
	return true;
}

static void key_text(EVP_PKEY *key, char *out, size_t size)
{
	unsigned kind = key_kind(key);
	const char *type = EVP_PKEY_get0_type_name(key);
	if (kind == PROFILE_KEY_RSA)
		snprintf(out, size, "RSA-%d", EVP_PKEY_get_bits(key));
	else if (kind)
		text_copy(out, size, kind == PROFILE_KEY_SM2 ? "SM2" : "P-256");
	else
		snprintf(out, size, "%.12s-%d", type ? type : "?", EVP_PKEY_get_bits(key));
}

static void usage_text(X509 *x, char *out, size_t size)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = {
		{KU_DIGITAL_SIGNATURE, "digitalSignature"},
		{KU_NON_REPUDIATION, "nonRepudiation"},
		{KU_KEY_ENCIPHERMENT, "keyEncipherment"},
		{KU_DATA_ENCIPHERMENT, "dataEncipherment"},
		{KU_KEY_AGREEMENT, "keyAgreement"},
		{KU_KEY_CERT_SIGN, "keyCertSign"},
		{KU_CRL_SIGN, "cRLSign"},
		{KU_ENCIPHER_ONLY, "encipherOnly"},
		{KU_DECIPHER_ONLY, "decipherOnly"},
	};
	uint32_t usage = X509_get_key_usage(x);
	size_t used = 0;
	*out = '\0';
	for (size_t i = 0; usage != UINT32_MAX && i < sizeof names / sizeof *names; i++)
		if ((usage & names[i].bit) && used < size)
			used += (size_t)snprintf(out + used, size - used, "%s%s", used ? "," : "", names[i].name);
}

enum err x509_info(X509 *x, EVP_PKEY *key, struct cert_info *out, struct error *e)
{
	enum err r = OK;
	uint8_t *spki = NULL;
	*out = (struct cert_info){0};
	out->subject = name_text(X509_get_subject_name(x));
	out->issuer = name_text(X509_get_issuer_name(x));
	out->common_name = common_name(X509_get_subject_name(x));
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);
	if (!out->subject || !out->issuer || !out->common_name || n <= 0)
		r = refuse(e, tr("名称或公钥无法识别", "its names or its key can't be read"));
	else if (!serial_text(X509_get0_serialNumber(x), out->serial))
		r = refuse(e, tr("序列号不合规定", "its serial number breaks the rules"));
	else if (!time_utc(X509_get0_notBefore(x), &out->not_before) || !time_utc(X509_get0_notAfter(x), &out->not_after))
		r = refuse(e, tr("有效期无法识别", "its validity can't be read"));
	else if (X509_get_extension_flags(x) & EXFLAG_INVALID)
		r = refuse(e, tr("扩展项有误", "its extensions are wrong"));
	else if (bytes_add(&out->spki, spki, (size_t)n))
		r = error_set(e, ERR_MEMORY, "X.509");
	else {
		key_text(key, out->key, sizeof out->key);
		usage_text(x, out->key_usage, sizeof out->key_usage);
		out->ca = X509_get_extension_flags(x) & EXFLAG_CA;
	}
	ERR_clear_error();
	OPENSSL_free(spki);
	if (r)
		cert_info_free(out);
	return r;
}

enum err cert_info(const uint8_t *der, size_t length, struct cert_info *out, struct error *e)
{
	*out = (struct cert_info){0};
	X509 *x = read_der(der, length);
	EVP_PKEY *key = x ? X509_get0_pubkey(x) : NULL;
	enum err r = key ? x509_info(x, key, out, e) : refuse(e, tr("不是完整的 X.509 证书", "it is no whole X.509 certificate"));
	X509_free(x);
	return r;
}

void cert_info_free(struct cert_info *info)
{
	free(info->subject);
	free(info->issuer);
	free(info->common_name);
	bytes_free(&info->spki);
	*info = (struct cert_info){0};
}

/* Upper case, without leading "0x" or colons: as people paste it. */
void cert_fold_serial(const char *in, char out[CERT_SERIAL_SIZE])
{
	size_t n = 0;
	for (; *in && n + 1 < CERT_SERIAL_SIZE; in++)
		if (*in != ':')
			out[n++] = (char)(*in >= 'a' && *in <= 'f' ? *in - 'a' + 'A' : *in);
	out[n] = '\0';
}

enum err cert_pem(const uint8_t *der, size_t length, struct bytes *out, struct error *e)
{
	X509 *x = read_der(der, length);
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem;
	enum err r = OK;
	if (!x || !bio || !PEM_write_bio_X509(bio, x))
		r = refuse(e, tr("不是完整的 X.509 证书", "it is no whole X.509 certificate"));
	else {
		long n = BIO_get_mem_data(bio, &pem);
		r = bytes_add(out, pem, (size_t)n);
	}
	BIO_free(bio);
	X509_free(x);
	return r;
}

enum err cert_from_pem(const char *pem, size_t length, struct bytes *der, struct error *e)
{
	BIO *bio = length <= PEM_MAX ? BIO_new_mem_buf(pem, (int)length) : NULL;
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, "") : NULL; /* "": never ask a terminal for a passphrase */
	uint8_t *data = NULL;
	int n = x ? i2d_X509(x, &data) : -1;
	enum err r = n > 0 ? bytes_add(der, data, (size_t)n)
	                   : refuse(e, tr("文件里没有 PEM 证书", "there is no PEM certificate in it"));
	ERR_clear_error();
	OPENSSL_free(data);
	X509_free(x);
	BIO_free(bio);
	return r;
}

bool cert_matches_key(const uint8_t *der, size_t length, const uint8_t *spki, size_t spki_length)
{
	struct cert_info info = {0};
	bool same = !cert_info(der, length, &info, NULL) && info.spki.length == spki_length &&
	            memcmp(info.spki.data, spki, spki_length) == 0;
	cert_info_free(&info);
	return same;
}

enum err spki_verify(const uint8_t *spki, size_t length, const uint8_t digest[32], const uint8_t *signature,
	size_t signature_length, struct error *e)
{
	EVP_PKEY *key = length <= CERT_DER_MAX ? spki_key(spki, length) : NULL;
	EVP_PKEY_CTX *ctx = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
	enum err r = OK;
	bool sm2 = key && key_kind(key) == PROFILE_KEY_SM2; /* takes its e as it is */
	if (!ctx || EVP_PKEY_verify_init(ctx) != 1 || (!sm2 && EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) != 1))
		r = refuse(e, tr("公钥无法用来验证签名", "its key can't verify signatures"));
	else if (EVP_PKEY_verify(ctx, signature, signature_length, digest, 32) != 1)
		r = error_set(e, ERR_CA_SIGNATURE, "%s", tr("测试签名验证不通过", "the test signature does not verify"));
	ERR_clear_error();
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return r;
}
