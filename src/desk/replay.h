/* After a store that was rolled back got its entries back (store/replay.h): what follows from them but is no row of theirs is made
 * again, and a new epoch begins, so that nothing that the lost life may have given out is given out twice. */
#ifndef CERTDESK_DESK_REPLAY_H
#define CERTDESK_DESK_REPLAY_H

#include "desk/desk.h"

/* `from` is the newest entry before the replay (the last try's, where it was cut). One step of its own, "site.epoch". */
enum err replay_settle(struct desk *d, int64_t from, struct error *e);

/* Notes which rows of the store an entry brought from other sites. Inside a step. *feed is the item of the feed that it took, -1 where
 * it took none. */
enum err replay_foreign(struct store *s, const json_t *entry, int64_t *feed, struct error *e);

#endif
