/* Opens the one form of CMS envelope that envelope_seal writes (RFC 5083 and 5753: a P-256 key that was made for it, X9.63 with SHA-256,
 * AES-256 key wrap, AES-256-GCM), some times as fast as the library, which looks everything up anew for each. */
#ifndef CERTDESK_SYNC_ENVELOPE_READ_H
#define CERTDESK_SYNC_ENVELOPE_READ_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ENVELOPE_INSIDE_MOST = 160 };

/* What is inside, its length in *inside_length; the caller wipes it. False for another form, and for what doesn't open: then `inside` is
 * wiped, and the library is to judge. */
bool envelope_read(EVP_PKEY *private_key, const void *cms, size_t length, uint8_t inside[ENVELOPE_INSIDE_MOST], size_t *inside_length);

#endif
