/* Certificates issued here. */
#ifndef CERTDESK_DESK_CERT_H
#define CERTDESK_DESK_CERT_H

#include "desk/desk.h"

/* [{"serial","issuer","subject","order","key_serial","product","not_before","not_after","status" (active, suspended,
 * revoked, superseded, expired),"status_title","status_at","reason"}], newest first, by order or key (each may be NULL). */
enum err certs_list(struct desk *d, const char *no, const char *key_serial, json_t **out, struct error *e);
/* The same by a text: the certificate's serial, its key's, or what order_list finds (an order, a customer's number, a part of a name);
 * of at most a hundred orders. MAY_CERT_VIEW, MAY_ORDER_VIEW. */
enum err certs_find(struct desk *d, const char *text, json_t **out, struct error *e);
enum err cert_show(struct desk *d, const char *serial, json_t **out, struct error *e);
/* PEM by order (its newest) or serial. */
enum err cert_export(struct desk *d, const char *no, const char *serial, struct bytes *pem, struct error *e);
enum err cert_chain(struct desk *d, struct bytes *pem, struct error *e);
/* The newest CRL as PEM; makes one where there is none or it is over half its time. Where headquarters' CA issues: its newest list
 * (ERR_DESK_CA_UNKNOWN), and the local CA's by cert_crl_local. */
enum err cert_crl(struct desk *d, struct bytes *pem, struct error *e);
enum err cert_crl_local(struct desk *d, struct bytes *pem, struct error *e);

/* The CA's own ground, by two persons who both may (ERR_DESK_TWO_PERSONS): the actor and the second one on the spot. `change` is
 * revoke (with a reason of RFC 5280), suspend or resume; `ground` says why, goes into the journal, and the holder is told.
 * The revocation list is made at once. *out is cert_show's object. MAY_CERT_OWN. ERR_DESK_REASON, ERR_DESK_CERT_STATE,
 * ERR_DESK_REVOCATION. */
enum err cert_own_ground(struct desk *d, const char *serial, const char *change, const char *reason, const char *ground,
                         json_t **out, struct error *e);

/* Whether that change is possible for a certificate that cert_show tells of with this status and reason. */
bool cert_own_possible(const char *change, const char *status, const char *reason);

/* For use cases: revokes one certificate for a reason of ca_reason_code, inside a step; crl_refresh follows it. */
enum err cert_revoke(struct desk *d, int64_t id, const char *reason, struct error *e);
/* Makes a CRL where there is none, a certificate changed since, or half its time is over; a step of its own. */
enum err crl_refresh(struct desk *d, struct error *e);
/* Where crl_file names one, the newest list lies in it from then on, for whoever serves it: written anew where it differs. Lists that are
 * made here are put there at once; `tick` sees to what failed then. ERR_FILE_WRITE. */
enum err crl_place(struct desk *d, struct error *e);
/* Whether it lies there; also where there is none yet, or crl_file names nothing. */
enum err crl_placed(struct desk *d, struct error *e);
/* crl_refresh behind a step that changed a certificate and stands: ERR_DESK_CRL_WAITS with the reason where the list can't be made,
 * and `tick` tries again. Whoever has to hear of the change is told all the same. */
enum err crl_publish(struct desk *d, struct error *e);

#endif
