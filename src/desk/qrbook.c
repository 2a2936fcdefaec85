#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/duedate.h"
#include "desk/payrow.h"
#include "desk/qrrow.h"
#include "desk/till.h"

/* A number of theirs, with "#2" behind it where it had to be told from another receipt. */
enum { RECEIPT_AT_PROVIDER_SIZE = ALIPAY_NUMBER_SIZE + 24 };

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
enum err trade_step(struct desk *d, const char *trade, const char *state, const char *code, const char *action, json_t *more, struct error *e)
{
	struct trade t = {0};
	enum err r = store_begin(d->store, e);
	if (r)
		return r;
	if (!(r = trade_load(d, trade, &t, e)) && !trade_ended(&t) && !trade_is(&t, state) && !(trade_is(&t, "ending") && strcmp(state, "shown") == 0)) {
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

/* The provider's number, and where somebody has keyed that in as another receipt, one beside it. Inside a step. */
static enum err receipt_for(struct desk *d, const struct alipay_answer *a, char out[RECEIPT_AT_PROVIDER_SIZE], struct error *e)
{
	int64_t before = 0, codes = 0;
	enum err r = store_int(d->store, SQL_PAYMENT_RECEIPTS_LIKE, 0, &before, e, "t", a->trade_no);
	if (!r && before)
		r = store_int(d->store, SQL_QR_TRADE_NO_USED, 0, &codes, e, "t", a->trade_no);
	if (!r && codes) /* the same money for two codes */
		r = error_set(e, ERR_PAY_PROVIDER_ANSWER, "%s", a->trade_no);
	snprintf(out, RECEIPT_AT_PROVIDER_SIZE, before ? "%s#%lld" : "%s", a->trade_no, (long long)before + 1);
	return r;
}

/* Inside a step, which it commits where the orders take the money. */
static enum err pay_with(struct desk *d, struct trade *t, const struct alipay_answer *a, bool *fits, struct error *e)
{
	struct due u = {0};
	const struct staff by = {.id = t->staff_id};
	char receipt[RECEIPT_AT_PROVIDER_SIZE];
	enum err r = receipt_for(d, a, receipt, e);
	if (!r)
		r = load_parts(d, t, &u, fits, e);
	*fits = !r && *fits && a->amount == t->amount;
	if (*fits && !(r = move(d, t, "paid", "", a->trade_no, e)))
		r = pay_orders(d, u.orders, u.due, u.count, t->subject,
		               &(struct taking){.method = "alipay", .receipt = receipt, .amount = a->amount, .by = &by, .action = "qr.paid"}, e);
	due_free(&u);
	return r;
}

/* The money is in the books as nobody's, under the provider's number: 待认领. */
static enum err book_late(struct desk *d, const char *trade, const struct alipay_answer *a, struct error *e)
{
	struct trade t = {0};
	char date[11], receipt[RECEIPT_AT_PROVIDER_SIZE];
	desk_business_date(d, date);
	enum err r = store_begin(d->store, e);
	if (r)
		return r;
	if (!(r = trade_load(d, trade, &t, e)) && !trade_ended(&t) && !(r = receipt_for(d, a, receipt, e)) &&
	    !(r = move(d, &t, "paid", "", a->trade_no, e)) &&
	    !(r = store_insert(d->store, SQL_PAYMENT_INSERT, NULL, e, "ittitnitin", t.dk, "alipay", receipt, a->amount, "unclaimed",
	                       t.staff_id, date, desk_now(d))) &&
	    !(r = hours_again(d, &t, e))) {
		json_t *facts = trade_facts(&t);
		json_object_set_new(facts, "amount", json_integer(a->amount));
		json_object_set_new(facts, "receipt", json_string(receipt));
		r = desk_commit(d, MAY_PAY_VERIFY, "qr.late", t.subject, NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(d->store);
	trade_free(&t);
	return r;
}

enum err trade_book(struct desk *d, const char *trade, const struct alipay_answer *a, struct error *e)
{
	struct trade t = {0};
	struct error why = {0};
	bool fits = false;
	enum err r = store_begin(d->store, e);
	if (r)
		return r;
	if (!(r = trade_load(d, trade, &t, &why)) && !trade_ended(&t))
		r = pay_with(d, &t, a, &fits, &why);
	else
		fits = !r; /* another window has booked it */
	store_rollback(d->store);
	trade_free(&t);
	if (!r && fits)
		return OK;
	if (r && error_exit(r) != EXIT_REFUSED) {
		if (e)
			*e = why;
		return r;
	}
	return book_late(d, trade, a, e);
}

