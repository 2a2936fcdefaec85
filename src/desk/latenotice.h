/* A revocation that isn't carried out in its 24 hours: a manager is told, once. Private to src/desk. */
#ifndef CERTDESK_DESK_LATENOTICE_H
#define CERTDESK_DESK_LATENOTICE_H

#include "desk/desk.h"

/* Tells whom the configuration names (manager_mobile, manager_mail) of each late revocation, and journals it with the order;
 * where nobody is named, it is journalled all the same. A message that can't go is tried again the next time: where none can go
 * (ERR_FILE_WRITE) that ends the round and is no error; what fails of one order is told, and the others have their turn (round.h).
 * Messages go behind the commit: one that can't go by then is told as an error and is not tried again; the queue alarms in any case.
 * *told is how many are new. For `tick`. */
enum err late_notice_tick(struct desk *d, int64_t *told, struct error *e);

#endif
