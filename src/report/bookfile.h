/* A workbook's file: written under a name of its own beside the one that is meant, and put there when it is whole. Private to
 * src/report. */
#ifndef CERTDESK_REPORT_BOOKFILE_H
#define CERTDESK_REPORT_BOOKFILE_H

#include <stdbool.h>
#include <xlsxwriter.h>

#include "base/error.h"

/* A new temporary file beside `path`; new string. ERR_REPORT_PATH, ERR_REPORT_FULL, ERR_REPORT_WRITE, ERR_MEMORY. */
enum err bookfile_temporary(const char *path, char **out, struct error *e);
/* Ends the book without a word on standard error, which may be somebody's screen; frees it, also after an error. */
lxw_error bookfile_close(lxw_workbook *book);
/* Synced and renamed. ERR_REPORT_PATH, ERR_REPORT_FULL, ERR_REPORT_WRITE. */
enum err bookfile_place(const char *temp, const char *path, struct error *e);
/* Where the library assembles sheets. */
const char *bookfile_directory(void);
/* Whether there is no room beside `path` or where sheets are assembled: the library doesn't say why it failed. */
bool bookfile_full(const char *path);

#endif
