/* Staff as headquarters has laid them down (publication.h), by its own record: what a site says of its people doesn't count here.
 * A site signs for what its people do, so an approval under the name of somebody who is on the list can't be told from theirs; one by
 * somebody whom headquarters never heard of can. */
#ifndef CERTDESK_HUB_LAID_H
#define CERTDESK_HUB_LAID_H

#include "hub/hub.h"

/* What headquarters' own lists say of somebody who decided at a review site. */
struct laid {
	bool refused;     /* they don't decide there */
	bool unknown;     /* it laid reviewers down for other review sites, and none for this one: nobody there can be compared with anything */
	bool everywhere;  /* the login is theirs at every site */
	char number[64];  /* their staff number; "": it said nothing of one */
};

/* `reviewer`: a row of staff of `site`. At a review site, where headquarters ever laid a reviewer down for it, those decide whom the newest publication
 * that names them makes reviewers, whether the site has taken it or not, under a name and number that headquarters gave them; where it never did, all
 * but those whose staff number it laid down for another review site. Elsewhere everybody. Within a transaction. db.h's errors; ERR_HUB_ALTERED: a
 * publication can't be read. */
enum err laid_reviewer(struct hub *hub, const char *site, const json_t *reviewer, struct laid *out, struct error *e);

#endif
