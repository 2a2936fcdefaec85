#include "hub/restore.h"

enum { SETTLE_SECONDS = 86400 };

static enum err time_of(struct hub *hub, const char *name, int64_t *at, struct error *e)
{
	return db_int(hub->db, HUB_SQL_RESTORE_SINCE, 0, at, e, "t", name);
}

enum err hub_restored_undeclared(struct hub *hub, bool *yes, struct error *e)
{
	int64_t at = 0;
	enum err r = time_of(hub, RESTORED_AT, &at, e);
	*yes = at != 0;
	return r;
}

enum err hub_restored_lately(struct hub *hub, bool *yes, struct error *e)
{
	int64_t at = 0;
	enum err r = time_of(hub, DECLARED_AT, &at, e);
	*yes = at != 0 && hub_now(hub) < at + SETTLE_SECONDS;
	return r;
}
