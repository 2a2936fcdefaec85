/* A data key on its way: CMS AuthEnvelopedData (DER) to one encryption certificate (ephemeral ECDH with X9.63 and SHA-256,
 * AES-256 key wrap, AES-256-GCM). Inside are the key's 32 bytes and "SITE/DK": whose number for the key it is. The
 * opener says what it expects there, so nobody can hand in another site's envelope as its own and ask for it back. */
#ifndef CERTDESK_SYNC_ENVELOPE_H
#define CERTDESK_SYNC_ENVELOPE_H

#include <openssl/evp.h>

#include "base/crypt.h"

#define ENVELOPE_MOST 4096 /* bytes of one envelope; a longer one is refused */

/* `site` is the one that numbers the key `dk`. `certificate` is DER of a P-256 certificate. Adds to `out`. ERR_CRYPTO. */
enum err envelope_seal(const void *certificate, size_t certificate_length, const char *site, int64_t dk,
                       const uint8_t key[DATA_KEY_SIZE], struct bytes *out, struct error *e);
/* With the private key of the certificate. The caller wipes `key`. ERR_SEALED for anything else than such an envelope. */
enum err envelope_open(EVP_PKEY *private_key, const void *cms, size_t length, const char *site, int64_t dk,
                       uint8_t key[DATA_KEY_SIZE], struct error *e);

#endif
