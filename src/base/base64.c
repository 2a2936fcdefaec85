#include "base/base64.h"

#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum err base64_encode(const void *data, size_t length, struct bytes *out)
{
	const uint8_t *from = data;
	char block[4 * 256];
	size_t used = 0;
	enum err r = OK;
	for (size_t at = 0; !r && at < length; at += 3) {
		size_t left = length - at;
		uint32_t three = (uint32_t)from[at] << 16 | (left > 1 ? (uint32_t)from[at + 1] << 8 : 0) | (left > 2 ? from[at + 2] : 0);
		block[used++] = letters[three >> 18];
		block[used++] = letters[three >> 12 & 63];
		block[used++] = left > 1 ? letters[three >> 6 & 63] : '=';
		block[used++] = left > 2 ? letters[three & 63] : '=';
		if (used == sizeof block) {
			r = bytes_add(out, block, used);
			used = 0;
		}
	}
	return r ? r : bytes_add(out, block, used);
}

/* What a letter stands for, and one more: 0 is for what is none. */
static const uint8_t values[256] = {
	['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
	['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52,
	['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62,
	['+'] = 63, ['/'] = 64,
};

/* Four letters to at most three bytes; their number, 0 for what is no group. `last` may be padded. */
static size_t group(const char *four, bool last, uint8_t three[3])
{
	size_t bytes = last && four[3] == '=' ? (four[2] == '=' ? 1 : 2) : 3;
	uint32_t all = 0;
	for (size_t i = 0; i < 4; i++) {
		unsigned v = i > bytes ? 1 : values[(uint8_t)four[i]];
		if (!v)
			return 0;
		all = all << 6 | (v - 1);
	}
	three[0] = (uint8_t)(all >> 16);
	three[1] = (uint8_t)(all >> 8);
	three[2] = (uint8_t)all;
	/* the bits that padding leaves over must be 0: each value has one text */
	return (bytes == 1 && (all & 0xffff)) || (bytes == 2 && (all & 0xff)) ? 0 : bytes;
}

/* Whole groups of a long text, as many as are letters alone and fit; their number. */
static size_t whole_groups(const char *text, size_t count, uint8_t *out)
{
	for (size_t i = 0; i < count; i++, text += 4, out += 3) {
		unsigned a = values[(uint8_t)text[0]], b = values[(uint8_t)text[1]], c = values[(uint8_t)text[2]], d = values[(uint8_t)text[3]];
		if (!a || !b || !c || !d)
			return i;
		uint32_t all = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);
		out[0] = (uint8_t)(all >> 16);
		out[1] = (uint8_t)(all >> 8);
		out[2] = (uint8_t)all;
	}
	return count;
}

bool base64_decode(const char *text, size_t length, struct bytes *out)
{
	uint8_t block[3 * 256];
	size_t used = 0;
	if (length % 4 != 0)
		return false;
	for (size_t at = 0; at < length; at += 4) {
		size_t left = (length - at) / 4 - 1, room = sizeof block / 3 - 1;
		if (used == 0) { /* all but the last, which may be padded */
			size_t n = whole_groups(text + at, left < room ? left : room, block);
			used = 3 * n;
			at += 4 * n;
		}
		size_t n = group(text + at, at + 4 == length, block + used);
		if (n == 0)
			return false;
		used += n;
		if (used > sizeof block - 3) {
			if (bytes_add(out, block, used))
				return false;
			used = 0;
		}
	}
	return bytes_add(out, block, used) == OK;
}
