/* Which steps of an order have a deadline, and in which statuses it runs, is kept, or is gone. Pure; a table. */
#ifndef CERTDESK_RULES_DEADLINE_H
#define CERTDESK_RULES_DEADLINE_H

#include <stddef.h>

enum deadline_stand {
	DEADLINE_NONE, /* not begun, or dropped: what was promised isn't wanted any more */
	DEADLINE_RUNS,
	DEADLINE_DONE
};

size_t deadline_step_count(void);
const char *deadline_step_at(size_t i); /* "review", "issue" */
/* How `step` stands for an order in this status: a decision ends `review`; `issue` (制证或寄出) is done when the certificate
 * is written, for delivery by mail ("mail") when it is posted. */
enum deadline_stand deadline_stands(const char *step, const char *status, const char *delivery);

#endif
