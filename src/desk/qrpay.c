#include "desk/qrpay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypt.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/duedate.h"
#include "desk/payrow.h"
#include "desk/till.h"
#include "desk/visitrow.h"
#include "print/qr.h"

enum { SUBJECT_DIGITS = 44, MINUTE = 60, ROUNDS = 4 };

struct trade {
	int64_t id, dk, amount, staff_id, expires_at;
	char trade[QR_TRADE_SIZE], subject[ORDER_NO_SIZE], state[8];
	bool waits;   /* all its orders still wait for money */
	json_t *row, *parts;
};

static bool is(const struct trade *t, const char *state)
{
	return strcmp(t->state, state) == 0;
}

static bool ended(const struct trade *t)
{
	return is(t, "paid") || is(t, "closed");
}

static void trade_free(struct trade *t)
{
	json_decref(t->row);
	json_decref(t->parts);
	*t = (struct trade){0};
}

static enum err trade_load(struct desk *d, const char *trade, struct trade *t, struct error *e)
{
	json_t *part;
	size_t i;
	*t = (struct trade){.waits = true};
	enum err r = store_row(d->store, SQL_QR_TRADE_GET, &t->row, e, "t", trade);
	if (!r && !t->row)
		r = error_set(e, ERR_QR_NONE, "%s", trade);
	if (r)
		return r;
	t->id = json_number(t->row, "id");
	t->dk = json_number(t->row, "dk");
	t->amount = json_number(t->row, "amount");
	t->staff_id = json_number(t->row, "staff_id");
	t->expires_at = json_number(t->row, "expires_at");
	text_copy(t->trade, sizeof t->trade, trade);
	text_copy(t->subject, sizeof t->subject, json_text(t->row, "subject"));
	text_copy(t->state, sizeof t->state, json_text(t->row, "state"));
	r = store_rows(d->store, SQL_QR_TRADE_PARTS, &t->parts, e, "i", t->id);
	json_array_foreach(t->parts, i, part)
		t->waits = t->waits && strcmp(json_text(part, "status"), "awaiting-payment") == 0;
	if (r)
		trade_free(t);
	return r;
}

static const char *state_title(const char *state)
{
	static const struct {
		const char *state, *zh, *en;
	} titles[] = {{"asked", "正在出码", "being made"},
	              {"shown", "等待付款", "waits for payment"},
	              {"ending", "正在作废", "being closed"},
	              {"paid", "已支付", "paid"},
	              {"closed", "已作废", "closed"}};
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
		if (strcmp(titles[i].state, state) == 0)
			return tr(titles[i].zh, titles[i].en);
	return state;
}

static json_t *trade_json(const struct trade *t)
{
	json_t *out = json_pack("{ss ss sI ss ss sO sO sb}", "trade", t->trade, "subject", t->subject, "amount", (json_int_t)t->amount, "state",
	                        t->state, "state_title", state_title(t->state), "code_text", json_object_get(t->row, "code"), "receipt",
	                        json_object_get(t->row, "trade_no"), "late", strcmp(json_text(t->row, "payment"), "unclaimed") == 0);
	desk_time(out, "asked_at", json_number(t->row, "asked_at"));
	desk_time(out, "expires_at", t->expires_at);
	return out;
}

enum err qr_show(struct desk *d, const char *trade, json_t **out, struct error *e)
{
	struct trade t;
	enum err r = trade_load(d, trade, &t, e);
	if (!r)
		*out = trade_json(&t);
	trade_free(&t);
	return r;
}

static json_t *trade_facts(const struct trade *t)
{
	json_t *names = json_array(), *part;
	size_t i;
	json_array_foreach(t->parts, i, part)
		json_array_append(names, json_object_get(part, "order"));
	return json_pack("{ss sI ss so}", "method", "alipay", "amount", (json_int_t)t->amount, "trade", t->trade, "orders", names);
}

/* Starting ----------------------------------------------------------------------------------------- */

/* What is to be paid together. */
struct due {
	struct order *orders;
	int64_t *due, sum;
	size_t count;
};

static void due_free(struct due *u)
{
	visit_free_orders(&u->orders, u->count);
	free(u->due);
}

static enum err due_load(struct desk *d, const char *subject, bool visit, struct due *u, struct error *e)
{
	struct visit v;
	int64_t paid = 0;
	enum err r = visit ? visit_load(d, subject, &v, e) : OK;
	if (visit && !r && !(r = visit_awaiting(d, &v, &u->orders, &u->due, &u->count, e)) && !u->count)
		r = error_set(e, ERR_VISIT_EMPTY, "%s", subject);
	if (!visit) {
		u->orders = calloc(1, sizeof *u->orders);
		u->due = calloc(1, sizeof *u->due);
		r = u->orders && u->due ? order_load(d, subject, u->orders, e) : error_set(e, ERR_MEMORY, "%s", "");
		u->count = u->orders ? 1 : 0;
		if (!r && !(r = order_paid(d, u->orders->order_id, &paid, e)))
			*u->due = u->orders->amount - paid;
	}
	for (size_t i = 0; !r && i < u->count; i++)
		u->sum += u->due[i];
	return r;
}

/* The provider's number space is the merchant's, over all sites and all disks that were rolled back. */
static void new_trade(const char *subject, char out[QR_TRADE_SIZE])
{
	uint8_t raw[8];
	char digits[2 * sizeof raw + 1];
	size_t n = 0;
	random_bytes(raw, sizeof raw);
	hex_encode(digits, raw, sizeof raw);
	for (const char *s = subject; *s && n < SUBJECT_DIGITS; s++)
		if ((*s >= '0' && *s <= '9') || (*s >= 'A' && *s <= 'Z') || (*s >= 'a' && *s <= 'z'))
			out[n++] = *s;
	snprintf(out + n, QR_TRADE_SIZE - n, "_%s", digits);
}

static enum err record(struct desk *d, const struct due *u, const char *subject, const struct staff *who, char trade[QR_TRADE_SIZE],
                       struct error *e)
{
	int64_t id = 0, now = desk_now(d), shift;
	new_trade(subject, trade);
	enum err r = till_shift(d, who, false, &shift, e);
	if (!r)
		r = store_insert(d->store, SQL_QR_TRADE_INSERT, &id, e, "ittiiii", u->orders->dk, trade, subject, u->sum, who->id, now,
		                 now + (int64_t)d->config.alipay_minutes * MINUTE);
	for (size_t i = 0; !r && i < u->count; i++)
		r = store_insert(d->store, SQL_QR_TRADE_PART, NULL, e, "iiiii", u->orders[i].dk, id, u->orders[i].order_id, u->due[i],
		                 u->orders[i].pay_due_at);
	return r;
}

static enum err begin(struct desk *d, const char *subject, bool visit, const struct staff *who, char trade[QR_TRADE_SIZE], struct error *e)
{
	struct due u = {0};
	struct trade t = {0};
	const char *to;
	enum err r = due_load(d, subject, visit, &u, e);
	for (size_t i = 0; !r && i < u.count; i++)
		if (!(r = order_next(&u.orders[i], "pay", &to, e)))
			r = pay_not_under_way(d, &u.orders[i], e);
	if (!r && u.sum <= 0)
		r = error_set(e, ERR_DESK_AMOUNT, "%s", "0.00");
	if (!r && !(r = record(d, &u, subject, who, trade, e)) && !(r = trade_load(d, trade, &t, e))) {
		json_t *facts = trade_facts(&t);
		r = desk_commit(d, MAY_PAY, "qr.ask", subject, NULL, facts, e);
		json_decref(facts);
	}
	trade_free(&t);
	due_free(&u);
	return r;
}

static enum err open_trade(struct desk *d, const char *subject, char trade[QR_TRADE_SIZE], struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_QR_TRADE_OF, &row, e, "t", subject);
	text_copy(trade, QR_TRADE_SIZE, json_text(row, "trade"));
	json_decref(row);
	return r;
}

enum err qr_start(struct desk *d, const char *subject, bool visit, json_t **out, struct error *e)
{
	char trade[QR_TRADE_SIZE] = "";
	const struct staff *who;
	bool resumed = false;
	*out = NULL;
	enum err r = desk_allow(d, MAY_PAY, &who, e);
	if (!r)
		r = provider_ready(d, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = open_trade(d, subject, trade, e)) && !(resumed = *trade))
		r = begin(d, subject, visit, who, trade, e);
	store_rollback(d->store);
	if (!r && !(r = qr_show(d, trade, out, e)))
		json_object_set_new(*out, "resumed", json_boolean(resumed));
	return r;
}

/* Booking ------------------------------------------------------------------------------------------ */

/* Orders wait by the hour again where nothing else says that money is on its way. */
static enum err hours_again(struct desk *d, const struct trade *t, struct error *e)
{
	json_t *part;
	size_t i;
	enum err r = OK;
	json_array_foreach(t->parts, i, part) {
		struct order o = {0};
		int64_t proofs = 0, before = json_number(part, "pay_due_at");
		if (r)
			break;
		if (before && strcmp(json_text(part, "status"), "awaiting-payment") == 0 && !(r = order_load(d, json_text(part, "order"), &o, e)) &&
		    !(r = duedate_proofs(d, &o, &proofs, e)) && proofs == 0)
			r = store_run(d->store, SQL_ORDER_SET_PAY_DUE, NULL, e, "ii", o.order_id, before);
		order_free(&o);
	}
	return r;
}

/* An answer that is open gives the orders their working days. */
static enum err days_for_answer(struct desk *d, const struct trade *t, struct error *e)
{
	json_t *part;
	size_t i;
	enum err r = OK;
	json_array_foreach(t->parts, i, part) {
		struct order o = {0};
		int64_t proofs = 0;
		if (r)
			break;
		if (!(r = order_load(d, json_text(part, "order"), &o, e)) && !(r = duedate_proofs(d, &o, &proofs, e)) && proofs == 1 &&
		    strcmp(o.status, "awaiting-payment") == 0)
			r = duedate_set_payment(d, &o, e);
		order_free(&o);
	}
	return r;
}

static enum err move(struct desk *d, struct trade *t, const char *state, const char *code, const char *trade_no, struct error *e)
{
	enum err r = store_run(d->store, SQL_QR_TRADE_MOVE, NULL, e, "ittti", t->id, state, code, trade_no, desk_now(d));
	text_copy(t->state, sizeof t->state, state);
	return r;
}

/* One step of a code without money. Another window may have been quicker: then nothing is done. */
static enum err step(struct desk *d, const char *trade, const char *state, const char *code, const char *action, json_t *more, struct error *e)
{
	struct trade t = {0};
	enum err r = store_begin(d->store, e);
	if (r)
		return r;
	if (!(r = trade_load(d, trade, &t, e)) && !ended(&t) && !is(&t, state) && !(is(&t, "ending") && strcmp(state, "shown") == 0)) {
		if (!(r = move(d, &t, state, code, "", e)))
			r = strcmp(state, "closed") == 0 ? hours_again(d, &t, e) : strcmp(state, "shown") == 0 ? days_for_answer(d, &t, e) : OK;
		json_t *facts = trade_facts(&t);
		json_object_update(facts, more);
		if (!r)
			r = desk_commit(d, MAY_PAY_VERIFY, action, t.subject, NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(d->store);
	trade_free(&t);
	return r;
}

/* Its orders as they are now; *fits where each waits for exactly its part. */
static enum err load_parts(struct desk *d, const struct trade *t, struct due *u, bool *fits, struct error *e)
{
	json_t *part;
	size_t i, n = json_array_size(t->parts);
	const char *to;
	u->orders = calloc(n, sizeof *u->orders);
	u->due = calloc(n, sizeof *u->due);
	enum err r = u->orders && u->due ? OK : error_set(e, ERR_MEMORY, "%s", "");
	*fits = n > 0;
	json_array_foreach(t->parts, i, part) {
		int64_t paid = 0;
		struct order *o = r ? NULL : &u->orders[i];
		if (r || (r = order_load(d, json_text(part, "order"), o, e)))
			break;
		u->count++;
		if ((r = order_paid(d, o->order_id, &paid, e)))
			break;
		u->due[i] = o->amount - paid;
		*fits = *fits && !o->draft && u->due[i] == json_number(part, "amount") && order_next(o, "pay", &to, NULL) == OK;
	}
	return r;
}

/* Inside a step, which it commits where the orders take the money. */
static enum err pay_with(struct desk *d, struct trade *t, const struct alipay_answer *a, bool *fits, struct error *e)
{
	struct due u = {0};
	const struct staff by = {.id = t->staff_id};
	enum err r = load_parts(d, t, &u, fits, e);
	*fits = !r && *fits && a->amount == t->amount;
	if (*fits && !(r = move(d, t, "paid", "", a->trade_no, e)))
		r = pay_orders(d, u.orders, u.due, u.count, t->subject,
		               &(struct taking){.method = "alipay", .receipt = a->trade_no, .amount = a->amount, .by = &by, .action = "qr.paid"}, e);
	due_free(&u);
	return r;
}

/* The money is in the books as nobody's, under the provider's number: 待认领. */
static enum err book_late(struct desk *d, const char *trade, const struct alipay_answer *a, struct error *e)
{
	struct trade t = {0};
	char date[11];
	desk_business_date(d, date);
	enum err r = store_begin(d->store, e);
	if (r)
		return r;
	if (!(r = trade_load(d, trade, &t, e)) && !ended(&t) && !(r = move(d, &t, "paid", "", a->trade_no, e)) &&
	    !(r = store_insert(d->store, SQL_PAYMENT_INSERT, NULL, e, "ittitnitin", t.dk, "alipay", a->trade_no, a->amount, "unclaimed",
	                       t.staff_id, date, desk_now(d))) &&
	    !(r = hours_again(d, &t, e))) {
		json_t *facts = trade_facts(&t);
		json_object_set_new(facts, "amount", json_integer(a->amount));
		json_object_set_new(facts, "receipt", json_string(a->trade_no));
		r = desk_commit(d, MAY_PAY_VERIFY, "qr.late", t.subject, NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(d->store);
	trade_free(&t);
	return r;
}

/* The provider says that it was paid. What a rule forbids the orders leaves the money unclaimed; what fails otherwise is tried again. */
static enum err book(struct desk *d, const char *trade, const struct alipay_answer *a, struct error *e)
{
	struct trade t = {0};
	struct error why = {0};
	bool fits = false;
	int64_t used = 0;
	enum err r = store_begin(d->store, e);
	if (r)
		return r;
	if (!(r = trade_load(d, trade, &t, &why)) && !ended(&t)) {
		if (!(r = store_int(d->store, SQL_PAYMENT_HAS_RECEIPT, 0, &used, &why, "t", a->trade_no)) && !used)
			r = pay_with(d, &t, a, &fits, &why);
	} else
		fits = !r; /* another window has booked it */
	store_rollback(d->store);
	trade_free(&t);
	if (!r && fits)
		return OK;
	if (used) /* the same money for two codes */
		return error_set(e, ERR_PAY_PROVIDER_ANSWER, "%s", a->trade_no);
	if (r && error_exit(r) != EXIT_REFUSED) {
		if (e)
			*e = why;
		return r;
	}
	return book_late(d, trade, a, e);
}

/* The conversation --------------------------------------------------------------------------------- */

/* Nobody is to pay it any more. */
static bool over(const struct desk *d, const struct trade *t)
{
	return is(t, "ending") || !t->waits || desk_now(d) >= t->expires_at;
}

static enum alipay_method method_of(const struct trade *t, const struct qr_talk *talk)
{
	if (is(t, "asked"))
		return talk->fresh || talk->looked ? ALIPAY_PRECREATE : ALIPAY_QUERY;
	return is(t, "ending") && talk->looked ? ALIPAY_CANCEL : ALIPAY_QUERY;
}

enum err qr_next(struct desk *d, struct qr_talk *talk, bool *more, struct error *e)
{
	struct trade t = {0};
	char subject[ORDER_NO_SIZE + 160];
	*more = false;
	provider_free(&talk->call);
	enum err r = desk_allow(d, MAY_PAY_VERIFY, NULL, e);
	if (!r)
		r = trade_load(d, talk->trade, &t, e);
	if (!r && is(&t, "asked") && over(d, &t)) /* nobody has its code */
		r = step(d, talk->trade, "closed", "", "qr.closed", NULL, e);
	else if (!r && !ended(&t)) {
		if (talk->looked && !is(&t, "asked") && !is(&t, "ending") && over(d, &t) && !(r = step(d, talk->trade, "ending", "", "qr.end", NULL, e)))
			text_copy(t.state, sizeof t.state, "ending");
		snprintf(subject, sizeof subject, "%s %s", d->site_name, t.subject);
		struct alipay_request q = {.method = method_of(&t, talk), .out_trade_no = t.trade, .subject = subject, .amount = t.amount};
		if (!r && !(r = provider_make(d, &q, &talk->call, e)))
			*more = true;
	}
	trade_free(&t);
	return r;
}

static enum err take_precreate(struct desk *d, struct qr_talk *talk, const struct alipay_answer *a, bool *more, struct error *e)
{
	talk->fresh = talk->looked = false;
	if (a->result == ALIPAY_DONE)
		return step(d, talk->trade, "shown", a->code, "qr.code", NULL, e);
	if (strstr(a->why, "TRADE_HAS_SUCCESS")) { /* paid, by a code that an earlier run has lost */
		*more = true;
		return OK;
	}
	enum err r = step(d, talk->trade, "closed", "", "qr.closed", NULL, e); /* nobody has a code */
	return r ? r : error_set(e, ERR_PAY_PROVIDER_REFUSED, "%s", a->why);
}

static enum err take_query(struct desk *d, struct qr_talk *talk, const struct alipay_answer *a, bool *more, struct error *e)
{
	struct trade t = {0};
	if (a->result == ALIPAY_DONE && a->trade == ALIPAY_PAID)
		return book(d, talk->trade, a, e);
	if (a->result == ALIPAY_DONE && a->trade == ALIPAY_CLOSED)
		return step(d, talk->trade, "closed", "", "qr.closed", NULL, e);
	if (a->result == ALIPAY_REFUSED)
		return error_set(e, ERR_PAY_PROVIDER_REFUSED, "%s", a->why);
	talk->looked = true;
	enum err r = trade_load(d, talk->trade, &t, e);
	*more = !r && !ended(&t) && (is(&t, "asked") || over(d, &t));
	trade_free(&t);
	return r;
}

static enum err take_cancel(struct desk *d, struct qr_talk *talk, const struct alipay_answer *a, json_t *more, struct error *e)
{
	talk->looked = false;
	if (a->result == ALIPAY_REFUSED)
		return error_set(e, ERR_PAY_PROVIDER_REFUSED, "%s", a->why);
	if (a->refunded)
		json_object_set_new(more, "returned", json_true());
	return step(d, talk->trade, "closed", "", "qr.closed", more, e);
}

enum err qr_take(struct desk *d, struct qr_talk *talk, bool *more, json_t **out, struct error *e)
{
	struct alipay_answer a;
	json_t *said = json_object();
	*more = false;
	*out = NULL;
	enum err r = provider_read(d, &talk->call, &a, e);
	enum alipay_method method = talk->call.method;
	if (r) /* it may have been done: it is asked for before it is sent again */
		talk->fresh = talk->looked = false;
	if (!r && (a.result == ALIPAY_UNCLEAR || (*a.out_trade_no && strcmp(a.out_trade_no, talk->trade) != 0))) {
		talk->fresh = talk->looked = false;
		r = a.result == ALIPAY_UNCLEAR ? error_set(e, ERR_PAY_PROVIDER_BUSY, "%s", a.why)
		                               : error_set(e, ERR_PAY_PROVIDER_ANSWER, "%s", tr("是另一笔交易的", "it is about another trade"));
	} else if (!r)
		r = method == ALIPAY_PRECREATE ? take_precreate(d, talk, &a, more, e)
		    : method == ALIPAY_QUERY   ? take_query(d, talk, &a, more, e)
		                               : take_cancel(d, talk, &a, said, e);
	if (!r && !(r = qr_show(d, talk->trade, out, e)))
		json_object_update(*out, said);
	json_decref(said);
	return r;
}

void qr_talk_end(struct qr_talk *talk)
{
	provider_free(&talk->call);
}

enum err qr_ask(struct desk *d, const char *trade, bool fresh, json_t **out, struct error *e)
{
	struct qr_talk talk = {.fresh = fresh};
	bool more = true;
	*out = NULL;
	text_copy(talk.trade, sizeof talk.trade, trade);
	enum err r = OK;
	for (int i = 0; !r && more && i < ROUNDS; i++) {
		json_decref(*out);
		*out = NULL;
		if ((r = qr_next(d, &talk, &more, e)))
			break;
		if (more) {
			provider_send(&talk.call);
			r = qr_take(d, &talk, &more, out, e);
		}
	}
	if (!r && !*out)
		r = qr_show(d, trade, out, e);
	qr_talk_end(&talk);
	return r;
}

enum err qr_give_up(struct desk *d, const char *trade, struct error *e)
{
	struct trade t = {0};
	enum err r = desk_allow(d, MAY_PAY, NULL, e);
	if (!r)
		r = trade_load(d, trade, &t, e);
	if (!r && !ended(&t))
		r = is(&t, "asked") ? step(d, trade, "closed", "", "qr.closed", NULL, e) : step(d, trade, "ending", "", "qr.end", NULL, e);
	trade_free(&t);
	return r;
}

enum err qr_of(struct desk *d, const char *subject, json_t **out, struct error *e)
{
	char trade[QR_TRADE_SIZE] = "";
	*out = NULL;
	enum err r = open_trade(d, subject, trade, e);
	return r || !*trade ? r : qr_show(d, trade, out, e);
}

enum err qr_open_of_order(struct desk *d, int64_t order_id, bool *open, char subject[ORDER_NO_SIZE], struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_QR_TRADE_OF_ORDER, &row, e, "i", order_id);
	*open = row != NULL;
	if (subject)
		text_copy(subject, ORDER_NO_SIZE, json_text(row, "subject"));
	json_decref(row);
	return r;
}

enum err qr_tick(struct desk *d, int64_t *concluded, struct error *e)
{
	json_t *rows = NULL, *row, *out;
	size_t i;
	bool timer = d->timer, line = provider_configured(d);
	*concluded = 0;
	enum err r = store_rows(d->store, SQL_QR_TRADES_OPEN, &rows, e, "");
	d->timer = true;
	json_array_foreach(rows, i, row) {
		struct error why = {0};
		enum err one = line ? qr_ask(d, json_text(row, "trade"), false, &out, &why) : OK;
		if (line && !one)
			*concluded += strcmp(json_text(out, "state"), "paid") == 0 || strcmp(json_text(out, "state"), "closed") == 0;
		if (line)
			json_decref(out);
		if (one == ERR_PAY_PROVIDER_LINE) /* nor will the others be reached */
			line = false;
	}
	d->timer = timer;
	json_decref(rows);
	return r;
}

enum err qr_lines(const char *code, struct bytes *out, int *columns, struct error *e)
{
	return qr_blocks(code, out, columns) ? OK : error_set(e, ERR_PAY_PROVIDER_ANSWER, "%s", tr("二维码太长", "its code is too long"));
}
