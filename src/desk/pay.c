#include "desk/pay.h"

#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "desk/duedate.h"
#include "desk/match.h"
#include "desk/payrow.h"
#include "desk/qrpay.h"
#include "desk/refundrow.h"
#include "desk/round.h"
#include "desk/tell.h"
#include "desk/till.h"
#include "rules/paymethod.h"
#include "rules/transition.h"

enum err pay_take(struct desk *d, const char *no, const char *method, const char *receipt, int64_t amount, json_t **out,
                  struct error *e)
{
	struct order o = {0};
	bool till = false;
	int64_t paid = 0;
	*out = NULL;
	enum err r = desk_allow(d, MAY_PAY, NULL, e);
	if (!r)
		r = pay_method(method, &till, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = order_load(d, no, &o, e)) && !(r = order_paid(d, o.order_id, &paid, e)))
		r = pay_orders(d, &o, &(int64_t){o.amount - paid}, 1, no, &(struct taking){.method = method, .receipt = receipt, .amount = amount}, e);
	store_rollback(d->store);
	order_free(&o);
	if (!r && !till) /* the statement may be here already */
		r = match_announced(d, no, e);
	return r ? r : order_show(d, no, out, e);
}

/* Asks the provider, and says of what isn't paid how it stands. */
static enum err verify_code(struct desk *d, const char *subject, struct error *e)
{
	json_t *code = NULL, *now = NULL;
	enum err r = qr_of(d, subject, &code, e);
	if (!r && !(r = qr_ask(d, json_text(code, "trade"), false, &now, e))) {
		const char *state = json_text(now, "state");
		enum err how = json_is_true(json_object_get(now, "late")) ? ERR_QR_LATE
		               : strcmp(state, "paid") == 0                ? OK
		               : strcmp(state, "closed") == 0              ? ERR_QR_CLOSED
		                                                           : ERR_QR_UNPAID;
		r = how ? error_set(e, how, "%s", how == ERR_QR_LATE ? json_text(now, "receipt") : subject) : OK;
	}
	json_decref(code);
	json_decref(now);
	return r;
}

enum err pay_verify(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct order o = {0};
	const char *to;
	char subject[ORDER_NO_SIZE];
	bool matched = false;
	enum qr_open code = QR_NONE_OPEN;
	int64_t transfer = 0;
	*out = NULL;
	enum err r = desk_allow(d, MAY_PAY_VERIFY, NULL, e);
	if (!r)
		r = order_load(d, no, &o, e);
	if (!r && !(r = qr_open_of_order(d, o.order_id, &code, subject, e)) && code == QR_ENDING) /* a transfer was announced in its place */
		r = store_int(d->store, SQL_PAYMENT_OPEN_OF, 0, &transfer, e, "i", o.order_id);
	if (!r && code != QR_NONE_OPEN && !transfer) {
		order_free(&o);
		r = verify_code(d, subject, e);
		return r ? r : order_show(d, no, out, e);
	}
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
	return r ? r : duedate_begin_payment(d, o, e);
}

/* A transfer's bank entry waits for its order again. Money that is going back isn't voided: what was asked so far is withdrawn,
 * what is approved stands. */
static enum err void_payment(struct desk *d, const struct staff *who, int64_t payment, const char *receipt, const char *reason,
                             struct error *e)
{
	int64_t begun = 0;
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_TILL_PAYMENT, &row, e, "i", payment);
	if (!r && method_is_provider(json_text(row, "method")))
		r = error_set(e, ERR_QR_VOID, "%s", receipt);
	json_decref(row);
	if (!r)
		r = store_int(d->store, SQL_PAYMENT_HAS_REFUND, 0, &begun, e, "i", payment);
	if (!r && begun)
		r = error_set(e, ERR_REFUND_BEGUN, "%s", receipt);
	if (!r && !(r = store_run(d->store, SQL_REFUND_WITHDRAW_OF, NULL, e, "i", payment)) &&
	    !(r = store_run(d->store, SQL_STATEMENT_ENTRY_UNBIND, NULL, e, "i", payment)))
		r = till_void(d, who, payment, reason, e);
	return r;
}

/* What it paid for goes back to where it waits for money: all of it, or nothing is voided. */
static enum err orders_back(struct desk *d, int64_t payment, const char *receipt, int64_t by, json_t *names, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	enum err r = store_rows(d->store, SQL_PAYMENT_ORDERS, &rows, e, "i", payment);
	json_array_foreach(rows, i, row) {
		struct order o = {0};
		if (r)
			break;
		json_array_append(names, json_object_get(row, "order"));
		if (!(r = order_load(d, json_text(row, "order"), &o, e)) && !status_ended(o.status)) { /* a cancelled one waits for nothing */
			if (strcmp(o.status, "in-review") != 0 && strcmp(o.status, "awaiting-payment") != 0)
				r = error_set(e, ERR_VISIT_PAID_TOGETHER, tr("%s：%s %s", "%s: %s %s"), receipt, o.no, status_title(o.status));
			else if (!(r = refund_surplus(d, &o, by, e)))
				r = back_to_waiting(d, &o, e);
		}
		order_free(&o);
	}
	json_decref(rows);
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
			r = error_set(e, ERR_DESK_RECEIPT, tr("订单 %s 没有收据 %s", "order %s has no receipt %s"), no, receipt);
		json_t *facts = json_pack("{ssss}", "receipt", receipt, "reason", reason), *names = json_array();
		if (!r && !(r = void_payment(d, who, payment, receipt, reason, e)) && !(r = orders_back(d, payment, receipt, who->id, names, e))) {
			if (json_array_size(names) > 1)
				json_object_set(facts, "orders", names);
			r = desk_commit(d, MAY_PAY_VOID, NULL, no, NULL, facts, e);
		}
		json_decref(names);
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
	if (*done)
		tell_customer(d, &o, "unpaid-cancelled", NULL, 0, NULL);
	order_free(&o);
	return r;
}

enum err pay_cancel_unpaid(struct desk *d, int64_t *cancelled, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	bool timer = d->timer;
	*cancelled = 0;
	enum err r = store_rows(d->store, SQL_ORDERS_UNPAID, &rows, e, "i", desk_now(d)), one = r;
	d->timer = true;
	json_array_foreach(rows, i, row) {
		bool done = false;
		if (!round_goes_on(one))
			break;
		one = cancel_one(d, json_text(row, "no"), &done, r ? NULL : e);
		r = r ? r : one;
		*cancelled += done;
	}
	d->timer = timer;
	json_decref(rows);
	return r;
}
