/* 收回旧介质: a replacement under warranty, or of a mistake of ours, takes the old key back when the new one goes out. Private to src/desk. */
#ifndef CERTDESK_DESK_OLDKEY_H
#define CERTDESK_DESK_OLDKEY_H

#include "desk/handover.h"
#include "desk/orderrow.h"
#include "token/token.h"

/* The serial of the key that is to be collected with this order; "" where there is none, or it isn't with its customer any more. */
enum err oldkey_due(struct desk *d, const struct order *o, char serial[TOKEN_SERIAL_SIZE], struct error *e);
/* The new certificate is written: an old key that lies in a drawer of ours needs no collecting. Inside a step. */
enum err oldkey_issued(struct desk *d, const struct order *o, const char *serial, const char *state, struct error *e);

/* What shows that the old keys are here: those that are in, and what the taker's side gave (handover.h). */
struct oldkeys {
	const struct handover_taker *given;
	struct token_info *in;
	size_t count;
	json_t *collected, *unread; /* serials, and those of them that couldn't be read */
};
/* Free with oldkeys_free, whatever it returns. */
enum err oldkeys_look(struct desk *d, const struct handover_taker *given, struct oldkeys *out, struct error *e);
void oldkeys_free(struct oldkeys *k);
/* Inside a step: what is due of this order is taken back, into this station's drawer. ERR_HANDOVER_OLD_KEY (nothing shows it),
 * ERR_HANDOVER_OLD_OTHER (another one is shown). */
enum err oldkeys_collect(struct desk *d, const struct order *o, struct oldkeys *k, struct error *e);
/* After the last order of the step: something was given, and nothing was to be collected. ERR_HANDOVER_OLD_NONE. Adds "old_keys", "unread" and
 * "reason" to the step's facts. */
enum err oldkeys_done(const struct oldkeys *k, json_t *facts, struct error *e);

#endif
