/* Sealing to somebody's certificate: what only its holder may read. */
#ifndef CERTDESK_BASE_RECIPIENT_H
#define CERTDESK_BASE_RECIPIENT_H

#include "base/bytes.h"

/* Adds to `out` the plain text as CMS authenticated-enveloped data (RFC 5083, DER, AES-256-GCM; RSA with OAEP, EC by ECDH), so that
 * `openssl cms -decrypt -inform DER` with the key opens it. `certificate` is a PEM file; at `now` it must be valid, of RSA or EC with at
 * least 112 bits of security, and meant for encryption: else `unfit`. ERR_FILE_READ, ERR_FILE_TOO_BIG, ERR_MEMORY. */
enum err recipient_seal(const char *certificate, const void *plain, size_t length, int64_t now, enum err unfit, struct bytes *out,
                        struct error *e);
/* Whether it would, as far as the certificate goes: `unfit`, ERR_FILE_READ, ERR_FILE_TOO_BIG, ERR_MEMORY. */
enum err recipient_fit(const char *certificate, int64_t now, enum err unfit, struct error *e);

#endif
