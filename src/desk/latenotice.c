#include "desk/latenotice.h"

#include "base/json.h"

/* By each way that the configuration names. *told is false where it names none. */
static enum err tell_manager(struct desk *d, const json_t *row, bool *told, struct error *e)
{
	const struct {
		enum notify_channel channel;
		const char *to;
	} ways[] = {{NOTIFY_SMS, d->config.manager_mobile}, {NOTIFY_MAIL, d->config.manager_mail}};
	const struct message_value values[] = {{"customer", json_text(row, "name")}, {"order", json_text(row, "order")}};
	enum err r = OK;
	*told = false;
	for (size_t i = 0; !r && i < sizeof ways / sizeof *ways; i++)
		if (*ways[i].to) {
			r = desk_message(d, ways[i].channel, ways[i].to, "late-revocation", values, sizeof values / sizeof *values, NULL, e);
			*told = true;
		}
	return r;
}

/* *more is false where there is none left, or the message can't go now. */
static enum err next(struct desk *d, bool *more, struct error *e)
{
	json_t *row = NULL;
	bool told = false;
	enum err r = store_begin(d->store, e);
	*more = false;
	if (!r)
		r = store_row(d->store, SQL_LATE_REVOCATION_NEXT, &row, e, "i", desk_now(d));
	if (!r && row && tell_manager(d, row, &told, NULL) == OK &&
	    !(r = store_insert(d->store, SQL_LATE_NOTICE_INSERT, NULL, e, "iiiii", json_number(row, "dk"), json_number(row, "id"),
	                       json_number(row, "deadline"), (int64_t)told, desk_now(d)))) {
		json_t *facts = json_pack("{sb}", "told", told);
		r = desk_commit(d, MAY_TICK, "deadline.late", json_text(row, "order"), NULL, facts, e);
		json_decref(facts);
		*more = r == OK;
	}
	store_rollback(d->store);
	json_decref(row);
	return r;
}

enum err late_notice_tick(struct desk *d, int64_t *told, struct error *e)
{
	bool more = true;
	enum err r = OK;
	*told = 0;
	while (!r && more)
		if (!(r = next(d, &more, e)))
			*told += more;
	return r;
}
