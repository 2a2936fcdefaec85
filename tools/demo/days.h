/* The demonstration's days' ends. */
#ifndef CERTDESK_DEMO_DAYS_H
#define CERTDESK_DEMO_DAYS_H

#include "desk/desk.h"

/* Counts and closes the shifts of the manager's business date, looks through the checklist and ends the day. */
enum err days_end(struct desk *manager, struct error *e);

#endif
