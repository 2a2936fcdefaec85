#include "desk/claim.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

enum err review_claimer(struct desk *d, int64_t order, int64_t *claimer, char name[128], struct error *e)
{
	struct rows *rows = NULL;
	*claimer = 0;
	enum err r = store_query(d->store, SQL_REVIEW_CLAIM_GET, &rows, e, "i", order);
	if (r)
		return r;
	if (rows_next(rows) && desk_now(d) - rows_int(rows, 1) < CLAIM_SECONDS) {
		*claimer = rows_int(rows, 0);
		text_copy(name, 128, rows_text(rows, 2));
	}
	return rows_end(&rows, e);
}

enum err review_counts(struct desk *d, const struct order *o, struct error *e)
{
	json_t *state = NULL;
	enum err r = strcmp(o->home, d->site) == 0 ? OK : store_row(d->store, SQL_SYNC_STATE_GET, &state, e, "");
	if (!r && strcmp(json_text(state, "trouble_code"), error_name(ERR_SYNC_REVOKED)) == 0)
		r = error_set(e, ERR_SYNC_REVOKED, "%s", "");
	json_decref(state);
	return r;
}
