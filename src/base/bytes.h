/* Byte buffers and secrets. */
#ifndef CERTDESK_BASE_BYTES_H
#define CERTDESK_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A growable buffer; zeroed is empty. data[length] is always a readable 0. */
struct bytes {
	uint8_t *data;
	size_t length, room;
};

enum err bytes_add(struct bytes *b, const void *data, size_t length);
/* Room for so many more, behind data[length]: who writes there adds to `length` and ends it with a 0. */
enum err bytes_room(struct bytes *b, size_t more);
enum err bytes_text(struct bytes *b, const char *text);
enum err bytes_format(struct bytes *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Wipes and frees; the buffer is empty again. */
void bytes_free(struct bytes *b);

/* A secret of at most 256 bytes: PIN, PUK, password, key. Lives where it is
 * declared, is terminated, and must end with secret_wipe. Never print it. */
#define SECRET_MAX 256
struct secret {
	size_t length;
	char data[SECRET_MAX + 1];
};

void secret_wipe(struct secret *s);
/* False where `length` is over SECRET_MAX; the secret is then empty. */
bool secret_set(struct secret *s, const void *data, size_t length);
bool secret_equal(const struct secret *a, const struct secret *b); /* constant time */
/* Reads the first line of a file (at most SECRET_MAX bytes, newline dropped).
 * Refuses a file that group or others can read. Whoever writes to a pipe is waited for; ERR_SECRET_PIPE where nobody does.
 * ERR_SECRET_FILE, ERR_FILE_READ. */
enum err secret_read_file(struct secret *s, const char *path, struct error *e);

/* Lower-case hex of `n` bytes into out[2n+1]; the reverse returns false on anything else. */
void hex_encode(char *out, const uint8_t *data, size_t n);
bool hex_decode(uint8_t *out, size_t n, const char *hex);

#endif
