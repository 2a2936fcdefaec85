#include "net/exchange.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/gzip.h"
#include "net/net.h"

enum { COMPRESS_FROM = 1024, HEADERS_MOST = 64 << 10 };

long exchange_status(const struct exchange *x)
{
	long status = 0;
	curl_easy_getinfo(x->line->curl, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

static size_t stop(struct exchange *x, enum err err)
{
	x->err = err;
	return 0; /* what curl takes for a failed write */
}

/* Headers ------------------------------------------------------------------------------------------- */

/* The value of the header line `name`, in `out`; false where it is another one. */
static bool header_value(const char *line, size_t length, const char *name, char *out, size_t size)
{
	size_t n = strlen(name);
	if (length <= n || strncasecmp(line, name, n) != 0 || line[n] != ':')
		return false;
	for (n++; n < length && (line[n] == ' ' || line[n] == '\t'); n++)
		;
	while (length > n && (line[length - 1] == '\r' || line[length - 1] == '\n' || line[length - 1] == ' '))
		length--;
	size_t take = length - n < size ? length - n : size - 1;
	memcpy(out, line + n, take);
	out[take] = '\0';
	return true;
}

/* -1 for anything but a plain number. */
static int64_t plain_number(const char *text)
{
	return *text && strlen(text) <= 18 && strspn(text, "0123456789") == strlen(text) ? strtoll(text, NULL, 10) : -1;
}

size_t exchange_take_header(char *data, size_t one, size_t length, void *arg)
{
	struct exchange *x = arg;
	char value[100];
	(void)one;
	x->headers += length;
	if (x->headers > HEADERS_MOST)
		return stop(x, ERR_NET_LONG);
	if (length > 5 && memcmp(data, "HTTP/", 5) == 0) { /* a new answer: behind a 100, or sent again over a new line */
		x->answer.upload_offset = x->answer.upload_length = -1;
		x->range_from = -1;
		x->packed = false;
	} else if (header_value(data, length, "Upload-Offset", value, sizeof value))
		x->answer.upload_offset = plain_number(value);
	else if (header_value(data, length, "Upload-Length", value, sizeof value))
		x->answer.upload_length = plain_number(value);
	else if (header_value(data, length, "Content-Encoding", value, sizeof value)) {
		bool gzip = strcasecmp(value, "gzip") == 0 && !x->packed && !x->call->takes;
		if (!gzip && strcasecmp(value, "identity") != 0)
			return stop(x, ERR_NET_ANSWER); /* we asked for no other */
		x->packed |= gzip;
	} else if (header_value(data, length, "Content-Range", value, sizeof value) && strncmp(value, "bytes ", 6) == 0) {
		value[6 + strcspn(value + 6, "-")] = '\0';
		x->range_from = plain_number(value + 6);
	}
	return length;
}

/* Bodies -------------------------------------------------------------------------------------------- */

static size_t take_to_file(struct exchange *x, const char *data, size_t length)
{
	if (x->received == 0) {
		bool part = exchange_status(x) == 206;
		if (part && x->range_from != x->call->take_from)
			return stop(x, ERR_NET_ANSWER);
		x->answer.from = part ? x->range_from : 0;
	}
	for (size_t done = 0; done < length;) {
		ssize_t n = pwrite(x->takes, data + done, length - done, x->answer.from + (int64_t)(x->received + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return stop(x, ERR_NET_FILE);
		done += (size_t)n;
	}
	x->answer.written += (int64_t)length;
	return length;
}

/* The plain bytes, wherever they go. */
static size_t take_plain(struct exchange *x, const char *data, size_t length)
{
	bool good = exchange_status(x) / 100 == 2;
	size_t most = good ? (size_t)x->call->limit : NET_ANSWER_MOST, n = length;
	if (length > most - x->received)
		return stop(x, ERR_NET_LONG);
	if (good && x->takes >= 0)
		n = take_to_file(x, data, length);
	else if (frame_write_data(x->line->fd, -1, data, length) != FRAME_GOOD)
		_exit(1); /* nobody listens any more */
	x->received += length;
	return n;
}

/* Not left to curl: it takes a stream that breaks off for a whole one. */
static size_t unpack_body(struct exchange *x, char *data, size_t length)
{
	char plain[32768];
	z_stream *z = &x->unpack;
	if (!z->state && inflateInit2(z, 15 + 16) != Z_OK)
		return stop(x, ERR_MEMORY);
	z->next_in = (Bytef *)data;
	z->avail_in = (uInt)length;
	do {
		z->next_out = (Bytef *)plain;
		z->avail_out = sizeof plain;
		int end = x->unpacked ? Z_DATA_ERROR : inflate(z, Z_NO_FLUSH); /* nothing comes behind the end */
		if (end != Z_OK && end != Z_STREAM_END && end != Z_BUF_ERROR)
			return stop(x, ERR_NET_ANSWER);
		x->unpacked = end == Z_STREAM_END;
		size_t n = sizeof plain - z->avail_out;
		if (n && take_plain(x, plain, n) != n)
			return 0;
	} while (z->avail_in > 0 || (z->avail_out == 0 && !x->unpacked));
	return length;
}

size_t exchange_take_body(char *data, size_t one, size_t length, void *arg)
{
	struct exchange *x = arg;
	(void)one;
	return x->packed ? unpack_body(x, data, length) : take_plain(x, data, length);
}

int64_t exchange_send_length(const struct exchange *x)
{
	return x->sends >= 0 ? x->call->send_length : (int64_t)x->body.length;
}

size_t exchange_give_body(char *to, size_t one, size_t room, void *arg)
{
	struct exchange *x = arg;
	int64_t left = exchange_send_length(x) - x->sent;
	(void)one;
	if ((int64_t)room > left)
		room = (size_t)left;
	if (room == 0)
		return 0;
	if (x->sends < 0)
		memcpy(to, x->body.data + x->sent, room);
	else {
		ssize_t n = pread(x->sends, to, room, x->call->send_from + x->sent);
		if (n <= 0) {
			x->err = ERR_NET_FILE;
			return CURL_READFUNC_ABORT;
		}
		room = (size_t)n;
	}
	x->sent += (int64_t)room;
	return room;
}

/* A kept line may turn out to be dead: curl then begins again. */
int exchange_seek_body(void *arg, curl_off_t offset, int origin)
{
	struct exchange *x = arg;
	if (origin != SEEK_SET || offset < 0 || offset > exchange_send_length(x))
		return CURL_SEEKFUNC_FAIL;
	x->sent = offset;
	return CURL_SEEKFUNC_OK;
}

enum err exchange_compress(struct exchange *x)
{
	struct bytes out = {0};
	const char *type = x->call->type;
	if (x->body.length <= COMPRESS_FROM || (type && strncmp(type, NET_FORM, sizeof NET_FORM - 1) == 0))
		return OK;
	enum err r = gzip_make(x->body.data, x->body.length, &out);
	if (!r && out.length < x->body.length) {
		bytes_free(&x->body);
		x->body = out;
		x->compressed = true;
	} else
		bytes_free(&out);
	return r;
}
