#include "base/bytes.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err reserve(struct bytes *b, size_t more)
{
	if (more > SIZE_MAX / 4 || b->length > SIZE_MAX / 4)
		return ERR_MEMORY;
	size_t need = b->length + more + 1, room = b->room ? b->room * 2 : 64;
	if (need <= b->room)
		return OK;
	if (room < need) /* all of it is wiped in the end, so no more than that */
		room = need;
	uint8_t *data = malloc(room); /* not realloc: the old copy must be wiped */
	if (!data)
		return ERR_MEMORY;
	if (b->length)
		memcpy(data, b->data, b->length);
	if (b->data) {
		OPENSSL_cleanse(b->data, b->room);
		free(b->data);
	}
	b->data = data;
	b->room = room;
	return OK;
}

enum err bytes_room(struct bytes *b, size_t more)
{
	enum err r = reserve(b, more);
	if (!r)
		b->data[b->length] = 0;
	return r;
}

enum err bytes_add(struct bytes *b, const void *data, size_t length)
{
	enum err r = reserve(b, length);
	if (r)
		return r;
	if (length)
		memcpy(b->data + b->length, data, length);
	b->length += length;
	b->data[b->length] = 0;
	return OK;
}

enum err bytes_text(struct bytes *b, const char *text)
{
	return bytes_add(b, text, strlen(text));
}

enum err bytes_format(struct bytes *b, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	int n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n < 0 || reserve(b, (size_t)n))
		return ERR_MEMORY;
	va_start(ap, format);
	vsnprintf((char *)b->data + b->length, (size_t)n + 1, format, ap);
	va_end(ap);
	b->length += (size_t)n;
	return OK;
}

void bytes_free(struct bytes *b)
{
	if (b->data) {
		OPENSSL_cleanse(b->data, b->room);
		free(b->data);
	}
	*b = (struct bytes){0};
}

void secret_wipe(struct secret *s)
{
	OPENSSL_cleanse(s, sizeof *s);
}

bool secret_set(struct secret *s, const void *data, size_t length)
{
	secret_wipe(s);
	if (length > SECRET_MAX)
		return false;
	if (length)
		memcpy(s->data, data, length);
	s->length = length;
	return true;
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
	return a->length == b->length && CRYPTO_memcmp(a->data, b->data, sizeof a->data) == 0;
}

enum err secret_read_file(struct secret *s, const char *path, struct error *e)
{
	enum err r = ERR_FILE_READ;
	struct stat st;
	secret_wipe(s);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
		error_set(e, r, "%s", path);
		goto out;
	}
	if (S_ISREG(st.st_mode) && (st.st_mode & 077)) {
		r = error_set(e, ERR_SECRET_FILE, "%s", path);
		goto out;
	}
	fcntl(fd, F_SETFL, 0); /* whoever writes to a pipe is waited for; that somebody comes who would, isn't */
	char buffer[SECRET_MAX + 2], *end = NULL;
	size_t have = 0;
	for (ssize_t n; !end && have < sizeof buffer && (n = read(fd, buffer + have, sizeof buffer - have)) > 0;) {
		have += (size_t)n;
		end = memchr(buffer, '\n', have);
	}
	if (!have && S_ISFIFO(st.st_mode)) {
		r = error_set(e, ERR_SECRET_PIPE, "%s", path);
		goto out;
	}
	size_t length = end ? (size_t)(end - buffer) : have;
	if (length && buffer[length - 1] == '\r')
		length--;
	r = secret_set(s, buffer, length) ? OK : error_set(e, ERR_SECRET_FILE, "%s", path);
	OPENSSL_cleanse(buffer, sizeof buffer);
out:
	if (fd >= 0)
		close(fd);
	return r;
}

void hex_encode(char *out, const uint8_t *data, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[data[i] >> 4];
		out[2 * i + 1] = digits[data[i] & 15];
	}
	out[2 * n] = '\0';
}

static int hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hex_decode(uint8_t *out, size_t n, const char *hex)
{
	if (strlen(hex) != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int hi = hex_value(hex[2 * i]), lo = hex_value(hex[2 * i + 1]);
		if (hi < 0 || lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}
