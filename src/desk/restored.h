/* A site of headquarters that was made from a backup. Headquarters may have entries of it that came after the backup: whatever is journalled
 * before they are back would begin a second history, in which numbers are given twice. So it waits: desk_commit refuses every step
 * (ERR_DESK_RESTORED) until the first round with headquarters, which fetches what is missing and then records who restored it. */
#ifndef CERTDESK_DESK_RESTORED_H
#define CERTDESK_DESK_RESTORED_H

#include "desk/desk.h"

/* Whether the site has joined headquarters, and so has to wait. */
enum err restored_joined(struct desk *d, bool *joined, struct error *e);
/* Notes it, by the actor and the second person; `facts` are the entry's. A transaction of its own. */
enum err restored_note(struct desk *d, const json_t *facts, struct error *e);
/* Headquarters has answered, and what it had is here: one step records the restore, and that the site joined again meanwhile if it did. OK
 * where nothing waits. */
enum err restored_settle(struct desk *d, struct error *e);

#endif
