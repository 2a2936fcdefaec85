/* What is noted of each certificate of headquarters' authority since it matters: noted once, too, of those that were issued before. */
#ifndef CERTDESK_HUB_CATCHUP_H
#define CERTDESK_HUB_CATCHUP_H

#include "hub/hub.h"

/* Whose main one each is (mainkey.h) and for which pair (authority.h), in transactions of its own; nothing where that was done, or there is no
 * authority. ERR_CA_KEY, db.h's errors. */
enum err catchup_run(struct hub *hub, struct error *e);

#endif
