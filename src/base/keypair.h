/* The P-256 pairs of machines (sites, headquarters): made, asked certificates for, read back. Failures are ERR_CRYPTO. */
#ifndef CERTDESK_BASE_KEYPAIR_H
#define CERTDESK_BASE_KEYPAIR_H

#include <openssl/evp.h>

#include "base/bytes.h"

/* PKCS#8 DER of a new pair, added to `out`; bytes_free wipes it. */
enum err keypair_make(struct bytes *out, struct error *e);
/* NULL where it is none. Free with EVP_PKEY_free. */
EVP_PKEY *keypair_read(const void *der, size_t length);
/* A request (PEM) with subject CN=`name`, signed with SHA-256. */
enum err request_pem(EVP_PKEY *pair, const char *name, struct bytes *out, struct error *e);

#endif
