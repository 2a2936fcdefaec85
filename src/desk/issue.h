/* Issuing: a journey that can be cut anywhere and goes on (DESIGN.md). */
#ifndef CERTDESK_DESK_ISSUE_H
#define CERTDESK_DESK_ISSUE_H

#include "desk/desk.h"

struct issue_progress {
	const char *step;  /* "generated": as item.step */
	const char *title; /* what goes on now, in the program's language: 正在生成密钥对… */
	int done, of;
};

/* Issues the next item of an approved order (one key each: called again for each further item) onto the key with
 * `serial` (NULL or "": the one that is in). Needs stock or an own medium (ERR_DESK_KEY_STATE, ERR_DESK_NOT_STOCK,
 * ERR_DESK_KEY_USED, ERR_DESK_KEY_BLOCKED). `progress` may be NULL and is called before each step, when everything
 * before it is in the store. *out is order_show's object, with "from_drawer" where the key is another drawer's than the
 * station's. Cut at any point, it goes on from the step the order
 * remembers, with the same key (ERR_DESK_OTHER_KEY). Where that key is lost or broken, the serial of another one starts
 * anew on it: the first is given back or written off, and what was issued for it is revoked. ERR_TOKEN_* (3: try
 * again).
 * Of a renewal or change the key that the order is about must be the only one that is in (ERR_DESK_ONE_KEY,
 * ERR_DESK_OTHER_KEY) and hold that certificate (ERR_DESK_CERT_GONE); its holder's `pin` signs request and test
 * (ERR_DESK_PIN_NEEDED where it is NULL or empty). The pair stays; one write replaces the certificate, the old one is
 * put back where that fails, and superseded once the new one has proven itself. The order is then issued, until it is accepted. */
enum err issue_with_pin(struct desk *d, const char *no, const char *serial, const struct secret *pin,
                        void (*progress)(void *arg, const struct issue_progress *), void *arg, json_t **out, struct error *e);
/* Takes back an issue that was begun and is not to go on: the order is approved again, all that was made for it is
 * revoked and on a new CRL, its PINs are wiped. A key of the stock that is in, or was not written to yet, is in stock
 * again with the secrets recorded for it, and can be taken for this order too; one that is neither counts as damaged.
 * Needs no key, but for a renewal or change that may have written to the customer's: the certificate it works with is
 * put back first (ERR_TOKEN_*). ERR_DESK_REASON, ERR_DESK_STATUS (not in issue, or another session issues it now). */
enum err issue_undo(struct desk *d, const char *no, const char *reason, json_t **out, struct error *e);
/* The customer has seen the new certificate on their own key and accepts it 证书接受: a renewal or change that was issued has no
 * hand-over, and is done with this. *out is order_show's object. MAY_ISSUE. ERR_DESK_STATUS. */
enum err issue_accept(struct desk *d, const char *no, json_t **out, struct error *e);
/* Sends the recorded PINs again to the same target, within seven days: {"order","sent":[{"key_serial","sent_to"
 * (masked),"until"}]}. ERR_DESK_PIN_GONE. */
enum err pin_resend(struct desk *d, const char *no, json_t **out, struct error *e);
/* Before hand-over, where the PIN's target was wrong or the PIN is gone: identity is checked again (`seen`, ERR_DESK_PIN_SEEN), the key
 * `serial` (NULL: the order's only one; ERR_DESK_KEY_CHOOSE), which is in, gets a new PIN by its PUK, and that goes to `target` (NULL: the
 * application's; ERR_DESK_PIN_TARGET, ERR_DESK_PIN_NUMBER where it can't be one). Cut anywhere, it is done again. *out is order_show's object. MAY_PIN_NEW with MAY_PIN_NEW_CONFIRM
 * as second person, who didn't key the order in. ERR_DESK_TWO_PERSONS, ERR_DESK_SEPARATION, ERR_DESK_STATUS, ERR_DESK_CUSTODY,
 * ERR_DESK_OTHER_KEY, ERR_DESK_KEY_BLOCKED, ERR_TOKEN_*. */
enum err pin_new(struct desk *d, const char *no, const char *serial, const char *target, bool seen, json_t **out, struct error *e);
/* Whether pin_new would take that target, before anybody is called to look: ERR_DESK_PIN_NUMBER, ERR_DESK_PIN_TARGET. MAY_PIN_NEW. */
enum err pin_new_target(struct desk *d, const char *no, const char *target, struct error *e);
/* The customer says that the PIN came 已收到, of the key `serial` or of all of the order's that were sent (NULL): it is delivered, and
 * destroyed, so that it isn't sent again. *out is order_show's object. MAY_PIN_RECEIVED. ERR_DESK_PIN_NOT_SENT, ERR_DESK_CUSTODY. */
enum err pin_received(struct desk *d, const char *no, const char *serial, json_t **out, struct error *e);
/* PINs past their seven days go. For `tick`. */
enum err pin_purge(struct desk *d, int64_t *gone, struct error *e);

#endif
