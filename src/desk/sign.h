/* 申请签名确认: over order data and documents, by a code to the agent or on paper. */
#ifndef CERTDESK_DESK_SIGN_H
#define CERTDESK_DESK_SIGN_H

#include "desk/desk.h"

/* What is signed, for the screen: {"texts":[{"id","version","title","body"}],"declaration","agent_mobile" (masked),"documents":[…],
 * "amount","lines":[as order_show's],"digest","key_serial" (of the key that may sign it, or ""),"old_mobile" (of the phone on file that gets a
 * code too, masked, or "")}. Refuses like sign_send. */
enum err sign_preview(struct desk *d, const char *no, json_t **out, struct error *e);
/* Sends a code to the agent's mobile. Refuses while fields are wrong (ERR_DESK_MISTAKES names the first), documents are missing
 * (ERR_DESK_DOCUMENTS), identity was not checked (ERR_DESK_IDENTITY), texts are not agreed to (ERR_DESK_CONSENT), within 60 s of
 * the last (ERR_DESK_RESEND) and after ten in a day (ERR_DESK_CODES). *out: {"order","sent_to","expires_at"}. */
enum err sign_send(struct desk *d, const char *no, json_t **out, struct error *e);
/* Five tries, five minutes. Signs, prices, and moves on to payment. *out is order_show's object. ERR_DESK_CODE (tries left),
 * ERR_DESK_CODE_SPENT (it was the last), ERR_DESK_CODE_ENDED, ERR_DESK_CHANGED (the data changed since the code was sent).
 * Where the phone on file changes, its own code besides; else NULL (ERR_DESK_TWO_CODES where it is missing). */
enum err sign_codes(struct desk *d, const char *no, const char *code, const char *old_code, json_t **out, struct error *e);
/* The key that the order is about signs the digest, by its holder's PIN, and the signature is verified. ERR_DESK_ABOUT,
 * ERR_DESK_CERT_STATE, ERR_DESK_ONE_KEY (a second one is in), ERR_TOKEN_*. */
enum err sign_key(struct desk *d, const char *no, const char *serial, const struct secret *pin, json_t **out, struct error *e);
/* Printed, sealed, scanned as document `signed-form`, confirmed by the second person. ERR_DESK_PAPER_OLD (the data
 * changed since the application was printed), ERR_DESK_TWO_PERSONS where that person is all that is missing. */
enum err sign_paper(struct desk *d, const char *no, json_t **out, struct error *e);

#endif
