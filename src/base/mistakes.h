/* Mistakes found in definition files (forms, code tables, configuration, profiles):
 * all of them are gathered before any is reported, a line each: "FILE:LINE: what". */
#ifndef CERTDESK_BASE_MISTAKES_H
#define CERTDESK_BASE_MISTAKES_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/error.h"

#define MISTAKES_LIMIT 200 /* further ones are counted, not kept */

/* Zeroed is empty. `lines` is text, a newline between two mistakes, control characters made visible. */
struct mistakes {
	struct bytes lines;
	size_t count;
};

/* Adds one. `line` counts from 1; 0 is the file as a whole. `what` may quote untrusted text. */
void mistakes_add(struct mistakes *m, const char *file, size_t line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* OK where there is none; else `code` with as many whole lines in the detail as fit, and how many were left out. */
enum err mistakes_error(const struct mistakes *m, enum err code, struct error *e);
void mistakes_free(struct mistakes *m);

#endif
