/* A certificate that ends soon: its holder is told once, when the window of its renewal opens. Private to src/desk. */
#ifndef CERTDESK_DESK_EXPIRY_H
#define CERTDESK_DESK_EXPIRY_H

#include "desk/desk.h"

/* Tells, by SMS and mail, the agent (or person) on file of each active certificate of this site that can be renewed by now and
 * isn't over, at most EXPIRY_MOST in a round, and journals it; not where an order to renew, replace or revoke it is under way.
 * Who has neither a phone nor a mail address on file is journalled as not told. A message that can't go is tried again the
 * next time: where none can go (ERR_FILE_WRITE) that ends the round and is no error; what fails of one holder is told, and the others
 * have their turn (round.h). *told is how many heard of it. For `tick`. */
enum { EXPIRY_MOST = 500 };
enum err expiry_notice_tick(struct desk *d, int64_t *told, struct error *e);

#endif
