/* Base64 (RFC 4648, with padding, no line breaks): what bytes look like inside JSON. */
#ifndef CERTDESK_BASE_BASE64_H
#define CERTDESK_BASE_BASE64_H

#include "base/bytes.h"

/* Adds the text to `out`. ERR_MEMORY. */
enum err base64_encode(const void *data, size_t length, struct bytes *out);
/* Adds the bytes of an untrusted text to `out`; false for anything that base64_encode does not write, or where memory ends. */
bool base64_decode(const char *text, size_t length, struct bytes *out);

#endif
