/* What is laid down as reports/: looked through before it counts. Private to src/desk. */
#ifndef CERTDESK_DESK_REPORTCHECK_H
#define CERTDESK_DESK_REPORTCHECK_H

#include "desk/desk.h"

/* Reads every definition of SHARE/reports and SHARE/reports/lists, among them those that the program itself asks for; with `statements` each
 * statement is prepared too: it reads columns that there are and may be read (store/adhoc.h), and gives those that the definition
 * names. ERR_REPORT_*, ERR_STORE_QUERY, ERR_FILE_READ. */
enum err reports_check(struct desk *d, const char *share, bool statements, struct error *e);

#endif
