/* 打印: papers about an order, the day's list of parcels, blank forms; to a printer or a file, counted and journalled. */
#ifndef CERTDESK_DESK_PRINT_H
#define CERTDESK_DESK_PRINT_H

#include "desk/desk.h"

#define PRINT_NO_ORDER "-" /* where no order is meant */

/* What can be printed for an order (or PRINT_NO_ORDER) as it stands now: [{"kind","title","about" (order, day, blank),"printed" (how
 * often),"printer" (queue, or null)}], in the templates' order. MAY_PRINT. ERR_PRINT_TEMPLATE. */
enum err print_list(struct desk *d, const char *no, json_t **out, struct error *e);

struct print_wish {
	const char *no;   /* order, or PRINT_NO_ORDER */
	const char *kind;
	const char *date; /* of a day's list; NULL: today */
	bool printer;     /* to the printer that the template's paper asks for; else to a file: */
	const char *path; /* NULL: DIR/print/NAME.pdf */
};
/* Prints. The journal's entry is written first; where the paper then can't be put out, another says that it failed and it doesn't
 * count. From the second time on the paper says 补打 with number and time. *out: {"order","kind","title","number","reprint","pages",
 * "lacking" (letters of it that no font here has, drawn as boxes; "" for none),"file" or null,"printer" or null}.
 * MAY_PRINT. ERR_PRINT_UNKNOWN (kind), ERR_DESK_PRINT_OFFER (not in this status), ERR_DESK_MISTAKES (an application that isn't
 * complete), ERR_DESK_PRINT_EMPTY, ERR_DESK_DATE, ERR_FILE_PATH, ERR_FILE_WRITE, ERR_PRINT_*. */
enum err print_run(struct desk *d, const struct print_wish *wish, json_t **out, struct error *e);

/* Inside a step: ERR_DESK_PAPER_OLD where the application was printed and its data changed since. */
enum err print_paper_current(struct desk *d, const char *no, struct error *e);
/* Removes what was saved under DIR/print/ more than seven days ago. For `tick`. */
void print_purge(struct desk *d, int64_t *gone);
/* Every template below `forms` with the fields of all forms: ERR_PRINT_TEMPLATE names file and line. For `conf check`. */
enum err print_check(const char *forms, struct error *e);

#endif
