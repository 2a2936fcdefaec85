/* A replacement whose certificate another counter holds, where neither its key nor the phone on file can prove the holder: the order names it
 * by its number, its data are keyed in from the documents, and when a review site has approved it headquarters moves the certificate here
 * (sync/certificate.c asks). Then the order is about it as any other is. Private to src/desk and src/sync. */
#ifndef CERTDESK_DESK_ELSEWHERE_H
#define CERTDESK_DESK_ELSEWHERE_H

#include "desk/orderrow.h"

/* The form's field that names it. */
#define ELSEWHERE "elsewhere"

/* The certificate that the order names and isn't about yet; "" for none. Owned by `o`. */
const char *elsewhere_named(const struct order *o);
/* The certificate's row here (0: none), and whether it is in this site's custody. */
enum err elsewhere_find(struct desk *d, const char *serial, int64_t *id, bool *ours, struct error *e);
/* Whether a draft of this form may name the certificate (folded). ERR_DESK_ELSEWHERE_FORM, ERR_SYNC_NOT_JOINED, ERR_DESK_ELSEWHERE_REVIEW (no review
 * site there), ERR_SYNC_CERT_HERE. */
enum err elsewhere_allowed(struct desk *d, const struct form *form, const char *serial, struct error *e);
/* Only a review site's word brings it here: ERR_DESK_ELSEWHERE_OWN for this site's own approval of an order that names one. */
enum err elsewhere_approve(struct desk *d, const struct order *o, struct error *e);
/* What is waited for, with headquarters' answer: ERR_DESK_ELSEWHERE_WAITS, ERR_DESK_ELSEWHERE_NOT. */
enum err elsewhere_awaited(struct desk *d, const struct order *o, struct error *e);
/* For order_show: {"certificate","why","asked_at"}|null. */
enum err elsewhere_show(struct desk *d, const struct order *o, json_t *out, struct error *e);

/* Approved orders whose certificate isn't here and that headquarters hasn't been asked about: [{"order","certificate"}]. */
enum err elsewhere_wanted(struct desk *d, json_t **out, struct error *e);
/* The one of an order, asked for or not. ERR_DESK_ELSEWHERE_NONE, ERR_DESK_STATUS (not approved). `serial` is of CERT_SERIAL_SIZE. */
enum err elsewhere_order(struct desk *d, const char *no, char *serial, struct error *e);
/* What headquarters said: `why` "" where it gave it. */
enum err elsewhere_said(struct desk *d, const char *no, const char *why, struct error *e);
/* Orders whose certificate has come are about it from here on, with all that the signature would have done; *settled is how many. What the rules
 * don't allow with it is noted as elsewhere_said does. */
enum err elsewhere_settle(struct desk *d, int64_t *settled, struct error *e);

#endif
