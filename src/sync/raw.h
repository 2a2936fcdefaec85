/* JSON whose binary values stand behind it as they are: "raw LENGTH\n", so many bytes of JSON, and the values' bytes one after the other. In
 * the JSON such a value is a number, of its bytes; which are such, and in which order they are taken, says who uses it (protocol.h). */
#ifndef CERTDESK_SYNC_RAW_H
#define CERTDESK_SYNC_RAW_H

#include <jansson.h>

#include "base/bytes.h"

enum err raw_make(const json_t *head, const struct bytes *values, struct bytes *out); /* ERR_MEMORY */

/* What is still to be taken of the values. */
struct raw {
	const uint8_t *at;
	size_t left;
};
/* A body that begins so, in two: the JSON's text, and the values. False for any other body, which is JSON alone: then all of it is the text. */
bool raw_open(const void *body, size_t length, const char **text, size_t *text_length, struct raw *values);
/* The next value, of `value`'s length: false where it is no number, under one, or more than there is. */
bool raw_take(struct raw *values, const json_t *value, const void **data, size_t *length);

#endif
