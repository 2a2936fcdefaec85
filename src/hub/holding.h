/* Who holds which certificate, and its key with it. A certificate belongs to the site that journalled it first, until it is given to
 * another that has proven the order; from then on only that one changes it. */
#ifndef CERTDESK_HUB_HOLDING_H
#define CERTDESK_HUB_HOLDING_H

#include "ca/cert.h"
#include "hub/judge.h"

/* For judge.c: where the entry takes a certificate that was given to its site, finds it (j->fetched), or refuses. */
enum err holding_judge_take(struct judging *j, struct error *e);
/* A state of kind certificate or usb_key is the custodian's to change; a site that gave one may note that it did. */
enum err holding_judge(struct judging *j, size_t at, struct error *e);
/* After the entry was accepted: what one of its states says of certificates, keys, and orders about them. */
enum err holding_note(const struct judging *j, size_t at, struct error *e);

/* After an entry that took a certificate was accepted: which rows are whose, for the orders about it. */
enum err holding_note_map(const struct judging *j, struct error *e);

/* What became of a proof. `why` is what protocol.h has for it; NULL: given. */
struct holding_given {
	const char *why;
	char from[SITE_CODE_SIZE], order[64]; /* whose it was; the order that is in the way */
};
/* One that is asked for. `der` NULL: who proved it has only its number. `holder` (may be NULL): its holder's on file must have this credit code
 * or document number, else SAY_REVIEW_HOLDER. */
struct holding_asked {
	const char *to, *issuer, *serial;
	const struct bytes *der;
	const char *holder;
	const char *review; /* the order whose approved review is the proof; NULL: another is */
};
/* A number alone names a certificate where no two issuers gave the same. */
enum err holding_name(struct hub *hub, const char *serial, char issuer[1024], bool *known, struct error *e);
/* Gives a certificate to a site that has proven it: tells both, notes it. In the caller's transaction, which
 * the caller ends in any case. ERR_STORE_BUSY where another is quicker. */
enum err holding_give(struct hub *hub, const struct holding_asked *asked, struct holding_given *out, struct error *e);
/* Whether it could be given, and the phone on file of its holder ("" for none). */
enum err holding_phone(struct hub *hub, const struct holding_asked *asked, struct holding_given *out, char phone[64], struct error *e);

#endif
