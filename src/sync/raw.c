#include "sync/raw.h"

#include <stdlib.h>
#include <string.h>

static const char mark[] = "raw ";
enum { MARK = sizeof mark - 1, DIGITS = 9 };

enum err raw_make(const json_t *head, const struct bytes *values, struct bytes *out)
{
	char *text = json_dumps(head, JSON_COMPACT);
	enum err r = text ? bytes_format(out, "%s%zu\n", mark, strlen(text)) : ERR_MEMORY;
	if (!r)
		r = bytes_text(out, text);
	if (!r)
		r = bytes_add(out, values->data, values->length);
	free(text);
	return r;
}

bool raw_open(const void *body, size_t length, const char **text, size_t *text_length, struct raw *values)
{
	const char *p = body;
	size_t n = 0, digits = 0;
	*text = body;
	*text_length = length;
	*values = (struct raw){0};
	if (length < MARK || memcmp(p, mark, MARK) != 0)
		return false;
	p += MARK;
	length -= MARK;
	for (; digits < length && digits < DIGITS && p[digits] >= '0' && p[digits] <= '9'; digits++)
		n = n * 10 + (size_t)(p[digits] - '0');
	if (!digits || digits == length || p[digits] != '\n' || n > length - digits - 1)
		return false;
	*text = p + digits + 1;
	*text_length = n;
	*values = (struct raw){(const uint8_t *)*text + n, length - digits - 1 - n};
	return true;
}

bool raw_take(struct raw *values, const json_t *value, const void **data, size_t *length)
{
	json_int_t n = json_integer_value(value);
	if (!json_is_integer(value) || n < 1 || (uint64_t)n > values->left)
		return false;
	*data = values->at;
	*length = (size_t)n;
	values->at += n;
	values->left -= (size_t)n;
	return true;
}
