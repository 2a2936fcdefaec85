#include "desk/restored.h"

#include <string.h>

#include "base/json.h"
#include "desk/staff.h"

enum err restored_joined(struct desk *d, bool *joined, struct error *e)
{
	json_t *state = NULL;
	enum err r = store_row(d->store, SQL_SYNC_STATE_GET, &state, e, "");
	*joined = !r && json_number(state, "joined");
	json_decref(state);
	return r;
}

enum err restored_note(struct desk *d, const json_t *facts, struct error *e)
{
	struct bytes text = {0};
	enum err r = json_canonical(facts, &text) ? error_set(e, ERR_MEMORY, "restore") : store_begin(d->store, e);
	if (!r && !(r = store_run(d->store, SQL_RESTORED_NOTE, NULL, e, "ttt", (const char *)d->actor.login, (const char *)d->second.login,
	                          (const char *)text.data)))
		r = store_commit_plain(d->store, e);
	store_rollback(d->store);
	d->restored = !r;
	bytes_free(&text);
	return r;
}

/* With the certificates of a new code, where the old ones counted no more. */
static enum err adopt(struct desk *d, json_t *facts, struct error *e)
{
	json_t *fresh = NULL;
	int64_t dk = 0;
	enum err r = store_row(d->store, SQL_HEADQUARTERS_NEW_KIND, &fresh, e, "");
	if (!r && fresh && !(r = datakey_new(d->store, &dk, e)) && !(r = store_run(d->store, SQL_HEADQUARTERS_ADOPT, NULL, e, "i", dk)) &&
	    !(r = store_run(d->store, SQL_SITE_SET_KIND, NULL, e, "t", json_text(fresh, "kind"))) &&
	    !(r = store_run(d->store, SQL_HEADQUARTERS_NEW_DONE, NULL, e, "")))
		json_object_set_new(facts, "joined_again", json_true());
	json_decref(fresh);
	return r;
}

static enum err record(struct desk *d, const json_t *row, struct error *e)
{
	json_t *facts = NULL;
	enum err r = json_parse(json_text(row, "facts"), strlen(json_text(row, "facts")), &facts, e);
	if (!r)
		r = staff_named(d, json_text(row, "login"), &d->actor, e);
	if (!r && *json_text(row, "second"))
		r = staff_named(d, json_text(row, "second"), &d->second, e);
	if (!r)
		r = store_run(d->store, SQL_RESTORED_TOLD, NULL, e, "");
	if (!r)
		r = adopt(d, facts, e);
	if (!r)
		r = desk_commit(d, MAY_RESTORE, NULL, d->site, NULL, facts, e);
	json_decref(facts);
	return r;
}

enum err restored_settle(struct desk *d, struct error *e)
{
	json_t *row = NULL;
	struct staff actor = d->actor, second = d->second;
	bool timer = d->timer;
	if (!d->restored)
		return OK;
	d->timer = false; /* whoever restored it has done this, not who goes round */
	enum err r = store_begin(d->store, e);
	if (!r)
		r = store_row(d->store, SQL_RESTORED_GET, &row, e, "");
	if (!r && row)
		r = record(d, row, e);
	store_rollback(d->store);
	json_decref(row);
	d->timer = timer;
	d->actor = actor;
	d->second = second;
	return r;
}
