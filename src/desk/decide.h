/* What follows from a reviewer's decision, whether it was made here or came from a review site. Private to src/desk. */
#ifndef CERTDESK_DESK_DECIDE_H
#define CERTDESK_DESK_DECIDE_H

#include "desk/orderrow.h"

struct decided {
	const char *event; /* "approve", "return", "reject" */
	const char *reason;
	int64_t by, at;    /* the reviewer's row here; when */
};

bool decide_known(const char *event);
/* The order goes on: approved with its effects, a draft again, or rejected with its money asked back. Inside a step. */
enum err decide_apply(struct desk *d, struct order *o, const struct decided *how, struct error *e);
/* After the step: the revocation list where a certificate changed, and the message to the customer. What can't be sent
 * doesn't undo the decision: ERR_NOTIFY_*. */
enum err decide_tell(struct desk *d, const struct order *o, const char *event, const char *reason);

#endif
