#include "desk/expiry.h"

#include "base/json.h"
#include "base/text.h"
#include "desk/round.h"
#include "desk/tell.h"
#include "rules/contact.h"
#include "rules/term.h"

static bool reachable(const json_t *holder)
{
	return *contact_value(holder, "mobile") || *contact_value(holder, "email");
}

/* Before the commit: a notice that isn't journalled may come twice, but none is missed. */
static enum err tell(struct desk *d, const json_t *row, json_t *holder, struct error *e)
{
	struct order about = {.business = "renew", .values = holder};
	char until[11];
	const struct message_value values[] = {{"serial", json_text(row, "key_serial")}, {"until", until}};
	civil_date_text(json_number(row, "not_after"), until);
	text_copy(about.name, sizeof about.name, json_text(row, "name"));
	return tell_customer(d, &about, "expiring", values, sizeof values / sizeof *values, e);
}

/* How it went with one. */
struct turn {
	bool settled, heard; /* journalled, and told */
	bool shut;           /* no message can go now, whoever it is for */
};

static enum err one(struct desk *d, int64_t certificate, struct turn *turn, struct error *e)
{
	json_t *row = NULL, *holder = NULL;
	bool heard = false;
	enum err r = store_begin(d->store, e);
	if (!r && !(r = store_row(d->store, SQL_EXPIRY_ONE, &row, e, "i", certificate)) && row &&
	    !(r = subject_data(d, json_number(row, "customer_id"), NULL, &holder, e)) && (heard = reachable(holder))) {
		struct error why = {0};
		turn->shut = tell(d, row, holder, &why) == ERR_FILE_WRITE;
		if (why.code && !turn->shut)
			r = error_set(e, why.code, "%s", why.detail);
	}
	if (!r && row && !turn->shut &&
	    !(r = store_insert(d->store, SQL_EXPIRY_NOTICE_INSERT, NULL, e, "iiii", json_number(row, "dk"), certificate, (int64_t)heard,
	                       desk_now(d)))) {
		json_t *facts = json_pack("{sb}", "told", heard);
		r = desk_commit(d, MAY_TICK, "deadline.expiring", json_text(row, "serial"), NULL, facts, e);
		json_decref(facts);
		turn->settled = r == OK;
		turn->heard = turn->settled && heard;
	}
	store_rollback(d->store);
	json_decref(row);
	json_decref(holder);
	return r;
}

enum err expiry_notice_tick(struct desk *d, int64_t *told, struct error *e)
{
	json_t *rows = NULL, *row;
	struct turn turn = {0};
	int64_t now = desk_now(d);
	size_t i, settled = 0;
	*told = 0;
	enum err r = store_rows(d->store, SQL_EXPIRY_DUE, &rows, e, "ii", now, now + TERM_RENEWAL_BEFORE), last = r;
	json_array_foreach(rows, i, row) {
		if (!round_goes_on(last) || turn.shut || settled == EXPIRY_MOST)
			break;
		turn = (struct turn){0};
		last = one(d, json_number(row, "id"), &turn, r ? NULL : e);
		r = r ? r : last;
		settled += turn.settled;
		*told += turn.heard;
	}
	json_decref(rows);
	return r;
}
