/* A workbook's archive in memory (minizip), and its parts as XML (expat), with limits. Private to src/sheet; used in the
 * child alone. */
#ifndef CERTDESK_SHEET_ARCHIVE_H
#define CERTDESK_SHEET_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct archive;

/* ERR_SHEET_BROKEN, ERR_SHEET_ENCRYPTED, ERR_SHEET_MACROS, ERR_SHEET_LIMIT (too many parts), ERR_MEMORY. */
enum err archive_open(const void *data, size_t length, struct archive **out, struct error *e);
void archive_close(struct archive **a);
bool archive_has(struct archive *a, const char *part);

/* Names without their prefixes; attributes are name, value, …, NULL. A reader that sets `stop` ends the reading with it. */
struct reader {
	void (*start)(struct reader *r, const char *name, const char **attributes);
	void (*end)(struct reader *r, const char *name);
	void (*text)(struct reader *r, const char *text, size_t length);
	enum err stop;
	struct error *e;
};
/* Unpacks and reads one part. ERR_SHEET_BROKEN with the part's name, ERR_SHEET_ENTITIES, ERR_SHEET_SIZE, ERR_MEMORY. */
enum err archive_read(struct archive *a, const char *part, struct reader *r, struct error *e);
/* The value of an attribute, "" where it isn't there. */
const char *attribute(const char **attributes, const char *name);

#endif
