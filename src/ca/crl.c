#include <errno.h>
#include <openssl/pem.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lang.h"
#include "ca/ossl.h"

enum { LIST_MOST = 64 << 20, AHEAD_MOST = 300 };

/* Whether serial, reason and times of an entry can stand in a CRL. */
static enum err check_entry(const struct ca_revoked *entry, struct error *e)
{
	size_t n = entry->serial ? strlen(entry->serial) : 0;
	if (n == 0 || n % 2 || n >= CERT_SERIAL_SIZE || strspn(entry->serial, "0123456789ABCDEF") != n)
		return error_set(e, ERR_CA_CRL, tr("序列号 %.64s 写得不对", "the serial %.64s is malformed"),
			entry->serial ? entry->serial : "");
	/* "remove from CRL" stands in delta lists only */
	if (!ca_reason_name(entry->reason) || entry->reason == CRL_REASON_REMOVE_FROM_CRL)
		return error_set(e, ERR_CA_CRL, tr("%s 的吊销原因 %d 不认识", "%s has the unknown reason %d"), entry->serial,
			entry->reason);
	if (entry->revoked_at <= 0 || entry->invalid_since < 0)
		return error_set(e, ERR_CA_CRL, tr("%s 的吊销时间不对", "%s has a wrong time"), entry->serial);
	return OK;
}

static ASN1_INTEGER *serial_read(const char *hex)
{
	BIGNUM *n = NULL;
	ASN1_INTEGER *serial = BN_hex2bn(&n, hex) ? BN_to_ASN1_INTEGER(n, NULL) : NULL;
	BN_free(n);
	return serial;
}

static bool add_entry(X509_CRL *crl, const struct ca_revoked *entry)
{
	X509_REVOKED *row = X509_REVOKED_new();
	ASN1_INTEGER *serial = serial_read(entry->serial);
	ASN1_TIME *when = ASN1_TIME_set(NULL, (time_t)entry->revoked_at);
	ASN1_ENUMERATED *reason = ASN1_ENUMERATED_new();
	ASN1_GENERALIZEDTIME *since = ASN1_GENERALIZEDTIME_set(NULL, (time_t)entry->invalid_since);
	bool good = row && serial && when && reason && since && X509_REVOKED_set_serialNumber(row, serial) &&
	            X509_REVOKED_set_revocationDate(row, when) && ASN1_ENUMERATED_set(reason, entry->reason);
	/* RFC 5280, 5.3.1: "unspecified" is told by leaving the reason out */
	if (good && entry->reason != CRL_REASON_UNSPECIFIED)
		good = X509_REVOKED_add1_ext_i2d(row, NID_crl_reason, reason, 0, 0) == 1;
	if (good && entry->invalid_since > 0)
		good = X509_REVOKED_add1_ext_i2d(row, NID_invalidity_date, since, 0, 0) == 1;
	good = good && X509_CRL_add0_revoked(crl, row);
	if (!good)
		X509_REVOKED_free(row);
	ASN1_INTEGER_free(serial);
	ASN1_TIME_free(when);
	ASN1_ENUMERATED_free(reason);
	ASN1_GENERALIZEDTIME_free(since);
	return good;
}

/* The serial that stands twice in a sorted list, or NULL. */
static const ASN1_INTEGER *find_double(X509_CRL *crl)
{
	STACK_OF(X509_REVOKED) *rows = X509_CRL_get_REVOKED(crl);
	for (int i = 1; i < sk_X509_REVOKED_num(rows); i++) {
		const ASN1_INTEGER *serial = X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(rows, i));
		if (ASN1_INTEGER_cmp(serial, X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(rows, i - 1))) == 0)
			return serial;
	}
	return NULL;
}

static bool add_extensions(X509_CRL *crl, X509 *issuer, uint64_t number)
{
	X509V3_CTX ctx;
	X509V3_set_ctx(&ctx, issuer, NULL, NULL, crl, 0);
	X509_EXTENSION *key = X509V3_EXT_nconf_nid(NULL, &ctx, NID_authority_key_identifier, "keyid:always");
	ASN1_INTEGER *n = ASN1_INTEGER_new();
	bool good = key && n && X509_CRL_add_ext(crl, key, -1) && ASN1_INTEGER_set_uint64(n, number) &&
	            X509_CRL_add1_ext_i2d(crl, NID_crl_number, n, 0, 0) == 1;
	ASN1_INTEGER_free(n);
	X509_EXTENSION_free(key);
	return good;
}

static X509_CRL *start(X509 *issuer, int64_t this_update, int64_t next_update)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *from = ASN1_TIME_set(NULL, (time_t)this_update), *to = ASN1_TIME_set(NULL, (time_t)next_update);
	bool good = crl && from && to && X509_CRL_set_version(crl, X509_CRL_VERSION_2) &&
	            X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer)) && X509_CRL_set1_lastUpdate(crl, from) &&
	            X509_CRL_set1_nextUpdate(crl, to);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	if (good)
		return crl;
	X509_CRL_free(crl);
	return NULL;
}

enum err crl_make(struct ca *ca, const struct ca_revoked *revoked, size_t count, int64_t this_update,
	int64_t next_update, uint64_t number, struct bytes *der, struct error *e)
{
	uint8_t *data = NULL;
	char serial[CERT_SERIAL_SIZE];
	enum err r = OK;
	X509_CRL *crl = NULL;
	if (next_update <= this_update)
		return error_set(
			e, ERR_CA_CRL, "%s", tr("下次更新时间不晚于本次", "the next update is not later than this one"));
	if (!(crl = start(ca->certificate, this_update, next_update)))
		r = error_set(e, ERR_MEMORY, "CRL");
	for (size_t i = 0; i < count && !r; i++) {
		if (!(r = check_entry(&revoked[i], e)) && !add_entry(crl, &revoked[i]))
			r = error_set(e, ERR_CA_CRL, "%s", revoked[i].serial);
	}
	if (r)
		goto out;
	X509_CRL_sort(crl);
	const ASN1_INTEGER *twice = find_double(crl);
	if (twice && serial_text(twice, serial)) {
		r = error_set(e, ERR_CA_CRL, tr("序列号 %s 出现两次", "the serial %s stands twice"), serial);
		goto out;
	}
	int n;
	if (!add_extensions(crl, ca->certificate, number) || !X509_CRL_sign(crl, ca->key, EVP_sha256()) ||
		(n = i2d_X509_CRL(crl, &data)) <= 0)
		r = error_set(e, ERR_CRYPTO, "CRL");
	else
		r = bytes_add(der, data, (size_t)n);
out:
	ERR_clear_error();
	OPENSSL_free(data);
	X509_CRL_free(crl);
	return r;
}

enum err crl_pem(const uint8_t *der, size_t length, struct bytes *pem, struct error *e)
{
	const uint8_t *at = der;
	BIO *bio = BIO_new(BIO_s_mem());
	X509_CRL *crl = length <= INT32_MAX ? d2i_X509_CRL(NULL, &at, (long)length) : NULL;
	enum err r = OK;
	char *text;
	if (!crl || at != der + length || !bio || !PEM_write_bio_X509_CRL(bio, crl))
		r = error_set(e, ERR_CA_CRL, "%s", tr("不是完整的 CRL", "it is no whole CRL"));
	else {
		long n = BIO_get_mem_data(bio, &text);
		r = bytes_add(pem, text, (size_t)n);
	}
	ERR_clear_error();
	X509_CRL_free(crl);
	BIO_free(bio);
	return r;
}

/* NULL: it is the list of `der`, or a later one. */
static const char *wrong_there(const struct ca *ca, const struct bytes *there, const struct bytes *der, int64_t now)
{
	struct ca_list own, found;
	if (ca_check_crl(ca, there->data, there->length, &found, NULL) != OK)
		return tr("不是这个 CA 的吊销列表，或不完整", "is no list of this CA, or not whole");
	if (found.this_update > now + AHEAD_MOST)
		return tr("的日期晚于现在", "is dated ahead of now");
	if (there->length == der->length && memcmp(there->data, der->data, der->length) == 0)
		return NULL;
	if (ca_check_crl(ca, der->data, der->length, &own, NULL) == OK && found.this_update > own.this_update && found.number >= own.number)
		return NULL;
	return tr("比最新的列表旧", "is older than the newest list");
}

enum err crl_lies(const struct ca *ca, const char *path, const struct bytes *der, int64_t now, struct error *e)
{
	struct bytes there = {0};
	const char *wrong = tr("读不了", "can't be read");
	if (file_read(path, LIST_MOST, &there, NULL) == OK)
		wrong = wrong_there(ca, &there, der, now);
	else if (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
		wrong = tr("不存在", "isn't there");
	bytes_free(&there);
	return wrong ? error_set(e, ERR_CA_CRL_FILE, "%s %s", path, wrong) : OK;
}

enum err crl_put(const struct ca *ca, const char *path, const struct bytes *der, int64_t now, struct error *e)
{
	return crl_lies(ca, path, der, now, NULL) ? file_write(path, 0644, der->data, der->length, e) : OK;
}
