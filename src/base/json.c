#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/text.h"

enum { CANONICAL = JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY };

static int add_piece(const char *piece, size_t length, void *arg)
{
	return bytes_add(arg, piece, length) ? -1 : 0;
}

enum err json_canonical(const json_t *value, struct bytes *out)
{
	return json_dump_callback(value, add_piece, out, CANONICAL) == 0 ? OK : ERR_MEMORY;
}

struct rest {
	const char *at;
	size_t length;
};

static int compare_piece(const char *piece, size_t length, void *arg)
{
	struct rest *rest = arg;
	if (length > rest->length || memcmp(piece, rest->at, length) != 0)
		return -1;
	rest->at += length;
	rest->length -= length;
	return 0;
}

bool json_is_canonical(const json_t *value, const char *text, size_t length)
{
	struct rest rest = {text, length};
	return json_dump_callback(value, compare_piece, &rest, CANONICAL) == 0 && rest.length == 0;
}

size_t json_values(const char *text, size_t length, size_t most)
{
	size_t values = 0;
	bool quoted = false;
	for (size_t i = 0; i < length && values <= most; i++) {
		if (quoted && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted)
			values += text[i] == ',' || text[i] == '[' || text[i] == '{';
	}
	return values;
}

const char *json_text(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));
	return s ? s : "";
}

int64_t json_number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

bool json_flag(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

json_t *json_printable(const char *text)
{
	size_t size = strlen(text) * 2 + 1; /* a byte that is none of UTF-8 is shown by two */
	char *shown = malloc(size);
	if (!shown)
		return NULL;
	text_printable(shown, size, text);
	json_t *out = json_string(shown);
	free(shown);
	return out;
}

enum err json_set_base64(json_t *object, const char *name, const void *data, size_t length, struct error *e)
{
	struct bytes text = {0};
	enum err r = base64_encode(data, length, &text);
	if (!r && json_object_set_new(object, name, json_string(text.data ? (char *)text.data : "")))
		r = error_set(e, ERR_MEMORY, "%s", name);
	bytes_free(&text);
	return r;
}

bool json_unset(const json_t *value)
{
	return !value || json_is_null(value) || (json_is_integer(value) && json_integer_value(value) == 0) ||
	       (json_is_string(value) && json_string_length(value) == 0);
}

static bool covers(const json_t *a, const json_t *b)
{
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)a, name, value) {
		const json_t *other = json_object_get(b, name);
		if (other ? !json_equal(other, value) : !json_unset(value))
			return false;
	}
	return true;
}

bool json_same_row(const json_t *a, const json_t *b)
{
	return json_is_object(a) && json_is_object(b) && covers(a, b) && covers(b, a);
}

char *json_line(const json_t *value)
{
	return json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
}
