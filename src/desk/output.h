/* Where a file that somebody asked for may be put: whoever works here by a window's key may write nothing of the site. Private to src/desk. */
#ifndef CERTDESK_DESK_OUTPUT_H
#define CERTDESK_DESK_OUTPUT_H

#include "desk/desk.h"

/* ERR_DESK_OUTPUT: below the data directory but for its inbox, the store key, the revocation list that is served, a hidden name or directory of the account's home, or in the place of a file that is no paper, workbook
 * or sealed list. Whether it can be written at all is not looked at. */
enum err output_place(const struct desk *d, const char *path, struct error *e);

#endif
