#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "base/file.h"
#include "base/lang.h"
#include "ca/ossl.h"

enum {
	CA_BITS = 3072,
	CA_DAYS = 20 * 365 + 5,
	PASSPHRASE_MIN = 8,
	SCRYPT_N = 1 << 14, /* the most that other programs open without being told */
	SCRYPT_N_LEAST = 2,
	SCRYPT_R = 8,
	SCRYPT_P = 1,
	CA_FILE_MAX = 64 << 10,
};

/* A self-signed root for the name. */
static X509 *make_root(const X509_NAME *name, EVP_PKEY *key, int64_t now)
{
	ASN1_INTEGER *serial = serial_make();
	X509 *x = serial ? x509_start(serial, name, name, key, now, now + (int64_t)CA_DAYS * 86400) : NULL;
	bool good = x && x509_add_words(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
	            x509_add_words(x, x, NID_key_usage, "critical,keyCertSign,cRLSign") &&
	            x509_add_words(x, x, NID_subject_key_identifier, "hash") &&
	            x509_add_words(x, x, NID_authority_key_identifier, "keyid:always") && X509_sign(x, key, EVP_sha256());
	ASN1_INTEGER_free(serial);
	if (good)
		return x;
	X509_free(x);
	return NULL;
}

static bool is_key(const struct secret *passphrase)
{
	bool digits = passphrase->length == CA_KEY_DIGITS;
	for (size_t i = 0; digits && i < CA_KEY_DIGITS; i++)
		digits = memchr("0123456789abcdef", passphrase->data[i], 16) != NULL;
	return digits;
}

/* The key, sealed by the passphrase, as PEM. Nobody guesses a key's digits, however fast: to stretch them would only make each opening wait. */
static bool write_key(BIO *bio, EVP_PKEY *key, const struct secret *passphrase)
{
	uint8_t salt[16];
	uint64_t n = is_key(passphrase) ? SCRYPT_N_LEAST : SCRYPT_N;
	random_bytes(salt, sizeof salt);
	PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(key);
	X509_ALGOR *algorithm =
		PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), salt, sizeof salt, NULL, n, SCRYPT_R, SCRYPT_P);
	X509_SIG *sealed =
		plain && algorithm ? PKCS8_set0_pbe(passphrase->data, (int)passphrase->length, plain, algorithm) : NULL;
	if (!sealed)
		X509_ALGOR_free(algorithm);
	bool good = sealed && PEM_write_bio_PKCS8(bio, sealed);
	X509_SIG_free(sealed);
	PKCS8_PRIV_KEY_INFO_free(plain);
	return good;
}

static enum err root_name(const char *name, bool demonstration, X509_NAME **out, struct error *e)
{
	struct name parts = {0};
	struct bytes text = {0};
	bool marked = demonstration && !strstr(name, CA_DEMONSTRATION); /* once is enough */
	enum err r = bytes_format(&text, marked ? "%s（" CA_DEMONSTRATION "）" : "%s", name);
	if (!r && !(r = name_add(&parts, "C", NAME_PRINTABLE, "CN", e)) &&
		!(r = name_add(&parts, "O", NAME_UTF8, (char *)text.data, e)) &&
		!(r = name_add(&parts, "CN", NAME_UTF8, (char *)text.data, e)))
		r = name_to_x509(&parts, out, e);
	bytes_free(&text);
	name_free(&parts);
	return r;
}

/* Key and certificate go into one file, so that there is never one without the other. */
static enum err write_ca(const char *path, EVP_PKEY *key, X509 *x, const struct secret *passphrase, struct error *e)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem;
	enum err r;
	if (!bio || !write_key(bio, key, passphrase) || !PEM_write_bio_X509(bio, x))
		r = error_set(e, ERR_CRYPTO, "PKCS#8");
	else {
		long n = BIO_get_mem_data(bio, &pem);
		r = file_write(path, 0600, pem, (size_t)n, e);
	}
	BIO_free(bio);
	return r;
}

enum err ca_local_create(const char *dir, const char *name, const struct secret *passphrase, bool demonstration,
	int64_t now, struct error *e)
{
	X509_NAME *subject = NULL;
	EVP_PKEY *key = NULL;
	X509 *x = NULL;
	char *path = path_join(dir, CA_LOCAL_FILE);
	enum err r = OK;
	if (!path)
		r = error_set(e, ERR_MEMORY, "%s", dir);
	else if (passphrase->length < PASSPHRASE_MIN)
		r = error_set(e, ERR_CA_PASSPHRASE, tr("少于 %d 个字符", "it is shorter than %d characters"), PASSPHRASE_MIN);
	else if (access(path, F_OK) == 0 || errno != ENOENT)
		r = errno == ENOTDIR ? error_set(e, ERR_FILE_WRITE, "%s", dir) : error_set(e, ERR_CA_EXISTS, "%s", dir);
	if (r || (r = root_name(name, demonstration, &subject, e)) || (r = dir_make(dir, e)))
		goto out;
	if (!(key = EVP_RSA_gen(CA_BITS)) || !(x = make_root(subject, key, now))) {
		r = error_set(e, ERR_CRYPTO, "RSA");
		goto out;
	}
	r = write_ca(path, key, x, passphrase, e);
out:
	ERR_clear_error();
	free(path);
	X509_NAME_free(subject);
	X509_free(x);
	EVP_PKEY_free(key);
	return r;
}

static enum err refuse_key(struct error *e, const char *path, const char *what)
{
	ERR_clear_error();
	return error_set(e, ERR_CA_KEY, "%s (%s)", what, path);
}

/* Whether the private numbers fit each other: OpenSSL would work around a damaged one without a word. */
static bool numbers_whole(EVP_PKEY *key)
{
	static const char *const names[] = {OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
		OSSL_PKEY_PARAM_RSA_COEFFICIENT1, OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2};
	enum { N, P, Q, INVERSE, D, DP, DQ, NUMBERS };
	BIGNUM *n[NUMBERS] = {0}, *a = BN_new(), *b = BN_new();
	BN_CTX *ctx = BN_CTX_new();
	bool good = a && b && ctx;
	for (int i = 0; i < NUMBERS; i++)
		good = good && EVP_PKEY_get_bn_param(key, names[i], &n[i]) == 1;
	good = good && BN_mul(a, n[P], n[Q], ctx) && BN_cmp(a, n[N]) == 0;
	good = good && BN_mod_mul(a, n[Q], n[INVERSE], n[P], ctx) && BN_is_one(a);
	good = good && BN_sub(b, n[P], BN_value_one()) && BN_mod(a, n[D], b, ctx) && BN_cmp(a, n[DP]) == 0;
	good = good && BN_sub(b, n[Q], BN_value_one()) && BN_mod(a, n[D], b, ctx) && BN_cmp(a, n[DQ]) == 0;
	for (int i = 0; i < NUMBERS; i++)
		BN_clear_free(n[i]);
	BN_clear_free(a);
	BN_clear_free(b);
	BN_CTX_free(ctx);
	return good;
}

/* Reads key and certificate and sees that they belong together. */
static enum err read_ca(
	struct ca *ca, const char *path, const struct bytes *text, const struct secret *passphrase, struct error *e)
{
	uint8_t *der = NULL;
	BIO *key = BIO_new_mem_buf(text->data, (int)text->length),
		*certificate = BIO_new_mem_buf(text->data, (int)text->length);
	enum err r = OK;
	X509_SIG *sealed = key ? PEM_read_bio_PKCS8(key, NULL, NULL, "") : NULL; /* an unsealed key is none */
	PKCS8_PRIV_KEY_INFO *plain = NULL;
	ca->certificate = certificate ? PEM_read_bio_X509(certificate, NULL, NULL, "") : NULL;
	int n;
	if (!sealed || !ca->certificate)
		r = refuse_key(e, path, tr("文件损坏", "the file is damaged"));
	else if (!(plain = PKCS8_decrypt(sealed, passphrase->data, (int)passphrase->length)) ||
			 !(ca->key = EVP_PKCS82PKEY(plain)))
		r = refuse_key(e, path, tr("口令不对或密钥损坏", "wrong passphrase or damaged key"));
	else if (X509_check_private_key(ca->certificate, ca->key) != 1)
		r = refuse_key(e, path, tr("密钥和证书不是一对", "key and certificate do not belong together"));
	else if (!numbers_whole(ca->key)) /* the public ones alone may be */
		r = refuse_key(e, path, tr("密钥损坏", "the key is damaged"));
	else if ((n = i2d_X509(ca->certificate, &der)) <= 0 || cert_info(der, (size_t)n, &ca->info, NULL) ||
			 !ca->info.ca || X509_verify(ca->certificate, ca->key) != 1)
		r = refuse_key(e, path, tr("CA 证书损坏", "the CA certificate is damaged"));
	OPENSSL_free(der);
	X509_SIG_free(sealed);
	PKCS8_PRIV_KEY_INFO_free(plain);
	BIO_free(key);
	BIO_free(certificate);
	return r;
}

enum err ca_open(const char *dir, const struct secret *passphrase, struct ca **out, struct error *e)
{
	struct bytes text = {0};
	char *path = path_join(dir, CA_LOCAL_FILE);
	struct ca *ca = calloc(1, sizeof *ca);
	enum err r = OK;
	if (ca)
		ca->driver = &ca_local;
	if (!path || !ca)
		r = error_set(e, ERR_MEMORY, "%s", dir);
	else if (file_read(path, CA_FILE_MAX, &text, NULL))
		r = refuse_key(e, path, tr("文件不存在或读不了", "the file is missing or can't be read"));
	else
		r = read_ca(ca, path, &text, passphrase, e);
	if (r)
		ca_close(&ca);
	bytes_free(&text);
	free(path);
	*out = ca;
	return r;
}

static enum err check_order(const struct ca *ca, const struct ca_order *order, unsigned kind, struct error *e)
{
	char from[17], to[17];
	if (!(order->profile->keys & kind))
		return error_set(e, ERR_CA_PROFILE, tr("商品 %s 不收这种公钥", "product %s does not take this kind of key"),
			order->profile->product);
	if (order->not_after > order->not_before && order->not_before >= ca->info.not_before &&
		order->not_after <= ca->info.not_after)
		return OK;
	civil_minute_text(order->not_before, from);
	civil_minute_text(order->not_after, to);
	return error_set(e, ERR_CA_VALIDITY, tr("%s 至 %s", "%s to %s"), from, to);
}

/* The certificate itself; `key` was judged. */
static enum err make(struct ca *ca, const struct ca_order *order, EVP_PKEY *key, struct cert_info *info, struct bytes *der, struct error *e)
{
	X509_NAME *subject = NULL;
	X509 *x = NULL;
	ASN1_INTEGER *number = serial_make();
	struct name name = {0};
	uint8_t *data = NULL;
	int n;
	unsigned kind = key_kind(key);
	enum err r = check_order(ca, order, kind, e);
	if (r || (r = profile_subject(order->profile, order->values, &name, e)) || (r = name_to_x509(&name, &subject, e)))
		goto out;
	x = number ? x509_start(number, X509_get_subject_name(ca->certificate), subject, key, order->not_before,
					 order->not_after)
	           : NULL;
	if (!x || !x509_add_words(x, ca->certificate, NID_basic_constraints, "critical,CA:FALSE") ||
		!x509_add_words(x, ca->certificate, NID_subject_key_identifier, "hash") ||
		!x509_add_words(x, ca->certificate, NID_authority_key_identifier, "keyid:always"))
		r = error_set(e, ERR_CRYPTO, "X.509");
	else
		r = x509_add_profile(x, order->profile, order->values, kind == PROFILE_KEY_RSA, e);
	if (!r)
		r = X509_sign(x, ca->key, EVP_sha256()) && (n = i2d_X509(x, &data)) > 0 ? bytes_add(der, data, (size_t)n)
		                                                                        : error_set(e, ERR_CRYPTO, "X.509");
	if (!r && (r = x509_info(x, key, info, e)))
		bytes_free(der);
out:
	OPENSSL_free(data);
	name_free(&name);
	ASN1_INTEGER_free(number);
	X509_NAME_free(subject);
	X509_free(x);
	return r;
}

static enum err local_draft(struct ca *ca, const struct ca_order *order, const uint8_t *spki, size_t length, struct ca_draft *out, struct error *e)
{
	EVP_PKEY *key = NULL;
	*out = (struct ca_draft){.profile = order->profile, .values = order->values, .not_before = order->not_before, .not_after = order->not_after};
	enum err r = spki_read(spki, length, &key, e);
	if (!r)
		r = make(ca, order, key, &out->info, &out->der, e);
	ERR_clear_error();
	EVP_PKEY_free(key);
	return r;
}

/* Whether what was signed ahead is what this order would make of this request. */
static bool is_draft_of(const struct ca_draft *d, const struct ca_order *order, X509_REQ *q)
{
	uint8_t *spki = NULL;
	if (!d || !d->der.length || d->profile != order->profile || d->values != order->values || d->not_before != order->not_before ||
		d->not_after != order->not_after)
		return false;
	int n = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(q), &spki);
	bool same = n > 0 && (size_t)n == d->info.spki.length && memcmp(spki, d->info.spki.data, (size_t)n) == 0;
	OPENSSL_free(spki);
	return same;
}

/* It is the order's request, byte for byte, so that it needn't be read and proven once more. */
static bool is_proven(const struct ca_order *order)
{
	uint8_t *der = NULL;
	int n = order->proven ? i2d_X509_REQ(order->proven, &der) : -1;
	bool same = n > 0 && (size_t)n == order->request_length && memcmp(der, order->request, (size_t)n) == 0;
	OPENSSL_free(der);
	return same;
}

static enum err local_issue(struct ca *ca, const struct ca_order *order, struct cert_info *info, struct bytes *der, struct error *e)
{
	X509_REQ *q = NULL;
	struct ca_draft *d = order->draft;
	bool fits = is_proven(order) && is_draft_of(d, order, order->proven);
	enum err r = fits ? OK : request_read(order->request, order->request_length, &q, e);
	if (!r && (fits || is_draft_of(d, order, q))) {
		*info = d->info;
		*der = d->der;
		d->info = (struct cert_info){0};
		d->der = (struct bytes){0};
	} else if (!r)
		r = make(ca, order, X509_REQ_get0_pubkey(q), info, der, e);
	ERR_clear_error();
	X509_REQ_free(q);
	return r;
}

static enum err local_chain(struct ca *ca, struct bytes *pem, struct error *e)
{
	uint8_t *der = NULL;
	int n = i2d_X509(ca->certificate, &der);
	enum err r = n > 0 ? cert_pem(der, (size_t)n, pem, e) : error_set(e, ERR_CRYPTO, "X.509");
	OPENSSL_free(der);
	return r;
}

static void local_close(struct ca *ca)
{
	cert_info_free(&ca->info);
	X509_free(ca->certificate);
	EVP_PKEY_free(ca->key); /* wipes it */
	free(ca);
}

const struct ca_driver ca_local = {"local", local_issue, local_draft, crl_make, local_chain, NULL, local_close};
