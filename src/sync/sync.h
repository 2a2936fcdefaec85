/* The station's end of the sync: joining headquarters, and going round until neither side has anything left. protocol.h says
 * what goes over the line; desk/custody.h what comes of it. All of it waits for the network: never called by screens.
 *
 * Errors besides those of desk.h and net.h: ERR_SYNC_NOT_JOINED, ERR_SYNC_REVOKED; ERR_SYNC_ANSWER and _BUSY (exit 3: to be tried
 * again); ERR_SYNC_FORK, _BROKEN (the sync stops until somebody has looked); ERR_SYNC_SIGNATURE. */
#ifndef CERTDESK_SYNC_SYNC_H
#define CERTDESK_SYNC_SYNC_H

#include "desk/desk.h"

/* {"joined","url","headquarters","kind","line","line_since","last_contact","trouble","site_revoked" (by headquarters),"declaration_awaited" (there: it was restored),"seq","head","acknowledged","backlog","refused","notices"}:
 * trouble is what keeps the line from working now; notices are what was not taken or accepted, [{"number","text","at"}], until sync_seen; head is the newest entry's hash, backlog how many entries headquarters hasn't got. Asks the store alone. */
enum err sync_status(struct desk *d, json_t **out, struct error *e);

/* Somebody has seen to a notice (0: to all that there are); what is left as *out. Journalled. MAY_SYNC_SEEN. ERR_SYNC_NOTICE. */
enum err sync_seen(struct desk *d, int64_t number, json_t **out, struct error *e);

/* Makes the site's pairs and has them certified; `code` is from `certdesk-hub enrol`. Whole or not at all. `again`: a site that joined
 * has a code of `certdesk-hub renew`, its certificates being revoked or over; what was sealed to the old pair is lost with it.
 * ERR_SYNC_JOINED, _CODE, _FINGERPRINT, _SITE; ERR_DESK_FORBIDDEN. */
enum err sync_join(struct desk *d, const char *url, const char *code, bool again, json_t **out, struct error *e);

/* What one round or more moved: {"sent","files_sent","received","custody_given","head","backlog"}. The actor is "system".
 * What keeps the line from working is noted in sync_state. */
enum err sync_once(struct desk *d, json_t **out, struct error *e);

/* Gets custody of the certificate on the inserted key, which another counter holds: its holder proves by the PIN that they are here.
 * *out is cert_show's object with "from". Screens call it in a job of its own. ERR_SYNC_CERT_* (headquarters' reasons), and those of
 * desk/certcustody.h's certificate_on_key and certificate_sign. */
enum err sync_fetch_certificate(struct desk *d, const char *key_serial, const struct secret *pin, json_t **out, struct error *e);

/* The same without the key, by a code that headquarters sends to the phone on file: `code` NULL sends one, *out is {"certificate","sent_to"}
 * (masked) then. ERR_SYNC_CERT_PHONE, _CODE, _CODE_ENDED, ERR_SYNC_SLOW besides. */
enum err sync_fetch_by_code(struct desk *d, const char *serial, const char *code, json_t **out, struct error *e);

/* The same by an order of this site that names the certificate and that a review site approved; a round does it by itself, once.
 * ERR_SYNC_REVIEW_*, and elsewhere_order's. */
enum err sync_fetch_by_review(struct desk *d, const char *order, json_t **out, struct error *e);

/* For desk.ask_ca: has headquarters issue (POST /v1/ca/issue); what the journal says is sent before. `asked`: it may have been asked under this
 * key before, and is asked for first. ERR_SYNC_CA_NONE, _CA_REFUSED. */
enum err sync_ask_ca(struct desk *d, const json_t *body, bool asked, json_t **out, struct error *e);
/* For desk.reach_ca: whether headquarters would issue now (GET /v1/ca). ERR_SYNC_CA_NONE. */
enum err sync_reach_ca(struct desk *d, struct error *e);

/* A line that is kept over many rounds (`sync --follow`). */
struct sync;
enum err sync_open(struct desk *d, struct sync **out, struct error *e);
/* One time there and back; *moved says that it is worth going again at once. Counts into the object of sync_once. */
enum err sync_round(struct sync *s, json_t *counts, bool *moved, struct error *e);
void sync_close(struct sync **s);

#endif
