#include "desk/latenotice.h"

#include "base/json.h"
#include "desk/round.h"

enum { WAYS = 2 };

/* How it went with one. */
struct turn {
	bool settled;                       /* journalled */
	bool shut;                          /* no message can go now */
	struct notify_letter *letters[WAYS]; /* by each way that the configuration names */
};

static bool write_to_manager(struct desk *d, const json_t *row, struct turn *turn, struct error *e)
{
	const struct {
		enum notify_channel channel;
		const char *to;
	} ways[WAYS] = {{NOTIFY_SMS, d->config.manager_mobile}, {NOTIFY_MAIL, d->config.manager_mail}};
	const struct message_value values[] = {{"customer", json_text(row, "name")}, {"order", json_text(row, "order")}};
	enum err r = OK;
	for (size_t i = 0; !r && i < WAYS; i++)
		if (*ways[i].to && desk_message_goes(d, ways[i].channel, "late-revocation"))
			r = desk_message_ready(d, ways[i].channel, ways[i].to, "late-revocation", values, sizeof values / sizeof *values, &turn->letters[i], e);
	turn->shut = r == ERR_FILE_WRITE;
	return r == OK;
}

/* The messages go behind the commit: what can't be journalled would tell its manager again with every round. */
static enum err one(struct desk *d, int64_t deadline, struct turn *turn, struct error *e)
{
	json_t *row = NULL;
	struct error why = {0};
	enum err r = store_begin(d->store, e);
	if (!r)
		r = store_row(d->store, SQL_LATE_REVOCATION_ONE, &row, e, "i", deadline);
	if (!r && row && !write_to_manager(d, row, turn, &why) && !turn->shut)
		r = error_set(e, why.code, "%s", why.detail);
	if (!r && row && !turn->shut) {
		bool told = turn->letters[0] || turn->letters[1];
		json_t *facts = json_pack("{sb}", "told", told);
		r = store_insert(d->store, SQL_LATE_NOTICE_INSERT, NULL, e, "iiiii", json_number(row, "dk"), json_number(row, "id"), deadline, (int64_t)told,
		                 desk_now(d));
		if (!r)
			r = desk_commit(d, MAY_TICK, "deadline.late", json_text(row, "order"), NULL, facts, e);
		turn->settled = r == OK;
		json_decref(facts);
	}
	store_rollback(d->store);
	for (size_t i = 0; i < WAYS; i++) {
		char id[NOTIFY_ID_SIZE];
		enum err sent = turn->settled ? notify_post(&turn->letters[i], id, r ? NULL : e) : OK;
		notify_drop(&turn->letters[i]);
		r = r ? r : sent;
	}
	json_decref(row);
	return r;
}

enum err late_notice_tick(struct desk *d, int64_t *told, struct error *e)
{
	json_t *rows = NULL, *row;
	struct turn turn = {0};
	size_t i;
	*told = 0;
	enum err r = store_rows(d->store, SQL_LATE_REVOCATIONS, &rows, e, "i", desk_now(d)), last = r;
	json_array_foreach(rows, i, row) {
		if (!round_goes_on(last) || turn.shut)
			break;
		turn = (struct turn){0};
		last = one(d, json_number(row, "id"), &turn, r ? NULL : e);
		r = r ? r : last;
		*told += turn.settled;
	}
	json_decref(rows);
	return r;
}
