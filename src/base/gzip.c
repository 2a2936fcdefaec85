#include "base/gzip.h"

#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16 }; /* 16: gzip's own head and check, nothing else */

enum { BLOCK_LEAST = 16384, BLOCK_MOST = 1 << 20 };

/* Straight to where it stays: what doesn't pack, most of a journal, would else be copied once more. */
static enum gzip_result inflate_all(z_stream *z, size_t limit, struct bytes *out)
{
	int rc = Z_OK;
	const uint8_t *end = z->next_in + z->avail_in; /* where gzip says how long it was */
	size_t start = out->length, room = z->avail_in < 4 ? 0 : ((size_t)end[-1] << 24 | end[-2] << 16 | end[-3] << 8 | end[-4]) + 1;
	room = room < BLOCK_LEAST ? BLOCK_LEAST : room > BLOCK_MOST ? BLOCK_MOST : room;
	while (rc != Z_STREAM_END) {
		if (bytes_room(out, room))
			return GZIP_MEMORY;
		z->next_out = out->data + out->length;
		z->avail_out = (uInt)room;
		rc = inflate(z, Z_NO_FLUSH);
		size_t got = room - z->avail_out;
		if (rc != Z_OK && rc != Z_STREAM_END)
			return rc == Z_MEM_ERROR ? GZIP_MEMORY : GZIP_BROKEN;
		if (got > limit - (out->length - start))
			return GZIP_LONG;
		if (got == 0 && rc == Z_OK)
			return GZIP_BROKEN; /* cut */
		out->length += got;
		out->data[out->length] = 0;
	}
	return z->avail_in == 0 ? GZIP_DONE : GZIP_BROKEN;
}

enum gzip_result gzip_open(const void *data, size_t length, size_t limit, struct bytes *out)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)length};
	size_t start = out->length;
	if (length > UINT32_MAX)
		return GZIP_LONG;
	if (length == 0)
		return GZIP_BROKEN;
	if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
		return GZIP_MEMORY;
	enum gzip_result r = inflate_all(&z, limit, out);
	inflateEnd(&z);
	if (r != GZIP_DONE && out->data) {
		out->length = start;
		out->data[start] = 0;
	}
	return r;
}

enum err gzip_make(const void *data, size_t length, struct bytes *out)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)length};
	if (length > UINT32_MAX / 2 || deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return ERR_MEMORY;
	size_t room = deflateBound(&z, z.avail_in); /* at once: nothing is copied */
	enum err r = bytes_room(out, room);
	if (!r) {
		z.next_out = out->data + out->length;
		z.avail_out = (uInt)room;
		r = deflate(&z, Z_FINISH) == Z_STREAM_END ? OK : ERR_MEMORY;
		out->length += r ? 0 : z.total_out;
		out->data[out->length] = 0;
	}
	deflateEnd(&z);
	return r;
}
