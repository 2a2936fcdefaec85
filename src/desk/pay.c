#include "desk/pay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/duedate.h"
#include "desk/match.h"
#include "desk/refundrow.h"
#include "desk/till.h"
#include "rules/transition.h"

/* Each method: money in the till or on a statement. */
static const struct {
	const char *name;
	bool till;
} methods[] = {{"cash", true}, {"pos", true}, {"cheque", true}, {"transfer", false}};

static int find_method(const char *name)
{
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (strcmp(methods[i].name, name) == 0)
			return (int)i;
	return -1;
}

bool method_is_till(const char *method)
{
	int at = find_method(method);
	return at >= 0 && methods[at].till;
}

enum err receipt_fold(const char *receipt, char out[RECEIPT_SIZE], bool *good)
{
	char *folded = text_fold_width(receipt);
	*good = false;
	if (!folded)
		return ERR_MEMORY;
	text_trim(folded);
	*good = *folded && strlen(folded) < RECEIPT_SIZE && text_valid(folded, strlen(folded));
	for (const char *s = folded; *s && *good; s++)
		*good = (unsigned char)*s > 0x20 && *s != 0x7f;
	text_copy(out, RECEIPT_SIZE, folded);
	free(folded);
	return OK;
}

/* Folds a receipt number; refuses an empty, odd or used one. */
static enum err clean_receipt(struct desk *d, const char *receipt, char out[RECEIPT_SIZE], struct error *e)
{
	int64_t used = 0;
	bool good = false;
	enum err r = receipt_fold(receipt, out, &good);
	if (r)
		return r;
	r = good ? store_int(d->store, SQL_PAYMENT_HAS_RECEIPT, 0, &used, e, "t", out) : OK;
	return r ? r : !good || used ? error_set(e, ERR_DESK_RECEIPT, "%s", receipt) : OK;
}

static enum err record(struct desk *d, struct order *o, const struct staff *who, int method, const char *receipt, int64_t amount,
                       struct error *e)
{
	bool till = methods[method].till;
	int64_t shift = 0, payment = 0, now = desk_now(d);
	char date[11];
	desk_business_date(d, date);
	enum err r = till_shift(d, who, till, &shift, e); /* a voucher is no money in the till */
	if (!r)
		r = store_insert(d->store, SQL_PAYMENT_INSERT, &payment, e, till ? "ittitiitii" : "ittitiitin", o->dk, methods[method].name,
		                 receipt, amount, till ? "verified" : "open", shift, who->id, date, now, now);
	if (!r)
		r = store_insert(d->store, SQL_PAYMENT_ALLOCATE, NULL, e, "iiii", o->dk, payment, o->order_id, amount);
	if (!r)
		r = till ? order_after_payment(d, o, e) : duedate_set_payment(d, o, e); /* a transfer waits for the statement */
	return r;
}

static enum err check_amount(struct desk *d, const struct order *o, int64_t amount, struct error *e)
{
	int64_t paid = 0;
	char want[32], have[32];
	enum err r = order_paid(d, o->order_id, &paid, e);
	if (r || amount == o->amount - paid)
		return r;
	snprintf(want, sizeof want, "%lld.%02lld", (long long)(o->amount - paid) / 100, (long long)(o->amount - paid) % 100);
	snprintf(have, sizeof have, "%lld.%02lld", (long long)amount / 100, (long long)(amount < 0 ? -amount : amount) % 100);
	return error_set(e, ERR_DESK_AMOUNT, "%s ≠ %s", have, want);
}

enum err pay_take(struct desk *d, const char *no, const char *method, const char *receipt, int64_t amount, json_t **out,
                  struct error *e)
{
	struct order o = {0};
	const struct staff *who;
	const char *to;
	char clean[RECEIPT_SIZE];
	int at = find_method(method);
	int64_t open = 0;
	*out = NULL;
	enum err r = desk_allow(d, MAY_PAY, &who, e);
	if (!r && at < 0)
		r = error_set(e, ERR_DESK_METHOD, "%s", method);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = order_load(d, no, &o, e)) && !(r = order_next(&o, "pay", &to, e)) && !(r = check_amount(d, &o, amount, e)) &&
	    !(r = clean_receipt(d, receipt, clean, e)) &&
	    !(r = store_int(d->store, SQL_PAYMENT_OPEN_OF, 0, &open, e, "i", o.order_id))) {
		if (open) /* a transfer is on its way: taking money twice is no way to pay */
			r = error_set(e, ERR_DESK_STATUS, "%s %s", no, status_title(o.status));
		else
			r = record(d, &o, who, at, clean, amount, e);
		json_t *facts = json_pack("{sssIss}", "method", method, "amount", (json_int_t)amount, "receipt", clean);
		if (!r)
			r = desk_commit(d, MAY_PAY, NULL, no, NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(d->store);
	order_free(&o);
	if (!r && !methods[at].till) /* the statement may be here already */
		r = match_order(d, no, NULL, e);
	return r ? r : order_show(d, no, out, e);
}

enum err pay_verify(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct order o = {0};
	const char *to;
	bool matched = false;
	*out = NULL;
	enum err r = desk_allow(d, MAY_PAY_VERIFY, NULL, e);
	if (!r)
		r = order_load(d, no, &o, e);
	if (!r)
		r = order_next(&o, "pay", &to, e);
	if (!r)
		r = match_order(d, no, &matched, e);
	if (!r && !matched)
		r = error_set(e, ERR_DESK_NOT_MATCHED, "%s", no);
	if (!r)
		r = order_show(d, no, out, e);
	order_free(&o);
	return r;
}

/* Before the decision a void puts the order back to where it waits for money. */
static enum err back_to_waiting(struct desk *d, struct order *o, struct error *e)
{
	int64_t paid = 0;
	enum err r = order_paid(d, o->order_id, &paid, e);
	if (r || paid >= o->amount) /* another payment covers it */
		return r;
	if (strcmp(o->status, "in-review") == 0)
		r = order_advance(d, o, "void", e);
	return r ? r : store_run(d->store, SQL_ORDER_SET_PAY_DUE, NULL, e, "ii", o->order_id,
	                         desk_now(d) + (int64_t)d->config.unpaid_hours * 3600);
}

/* A transfer's bank entry waits for its order again. Money that is going back isn't voided: what was asked so far is withdrawn,
 * what is approved stands. */
static enum err void_payment(struct desk *d, const struct staff *who, int64_t payment, const char *receipt, const char *reason,
                             struct error *e)
{
	int64_t begun = 0;
	enum err r = store_int(d->store, SQL_PAYMENT_HAS_REFUND, 0, &begun, e, "i", payment);
	if (!r && begun)
		r = error_set(e, ERR_REFUND_BEGUN, "%s", receipt);
	if (!r && !(r = store_run(d->store, SQL_REFUND_WITHDRAW_OF, NULL, e, "i", payment)) &&
	    !(r = store_run(d->store, SQL_STATEMENT_ENTRY_UNBIND, NULL, e, "i", payment)))
		r = till_void(d, who, payment, reason, e);
	return r;
}

enum err pay_void(struct desk *d, const char *no, const char *receipt, const char *reason, json_t **out, struct error *e)
{
	struct order o = {0};
	const struct staff *who;
	int64_t payment = 0;
	*out = NULL;
	enum err r = desk_allow(d, MAY_PAY_VOID, &who, e);
	if (!r && !reason_good(reason))
		r = error_set(e, ERR_DESK_REASON, "%s", no);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = order_load(d, no, &o, e))) {
		if (strcmp(o.status, "in-review") != 0 && strcmp(o.status, "awaiting-payment") != 0)
			r = error_set(e, ERR_DESK_STATUS, "%s %s", no, status_title(o.status));
		else if (!(r = store_int(d->store, SQL_PAYMENT_FIND, 0, &payment, e, "ti", receipt, o.order_id)) && !payment)
			r = error_set(e, ERR_DESK_RECEIPT, "%s", receipt);
		json_t *facts = json_pack("{ssss}", "receipt", receipt, "reason", reason);
		if (!r && !(r = void_payment(d, who, payment, receipt, reason, e)) && !(r = refund_surplus(d, &o, who->id, e)) &&
		    !(r = back_to_waiting(d, &o, e)))
			r = desk_commit(d, MAY_PAY_VOID, NULL, no, NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(d->store);
	order_free(&o);
	return r ? r : order_show(d, no, out, e);
}

/* *done stays false where the order was paid, or given more time, since it was listed. */
static enum err cancel_one(struct desk *d, const char *no, bool *done, struct error *e)
{
	struct order o = {0};
	const char *to;
	enum err r = store_begin(d->store, e);
	if (r)
		return r;
	if (!(r = order_load(d, no, &o, e)) && o.pay_due_at <= desk_now(d) && order_next(&o, "unpaid", &to, NULL) == OK) {
		if (!(r = order_advance(d, &o, "unpaid", e)) && !(r = store_run(d->store, SQL_PAYMENT_UNCLAIMED, NULL, e, "i", o.order_id)) &&
		    !(r = refund_begin(d, &o, 0, tr("逾期未支付", "not paid in time"), NULL, e)))
			r = desk_commit(d, MAY_TICK, "pay.unpaid", no, NULL, NULL, e);
		*done = r == OK;
	}
	store_rollback(d->store);
	order_free(&o);
	return r;
}

enum err pay_cancel_unpaid(struct desk *d, int64_t *cancelled, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	bool timer = d->timer;
	*cancelled = 0;
	enum err r = store_rows(d->store, SQL_ORDERS_UNPAID, &rows, e, "i", desk_now(d));
	d->timer = true;
	json_array_foreach(rows, i, row) {
		bool done = false;
		if (!r)
			r = cancel_one(d, json_text(row, "no"), &done, e);
		*cancelled += done;
	}
	d->timer = timer;
	json_decref(rows);
	return r;
}
