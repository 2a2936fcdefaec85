/* JSON as we write it (integers, no fractions; not deep) read several times as fast as by jansson: strings are taken over whole. What it
 * doesn't read, right or wrong, jansson is to judge: json_parse asks both. What it reads is what jansson reads. */
#ifndef CERTDESK_BASE_JSON_READ_H
#define CERTDESK_BASE_JSON_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* New reference; NULL: not read (a name twice, invalid UTF-8, a fraction, a number of more than 18 digits, more than 64 levels, more
 * values than `most`, no memory …). `any`: a value alone will do, else an object or array. */
json_t *json_read(const char *text, size_t length, bool any, size_t most);

#endif
