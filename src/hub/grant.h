/* What a certificate under headquarters' authority may be for: product, profile and end follow from the order, from the table of products
 * that headquarters laid down for the site (the shipped one until it took another), and from the business' rules; never from what
 * the site asks. */
#ifndef CERTDESK_HUB_GRANT_H
#define CERTDESK_HUB_GRANT_H

#include "ca/cert.h"
#include "hub/judge.h"

struct grant {
	struct view *view;
	int64_t order, item; /* the site's rows */
	int64_t not_before, not_after;
	int64_t seq;                  /* the entry that recorded it: tables that the site took later say nothing of it. 0: the one that is judged */
	const char *profile;          /* NULL: not said */
	const struct bytes *request;  /* PKCS#10, DER; NULL: not said */
	char about[CERT_SERIAL_SIZE]; /* out: the certificate whose place the new one takes, as the site names it; "" */
	const char *why;              /* grant_judge's answer, one of src/sync/ca.c's reasons; NULL: it follows */
};

/* ERR_STORE_*, ERR_MEMORY: judged nothing. */
enum err grant_judge(struct grant *g, struct error *e);
/* For judge.c: an entry that records what the site is going to ask for. */
enum err grant_judge_recorded(struct judging *j, int64_t record, const json_t *now, struct error *e);

#endif
