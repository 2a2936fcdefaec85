/* What an order does besides making a certificate: to the certificate that it is about, to the old key, to what is on
 * file of the customer. Private to src/desk. */
#ifndef CERTDESK_DESK_EFFECT_H
#define CERTDESK_DESK_EFFECT_H

#include "desk/subject.h"

/* Each inside a step. */

/* With the signature: what is lost is suspended. */
enum err effect_signed(struct desk *d, const struct order *o, const struct subject *s, struct error *e);
/* After a payment, or where nothing is due: paid, and on to review or approval. */
enum err effect_paid(struct desk *d, struct order *o, struct error *e);
/* The order is approved, by a reviewer or because none is needed: what needs nothing made is carried out, an unlock's code
 * is sent. */
enum err effect_approved(struct desk *d, struct order *o, struct error *e);
/* The new certificate is on its key: what becomes of the old one and of its key. */
enum err effect_issued(struct desk *d, struct order *o, struct error *e);
/* An approved unlock's code goes to the agent's e-mail where identity was checked for it, else to the phone on file
 * (s->before); `to` (may be NULL) gets it masked, a new string. ERR_DESK_RESEND, ERR_DESK_CODES. */
enum err effect_unlock_code(struct desk *d, const struct order *o, const struct subject *s, char **to, struct error *e);
/* How long an approved unlock may be carried out: without a code for unlock_minutes after the phone's answer signed it, then, and
 * always where identity was checked, by a code (*by_code) that works as long; *until 0: none was sent. */
enum err effect_unlock_until(struct desk *d, const struct order *o, const struct subject *s, bool *by_code, int64_t *until, struct error *e);
/* An unlock was carried out. */
enum err effect_unlocked(struct desk *d, struct order *o, struct error *e);

/* After the step: the revocation list where a certificate changed, and a message to the holder. An order that is about no
 * certificate needs neither. What can't be sent doesn't undo what was done, and the message goes out also where the list can't be
 * made (ERR_DESK_CRL_WAITS). */
enum err effect_published(struct desk *d, const struct order *o, struct error *e);

/* Revokes what was suspended with a replacement and its time is up, and tells the holders: *revoked is how many. One that fails is
 * told, and the others are revoked (round.h). For `tick`. */
enum err effect_tick(struct desk *d, int64_t *revoked, struct error *e);

#endif
