/* How long records are kept, by kind: what the site's table says, and never less than the law's five years. Pure. */
#ifndef CERTDESK_RULES_RETENTION_H
#define CERTDESK_RULES_RETENTION_H

#include <stdbool.h>
#include <stdint.h>

enum { RETENTION_LEAST = 5 }; /* years */

enum retained { RETAIN_ORDER, RETAIN_COPY, RETAIN_CUSTOMER, RETAIN_STATEMENT, RETAIN_IDENTITY, RETAIN_MESSAGE, RETAINED_KINDS };

struct retention {
	int years[RETAINED_KINDS];
};

const char *retained_name(enum retained kind); /* "order" */
/* There is a row of this kind; an unknown one marks nothing. */
void retained_mark(bool there[RETAINED_KINDS], const char *kind);
/* The least of each. */
void retention_start(struct retention *r);
/* What a row of the table says; an unknown kind, and less than the least, changes nothing. */
void retention_take(struct retention *r, const char *kind, int64_t years);
/* What ended before this second has been kept long enough. */
int64_t retention_before(const struct retention *r, enum retained kind, int64_t now);

#endif
