/* Keys 介质: those inserted, one, and how each is moved; the stock is stock.h. */
#ifndef CERTDESK_DESK_KEYS_H
#define CERTDESK_DESK_KEYS_H

#include "desk/desk.h"

/* Inserted now: [{"serial","reader","driver","state","medium","drawer","order","pin_tries","certificate":{…}|null}] */
enum err keys_inserted(struct desk *d, json_t **out, struct error *e);
/* One key, inserted or not: the same object with "moves":[…]. ERR_DESK_NO_KEY. */
enum err keys_info(struct desk *d, const char *serial, json_t **out, struct error *e);
/* Moves a key to a state within a step and records it; makes a customer-owned one where `medium` is not NULL. A key that
 * comes into a drawer comes into this station's; else it stays in its drawer's book. ERR_DESK_KEY_MOVE where the table of
 * rules/keystate.h has no such move. */
enum err key_move(struct desk *d, const char *serial, const char *to_state, int64_t order_id, const char *reason,
                  const char *medium, struct error *e);

#endif
