/* A reader for what canonical text and its like are made of: no spaces, short keys, integers. Whatever else a text holds, right or wrong,
 * is jansson's to read and to complain of. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum { DEPTH_MOST = 64, KEY_MOST = 64, DIGITS_MOST = 18 };

struct reading {
	const char *at, *end;
	int depth;
	struct bytes unescaped; /* the string last read, where it had escapes */
};

static json_t *read_value(struct reading *r);

static bool is(struct reading *r, char c)
{
	bool there = r->at < r->end && *r->at == c;
	r->at += there;
	return there;
}

static const char *skip_plain(const char *at, const char *end)
{
	while (at < end && (unsigned char)*at >= ' ' && *at != '"' && *at != '\\')
		at++;
	return at;
}

/* The one behind a backslash; 0 where that is none of one letter. */
static char escaped(char letter)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *p = letter ? strchr(letters, letter) : NULL;
	return p ? meant[p - letters] : 0;
}

/* Goes on at the first backslash of a string. */
static bool unescape(struct reading *r, const char *from)
{
	r->unescaped.length = 0;
	for (;;) {
		char c;
		if (bytes_add(&r->unescaped, from, (size_t)(r->at - from)))
			return false;
		if (is(r, '"'))
			return true;
		if (!is(r, '\\') || r->at == r->end || !(c = escaped(*r->at++)) || bytes_add(&r->unescaped, &c, 1))
			return false;
		from = r->at;
		r->at = skip_plain(from, r->end);
	}
}

/* *text stays until the next one is read. */
static bool read_string(struct reading *r, const char **text, size_t *length)
{
	if (!is(r, '"'))
		return false;
	*text = r->at;
	r->at = skip_plain(r->at, r->end);
	*length = (size_t)(r->at - *text);
	if (is(r, '"'))
		return true;
	if (!unescape(r, *text))
		return false;
	*text = (const char *)r->unescaped.data;
	*length = r->unescaped.length;
	return true;
}

static json_t *read_text(struct reading *r)
{
	const char *text;
	size_t length;
	return read_string(r, &text, &length) ? json_stringn(text, length) : NULL; /* which looks at the UTF-8 */
}

static json_t *read_integer(struct reading *r)
{
	json_int_t n = 0;
	bool below = is(r, '-');
	const char *from = r->at;
	while (r->at < r->end && *r->at >= '0' && *r->at <= '9' && r->at - from < DIGITS_MOST)
		n = n * 10 + (*r->at++ - '0');
	bool more = r->at < r->end && memchr("0123456789.eE", *r->at, 13);
	return r->at == from || more || (*from == '0' && r->at - from > 1) ? NULL : json_integer(below ? -n : n);
}

static json_t *read_word(struct reading *r, const char *word, json_t *value)
{
	size_t n = strlen(word);
	if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0)
		return NULL;
	r->at += n;
	return value;
}

static bool read_member(struct reading *r, json_t *object)
{
	const char *text;
	char key[KEY_MOST];
	size_t length, before = json_object_size(object);
	if (!read_string(r, &text, &length) || length > KEY_MOST || !is(r, ':'))
		return false;
	memcpy(key, text, length);
	json_t *value = read_value(r);
	return value && json_object_setn_new(object, key, length, value) == 0 && json_object_size(object) > before; /* none twice */
}

static json_t *read_object(struct reading *r)
{
	json_t *object = json_object();
	bool good = object && is(r, '{');
	if (good && !is(r, '}')) {
		do
			good = read_member(r, object);
		while (good && is(r, ','));
		good = good && is(r, '}');
	}
	if (!good)
		json_decref(object);
	return good ? object : NULL;
}

static json_t *read_array(struct reading *r)
{
	json_t *array = json_array();
	bool good = array && is(r, '[');
	if (good && !is(r, ']')) {
		do
			good = json_array_append_new(array, read_value(r)) == 0; /* NULL is refused */
		while (good && is(r, ','));
		good = good && is(r, ']');
	}
	if (!good)
		json_decref(array);
	return good ? array : NULL;
}

static json_t *read_value(struct reading *r)
{
	json_t *value;
	if (r->at == r->end || r->depth == DEPTH_MOST)
		return NULL;
	r->depth++;
	switch (*r->at) {
	case '{':
		value = read_object(r);
		break;
	case '[':
		value = read_array(r);
		break;
	case '"':
		value = read_text(r);
		break;
	case 't':
		value = read_word(r, "true", json_true());
		break;
	case 'f':
		value = read_word(r, "false", json_false());
		break;
	case 'n':
		value = read_word(r, "null", json_null());
		break;
	default:
		value = read_integer(r);
	}
	r->depth--;
	return value;
}

json_t *json_load_text(const char *text, size_t length, size_t flags, json_error_t *where)
{
	struct reading r = {.at = text, .end = text + length};
	bool whole = length && (flags & JSON_DECODE_ANY || *text == '{' || *text == '[');
	json_t *value = whole ? read_value(&r) : NULL;
	bytes_free(&r.unescaped);
	if (value && r.at == r.end)
		return value;
	json_decref(value);
	return json_loadb(text, length, flags, where);
}
