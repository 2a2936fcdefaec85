/* One main key 主锁 for a unit, of each product of a channel: what is asked when a certificate is about to be made, as two
 * applications can be signed before either is issued. Private to src/desk. */
#ifndef CERTDESK_DESK_MAINKEY_H
#define CERTDESK_DESK_MAINKEY_H

#include "desk/subject.h"

/* Whether making a `role` certificate for this order would leave its unit with a second main key: ERR_DESK_MAIN_ISSUED names the
 * one that there is. What the order made itself doesn't count, nor the living main certificate that it is about. Asked before a
 * key is touched, and again inside the step that makes the certificate. */
enum err main_key_free(struct desk *d, const struct order *o, const struct subject *about, const char *role, const char *product,
                       struct error *e);

#endif
