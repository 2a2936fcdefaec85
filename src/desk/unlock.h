/* 解锁: a key's PIN is set anew by its PUK, which is taken from its sealed record, used once and changed with it. */
#ifndef CERTDESK_DESK_UNLOCK_H
#define CERTDESK_DESK_UNLOCK_H

#include "desk/desk.h"

/* Unlocks the key that the approved order is about, which must be the only one that is in; `pin` is what the customer chose.
 * Where identity was checked for it, `code` is the one that was sent by mail: it works once (ERR_DESK_UNLOCK_CODE where it is
 * missing, ERR_DESK_CODE, ERR_DESK_CODE_ENDED). Where the phone on file answered, that is enough for unlock_minutes; after that
 * a new code is sent to it and needed here (ERR_DESK_UNLOCK_ENDED). Who keyed the order in may unlock where the site lets them
 * issue it (ERR_DESK_SEPARATION). Cut anywhere, it is done again. *out is order_show's object. MAY_UNLOCK.
 * ERR_DESK_ONE_KEY, ERR_DESK_KEY_FOREIGN, ERR_DESK_KEY_LOST, ERR_DESK_CERT_GONE, ERR_DESK_UNLOCK_DEAD, ERR_TOKEN_*. */
enum err key_unlock(struct desk *d, const char *no, const char *code, const struct secret *pin, json_t **out, struct error *e);

/* Whether the key's PUK still has a try to spare; a card that doesn't tell may. ERR_DESK_UNLOCK_DEAD, ERR_TOKEN_*. */
enum err unlock_possible(const char *serial, struct error *e);

/* Whether key_unlock would begin: so that nobody chooses a PIN for an order whose code is wrong, which counts as a try. Changes nothing
 * else. Its errors but those of the key. */
enum err key_unlock_ready(struct desk *d, const char *no, const char *code, struct error *e);

/* Sends an approved unlock's code again, to the same e-mail, or to the phone on file where that had answered; the one before no
 * longer works: {"order","sent_to" (masked)}.
 * MAY_UNLOCK. ERR_DESK_RESEND, ERR_DESK_CODES. */
enum err key_unlock_send(struct desk *d, const char *no, json_t **out, struct error *e);

#endif
