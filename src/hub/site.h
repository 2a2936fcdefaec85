/* Sites: enrolled with a code, joined with certificates, revoked. */
#ifndef CERTDESK_HUB_SITE_H
#define CERTDESK_HUB_SITE_H

#include "hub/hub.h"

/* A new site, or a new code for one that hasn't joined. {"site", "kind", "code", "until", "url"}. ERR_HUB_SITE, ERR_HUB_KIND, ERR_HUB_JOINED,
 * ERR_HUB_REVOKED, ERR_HUB_REGION, ERR_USAGE (name, region). */
enum err site_enrol(struct hub *hub, const char *site, const char *kind, const char *name, const char *region, json_t **out, struct error *e);
/* Its name and region from now on; NULL leaves one as it is. {"site", "kind", "name", "region", "state"}. ERR_HUB_NO_SITE, ERR_HUB_REGION, ERR_USAGE. */
enum err site_describe(struct hub *hub, const char *site, const char *name, const char *region, json_t **out, struct error *e);
/* A new code for a site that is here, a revoked one too: it makes new keys and gets new certificates. ERR_HUB_NO_SITE. */
enum err site_renew(struct hub *hub, const char *site, json_t **out, struct error *e);
/* All its certificates end now. The workers refuse it from this commit on; nginx from the list that site_write_crl makes. ERR_HUB_NO_SITE. */
enum err site_revoke(struct hub *hub, const char *site, struct error *e);
/* The list of revoked certificates, for nginx, with a number of its own. */
enum err site_write_crl(struct hub *hub, struct error *e);
/* Whether the shipped table of regions has one (rules/region.h), or one below it; "" is fine. ERR_HUB_REGION. */
enum err region_known(const char *region, struct error *e);

#endif
