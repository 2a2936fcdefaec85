#include "base/json_read.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"

enum { DEPTH_MOST = 64, DIGITS_MOST = 18 };

struct reader {
	const char *at, *end;
	int depth;
	size_t left; /* values that may still come */
	struct bytes decoded; /* the newest string that had escapes */
};

struct span {
	const char *text;
	size_t length;
};

static json_t *read_value(struct reader *r);

static void skip_space(struct reader *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
		r->at++;
}

static bool take(struct reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

/* --- strings ------------------------------------------------------------------------------------------------------- */

#define EACH(byte) (0x0101010101010101u * (byte))

/* Whether one of eight bytes ends a plain stretch: a quote, a backslash, a control character. */
static bool any_special(uint64_t eight)
{
	uint64_t quote = eight ^ EACH('"'), back = eight ^ EACH('\\');
	uint64_t found = ((quote - EACH(1)) & ~quote) | ((back - EACH(1)) & ~back) | ((eight - EACH(0x20)) & ~eight);
	return (found & EACH(0x80)) != 0;
}

/* To the next of them; *wide: something there isn't ASCII. */
static void skip_plain(struct reader *r, bool *wide)
{
	uint64_t all = 0, eight;
	for (; r->end - r->at >= 8; r->at += 8) {
		memcpy(&eight, r->at, 8);
		if (any_special(eight))
			break;
		all |= eight;
	}
	for (; r->at < r->end && *r->at != '"' && *r->at != '\\' && (unsigned char)*r->at >= 0x20; r->at++)
		all |= (unsigned char)*r->at;
	*wide |= (all & EACH(0x80)) != 0;
}

static bool read_hex(struct reader *r, uint32_t *out)
{
	uint8_t two[2];
	char hex[5] = "";
	if (r->end - r->at < 4)
		return false;
	memcpy(hex, r->at, 4);
	r->at += 4;
	if (!hex_decode(two, 2, hex))
		return false;
	*out = (uint32_t)two[0] << 8 | two[1];
	return true;
}

/* Behind "\u". Half a pair, and U+0000, are refused. */
static bool read_code(struct reader *r)
{
	uint32_t code, low;
	if (!read_hex(r, &code) || code == 0 || (code >= 0xDC00 && code <= 0xDFFF))
		return false;
	if (code >= 0xD800 && code <= 0xDBFF) {
		if (!take(r, '\\') || !take(r, 'u') || !read_hex(r, &low) || low < 0xDC00 || low > 0xDFFF)
			return false;
		code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
	}
	char out[4];
	size_t n = text_encode(code, out);
	return bytes_add(&r->decoded, out, n) == OK;
}

static bool read_escape(struct reader *r)
{
	static const char names[] = "\"\\/bfnrt", stand_for[] = "\"\\/\b\f\n\r\t";
	if (r->at == r->end)
		return false;
	char c = *r->at++;
	if (c == 'u')
		return read_code(r);
	const char *name = c ? strchr(names, c) : NULL;
	return name && bytes_add(&r->decoded, &stand_for[name - names], 1) == OK;
}

/* Behind the opening quote; *out is good until the next one. */
static bool read_string(struct reader *r, struct span *out)
{
	const char *from = r->at;
	bool wide = false, escapes = false;
	r->decoded.length = 0;
	for (;;) {
		const char *plain = r->at;
		skip_plain(r, &wide);
		if (r->at == r->end || (unsigned char)*r->at < 0x20)
			return false;
		bool last = *r->at == '"';
		if ((escapes || !last) && bytes_add(&r->decoded, plain, (size_t)(r->at - plain)))
			return false;
		r->at++;
		if (last)
			break;
		escapes = true;
		if (!read_escape(r))
			return false;
	}
	*out = escapes ? (struct span){(char *)r->decoded.data, r->decoded.length} : (struct span){from, (size_t)(r->at - from) - 1};
	return !wide || text_valid(out->text, out->length);
}

/* --- values -------------------------------------------------------------------------------------------------------- */

static json_t *read_number(struct reader *r)
{
	bool minus = take(r, '-');
	const char *from = r->at;
	json_int_t n = 0;
	while (r->at < r->end && *r->at >= '0' && *r->at <= '9' && r->at - from <= DIGITS_MOST)
		n = n * 10 + (*r->at++ - '0');
	ptrdiff_t digits = r->at - from;
	if (digits < 1 || digits > DIGITS_MOST || (*from == '0' && digits > 1) || (r->at < r->end && strchr(".eE", *r->at)))
		return NULL;
	return json_integer(minus ? -n : n);
}

static json_t *read_word(struct reader *r)
{
	static const struct {
		const char *word;
		json_t *(*make)(void);
	} words[] = {{"null", json_null}, {"true", json_true}, {"false", json_false}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i].word);
		if ((size_t)(r->end - r->at) >= n && memcmp(r->at, words[i].word, n) == 0) {
			r->at += n;
			return words[i].make();
		}
	}
	return NULL;
}

static bool read_member(struct reader *r, json_t *object)
{
	struct span key;
	skip_space(r);
	if (!take(r, '"') || !read_string(r, &key))
		return false;
	bool decoded = key.text == (char *)r->decoded.data; /* where the value's escapes come too */
	char *copy = decoded ? strndup(key.text, key.length) : NULL;
	const char *name = decoded ? copy : key.text;
	size_t members = json_object_size(object);
	skip_space(r);
	json_t *value = name && take(r, ':') ? read_value(r) : NULL;
	/* twice the same name: it doesn't grow */
	bool good = value && json_object_setn_new_nocheck(object, name, key.length, value) == 0 && json_object_size(object) == members + 1;
	free(copy);
	return good;
}

static bool read_item(struct reader *r, json_t *array)
{
	json_t *value = read_value(r);
	return value && json_array_append_new(array, value) == 0;
}

/* An array's or an object's, from behind its first bracket to behind its last. */
static json_t *read_many(struct reader *r, json_t *into, char end, bool (*read_one)(struct reader *, json_t *))
{
	bool good = into && ++r->depth <= DEPTH_MOST;
	skip_space(r);
	bool empty = take(r, end);
	while (good && !empty) {
		good = read_one(r, into);
		skip_space(r);
		if (!take(r, ','))
			break;
	}
	r->depth--;
	if (good && (empty || take(r, end)))
		return into;
	json_decref(into);
	return NULL;
}

static json_t *read_value(struct reader *r)
{
	struct span s;
	if (r->left-- == 0)
		return NULL;
	skip_space(r);
	if (take(r, '"'))
		return read_string(r, &s) ? json_stringn_nocheck(s.text, s.length) : NULL;
	if (take(r, '{'))
		return read_many(r, json_object(), '}', read_member);
	if (take(r, '['))
		return read_many(r, json_array(), ']', read_item);
	return r->at < r->end && (*r->at == '-' || (*r->at >= '0' && *r->at <= '9')) ? read_number(r) : read_word(r);
}

json_t *json_read(const char *text, size_t length, bool any, size_t most)
{
	struct reader r = {.at = text, .end = text + length, .left = most};
	json_t *out = read_value(&r);
	skip_space(&r);
	if (out && (r.at != r.end || (!any && !json_is_object(out) && !json_is_array(out)))) {
		json_decref(out);
		out = NULL;
	}
	bytes_free(&r.decoded);
	return out;
}
