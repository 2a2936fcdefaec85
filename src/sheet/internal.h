/* What reading text and workbooks share. Private to src/sheet. */
#ifndef CERTDESK_SHEET_INTERNAL_H
#define CERTDESK_SHEET_INTERNAL_H

#include "sheet/sheet.h"

/* Adds a cell that isn't empty; lines must not go back, nor columns within a line. Texts are offsets until sheet_finish.
 * ERR_SHEET_LIMIT, ERR_MEMORY, ERR_SHEET_BROKEN. */
enum err sheet_add(struct sheet *s, size_t line, size_t column, enum sheet_kind kind, const char *text, size_t length, struct error *e);
/* All is there: the cells point into the text. */
void sheet_finish(struct sheet *s);

enum err sheet_from_text(const void *data, size_t length, struct sheet *out, struct error *e);

/* In the child: the workbook's cells, each { line, column, kind, length } as four uint32_t and its bytes. */
enum err book_read(const void *data, size_t length, struct bytes *out, struct error *e);

#endif
