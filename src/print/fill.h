/* ${name} in a template's text. */
#ifndef CERTDESK_PRINT_FILL_H
#define CERTDESK_PRINT_FILL_H

#include <jansson.h>

#include "base/bytes.h"
#include "print/template.h"

/* Puts the text with its names replaced into `out` (replaced too): by `row` (may be NULL), else by `texts`. ${name:20} where the
 * value is empty is a line of 20 columns to write on. Control and bidi characters of values are made visible. ERR_MEMORY. */
enum err print_fill(const char *text, const json_t *texts, const json_t *row, struct bytes *out);
/* Adds a mistake at `at` for each name that neither the program nor `known` knows, and for what isn't closed. */
void print_fill_check(struct yaml_at at, const char *list, bool (*known)(const char *name, void *arg), void *arg,
                      struct mistakes *m);
bool print_name_known(const char *list, const char *name);

#endif
