/* Parts of custody. Private to src/desk. */
#ifndef CERTDESK_DESK_CUSTODYROW_H
#define CERTDESK_DESK_CUSTODYROW_H

#include "desk/custody.h"
#include "desk/orderrow.h"

/* The order with all that belongs to it, as records that refer to each other by place. New reference. */
enum err custody_bundle(struct desk *d, const struct order *o, json_t **out, struct error *e);
/* The digests of its files, as the entry and the custody name them. New reference. */
enum err custody_files(struct desk *d, const struct order *o, json_t **out, struct error *e);
/* Writes a bundle's rows here, over those of an earlier coming; the order's custodian is this site then. `map` gets what is new of
 * whose they are. Inside a step. */
enum err custody_unpack(struct desk *d, const struct custody_item *item, json_t *map, struct error *e);
/* Somebody of another site, as a row that nobody can log in with. Inside a step. */
enum err custody_person(struct desk *d, const char *site, int64_t remote, const char *login, const char *name, const char *number, json_t *map, int64_t *id,
                        struct error *e);
/* A unit's agents on file at another site, as they came with one of its certificates under the data key `dk`, come on file here. Who is on file
 * here already stays as they are unless what came is `newer`; who was taken off file here stays off. Inside a step. ERR_STORE_REPLICA. */
enum err custody_agents(struct desk *d, const json_t *agents, int64_t dk, int64_t customer, bool newer, struct error *e);
/* How somebody of another site is called here. */
void custody_login(const char *site, const char *login, char out[33]);
/* The decision as it goes back home with a step; the order is the home's from this step on. Sets `facts` members.
 * Inside a step. */
enum err custody_send_home(struct desk *d, const struct order *o, const char *decision, const struct staff *reviewer, int64_t at, const char *reason,
                           json_t *facts, struct error *e);

#endif
