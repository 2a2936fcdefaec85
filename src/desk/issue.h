/* Issuing: a journey that can be cut anywhere and goes on (DESIGN.md). */
#ifndef CERTDESK_DESK_ISSUE_H
#define CERTDESK_DESK_ISSUE_H

#include "desk/desk.h"

struct issue_progress {
	const char *step;  /* "generated": as item.step */
	const char *title; /* what goes on now, in the program's language: 正在生成密钥对… */
	int done, of;
};

/* Issues all items of an approved order (one key each) onto the key with `serial` (NULL or "": the one that is in). Needs stock or
 * an own medium (ERR_DESK_KEY_STATE, ERR_DESK_NOT_STOCK). `progress` may be NULL. *out is order_show's object. Cut at any
 * point, it goes on from the step the order remembers, with the same key (ERR_DESK_OTHER_KEY). ERR_TOKEN_* (3: try again). */
enum err issue_run(struct desk *d, const char *no, const char *serial, void (*progress)(void *arg, const struct issue_progress *),
                   void *arg, json_t **out, struct error *e);
/* Sends the recorded PIN again to the same target, within seven days. ERR_DESK_PIN_GONE. */
enum err pin_resend(struct desk *d, const char *no, json_t **out, struct error *e);
/* PINs past their seven days go. For `tick`. */
enum err pin_purge(struct desk *d, int64_t *gone, struct error *e);

#endif
