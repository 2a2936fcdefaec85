/* Years after a certificate ends (by the table of retention, at least five) its holder's data are destroyed: whatever stood in rows is blank, keys, states and files are gone.
 * Numbers, dates, amounts and digests stay, and the chain verifies as before.
 *
 * An order goes when all its certificates ended that long ago (without one: when it ended) and nothing of it is open; a copy of another
 * site's order that long after it left; a customer, with the agents on file, when no order of theirs is left; a bank statement that long after it came, when
 * none of the orders that its lines paid for is left: then date, amount and the bank's reference stay. Messages in outbox/ go when they are that old,
 * or name an order that goes; the copies that an upgrade left beside the store, thirty days after it. One journal entry
 * "purge" names the keys; a site that has headquarters destroys them when headquarters has that entry. On a store of a newer program's schema
 * nothing is purged: that one may keep personal data where this one doesn't look. */
#ifndef CERTDESK_DESK_PURGE_H
#define CERTDESK_DESK_PURGE_H

#include "desk/desk.h"

/* *gone: how many orders. Cut anywhere, the next tick goes on. Actor: system (MAY_TICK). */
enum err purge_run(struct desk *d, int64_t *gone, struct error *e);

#endif
