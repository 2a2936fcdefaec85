/* gzip, as HTTP bodies use it. */
#ifndef CERTDESK_BASE_GZIP_H
#define CERTDESK_BASE_GZIP_H

#include "base/bytes.h"

enum gzip_result { GZIP_DONE, GZIP_BROKEN, GZIP_LONG, GZIP_MEMORY };

/* Adds what one gzip member of untrusted bytes holds to `out`, at most `limit` bytes; nothing may follow it. Memory grows with
 * what comes out, never beyond the limit. Otherwise `out` is as it was. */
enum gzip_result gzip_open(const void *data, size_t length, size_t limit, struct bytes *out);
/* Adds `data` compressed, in one member. ERR_MEMORY. */
enum err gzip_make(const void *data, size_t length, struct bytes *out);

#endif
