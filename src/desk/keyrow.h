/* One key as the use cases load it, and the service point's secrets for it. Private to src/desk. */
#ifndef CERTDESK_DESK_KEYROW_H
#define CERTDESK_DESK_KEYROW_H

#include "desk/desk.h"
#include "token/token.h"

struct key_row {
	int64_t id, dk, order_id; /* id 0: the store has no such key */
	char serial[TOKEN_SERIAL_SIZE], medium[33], state[24], order[ORDER_NO_SIZE];
	char custodian[33]; /* whose it is; another site's where it was given away with its certificate or sent there */
	char drawer[33]; /* whose book it is in, or was in last */
};

/* out->id is 0 where there is none. */
enum err key_load(struct desk *d, const char *serial, struct key_row *out, struct error *e);
/* A key that nobody knew, with its first move; `out` may be NULL. Inside a step. */
enum err key_make(struct desk *d, const char *serial, const char *medium, const char *state, const char *drawer, int64_t order_id,
                  const char *reason, struct key_row *out, struct error *e);
/* Moves a loaded key, which the caller has judged, and records it. Inside a step. */
enum err key_put(struct desk *d, const struct key_row *key, const char *state, const char *drawer, int64_t order_id,
                 const char *reason, struct error *e);

/* What opens a key: an empty secret is none. The `next` ones are recorded before they are set and become the current
 * ones when the key has proven them; until then either may be the one on the key. */
struct key_secrets {
	struct secret puk, management, puk_next, management_next;
};

/* Nothing recorded gives the factory's. Wipe with key_secrets_wipe. */
enum err key_secrets_load(struct desk *d, const struct key_row *key, struct key_secrets *out, struct error *e);
/* Inside a step. */
enum err key_secrets_save(struct desk *d, const struct key_row *key, const struct key_secrets *s, struct error *e);
void key_secrets_wipe(struct key_secrets *s);

/* Keeps other sessions off an order's key, or off a key's secrets, as long as *lock is open (-1: it is opened here; close it). The lock is
 * the kernel's: a killed program's is gone. ERR_DESK_STATUS with `busy`, ERR_FILE_WRITE. */
enum lock_of { LOCK_ORDER, LOCK_KEY };
enum err key_lock(struct desk *d, int *lock, enum lock_of what, int64_t id, const char *busy, struct error *e);
const char *key_busy(void); /* what to say of a key */

/* Reads one blob (column 0) of the row with this id; empty where it is NULL or there is no row. */
enum err blob_load(struct desk *d, enum sql q, int64_t id, struct bytes *out, struct error *e);

#endif
