/* Headquarters' own authority over its sites: P-256 throughout, keys as files under DIR/keys (0600, directory 0700). */
#ifndef CERTDESK_HUB_PKI_H
#define CERTDESK_HUB_PKI_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdint.h>

#include "base/bytes.h"

enum pki_kind { PKI_TLS, PKI_SIGN, PKI_ENCRYPT, PKI_KINDS };
extern const char *const pki_names[PKI_KINDS]; /* "tls", "sign", "encrypt" */

enum { PKI_ROOT_DAYS = 20 * 365 + 5, PKI_OWN_DAYS = PKI_ROOT_DAYS - 1, PKI_SERVER_DAYS = 825, PKI_SITE_DAYS = 730, PKI_CRL_DAYS = 14 };

/* Root, and the server's, signing and encryption pairs, into the directory `keys`, which must exist and hold none. ERR_CRYPTO,
 * ERR_CA_FIELD (the name), ERR_FILE_WRITE. */
enum err pki_create(const char *keys, const char *name, const char *host, int64_t now, struct error *e);
/* NAME.key and NAME.pem of the directory, which must fit each other; `key` may be NULL. The caller frees. ERR_HUB_KEYS. */
enum err pki_load(const char *keys, const char *name, EVP_PKEY **key, X509 **certificate, struct error *e);
/* Makes the server's pair anew where it is missing, of another host, or has less than a third of its time left. *changed tells. */
enum err pki_server(const char *keys, const char *host, int64_t now, bool *changed, struct error *e);

/* A certificate for a site by its request (PEM), whose signature proves the key; only P-256. The name in the request doesn't count. `serial`
 * is upper-case hex. ERR_CA_REQUEST, ERR_CA_WEAK_KEY, ERR_CA_SIGNATURE, ERR_CRYPTO. */
struct pki_issued {
	char serial[65];
	struct bytes pem, spki;
	int64_t not_after;
};
enum err pki_issue(const char *keys, const char *site, enum pki_kind kind, const char *request, int64_t now, struct pki_issued *out,
	struct error *e);
void pki_issued_free(struct pki_issued *i);

/* Writes keys/crl.pem, the list that nginx goes by. `serials` and `times` are of revoked certificates, in order. ERR_CA_CRL, ERR_FILE_WRITE. */
enum err pki_crl(const char *keys, const char *const *serials, const int64_t *times, size_t count, int64_t now, uint64_t number,
	struct error *e);
/* When keys/crl.pem ends (0 where there is none) and how many certificates stand in it. */
int64_t pki_crl_end(const char *keys, size_t *count);
/* PEM of a certificate; `out` is added to. */
enum err pki_pem(X509 *x, struct bytes *out);

/* The enrolment code: its text for people ("ABCDEF-…"), and back to its two parts. `secret` is 10, `fingerprint` 16 bytes. False
 * for what is no code. */
void pki_code_text(const uint8_t secret[10], const X509 *root, char out[64]);
bool pki_code_read(const char *text, uint8_t secret[10], uint8_t fingerprint[16]);

#endif
