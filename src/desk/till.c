#include "desk/till.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/money.h"
#include "base/text.h"
#include "desk/day.h"
#include "desk/orderrow.h"
#include "rules/paymethod.h"

enum { PIECES_MOST = 100000 };
static const int64_t SUM_MOST = 100000000000; /* fen; what is more is a slip of the finger */

/* Money's shift -------------------------------------------------------------------------------------------------- */

enum err till_shift(struct desk *d, const struct staff *who, bool must, int64_t *shift, struct error *e)
{
	char date[11];
	int64_t closed = 0;
	desk_business_date(d, date);
	*shift = 0;
	enum err r = day_not_frozen(d, date, e);
	if (!r)
		r = store_int(d->store, SQL_SHIFT_GET, 0, shift, e, "tt", d->station, date);
	if (r || *shift || !must)
		return r;
	if ((r = store_int(d->store, SQL_SHIFT_ANY, 0, &closed, e, "tt", d->station, date)))
		return r;
	return closed ? error_set(e, ERR_TILL_CLOSED, "%s", d->station)
	              : store_insert(d->store, SQL_SHIFT_INSERT, shift, e, "titi", d->station, who->id, date, desk_now(d));
}

enum err till_pay_out(struct desk *d, const struct staff *who, int64_t payment, const char *kind, const char *method, int64_t fen,
                      const char *reason, struct error *e)
{
	char date[11];
	int64_t shift = 0;
	desk_business_date(d, date);
	enum err r = till_shift(d, who, true, &shift, e);
	return r ? r : store_insert(d->store, SQL_TILL_MOVE_INSERT, NULL, e, "iittiitit", shift, payment, kind, method, -fen, who->id, date,
	                            desk_now(d), reason);
}

enum err till_void(struct desk *d, const struct staff *who, int64_t payment, const char *reason, struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_TILL_PAYMENT, &row, e, "i", payment);
	if (!r && !row)
		r = error_set(e, ERR_DESK_RECEIPT, tr("没有第 %lld 笔收款", "there is no payment %lld"), (long long)payment);
	if (!r && strcmp(json_text(row, "state"), "open") != 0) /* what was only announced is no money yet */
		r = day_not_frozen(d, json_text(row, "business_date"), e);
	const char *method = json_text(row, "method");
	if (!r && method_is_till(method) && json_number(row, "closed"))
		r = till_pay_out(d, who, payment, "void", method, json_number(row, "amount"), reason, e);
	if (!r)
		r = store_run(d->store, SQL_PAYMENT_VOID, NULL, e, "it", payment, reason);
	json_decref(row);
	return r;
}

/* Showing -------------------------------------------------------------------------------------------------------- */

struct sums {
	int64_t cash, pos, cheques, events;
};

static enum err expect(struct desk *d, int64_t shift, struct sums *out, struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_TILL_EXPECTED, &row, e, "i", shift);
	*out = (struct sums){json_number(row, "cash"), json_number(row, "pos"), json_number(row, "cheques"), json_number(row, "events")};
	json_decref(row);
	return r;
}

static void set_number(json_t *row, const char *name, int64_t value)
{
	json_object_set_new(row, name, json_integer(value));
}

static void add_differences(json_t *row)
{
	static const char *const names[][3] = {{"difference_cash", "cash", "expected_cash"},
	                                       {"difference_pos", "pos", "expected_pos"},
	                                       {"difference_cheques", "cheques", "expected_cheques"}};
	bool counted = json_is_integer(json_object_get(row, "cash"));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (counted)
			set_number(row, names[i][0], json_number(row, names[i][1]) - json_number(row, names[i][2]));
		else
			json_object_set_new(row, names[i][0], json_null());
}

/* A count that money came after is none; what an open shift should hold is what it should hold now. */
static enum err finish(struct desk *d, json_t *row, struct error *e)
{
	static const char *const of_count[] = {"cash", "pos", "cheques", "pieces", "counted_at", "counted_by"};
	bool closed = json_is_integer(json_object_get(row, "closed_at")), counted = json_is_integer(json_object_get(row, "count_id"));
	struct sums now = {0};
	enum err r = closed ? OK : expect(d, json_number(row, "id"), &now, e);
	if (r)
		return r;
	if (!closed) {
		counted = counted && json_number(row, "events") == now.events;
		set_number(row, "expected_cash", now.cash);
		set_number(row, "expected_pos", now.pos);
		set_number(row, "expected_cheques", now.cheques);
	}
	for (size_t i = 0; !counted && i < sizeof of_count / sizeof *of_count; i++)
		json_object_set_new(row, of_count[i], json_null());
	json_t *pieces = counted ? json_of_line(json_text(row, "pieces")) : NULL;
	json_object_set_new(row, "pieces", pieces ? pieces : json_null());
	add_differences(row);
	json_object_set_new(row, "state", json_string(closed ? "closed" : counted ? "counted" : "open"));
	desk_time(row, "opened_at", json_number(row, "opened_at"));
	desk_time(row, "closed_at", json_number(row, "closed_at"));
	desk_time(row, "counted_at", json_number(row, "counted_at"));
	json_object_del(row, "id");
	json_object_del(row, "count_id");
	json_object_del(row, "events");
	return OK;
}

static enum err list(struct desk *d, const char *date, const char *station, int64_t shift, json_t **out, struct error *e)
{
	json_t *row;
	size_t i;
	enum err r = store_rows(d->store, SQL_SHIFT_LIST, out, e, shift ? "tti" : "ttn", date, station, shift);
	json_array_foreach(*out, i, row)
		if (!r)
			r = finish(d, row, e);
	if (r) {
		json_decref(*out);
		*out = NULL;
	}
	return r;
}

static enum err show_one(struct desk *d, int64_t shift, json_t **out, struct error *e)
{
	json_t *rows = NULL;
	enum err r = list(d, NULL, NULL, shift, &rows, e);
	*out = r ? NULL : json_incref(json_array_get(rows, 0));
	json_decref(rows);
	return r;
}

enum err till_show(struct desk *d, const struct till_where *at, json_t **out, struct error *e)
{
	char today[11];
	int64_t day;
	*out = NULL;
	enum err r = desk_allow(d, MAY_TILL_VIEW, NULL, e);
	desk_business_date(d, today);
	if (!r && at->date && !civil_parse_date(at->date, &day))
		r = error_set(e, ERR_DESK_DATE, "%s", at->date);
	return r ? r : list(d, at->date ? at->date : today, at->station, 0, out, e);
}

enum err till_late(struct desk *d, json_t **out, struct error *e)
{
	char today[11];
	desk_business_date(d, today);
	return store_rows(d->store, SQL_SHIFTS_LATE, out, e, "t", today);
}

/* Opening, counting, closing ------------------------------------------------------------------------------------- */

/* The open shift that is meant, and whether the actor may do this with it. */
static enum err find(struct desk *d, const struct till_where *at, int64_t *shift, const struct staff **who, struct error *e)
{
	const char *station = at->station ? at->station : d->station;
	int64_t owner = 0;
	enum err r = at->date ? day_not_frozen(d, at->date, e) : OK;
	if (!r)
		r = store_int(d->store, SQL_SHIFT_OPEN_AT, 0, shift, e, "tt", station, at->date);
	if (!r && !*shift)
		r = error_set(e, ERR_TILL_NONE, "%s%s%s", station, at->date ? " " : "", at->date ? at->date : "");
	if (!r)
		r = store_int(d->store, SQL_SHIFT_OWNER, 0, &owner, e, "i", *shift);
	return r ? r : desk_allow(d, owner == d->actor.id ? MAY_TILL : MAY_TILL_OTHERS, who, e);
}

static enum err commit(struct desk *d, const char *name, int64_t shift, json_t *facts, json_t **out, struct error *e)
{
	json_t *shown = NULL;
	char subject[80];
	enum err r = show_one(d, shift, &shown, e);
	snprintf(subject, sizeof subject, "%s %s", json_text(shown, "station"), json_text(shown, "date"));
	if (!r)
		r = desk_commit(d, MAY_TILL, name, subject, NULL, facts, e);
	json_decref(facts);
	if (r)
		json_decref(shown);
	*out = r ? NULL : shown;
	return r;
}

static enum err give_float(struct desk *d, int64_t shift, int64_t fen, const struct staff *who, struct error *e)
{
	return store_insert(d->store, SQL_TILL_FLOAT_INSERT, NULL, e, "iiii", shift, fen, who->id, desk_now(d));
}

/* Inside the step: a shift that opened by itself only lacks its float. */
static enum err begin_shift(struct desk *d, int64_t fen, int64_t *shift, struct error *e)
{
	const struct staff *who;
	char date[11];
	int64_t owner = 0, has = -1;
	desk_business_date(d, date);
	enum err r = desk_allow(d, MAY_TILL, &who, e);
	if (!r)
		r = day_not_frozen(d, date, e);
	if (!r)
		r = store_int(d->store, SQL_SHIFT_GET, 0, shift, e, "tt", d->station, date);
	if (!r && *shift && !(r = store_int(d->store, SQL_TILL_FLOAT_GET, -1, &has, e, "i", *shift)))
		r = store_int(d->store, SQL_SHIFT_OWNER, 0, &owner, e, "i", *shift);
	if (!r && *shift && has >= 0)
		r = error_set(e, ERR_TILL_OPEN, "%s %s", d->station, date);
	if (!r && *shift && owner != d->actor.id)
		r = desk_allow(d, MAY_TILL_OTHERS, &who, e);
	if (!r && !*shift)
		r = store_insert(d->store, SQL_SHIFT_INSERT, shift, e, "titi", d->station, who->id, date, desk_now(d));
	return r ? r : give_float(d, *shift, fen, who, e);
}

enum err till_open(struct desk *d, int64_t fen, json_t **out, struct error *e)
{
	int64_t shift = 0;
	*out = NULL;
	enum err r = desk_allow(d, MAY_TILL, NULL, e);
	if (!r && (fen < 0 || fen > SUM_MOST))
		r = error_set(e, ERR_DESK_AMOUNT, "%lld", (long long)fen);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = begin_shift(d, fen, &shift, e)))
		r = commit(d, "till.open", shift, json_pack("{sI}", "float", (json_int_t)fen), out, e);
	store_rollback(d->store);
	return r;
}

enum err till_pieces(const char *text, json_t **out, struct error *e)
{
	char *copy = text_fold_width(text), *save = NULL;
	if (!copy)
		return ERR_MEMORY;
	enum err r = OK;
	*out = json_object();
	text_trim(copy);
	for (char *each = strcmp(copy, "0") == 0 ? NULL : strtok_r(copy, ", ", &save); each && !r; each = strtok_r(NULL, ", ", &save)) {
		char code[16], end = '\0';
		long long n = 0;
		if (sscanf(each, "%15[0-9.]%*[xX*]%9lld%c", code, &n, &end) != 2 || n < 0 || json_object_get(*out, code))
			r = error_set(e, ERR_TILL_PIECES, "%s", each);
		else
			json_object_set_new(*out, code, json_integer(n));
	}
	if (!r && !*copy)
		r = error_set(e, ERR_TILL_PIECES, "%s", text);
	free(copy);
	if (r) {
		json_decref(*out);
		*out = NULL;
	}
	return r;
}

static enum err sum_pieces(struct desk *d, const json_t *pieces, int64_t *fen, struct error *e)
{
	const struct code_table *table = NULL;
	const char *code;
	json_t *value;
	int64_t each = 0;
	*fen = 0;
	enum err r = codes_table(d->codes, "denominations", &table, e);
	json_object_foreach((json_t *)pieces, code, value) {
		int64_t n = json_is_integer(value) ? json_integer_value(value) : -1;
		if (r)
			break;
		if (n < 0 || n > PIECES_MOST || !codes_find(table, code) || !money_parse(code, &each) || each <= 0)
			r = error_set(e, ERR_TILL_PIECES, "%s", code);
		else
			*fen += n * each;
	}
	return r;
}

static enum err record_count(struct desk *d, int64_t shift, const struct staff *who, const struct till_counted *c, int64_t cash,
                             struct error *e)
{
	struct sums due;
	char *pieces = json_dumps(c->pieces, JSON_COMPACT | JSON_SORT_KEYS);
	enum err r = pieces ? expect(d, shift, &due, e) : ERR_MEMORY;
	if (!r)
		r = store_insert(d->store, SQL_TILL_COUNT_INSERT, NULL, e, "itiiiiiiiii", shift, pieces, cash, c->pos, c->cheques, due.cash, due.pos,
		                 due.cheques, due.events, who->id, desk_now(d));
	free(pieces);
	return r;
}

enum err till_count(struct desk *d, const struct till_where *at, const struct till_counted *counted, json_t **out, struct error *e)
{
	const struct staff *who;
	int64_t shift = 0, cash = 0;
	*out = NULL;
	enum err r = desk_allow(d, MAY_TILL, NULL, e);
	if (!r)
		r = sum_pieces(d, counted->pieces, &cash, e);
	if (!r && (counted->pos < 0 || counted->pos > SUM_MOST || counted->cheques < 0 || counted->cheques > PIECES_MOST))
		r = error_set(e, ERR_DESK_AMOUNT, "%s", "POS");
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = find(d, at, &shift, &who, e)) && !(r = record_count(d, shift, who, counted, cash, e)))
		r = commit(d, "till.count", shift, json_pack("{sI sI sI}", "cash", (json_int_t)cash, "pos", (json_int_t)counted->pos, "cheques",
		                                             (json_int_t)counted->cheques), out, e);
	store_rollback(d->store);
	return r;
}

bool till_differences(const json_t *shift, char out[TILL_DIFFERENCES_SIZE])
{
	char money[MONEY_TEXT_SIZE];
	int64_t cash = json_number(shift, "difference_cash"), pos = json_number(shift, "difference_pos");
	int64_t cheques = json_number(shift, "difference_cheques");
	size_t at = 0, size = TILL_DIFFERENCES_SIZE;
	out[0] = '\0';
	if (cash) {
		money_text(cash, money);
		at += (size_t)snprintf(out + at, size - at, "%s %s%s", tr("现金", "cash"), cash > 0 ? "+" : "", money);
	}
	if (pos) {
		money_text(pos, money);
		at += (size_t)snprintf(out + at, size - at, "%sPOS %s%s", at ? tr("，", ", ") : "", pos > 0 ? "+" : "", money);
	}
	if (cheques)
		at += (size_t)snprintf(out + at, size - at, "%s%s %+lld", at ? tr("，", ", ") : "", tr("支票张数", "cheques"), (long long)cheques);
	return at > 0;
}

struct ending {
	int64_t shift, count;
	const struct staff *who;
	const char *explanation;
	json_t *shown; /* before it ends */
};

/* Nothing ends without a count that still holds, and no difference without a word on it. */
static enum err check_end(struct desk *d, struct ending *end, struct error *e)
{
	char what[TILL_DIFFERENCES_SIZE];
	json_t *rows = NULL;
	enum err r = store_rows(d->store, SQL_SHIFT_LIST, &rows, e, "nni", end->shift);
	json_t *row = json_array_get(rows, 0);
	end->count = json_number(row, "count_id");
	if (!r && !(r = finish(d, row, e))) {
		end->shown = json_incref(row);
		if (strcmp(json_text(row, "state"), "counted") != 0)
			r = error_set(e, ERR_TILL_UNCOUNTED, "%s %s", json_text(row, "station"), json_text(row, "date"));
		else if (!till_differences(row, what))
			end->explanation = "";
		else if (!end->explanation || !reason_good(end->explanation))
			r = error_set(e, ERR_TILL_EXPLAIN, "%s", what);
	}
	json_decref(rows);
	return r;
}

/* One end, or one end and a beginning: `taker` may be NULL. */
static enum err end_shift(struct desk *d, struct ending *end, const struct staff *taker, struct error *e)
{
	int64_t next = 0, now = desk_now(d);
	const char *station = json_text(end->shown, "station"), *date = json_text(end->shown, "date");
	enum err r = store_run(d->store, SQL_SHIFT_CLOSE, NULL, e, "ii", end->shift, now);
	if (!r && taker && !(r = store_insert(d->store, SQL_SHIFT_INSERT, &next, e, "titi", station, taker->id, date, now)))
		r = give_float(d, next, json_number(end->shown, "cash"), taker, e);
	if (r)
		return r;
	return taker ? store_insert(d->store, SQL_TILL_END_INSERT, NULL, e, "iitiiii", end->shift, end->count, end->explanation, end->who->id,
	                            taker->id, next, now)
	             : store_insert(d->store, SQL_TILL_END_INSERT, NULL, e, "iitinni", end->shift, end->count, end->explanation, end->who->id,
	                            now);
}

/* The second person takes over; what they confirm with is their own credential. */
static enum err check_taker(struct desk *d, int64_t shift, struct error *e)
{
	const char *what = tr("交接班：接班人当场确认", "handing over a shift: the one who takes over confirms");
	int64_t owner = 0;
	if (!d->second.id)
		return error_set(e, ERR_DESK_TWO_PERSONS, "%s", what);
	enum err r = store_int(d->store, SQL_SHIFT_OWNER, 0, &owner, e, "i", shift);
	if (!r && (d->second.id == owner || d->second.id == d->actor.id))
		r = error_set(e, ERR_DESK_SEPARATION, "%s", what);
	if (!r && !(d->second.roles & permission_roles(MAY_PAY)))
		r = error_set(e, ERR_DESK_FORBIDDEN, "%s", permission_title(MAY_PAY));
	return r;
}

/* Whose credential takes over can't also be what allows the giver to. */
static enum err find_alone(struct desk *d, const struct till_where *at, struct ending *end, struct error *e)
{
	struct staff second = d->second;
	d->second = (struct staff){0};
	enum err r = find(d, at, &end->shift, &end->who, e);
	d->second = second;
	return r;
}

static enum err finish_shift(struct desk *d, const struct till_where *at, const char *explanation, bool handover, json_t **out,
                             struct error *e)
{
	struct ending end = {.explanation = explanation};
	struct staff taker;
	*out = NULL;
	enum err r = desk_allow(d, MAY_TILL, NULL, e);
	if (!r)
		r = desk_clock_right(d, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	r = handover ? find_alone(d, at, &end, e) : find(d, at, &end.shift, &end.who, e);
	if (!r && !(r = check_end(d, &end, e)) && handover)
		r = check_taker(d, end.shift, e);
	taker = d->second;
	if (!r && !(r = end_shift(d, &end, handover ? &taker : NULL, e))) {
		json_t *facts = json_pack("{sO sO sO ss ss}", "difference_cash", json_object_get(end.shown, "difference_cash"), "difference_pos",
		                          json_object_get(end.shown, "difference_pos"), "difference_cheques",
		                          json_object_get(end.shown, "difference_cheques"), "reason", end.explanation, "to",
		                          handover ? taker.login : "");
		r = commit(d, handover ? "till.handover" : "till.close", end.shift, facts, out, e);
	}
	json_decref(end.shown);
	store_rollback(d->store);
	return r;
}

enum err till_close(struct desk *d, const struct till_where *at, const char *explanation, json_t **out, struct error *e)
{
	return finish_shift(d, at, explanation, false, out, e);
}

enum err till_handover(struct desk *d, const char *explanation, json_t **out, struct error *e)
{
	char today[11];
	desk_business_date(d, today);
	return finish_shift(d, &(struct till_where){NULL, today}, explanation, true, out, e);
}
