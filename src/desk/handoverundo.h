/* What a mistaken hand-over means for certificates. Private to src/desk; the use case is handover_undo of handover.h. */
#ifndef CERTDESK_DESK_HANDOVERUNDO_H
#define CERTDESK_DESK_HANDOVERUNDO_H

#include "desk/orderrow.h"

/* The right hand-over of this item's key: the certificate that the mistaken one suspended is active again, unless something
 * else was said of it since. *resumed is set where there was one. Inside a step; handover_resumed follows it. */
enum err handover_resume(struct desk *d, int64_t item, const char *key_serial, bool *resumed, struct error *e);
/* Whether the certificate's last hand-over was undone and the right one hasn't been: then it stays suspended for that when whatever else
 * suspended it is lifted. */
enum err handover_waits(struct desk *d, int64_t certificate, bool *waits, struct error *e);
/* Behind the step: the CRL at once, and the customer hears. */
enum err handover_resumed(struct desk *d, const struct order *o, const char *key_serial, struct error *e);

#endif
