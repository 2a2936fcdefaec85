/* yajl reads what is ordinary, some five times as fast as jansson, which reads a letter at a time; whatever yajl can't take, or would take
 * otherwise than jansson, jansson reads. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "base/json.h"

enum { DEEPEST = 64, NUMBER_SIZE = 24 };

struct reading {
	const char *text;
	size_t length;
	json_t *root;
	json_t *open[DEEPEST]; /* borrowed: each is in the one before it */
	size_t depth;
	char *name; /* of the member whose value comes next: in the text, or copied where it has escapes */
	size_t name_length, name_room;
	bool escapes;
	size_t values, most;
	struct {
		const char *name; /* the newest of an object, in the text */
		size_t length;
	} newest[DEEPEST];
	size_t plain; /* how long the text is where it has no blanks */
	bool unsorted; /* or with a number as the canonical form hasn't it */
};

/* A comma, a bracket or a brace. */
static bool count(struct reading *r)
{
	return ++r->values <= r->most;
}

/* Takes the reference; `length`: of the value's text. */
static int put(struct reading *r, json_t *value, size_t length)
{
	if (!value)
		return 0;
	r->plain += length;
	if (!r->depth) {
		r->root = value;
		return 1;
	}
	json_t *in = r->open[r->depth - 1];
	if (json_is_array(in)) {
		bool first = json_array_size(in) == 0;
		r->plain += !first;
		return json_array_append_new(in, value) == 0 && (first || count(r));
	}
	size_t before = json_object_size(in); /* a name that was there before doesn't add one */
	return json_object_setn_new(in, r->name, r->name_length, value) == 0 && json_object_size(in) == before + 1;
}

static int take_null(void *r)
{
	return put(r, json_null(), 4);
}

static int take_boolean(void *r, int value)
{
	return put(r, json_boolean(value), value ? 4 : 5);
}

static int take_number(void *arg, const char *digits, size_t length)
{
	struct reading *r = arg;
	char text[NUMBER_SIZE], *end;
	if (length >= sizeof text)
		return 0;
	memcpy(text, digits, length);
	text[length] = '\0';
	errno = 0;
	long long value = strtoll(text, &end, 10);
	r->unsorted |= !value && length > 1; /* -0 */
	return !errno && !*end && put(r, json_integer(value), length);
}

/* What is decoded doesn't lie in the text. */
static void note_escapes(struct reading *r, const unsigned char *text)
{
	r->escapes |= (const char *)text < r->text || (const char *)text > r->text + r->length;
}

static bool is_ascii(const unsigned char *text, size_t length)
{
	unsigned char all = 0;
	for (size_t i = 0; i < length; i++)
		all |= text[i];
	return all < 0x80;
}

static int take_string(void *arg, const unsigned char *text, size_t length)
{
	note_escapes(arg, text);
	return put(arg, is_ascii(text, length) ? json_stringn_nocheck((const char *)text, length) : json_stringn((const char *)text, length), length + 2);
}

/* A name is behind the one before it. */
static bool note_order(struct reading *r, const char *name, size_t length)
{
	size_t at = r->depth - 1, before = r->newest[at].length, shorter = before < length ? before : length;
	int order = r->newest[at].name && !r->escapes ? memcmp(r->newest[at].name, name, shorter) : -1;
	r->unsorted |= order > 0 || (order == 0 && before >= length);
	r->newest[at].name = name;
	r->newest[at].length = length;
	bool first = json_object_size(r->open[at]) == 0;
	r->plain += length + (first ? 3 : 4);
	return first || count(r);
}

static int take_name(void *arg, const unsigned char *name, size_t length)
{
	struct reading *r = arg;
	note_escapes(r, name);
	if (!note_order(r, (const char *)name, length))
		return 0;
	if (length >= r->name_room) {
		char *larger = realloc(r->name, length + 1);
		if (!larger)
			return 0;
		r->name = larger;
		r->name_room = length + 1;
	}
	memcpy(r->name, name, length);
	r->name_length = length;
	return 1;
}

static int begin(struct reading *r, json_t *value)
{
	if (r->depth == DEEPEST || !count(r)) {
		json_decref(value);
		return 0;
	}
	if (!put(r, value, 2))
		return 0;
	r->newest[r->depth].name = NULL;
	r->open[r->depth++] = value;
	return 1;
}

static int begin_object(void *r)
{
	return begin(r, json_object());
}

static int begin_array(void *r)
{
	return begin(r, json_array());
}

static int end(void *arg)
{
	struct reading *r = arg;
	r->depth--;
	return 1;
}

/* Escapes by number may name what jansson refuses; blanks may be none of JSON's. */
static bool is_unusual(const struct reading *r)
{
	return (r->escapes && memmem(r->text, r->length, "\\u", 2)) || memchr(r->text, '\v', r->length) || memchr(r->text, '\f', r->length);
}

static json_t *read_ordinary(const char *text, size_t length, struct json_look *look)
{
	static const yajl_callbacks calls = {.yajl_null = take_null, .yajl_boolean = take_boolean, .yajl_number = take_number, .yajl_string = take_string,
	                                     .yajl_start_map = begin_object, .yajl_map_key = take_name, .yajl_end_map = end,
	                                     .yajl_start_array = begin_array, .yajl_end_array = end};
	struct reading r = {.text = text, .length = length, .most = look->most};
	yajl_handle yajl = yajl_alloc(&calls, NULL, &r);
	bool good = yajl && yajl_config(yajl, yajl_dont_validate_strings, 1) && /* json_stringn does */
	            yajl_parse(yajl, (const unsigned char *)text, length) == yajl_status_ok &&
	            yajl_parse(yajl, (const unsigned char *)"\n", 1) == yajl_status_ok && /* else a string that is begun behind the value would be let go */
	            yajl_complete_parse(yajl) == yajl_status_ok && !is_unusual(&r);
	if (yajl)
		yajl_free(yajl);
	free(r.name);
	if (good) {
		look->values = r.values;
		look->canonical = r.escapes ? json_is_canonical(r.root, text, length) : !r.unsorted && r.plain == length;
		return r.root;
	}
	json_decref(r.root);
	return NULL;
}

json_t *json_read_look(const char *text, size_t length, struct json_look *look, json_error_t *where)
{
	look->canonical = false;
	json_t *out = read_ordinary(text, length, look);
	if (out)
		return out;
	look->values = json_values(text, length, look->most);
	if (look->values <= look->most && (out = json_loadb(text, length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, where)))
		look->canonical = json_is_canonical(out, text, length);
	return out;
}

json_t *json_read(const char *text, size_t length, json_error_t *where)
{
	struct json_look look = {.most = SIZE_MAX};
	return json_read_look(text, length, &look, where);
}

enum err json_parse(const char *text, size_t length, json_t **out, struct error *e)
{
	json_error_t where;
	*out = json_read(text, length, &where);
	if (!*out)
		return error_set(e, ERR_JSON, "%d:%d: %s", where.line, where.column, where.text);
	if (json_is_object(*out) || json_is_array(*out))
		return OK;
	json_decref(*out);
	*out = NULL;
	return error_set(e, ERR_JSON, "1:1: '[' or '{' expected");
}

json_t *json_of_line(const char *text)
{
	return json_read(text, strlen(text), NULL);
}
