/* The store key wrapped to a recovery certificate: CMS, DER, beside the store (DIR/recovery.cms) and in every backup. What is
 * inside is the key's file, so that `openssl cms -decrypt -inform DER` with the recovery key gives it back too. */
#ifndef CERTDESK_DESK_RECOVERY_H
#define CERTDESK_DESK_RECOVERY_H

#include "base/bytes.h"

#define RECOVERY_FILE "recovery.cms"
enum { STORE_KEY_LINE = 65 }; /* of a store key's file: 64 hex digits and a newline */

/* The store key as its file says it, and back; false where it is none. `text` has STORE_KEY_LINE + 1 bytes. */
void store_key_text(const struct secret *key, char *text);
bool store_key_parse(const void *text, size_t length, struct secret *key);

/* ERR_RECOVERY_CERTIFICATE, ERR_FILE_READ. `now` is held against its validity. */
enum err recovery_wrap(const char *certificate, const struct secret *key, int64_t now, struct bytes *out, struct error *e);
/* With the private key in the PEM file, whose password may be NULL. ERR_RECOVERY_KEY, ERR_RESTORE_KEY (another's), ERR_FILE_READ. */
enum err recovery_unwrap(const void *cms, size_t length, const char *key_file, const struct secret *password, struct secret *key,
                         struct error *e);

#endif
