/* JSON over jansson, read by yajl where that is quicker. Canonical form (journal states, digests): sorted keys, no
 * spaces, integers and strings only, UTF-8. */
#ifndef CERTDESK_BASE_JSON_H
#define CERTDESK_BASE_JSON_H

#include <jansson.h>

#include "base/bytes.h"

enum err json_canonical(const json_t *value, struct bytes *out);
/* Whether a text is the canonical form of what it says. */
bool json_is_canonical(const json_t *value, const char *text, size_t length);
/* Parses untrusted text: duplicate keys are refused, depth and size are bounded. ERR_JSON. */
enum err json_parse(const char *text, size_t length, json_t **out, struct error *e);
/* One value of any type, as jansson's json_loadb reads it with JSON_DECODE_ANY and JSON_REJECT_DUPLICATES; NULL, and `where` filled unless it is NULL,
 * where the text is none. New reference. */
json_t *json_read(const char *text, size_t length, json_error_t *where);
/* What is seen on the way. */
struct json_look {
	size_t most;    /* a text of more json_values is none */
	size_t values;  /* its json_values, counted on the way; at most `most` + 1 */
	bool canonical; /* the text is the canonical form of what it says */
};
json_t *json_read_look(const char *text, size_t length, struct json_look *look, json_error_t *where);
/* Of a text of ours; NULL where it is none. New reference. */
json_t *json_of_line(const char *text);
/* How many values a text can become at most, by its looks; counts no further than `most` + 1. A parsed one takes up to two hundred bytes, and three
 * letters can make one. */
size_t json_values(const char *text, size_t length, size_t most);
/* The string at key, "" where it is missing or no string. Owned by the object. */
const char *json_text(const json_t *object, const char *key);
int64_t json_number(const json_t *object, const char *key);
bool json_flag(const json_t *object, const char *key);
/* Sets a member to bytes as base64 (base/base64.h). ERR_MEMORY. */
enum err json_set_base64(json_t *object, const char *name, const void *data, size_t length, struct error *e);
/* What came from outside, a file's name above all, as a string that can be shown; NULL when memory ends. */
json_t *json_printable(const char *text);
/* Missing, null, 0 or "": what a column is that was added later, where nobody set it. */
bool json_unset(const json_t *value);
/* Two objects, rows of different schemas maybe: alike but for members that only one has, which are unset there. */
bool json_same_row(const json_t *a, const json_t *b);
/* Serialises one value on one line for the screen or a script; free with free. */
char *json_line(const json_t *value);

#endif
