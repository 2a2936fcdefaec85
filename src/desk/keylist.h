/* Serials as they come: a file (CSV with a column serial and perhaps medium, or a serial a line) or typed and scanned
 * ones. Private to src/desk. */
#ifndef CERTDESK_DESK_KEYLIST_H
#define CERTDESK_DESK_KEYLIST_H

#include "base/csv.h"
#include "base/mistakes.h"
#include "desk/stock.h"

struct key_line {
	const char *serial, *medium; /* medium is "" where the list has none */
	size_t line;                 /* from 1; of the file, or the how manieth */
};

struct key_list {
	const char *name; /* for mistakes: the file's name, or that it was scanned */
	struct key_line *lines;
	size_t count;
	struct csv csv;
};

/* Reads what was given. Serials that aren't any and serials given twice become mistakes; so does an empty list unless
 * `may_be_empty`. ERR_FILE_*, ERR_CSV. Free with key_list_free, also after an error. */
enum err key_list_read(const struct key_source *from, bool may_be_empty, struct key_list *out, struct mistakes *m, struct error *e);
void key_list_free(struct key_list *list);
bool key_serial_valid(const char *serial);
/* What was typed or scanned names the key of that serial: letters are alike large and small, and leading zeros count for nothing. */
bool key_serial_same(const char *a, const char *b);

#endif
