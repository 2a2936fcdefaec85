#include "hub/pki.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <unistd.h>

#include "base/crypt.h"
#include "base/file.h"
#include "ca/ossl.h"
#include "sync/protocol.h"

enum { PEM_MOST = 64 << 10, SKEW = 300 /* sites' clocks may be behind */ };

const char *const pki_names[PKI_KINDS] = {"tls", "sign", "encrypt"};

/* What each certificate may be used for. An extended usage keeps those that aren't for TLS out of TLS. */
static const struct {
	const char *usage, *extended;
} uses[PKI_KINDS] = {
	[PKI_TLS] = {"critical,digitalSignature", "clientAuth"},
	[PKI_SIGN] = {"critical,digitalSignature,nonRepudiation", "1.3.6.1.5.5.7.3.36" /* document signing */},
	[PKI_ENCRYPT] = {"critical,keyAgreement", "emailProtection"},
};

static X509_NAME *make_name(const char *organisation, const char *common, struct error *e)
{
	struct name parts = {0};
	X509_NAME *out = NULL;
	if (!name_add(&parts, "O", NAME_UTF8, organisation, e) && !name_add(&parts, "CN", NAME_UTF8, common, e))
		name_to_x509(&parts, &out, e);
	name_free(&parts);
	return out;
}

static enum err write_bio(const char *keys, const char *name, const char *suffix, BIO *bio, mode_t mode, struct error *e)
{
	char *pem, *path = NULL;
	long n = BIO_get_mem_data(bio, &pem);
	enum err r = asprintf(&path, "%s/%s%s", keys, name, suffix) > 0 ? file_write(path, mode, pem, (size_t)n, e) : error_set(e, ERR_MEMORY, "%s", name);
	free(path);
	return r;
}

/* The certificate goes first: a key without one is found missing, never used. */
static enum err write_pair(const char *keys, const char *name, EVP_PKEY *key, X509 *x, struct error *e)
{
	BIO *a = BIO_new(BIO_s_mem()), *b = BIO_new(BIO_s_secmem());
	enum err r = OK;
	if (!a || !b || !PEM_write_bio_X509(a, x) || !PEM_write_bio_PKCS8PrivateKey(b, key, NULL, NULL, 0, NULL, NULL))
		r = error_set(e, ERR_CRYPTO, "%s", name);
	if (!r && !(r = write_bio(keys, name, ".pem", a, 0600, e)))
		r = write_bio(keys, name, ".key", b, 0600, e);
	BIO_free(a);
	BIO_free(b);
	ERR_clear_error();
	return r;
}

/* Words for one certificate; NULL is left out. */
struct wish {
	const char *constraints, *usage, *extended, *names;
	int64_t from, to;
};

static X509 *make(const X509_NAME *subject, EVP_PKEY *key, X509 *issuer, EVP_PKEY *by, const struct wish *w)
{
	ASN1_INTEGER *serial = serial_make();
	X509 *x = serial ? x509_start(serial, issuer ? X509_get_subject_name(issuer) : subject, subject, key, w->from, w->to) : NULL;
	bool good = x && x509_add_words(x, issuer ? issuer : x, NID_basic_constraints, w->constraints) &&
	            x509_add_words(x, issuer ? issuer : x, NID_key_usage, w->usage) &&
	            x509_add_words(x, issuer ? issuer : x, NID_subject_key_identifier, "hash") &&
	            x509_add_words(x, issuer ? issuer : x, NID_authority_key_identifier, "keyid:always") &&
	            (!w->extended || x509_add_words(x, issuer, NID_ext_key_usage, w->extended)) &&
	            (!w->names || x509_add_words(x, issuer, NID_subject_alt_name, w->names)) && X509_sign(x, by, EVP_sha256());
	ASN1_INTEGER_free(serial);
	if (good)
		return x;
	ERR_clear_error();
	X509_free(x);
	return NULL;
}

static enum err make_server(const char *keys, X509 *root, EVP_PKEY *by, const char *host, int64_t now, struct error *e)
{
	uint8_t address[16];
	char names[300], bare[256];
	snprintf(bare, sizeof bare, "%s", host);
	bool is_address = inet_pton(AF_INET, bare, address) == 1 || inet_pton(AF_INET6, bare, address) == 1;
	snprintf(names, sizeof names, "%s:%s", is_address ? "IP" : "DNS", bare);
	char common[65];
	snprintf(common, sizeof common, "%.64s", host);
	X509_NAME *subject = make_name("certdesk", common, e);
	EVP_PKEY *key = EVP_EC_gen("P-256");
	struct wish w = {"critical,CA:FALSE", "critical,digitalSignature", "serverAuth", names, now - SKEW, now + (int64_t)PKI_SERVER_DAYS * 86400};
	X509 *x = subject && key ? make(subject, key, root, by, &w) : NULL;
	enum err r = x ? write_pair(keys, "tls", key, x, e) : error_set(e, ERR_CRYPTO, "%s", host);
	X509_NAME_free(subject);
	EVP_PKEY_free(key);
	X509_free(x);
	return r;
}

static enum err make_own(const char *keys, X509 *root, EVP_PKEY *by, const char *name, enum pki_kind kind, int64_t now, struct error *e)
{
	X509_NAME *subject = make_name(name, pki_names[kind], e);
	EVP_PKEY *key = EVP_EC_gen("P-256");
	struct wish w = {"critical,CA:FALSE", uses[kind].usage, uses[kind].extended, NULL, now - SKEW, now + (int64_t)PKI_OWN_DAYS * 86400};
	X509 *x = subject && key ? make(subject, key, root, by, &w) : NULL;
	enum err r = x ? write_pair(keys, pki_names[kind], key, x, e) : error_set(e, ERR_CRYPTO, "%s", pki_names[kind]);
	X509_NAME_free(subject);
	EVP_PKEY_free(key);
	X509_free(x);
	return r;
}

enum err pki_create(const char *keys, const char *name, const char *host, int64_t now, struct error *e)
{
	struct error why = {0};
	X509_NAME *subject = make_name(name, "certdesk headquarters", &why);
	EVP_PKEY *key = EVP_EC_gen("P-256");
	struct wish w = {"critical,CA:TRUE,pathlen:0", "critical,keyCertSign,cRLSign", NULL, NULL, now - SKEW, now + (int64_t)PKI_ROOT_DAYS * 86400};
	X509 *root = subject && key ? make(subject, key, NULL, key, &w) : NULL;
	enum err r = !subject && why.code ? error_set(e, why.code, "%s", why.detail) : !root ? error_set(e, ERR_CRYPTO, "P-256") : write_pair(keys, "root", key, root, e);
	if (!r && !(r = make_server(keys, root, key, host, now, e)) && !(r = make_own(keys, root, key, name, PKI_SIGN, now, e)) &&
	    !(r = make_own(keys, root, key, name, PKI_ENCRYPT, now, e)))
		r = pki_crl(keys, NULL, NULL, 0, now, 1, e);
	X509_NAME_free(subject);
	EVP_PKEY_free(key);
	X509_free(root);
	return r;
}

static BIO *open_pem(const char *keys, const char *name, const char *suffix, struct bytes *text)
{
	char *path = NULL;
	bool good = asprintf(&path, "%s/%s%s", keys, name, suffix) > 0 && file_read(path, PEM_MOST, text, NULL) == OK;
	free(path);
	return good ? BIO_new_mem_buf(text->data, (int)text->length) : NULL;
}

enum err pki_load(const char *keys, const char *name, EVP_PKEY **key, X509 **certificate, struct error *e)
{
	struct bytes text = {0}, secret = {0};
	BIO *a = open_pem(keys, name, ".pem", &text), *b = key ? open_pem(keys, name, ".key", &secret) : NULL;
	X509 *x = a ? PEM_read_bio_X509(a, NULL, NULL, "") : NULL;
	EVP_PKEY *k = b ? PEM_read_bio_PrivateKey(b, NULL, NULL, "") : NULL;
	bool good = x && (!key || (k && X509_check_private_key(x, k) == 1));
	*certificate = good ? x : NULL;
	if (key)
		*key = good ? k : NULL;
	if (!good) {
		X509_free(x);
		EVP_PKEY_free(k);
	}
	BIO_free(a);
	BIO_free(b);
	bytes_free(&text);
	bytes_free(&secret);
	ERR_clear_error();
	return good ? OK : error_set(e, ERR_HUB_KEYS, "%s/%s", keys, name);
}

static int64_t time_of(const ASN1_TIME *t)
{
	struct tm tm;
	return t && ASN1_TIME_to_tm(t, &tm) ? (int64_t)timegm(&tm) : 0;
}

enum err pki_server(const char *keys, const char *host, int64_t now, bool *changed, struct error *e)
{
	X509 *x = NULL, *root = NULL;
	EVP_PKEY *key = NULL, *by = NULL;
	*changed = false;
	bool good = pki_load(keys, "tls", &key, &x, NULL) == OK && (X509_check_host(x, host, 0, 0, NULL) == 1 || X509_check_ip_asc(x, host, 0) == 1) &&
	            time_of(X509_get0_notAfter(x)) - now > (int64_t)PKI_SERVER_DAYS * 86400 / 3 && time_of(X509_get0_notBefore(x)) <= now;
	enum err r = OK;
	if (!good && !(r = pki_load(keys, "root", &by, &root, e)) && !(r = make_server(keys, root, by, host, now, e)))
		*changed = true;
	ERR_clear_error();
	X509_free(x);
	X509_free(root);
	EVP_PKEY_free(key);
	EVP_PKEY_free(by);
	return r;
}

enum err pki_pem(X509 *x, struct bytes *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem;
	enum err r = ERR_CRYPTO;
	if (bio && PEM_write_bio_X509(bio, x)) {
		long n = BIO_get_mem_data(bio, &pem);
		r = bytes_add(out, pem, (size_t)n);
	}
	BIO_free(bio);
	return r;
}

void pki_issued_free(struct pki_issued *i)
{
	bytes_free(&i->pem);
	bytes_free(&i->spki);
}

/* The request as DER, checked as any request from outside is. */
static enum err read_request(const char *pem, X509_REQ **out, struct error *e)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509_REQ *q = bio && strlen(pem) <= PEM_MOST ? PEM_read_bio_X509_REQ(bio, NULL, NULL, "") : NULL;
	uint8_t *der = NULL;
	int n = q ? i2d_X509_REQ(q, &der) : -1;
	*out = NULL;
	enum err r = n > 0 ? request_read(der, (size_t)n, out, e) : error_set(e, ERR_CA_REQUEST, "PEM");
	X509_REQ_free(q);
	OPENSSL_free(der);
	BIO_free(bio);
	ERR_clear_error();
	if (!r && key_kind(X509_REQ_get0_pubkey(*out)) != PROFILE_KEY_P256) {
		X509_REQ_free(*out);
		*out = NULL;
		r = error_set(e, ERR_CA_WEAK_KEY, "P-256");
	}
	return r;
}

enum err pki_issue(const char *keys, const char *site, enum pki_kind kind, const char *request, int64_t now, struct pki_issued *out,
	struct error *e)
{
	X509_REQ *q = NULL;
	X509 *root = NULL, *x = NULL;
	EVP_PKEY *by = NULL;
	X509_NAME *subject = NULL;
	uint8_t *spki = NULL;
	*out = (struct pki_issued){.not_after = now + (int64_t)PKI_SITE_DAYS * 86400};
	struct wish w = {"critical,CA:FALSE", uses[kind].usage, uses[kind].extended, NULL, now - SKEW, out->not_after};
	enum err r = read_request(request, &q, e);
	if (r || (r = pki_load(keys, "root", &by, &root, e)))
		goto out;
	int n = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(q), &spki);
	if (n <= 0 || bytes_add(&out->spki, spki, (size_t)n) || !(subject = make_name("certdesk", site, e)) ||
	    !(x = make(subject, X509_REQ_get0_pubkey(q), root, by, &w)) || !serial_text(X509_get0_serialNumber(x), out->serial) || pki_pem(x, &out->pem))
		r = error_set(e, ERR_CRYPTO, "%s", pki_names[kind]);
out:
	X509_REQ_free(q);
	X509_free(root);
	X509_free(x);
	EVP_PKEY_free(by);
	X509_NAME_free(subject);
	OPENSSL_free(spki);
	if (r)
		pki_issued_free(out);
	return r;
}

enum err pki_crl(const char *keys, const char *const *serials, const int64_t *times, size_t count, int64_t now, uint64_t number,
	struct error *e)
{
	struct ca ca = {0};
	struct bytes der = {0}, pem = {0};
	struct ca_revoked *list = calloc(count + 1, sizeof *list);
	char *path = path_join(keys, "crl.pem");
	enum err r = list && path ? pki_load(keys, "root", &ca.key, &ca.certificate, e) : ERR_MEMORY;
	for (size_t i = 0; !r && i < count; i++)
		list[i] = (struct ca_revoked){.serial = serials[i], .revoked_at = times[i]};
	if (!r && !(r = crl_make(&ca, list, count, now - SKEW, now + (int64_t)PKI_CRL_DAYS * 86400, number, &der, e)) &&
	    !(r = crl_pem(der.data, der.length, &pem, e)))
		r = file_write(path, 0600, pem.data, pem.length, e);
	X509_free(ca.certificate);
	EVP_PKEY_free(ca.key);
	bytes_free(&der);
	bytes_free(&pem);
	free(list);
	free(path);
	return r;
}

int64_t pki_crl_end(const char *keys, size_t *count)
{
	struct bytes text = {0};
	BIO *bio = open_pem(keys, "crl", ".pem", &text);
	X509_CRL *crl = bio ? PEM_read_bio_X509_CRL(bio, NULL, NULL, "") : NULL;
	int64_t end = crl ? time_of(X509_CRL_get0_nextUpdate(crl)) : 0;
	STACK_OF(X509_REVOKED) *rows = crl ? X509_CRL_get_REVOKED(crl) : NULL;
	*count = rows ? (size_t)sk_X509_REVOKED_num(rows) : 0;
	X509_CRL_free(crl);
	BIO_free(bio);
	bytes_free(&text);
	ERR_clear_error();
	return end;
}

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
enum { CODE_BYTES = ENROL_SECRET + ENROL_FINGERPRINT };

void pki_code_text(const uint8_t secret[ENROL_SECRET], const X509 *root, char out[64])
{
	uint8_t raw[CODE_BYTES + 1] = {0}, digest[32], *der = NULL;
	int n = i2d_X509(root, &der);
	digest_raw(der, n > 0 ? (size_t)n : 0, digest);
	OPENSSL_free(der);
	memcpy(raw, secret, ENROL_SECRET);
	memcpy(raw + ENROL_SECRET, digest, ENROL_FINGERPRINT);
	for (int i = 0; i < ENROL_LETTERS; i++) {
		int bit = i * 5;
		unsigned pair = (unsigned)raw[bit / 8] << 8 | (bit / 8 + 1 < CODE_BYTES ? raw[bit / 8 + 1] : 0);
		if (i && i % 6 == 0)
			*out++ = '-';
		*out++ = letters[pair >> (11 - bit % 8) & 31];
	}
	*out = '\0';
	OPENSSL_cleanse(raw, sizeof raw);
}

bool pki_code_read(const char *text, uint8_t secret[ENROL_SECRET], uint8_t fingerprint[ENROL_FINGERPRINT])
{
	uint8_t raw[CODE_BYTES + 1] = {0};
	int count = 0;
	for (; *text; text++) {
		char c = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;
		const char *at = strchr(letters, c);
		if (c == ' ' || c == '-')
			continue;
		if (!at || count == ENROL_LETTERS)
			return false;
		int bit = count++ * 5;
		unsigned pair = (unsigned)(at - letters) << (11 - bit % 8);
		raw[bit / 8] |= (uint8_t)(pair >> 8);
		raw[bit / 8 + 1] |= (uint8_t)pair;
	}
	/* 42 letters are 210 bits: the last two say nothing and must be 0, or one code would have four texts */
	if (count != ENROL_LETTERS || raw[CODE_BYTES])
		return false;
	memcpy(secret, raw, ENROL_SECRET);
	memcpy(fingerprint, raw + ENROL_SECRET, ENROL_FINGERPRINT);
	OPENSSL_cleanse(raw, sizeof raw);
	return true;
}
