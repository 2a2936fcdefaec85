/* Reports: workbooks of a day or of several, defined in reports/NAME.yaml. No personal
 * number is in them. */
#ifndef CERTDESK_DESK_REPORT_H
#define CERTDESK_DESK_REPORT_H

#include "desk/desk.h"

/* What reports/ holds, by name: [{"name","title"}]. MAY_REPORT, ERR_DESK_SHARE. */
enum err report_list(struct desk *d, json_t **out, struct error *e);
/* Writes the report `name` ("daily") over the business dates from `date` ("2026-11-22") to `to` (NULL: that day alone)
 * as a workbook at `path`; what was there is replaced only by a whole one. `progress` (may be NULL) is told how many
 * rows are written of how many there are, some fifty times. The journal is only read.
 * *out: {"path", "rows", "sheets", "head"}: rows and sheets written, "SEQUENCE HASH" of the journal's newest entry.
 * MAY_REPORT. ERR_REPORT_UNKNOWN, ERR_DESK_DATE, ERR_DESK_OUTPUT, ERR_REPORT_DEFINITION (file and line of each mistake),
 * ERR_REPORT_PATH (no such place, or not ours), ERR_REPORT_FULL (the disk), ERR_REPORT_WRITE, ERR_STORE_*. */
enum err report_run(struct desk *d, const char *name, const char *date, const char *to, const char *path,
                    void (*progress)(void *arg, int64_t done, int64_t of), void *arg, json_t **out, struct error *e);
/* The same into the site itself, where nobody names the place (private to src/desk). */
enum err report_keep(struct desk *d, const char *name, const char *date, const char *to, const char *path,
                     void (*progress)(void *arg, int64_t done, int64_t of), void *arg, json_t **out, struct error *e);

#endif
