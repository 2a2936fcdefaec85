/* Codes sent to people by SMS or mail: six digits, kept as a keyed digest, five tries each, sent again after sixty
 * seconds and at most ten times in a day for one purpose. Private to src/desk. */
#ifndef CERTDESK_DESK_CHALLENGE_H
#define CERTDESK_DESK_CHALLENGE_H

#include "desk/desk.h"

enum { CODE_MINUTES = 5, CODE_VALUES = 5 };

struct challenge {
	const char *subject, *purpose; /* an order's number and "sign" */
	const char *content;           /* digest of what the code confirms */
	enum notify_channel channel;
	const char *to, *template;     /* the template is given code, minutes and until, besides `values` */
	struct message_value values[CODE_VALUES];
	size_t count;
	int minutes; /* how long it works */
};

/* Inside a step, which stays open. ERR_DESK_RESEND (seconds left), ERR_DESK_CODES, ERR_NOTIFY_*. */
enum err challenge_send(struct desk *d, const struct challenge *c, struct error *e);
/* Inside a step, before anything was changed in it. *id is the challenge's, for challenge_use; `evidence` its digest.
 * A wrong try is counted for good: the step is committed with it, and ERR_DESK_CODE says how many are left,
 * ERR_DESK_CODE_SPENT that none is.
 * ERR_DESK_CODE_ENDED, ERR_DESK_CHANGED (`content` is no longer what it was sent for). */
enum err challenge_check(struct desk *d, const char *subject, const char *purpose, const char *content, const char *code, int64_t *id,
                         char evidence[DIGEST_TEXT_SIZE], struct error *e);
/* Inside a step: the code has done its work. 0 is none. */
enum err challenge_use(struct desk *d, int64_t id, struct error *e);

#endif
