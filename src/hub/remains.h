/* What remains of purged orders: their rows without personal data, kept in the clear as the site itself keeps them, so that reports of
 * those years stay what they were. */
#ifndef CERTDESK_HUB_REMAINS_H
#define CERTDESK_HUB_REMAINS_H

#include "hub/keyring.h"

/* Within the transaction that takes the purge's entry `seq`, before the key is destroyed: keeps the newest rows under it. */
enum err remains_keep(struct hub *hub, struct keyring *ring, int64_t dk, int64_t seq, struct error *e);

/* The purges of a site behind the entry `after`, up to `to`, one after the other: the data keys that are gone, and what remains,
 * {"kind", "id", "row"} each, as reading_write wants them. */
enum err remains_each(struct hub *hub, const char *site, int64_t after, int64_t to,
                      enum err (*take)(void *arg, const json_t *keys, const json_t *rows, struct error *e), void *arg, struct error *e);

#endif
