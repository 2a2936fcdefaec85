/* One main key 主锁 for a unit, of each product of a channel: what is asked before an application is signed, and again when a
 * certificate is about to be made, as another site may have signed one besides. Private to src/desk. */
#ifndef CERTDESK_DESK_MAINKEY_H
#define CERTDESK_DESK_MAINKEY_H

#include "desk/subject.h"

/* Whether making a `role` certificate for this order would leave its unit with a second main key: ERR_DESK_MAIN_ISSUED names the
 * one that there is. What the order made itself doesn't count, nor the living main certificate that it is about. Asked before a
 * key is touched, and again inside the step that makes the certificate. */
enum err main_key_free(struct desk *d, const struct order *o, const struct subject *about, const char *role, const char *product,
                       struct error *e);
/* The same before this draft is signed: ERR_DESK_MAIN_KEY, or for one about a certificate ERR_DESK_MAIN_ISSUED, where the unit has
 * a main key, and ERR_DESK_MAIN_ASKED (names the order) where another signed one that isn't over will make it. */
enum err main_key_asked(struct desk *d, const struct order *draft, const struct subject *about, struct error *e);
/* Whether these two drafts would make two main keys of one unit. */
bool main_key_twice(const struct order *a, const struct order *b);

#endif
