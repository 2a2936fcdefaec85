/* What can be done with a certificate, or with the key that is in. */
#ifndef CERTDESK_DESK_ABOUT_H
#define CERTDESK_DESK_ABOUT_H

#include "desk/desk.h"

/* The certificate on the inserted key `serial`, and each business that is about keys or certificates: {"certificate",
 * "custodian" (the other site that holds it now, or ""),"key_serial","subject","name","customer","status","reason","not_after","key_state","pin_tries" (null where the key doesn't tell),
 * "businesses":[{"business","title","form","needs_key","needs_pin","allowed","why" ("" where allowed)}],"proposed" (the business
 * that is due: renewal in its window, unlock of a blocked key, else ""),"orders":[{"order","business","business_title","status",
 * "status_title"}] (about it, or its own that isn't handed over yet; newest first)}. MAY_CERT_VIEW: who may begin one is asked then. ERR_TOKEN_*, ERR_DESK_KEY_FOREIGN. */
enum err about_key(struct desk *d, const char *serial, json_t **out, struct error *e);
/* The same for a certificate by its serial, with those that need no key allowed. ERR_DESK_NO_CERT. */
enum err about_certificate(struct desk *d, const char *serial, json_t **out, struct error *e);

#endif
