/* Staff as headquarters has laid them down (publication.h), by its own record: what a site says of its people doesn't count here.
 * A site signs for what its people do, so an approval under the name of somebody who is on the list can't be told from theirs; one by
 * somebody whom headquarters never heard of can. */
#ifndef CERTDESK_HUB_LAID_H
#define CERTDESK_HUB_LAID_H

#include "hub/hub.h"

/* Whether `login` decides about orders at `site`. At a review site, where headquarters ever laid a reviewer down for it, those do whom the newest
 * publication that names them makes reviewers, whether the site has taken it or not; elsewhere everybody. Within a transaction. db.h's
 * errors; ERR_HUB_ALTERED: a publication can't be read. */
enum err laid_reviewer(struct hub *hub, const char *site, const char *login, bool *may, struct error *e);

#endif
