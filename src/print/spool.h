/* A document to a CUPS queue, by its own command: lp -d QUEUE -t TITLE, the document on its standard input. No shell. */
#ifndef CERTDESK_PRINT_SPOOL_H
#define CERTDESK_PRINT_SPOOL_H

#include "base/bytes.h"

/* Whether it can be a queue's name: letters, digits, - _ . @, and no - in front. */
bool spool_name_good(const char *queue);
/* Whether there is an lp to run. */
bool spool_present(void);
/* ERR_PRINT_NO_LP (no such program), ERR_PRINT_REFUSED (with the first line that it said), ERR_PRINT_SLOW (30 seconds; it is
 * ended), ERR_CHILD, ERR_MEMORY. */
enum err spool_send(const char *queue, const char *title, const struct bytes *document, struct error *e);

#endif
