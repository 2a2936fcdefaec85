#include <string.h>

#include "base/json.h"
#include "hub/authority.h"
#include "hub/feed.h"
#include "hub/giving.h"
#include "hub/publication.h"

enum err data_site_changed(struct hub *hub, const char *site, struct error *e)
{
	json_t *row = NULL;
	enum err r = db_row(hub->db, HUB_SQL_SITE_GET, &row, e, "t", site);
	if (!r && strcmp(json_text(row, "kind"), "review") == 0)
		r = giving_rescue(hub, e);
	if (!r && strcmp(json_text(row, "state"), "joined") == 0)
		r = authority_tell(hub, site, e);
	json_decref(row);
	if (!r)
		r = publication_catch_up(hub, site, e);
	return r ? r : feed_route(hub, e);
}
