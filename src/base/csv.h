/* CSV as RFC 4180 has it, hostile input included: UTF-8 (a byte-order mark is
 * dropped), CRLF or LF, quoted fields. The whole text is parsed at once. */
#ifndef CERTDESK_BASE_CSV_H
#define CERTDESK_BASE_CSV_H

#include "base/bytes.h"

struct csv_row {
	size_t line; /* of its first field, from 1 */
	size_t count;
	char **fields;
};
struct csv {
	size_t count;
	struct csv_row *rows; /* blank lines are left out */
	char *text;           /* what the fields point into */
};

/* `separator` is ',', ';' or '\t'. ERR_CSV names the line: an open quote, text that
 * is not UTF-8, a control character, or more than 4,096 fields in a row. */
enum err csv_parse(const char *data, size_t length, char separator, struct csv *out, struct error *e);
void csv_free(struct csv *c);
/* Index of a column in the first row, or -1. */
int csv_column(const struct csv *c, const char *name);
/* The field at a column, "" where the row is shorter or column is -1. */
const char *csv_field(const struct csv_row *row, int column);

/* Adds a field, quoted where it must be, and a comma before it unless it is the row's first. ERR_MEMORY. */
enum err csv_cell(struct bytes *out, const char *text, bool first);
/* The same for text that came from anywhere: an apostrophe stands before what a table program would take for a formula. ERR_MEMORY. */
enum err csv_text_cell(struct bytes *out, const char *text, bool first);
/* A field as it was before that. */
const char *csv_plain(const char *field);

#endif
