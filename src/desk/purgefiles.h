/* What lies in files beside the store of orders that are purged. Private to src/desk. */
#ifndef CERTDESK_DESK_PURGEFILES_H
#define CERTDESK_DESK_PURGEFILES_H

#include "desk/desk.h"

/* Documents and invoices under keys that the purges up to entry `seq` name, unless something that stays lies in the same file; and messages that
 * name their orders. What is gone already was removed by a tick that was cut. Inside a transaction. ERR_FILE_WRITE. */
enum err purge_remove_files(struct desk *d, int64_t seq, struct error *e);
/* Each tick: messages older than what is kept, and, where anything was purged, the copies that upgrades left beside the store
 * thirty days ago. ERR_FILE_WRITE. */
enum err purge_leftovers(struct desk *d, struct error *e);

#endif
