#include "hub/hub.h"

const struct route routes_data[] = {
	{0},
};

enum err data_site_changed(struct hub *hub, const char *site, struct error *e)
{
	(void)hub;
	(void)site;
	(void)e;
	return OK;
}
