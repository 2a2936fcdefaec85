/* A key's PUK, which is the recorded one or, after a cut, the next. Private to src/desk. */
#ifndef CERTDESK_DESK_PUK_H
#define CERTDESK_DESK_PUK_H

#include "desk/keyrow.h"
#include "token/token.h"

/* What is done with a PUK: token_set_puk or token_unblock. */
typedef enum err puk_use(struct token *t, const struct secret *puk, const struct secret *to, struct error *e);
/* Does it from the recorded PUK or the next one, each tried at most once, and never with the last try; *next: the next one it was.
 * `made_now`: the next one was made just now, so the key can't have it yet and only the recorded one is tried. Inside a PC/SC transaction. ERR_DESK_KEY_BLOCKED, ERR_TOKEN_PUK_WRONG (neither). */
enum err puk_try(struct token *t, const struct key_secrets *s, bool made_now, puk_use *use, const struct secret *to, bool *next,
                 struct error *e);

#endif
