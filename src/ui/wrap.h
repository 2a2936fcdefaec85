/* Breaking text into lines by display width. A line breaks at spaces and
 * between Chinese characters; closing punctuation stays with what it closes. */
#ifndef CERTDESK_UI_WRAP_H
#define CERTDESK_UI_WRAP_H

#include <stddef.h>

/* The bytes of `s` that make the next line of at most `columns` (0 for an empty line); `*next` gets the offset
 * of the line after it (0 only at the end of the text). */
size_t wrap_line(const char *s, int columns, size_t *next);
/* How many lines `s` takes; an empty text takes none. */
int wrap_count(const char *s, int columns);

#endif
