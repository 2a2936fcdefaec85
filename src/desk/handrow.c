#include "desk/handoverundo.h"

enum err handover_waits(struct desk *d, int64_t certificate, bool *waits, struct error *e)
{
	int64_t id = 0;
	enum err r = store_int(d->store, SQL_UNDO_WAITS, 0, &id, e, "i", certificate);
	*waits = id != 0;
	return r;
}
