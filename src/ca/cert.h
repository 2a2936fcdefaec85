/* Reading certificates, hostile ones included. */
#ifndef CERTDESK_CA_CERT_H
#define CERTDESK_CA_CERT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

#define CERT_DER_MAX 65536
#define CERT_SERIAL_SIZE 65 /* hex of at most 32 bytes */

struct cert_info {
	char *subject, *issuer;        /* RFC 2253 with UTF-8 as it is: "CN=…,O=…,C=CN" */
	char *common_name;             /* the last CN of the subject, "" for none */
	char serial[CERT_SERIAL_SIZE]; /* upper-case hex, even length, no sign */
	int64_t not_before, not_after; /* UTC seconds, both inclusive */
	struct bytes spki;             /* the public key, DER */
	char key[24];                  /* "RSA-2048", "P-256", "SM2" */
	char key_usage[160];           /* "digitalSignature,nonRepudiation"; "" for none */
	bool ca;                       /* basicConstraints says CA */
};

/* Reads one DER certificate (nothing may follow it). ERR_CA_CERTIFICATE on anything else. `out` must be zeroed or
 * freed; ends with cert_info_free. */
enum err cert_info(const uint8_t *der, size_t length, struct cert_info *out, struct error *e);
void cert_info_free(struct cert_info *info);
/* A serial as people paste it: upper case, no colons. */
void cert_fold_serial(const char *in, char out[CERT_SERIAL_SIZE]);

/* DER to PEM and back (the first certificate of a text of at most 1 MiB); `out` is added to. ERR_CA_CERTIFICATE. */
enum err cert_pem(const uint8_t *der, size_t length, struct bytes *out, struct error *e);
enum err cert_from_pem(const char *pem, size_t length, struct bytes *der, struct error *e);

/* Whether the certificate is for this public key (SPKI, DER). False for what can't be read. */
bool cert_matches_key(const uint8_t *der, size_t length, const uint8_t *spki, size_t spki_length);
/* What a token signs of a message: its SHA-256, or for an SM2 key its e. ERR_CA_CERTIFICATE. */
enum err spki_digest(const uint8_t *spki, size_t length, const void *message, size_t message_length, uint8_t digest[32],
	struct error *e);
/* Verifies a signature over a SHA-256 digest by the certificate's (or bare) public key, RSA PKCS#1 v1.5 or ECDSA, or
 * over SM2's e: for the test signature after writing a key. ERR_CA_SIGNATURE, ERR_CA_CERTIFICATE. */
enum err spki_verify(const uint8_t *spki, size_t length, const uint8_t digest[32], const uint8_t *signature,
	size_t signature_length, struct error *e);

#endif
