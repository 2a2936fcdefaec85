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
	size_t twice;                /* the line that has the serial already; 0: none has */
	bool of_file;                /* no message shows what stands in it: any file of this machine may have been named as the list */
};

struct key_list {
	const char *name; /* for mistakes: the file's name, or that it was scanned */
	struct key_line *lines;
	size_t count;
	struct csv csv;
};

/* Reads what was given. A heading that says nothing becomes a mistake; so does an empty list unless `may_be_empty`. Its lines are judged by
 * key_list_line, each in its turn. ERR_FILE_*, ERR_CSV. Free with key_list_free, also after an error. */
enum err key_list_read(const struct key_source *from, bool may_be_empty, struct key_list *out, struct mistakes *m, struct error *e);
/* A serial that isn't any, or that was given before, becomes a mistake; false where it isn't any. */
bool key_list_line(const struct key_list *list, size_t at, struct mistakes *m);
void key_list_free(struct key_list *list);
bool key_serial_valid(const char *serial);
/* What was typed or scanned names the key of that serial: letters are alike large and small, and leading zeros count for nothing. */
bool key_serial_same(const char *a, const char *b);

#endif
