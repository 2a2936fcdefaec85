/* A store whose disk was rolled back gets its own entries back from headquarters: each is proven (chain, signature, states) and
 * its states become the rows again. What no entry holds (drafts, codes sent) is gone. */
#ifndef CERTDESK_STORE_REPLAY_H
#define CERTDESK_STORE_REPLAY_H

#include "store/store.h"

/* Inside a step: one entry as sync/protocol.h has it, the next one after the newest here. Its data keys are here already.
 * ERR_STORE_REPLAY: it isn't this store's next entry, or not as it was written. */
enum err replay_entry(struct store *s, const json_t *entry, struct error *e);
/* A data key under the number it had. Inside a step. ERR_STORE_REPLAY: another key has that number. */
enum err replay_key(struct store *s, int64_t dk, const uint8_t key[DATA_KEY_SIZE], struct error *e);
/* Commits what was replayed since store_begin; no entry of its own comes of it. */
enum err replay_commit(struct store *s, struct error *e);

#endif
