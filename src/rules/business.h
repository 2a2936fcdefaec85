/* The businesses of the desk (DOMAIN.md, the table of businesses), as data: what an order of each is about, whether it is
 * reviewed, what it makes. Pure. */
#ifndef CERTDESK_RULES_BUSINESS_H
#define CERTDESK_RULES_BUSINESS_H

#include <stdbool.h>
#include <stddef.h>

enum business_about {
	ABOUT_NOTHING,
	ABOUT_KEY,        /* the certificate on the one inserted key */
	ABOUT_CERTIFICATE /* a certificate, wherever its key is */
};
enum business_review {
	REVIEW_NEVER,
	REVIEW_FIRST,   /* the first time, and whenever identity is checked instead of a code to the phone on file */
	REVIEW_CHANGED, /* where data that somebody has to look at differs from what is on file */
	REVIEW_ALWAYS
};
enum business_makes {
	MAKES_NOTHING,
	MAKES_AGAIN, /* a new certificate for the pair on the key that the order is about */
	MAKES_NEW    /* a new pair and certificate on another key */
};
enum business_end {
	END_NEW,     /* from issue on, the product's term */
	END_RENEWED, /* the old end plus the term; as END_NEW where the old one is over */
	END_KEPT     /* the old end */
};
enum business_keeps { /* when the order's data become what is on file of the customer */
	KEEPS_NOTHING,
	KEEPS_SIGNED,
	KEEPS_DONE
};
enum cert_status { CERT_ACTIVE = 1, CERT_EXPIRED = 2, CERT_SUSPENDED = 4, CERT_REVOKED = 8, CERT_SUPERSEDED = 16 };
/* The reasons kept with a suspended certificate: its holder reported it lost; it was handed over by mistake, and its holder reported nothing. */
#define CERT_HELD            "certificate-hold"
#define CERT_HANDOVER_UNDONE "handover-undone"
/* … the CA itself suspended it; and did so over one of those above, which counts again when the CA lifts its own. */
#define CERT_OWN_GROUND        "own-ground"
#define CERT_OWN_GROUND_HELD   "own-ground-held"
#define CERT_OWN_GROUND_UNDONE "own-ground-undone"

struct business {
	const char *name, *zh, *en;
	enum business_about about;
	enum business_review review;
	enum business_makes makes;
	enum business_end end;
	enum business_keeps keeps;
	unsigned certificate; /* enum cert_status: what the certificate may be */
	bool pin;             /* the key proves by PIN and signature that its holder is here */
};

/* NULL where there is none of that name. */
const struct business *business_find(const char *name);
const struct business *business_at(size_t i); /* NULL after the last */
/* Whether a suspended certificate's reason is the CA's own: nobody else lifts that, and nothing is made in its place. */
bool cert_own_reason(const char *reason);
/* The CA's own reason over this one of a suspended certificate. */
const char *cert_own_over(const char *reason);
/* What counts again when the CA lifts its own: the reason below, NULL where there is none and the certificate is in use again. */
const char *cert_own_below(const char *reason);
/* What such a reason is called; NULL for those of RFC 5280, which are in a table. */
const char *cert_reason_title(const char *reason);
const char *business_title(const char *name); /* 新办; the name itself where unknown */
const char *business_title_zh(const char *name); /* … in Chinese whatever the screens speak: messages to customers are */

#endif
