/* Certificate authorities behind one table of functions. The first driver is the
 * local CA: a root key in an encrypted file. It calls itself a demonstration (演示) on
 * every certificate unless it was made for production.
 *
 * The desk records a request before it asks a CA over a line and the answer after it. What
 * the local CA signs counts from when the desk has recorded it, and is seen by nobody before:
 * a driver keeps no list of what it issued. */
#ifndef CERTDESK_CA_CA_H
#define CERTDESK_CA_CA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "ca/cert.h"
#include "ca/profile.h"

struct X509_req_st; /* OpenSSL's X509_REQ */

struct ca;       /* an open CA; one thread at a time */
struct ca_draft; /* a certificate that was signed ahead of its request */

struct ca_order {
	const uint8_t *request; /* PKCS#10, DER, as from request_make */
	size_t request_length;
	struct X509_req_st *proven; /* the same as request_make has it: a CA at hand doesn't read and prove it again. NULL: it does */
	const struct profile *profile;
	const json_t *values;          /* the order's fields */
	int64_t not_before, not_after; /* UTC seconds, both inclusive */
	struct ca_draft *draft;        /* of ca_draft_make, NULL for none; is empty after it was used */
	/* for a CA that is asked over a line; the local one doesn't look at them */
	const char *key, *no; /* the idempotency key; the order's number */
	int64_t item;         /* the item's number */
	bool asked;           /* it may have been asked before under this key */
};

struct ca_revoked {
	const char *serial;    /* upper-case hex */
	int64_t revoked_at;    /* UTC seconds */
	int reason;            /* RFC 5280's code, see ca_reason_code */
	int64_t invalid_since; /* invalidity date, 0 for none */
};

struct ca_driver {
	const char *name; /* "local", "hub" */
	enum err (*issue)(struct ca *ca, const struct ca_order *order, struct cert_info *info, struct bytes *der, struct error *e);
	/* NULL: it signs requests only */
	enum err (*draft)(struct ca *ca, const struct ca_order *order, const uint8_t *spki, size_t length, struct ca_draft *out, struct error *e);
	enum err (*crl)(struct ca *ca, const struct ca_revoked *revoked, size_t count, int64_t this_update,
		int64_t next_update, uint64_t number, struct bytes *der, struct error *e);
	enum err (*chain)(struct ca *ca, struct bytes *pem, struct error *e);
	enum err (*reach)(struct ca *ca, struct error *e); /* NULL: it is here */
	void (*close)(struct ca *ca);
};

/* The local CA's one file in its directory, mode 0600: key (PKCS#8, AES-256-CBC under scrypt) and certificate, PEM. */
#define CA_LOCAL_FILE "local-ca.pem"
/* A passphrase of exactly so many hexadecimal digits, in small letters, is a key of 256 bits (key_derive), which scrypt needn't stretch. */
#define CA_KEY_DIGITS 64

/* Makes the local CA in `dir` (made 0700 where it is missing): RSA-3072, valid for 20 years from `now`. The file is
 * there whole or not at all, and is never overwritten: ERR_CA_EXISTS. ERR_CA_PASSPHRASE (shorter than 8 bytes),
 * ERR_CA_FIELD (name), ERR_FILE_WRITE. `demonstration` puts （演示） behind a name that doesn't say so. */
enum err ca_local_create(const char *dir, const char *name, const struct secret *passphrase, bool demonstration,
	int64_t now, struct error *e);

/* Opens the local CA. ERR_CA_KEY, with what is wrong: missing, damaged, wrong passphrase, another's key. */
enum err ca_open(const char *dir, const struct secret *passphrase, struct ca **out, struct error *e);
void ca_close(struct ca **ca);
/* Whether it is a demonstration, by its name; its own certificate. Owned by `ca`. */
bool ca_demonstration(const struct ca *ca);
const struct cert_info *ca_info(const struct ca *ca);

/* The CA that headquarters holds ("hub"): certificates come over a line, lists are made there (ca_crl is ERR_CA_CRL). */
struct ca_line {
	enum err (*issue)(void *arg, const struct ca_order *order, struct bytes *der, struct error *e);
	enum err (*reach)(void *arg, struct error *e); /* whether it would answer now */
	void *arg;
};
/* `chain` is its certificates, PEM, the issuing one first. What comes over the line is checked: signed by this CA, for the request's key,
 * as long as was asked, else ERR_CA_CERTIFICATE. The line's own errors come through. */
enum err ca_open_hub(const char *chain, const struct ca_line *line, struct ca **out, struct error *e);

/* Whether it can be asked now: what can't be undone is only done after that. The line's own errors come through. */
enum err ca_reach(struct ca *ca, struct error *e);

/* Whether it signed this certificate (DER). */
bool ca_signed(const struct ca *ca, const uint8_t *der, size_t length);

struct ca_list {
	int64_t number, this_update, next_update;
};
/* Whether a list (DER) is by this CA and whole. ERR_CA_LIST. */
enum err ca_check_crl(const struct ca *ca, const uint8_t *der, size_t length, struct ca_list *out, struct error *e);

/* Issues a certificate. The subject and extensions come from the profile and the values alone, the key from the
 * request, whose signature and strength are checked. The serial is random: 16 bytes, top bit clear, not zero. `der`
 * must be empty; `info` is what stands in it, for cert_info_free, and empty after an error. ERR_CA_REQUEST, ERR_CA_WEAK_KEY, ERR_CA_SIGNATURE, ERR_CA_FIELD, ERR_CA_PROFILE (the key's kind is
 * not the product's), ERR_CA_VALIDITY (the end is not after the beginning, or outside the CA's own time). */
enum err ca_issue(struct ca *ca, const struct ca_order *order, struct cert_info *info, struct bytes *der, struct error *e);

/* Signs ahead what ca_issue will be asked for, while the key still signs the request, which isn't looked at. Nobody gets it but from
 * ca_issue, which hands it out for a request that passes all its checks, is by this very key, and comes with the same profile, values and
 * validity; else it signs anew. *out is NULL where the CA does no such thing. Errors as ca_issue. */
enum err ca_draft_make(struct ca *ca, const struct ca_order *order, const uint8_t *spki, size_t length, struct ca_draft **out, struct error *e);
void ca_draft_free(struct ca_draft **draft);

/* Makes the list of revoked certificates (CRL, version 2, DER) into empty `der`. ERR_CA_CRL: a bad or double
 * serial, an unknown reason, or a next update that is not later. */
enum err ca_crl(struct ca *ca, const struct ca_revoked *revoked, size_t count, int64_t this_update,
	int64_t next_update, uint64_t number, struct bytes *der, struct error *e);
/* The same bytes as PEM; `pem` is added to. ERR_CA_CRL. */
enum err crl_pem(const uint8_t *der, size_t length, struct bytes *pem, struct error *e);
/* Puts a list of this CA where a web server finds it: readable by all, whole or not at all, and only where neither it nor a later one of the
 * CA's, by date and by number, lies there: whoever was restored from a backup has older ones. One that is dated ahead of `now`, or has the lower
 * number, was made while the clock was wrong, and doesn't count as either. ERR_FILE_WRITE. */
enum err crl_put(const struct ca *ca, const char *path, const struct bytes *der, int64_t now, struct error *e);
/* Whether one of these lies there: ERR_CA_CRL_FILE says what does instead. */
enum err crl_lies(const struct ca *ca, const char *path, const struct bytes *der, int64_t now, struct error *e);

/* The CA's certificates as PEM, the issuing one first; `pem` is added to. */
enum err ca_chain(struct ca *ca, struct bytes *pem, struct error *e);

/* RFC 5280's reasons in kebab-case ("cessation-of-operation" is 5); -1 and NULL for what is none. */
int ca_reason_code(const char *name);
const char *ca_reason_name(int code);

#endif
