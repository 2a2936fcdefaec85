#include "desk/refund.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "desk/effect.h"
#include "desk/pay.h"
#include "desk/qrrefund.h"
#include "desk/refundrow.h"
#include "desk/till.h"
#include "rules/paymethod.h"

/* What is going back for one order, or for one bank entry that no order claimed. */
struct refunding {
	const char *name;
	struct order order; /* of an order; order.order_id 0: none */
	json_t *rows;       /* asked and approved */
};

static void refunding_free(struct refunding *s)
{
	order_free(&s->order);
	json_decref(s->rows);
}

/* Inside a step. What an order that waits for its refund holds and nobody asked back yet is asked now, by rule. */
static enum err refunding_load(struct desk *d, const char *name, struct refunding *s, struct error *e)
{
	struct error inner = {0};
	*s = (struct refunding){.name = name};
	enum err r = order_load(d, name, &s->order, &inner);
	if (r == ERR_DESK_NO_ORDER) {
		if ((r = store_rows(d->store, SQL_REFUND_OF_ENTRY, &s->rows, e, "t", name)) || json_array_size(s->rows) > 0)
			return r;
		return error_set(e, ERR_DESK_NO_ORDER, "%s", name);
	}
	if (r) {
		*e = inner;
		return r;
	}
	if (strcmp(s->order.status, "refunding") == 0)
		r = refund_begin(d, &s->order, 0, tr("订单已终止", "the order has ended"), NULL, e);
	return r ? r : store_rows(d->store, SQL_REFUND_OF_ORDER, &s->rows, e, "i", s->order.order_id);
}

static json_t *result_of(const struct refunding *s, int64_t amount)
{
	json_t *list = json_array(), *row;
	size_t i;
	json_array_foreach(s->rows, i, row)
		json_array_append_new(list, json_pack("{sO sO sO}", "method", json_object_get(row, "method"), "receipt",
		                                      json_object_get(row, "receipt"), "amount", json_object_get(row, "amount")));
	return json_pack("{ss sI so}", "refund_of", s->name, "amount", (json_int_t)amount, "refunds", list);
}

enum err refund_ask(struct desk *d, const char *no, const char *reason, json_t **out, struct error *e)
{
	struct order o = {0};
	const struct staff *who;
	const char *to;
	bool began = false;
	*out = NULL;
	enum err r = desk_allow(d, MAY_REFUND_ASK, &who, e);
	if (!r && !reason_good(reason))
		r = error_set(e, ERR_DESK_REASON, "%s", no);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = order_load(d, no, &o, e)) && !(r = order_next(&o, "refund", &to, e)) &&
	    !(r = refund_begin(d, &o, who->id, reason, &began, e)) && !began)
		r = error_set(e, ERR_REFUND_NONE, "%s", no);
	if (!r && o.draft) /* a returned order is given up: the draft would bring it back */
		r = store_run(d->store, SQL_DRAFT_DELETE, NULL, e, "i", o.id);
	json_t *facts = json_pack("{ss}", "reason", reason);
	if (!r)
		r = desk_commit(d, MAY_REFUND_ASK, NULL, no, NULL, facts, e);
	json_decref(facts);
	store_rollback(d->store);
	order_free(&o);
	return r ? r : order_show(d, no, out, e);
}

/* Who may where the first one may not: a second manager authorises on the spot. */
static enum err choose_approver(struct desk *d, const struct refunding *s, const struct staff **who, struct error *e)
{
	if (refund_rows_separate(s->rows, *who))
		return OK;
	if (*who != &d->second && d->second.id && (d->second.roles & permission_roles(MAY_REFUND_APPROVE)) && refund_rows_separate(s->rows, &d->second)) {
		*who = &d->second;
		return OK;
	}
	return error_set(e, ERR_DESK_SEPARATION, tr("收款或申请退款与%s", "taking the money or asking it back, and %s"),
	                 permission_title(MAY_REFUND_APPROVE));
}

static enum err approve_rows(struct desk *d, const struct refunding *s, const struct staff *who, struct error *e)
{
	json_t *row;
	size_t i;
	enum err r = OK;
	json_array_foreach(s->rows, i, row)
		if (!r)
			r = store_run(d->store, SQL_REFUND_APPROVE, NULL, e, "iii", json_number(row, "id"), who->id, desk_now(d));
	return r;
}

enum err refund_approve(struct desk *d, const char *subject, json_t **out, struct error *e)
{
	struct refunding s = {0};
	const struct staff *who;
	int64_t amount = 0;
	*out = NULL;
	enum err r = desk_allow(d, MAY_REFUND_APPROVE, &who, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = refunding_load(d, subject, &s, e)) && (amount = refund_keep(s.rows, "asked")) == 0)
		r = error_set(e, ERR_REFUND_NONE, "%s", subject);
	if (!r && !(r = choose_approver(d, &s, &who, e)) && !(r = approve_rows(d, &s, who, e))) {
		json_t *facts = json_pack("{sI}", "amount", (json_int_t)amount);
		r = desk_commit(d, MAY_REFUND_APPROVE, NULL, subject, NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(d->store);
	if (!r)
		*out = result_of(&s, amount);
	refunding_free(&s);
	return r;
}

/* Leaves the one row that is paid back now. */
static enum err choose_row(const struct refunding *s, const char *receipt, struct error *e)
{
	char receipts[256] = "";
	if (json_array_size(s->rows) == 0)
		return error_set(e, ERR_REFUND_NONE, "%s", s->name);
	if (refund_keep(s->rows, "approved") == 0)
		return error_set(e, ERR_REFUND_WAITS, "%s", s->name);
	for (size_t i = json_array_size(s->rows); i-- > 0;) {
		const char *one = json_text(json_array_get(s->rows, i), "receipt");
		if (receipt && strcmp(one, receipt) != 0)
			json_array_remove(s->rows, i);
		else
			lang_list_add(receipts, sizeof receipts, one);
	}
	if (json_array_size(s->rows) == 0)
		return error_set(e, ERR_REFUND_NONE, "%s", receipt);
	/* a surplus and the rest of one payment lie side by side under one receipt: the first of them goes first */
	while (json_array_size(s->rows) > 1 && receipt)
		json_array_remove(s->rows, json_array_size(s->rows) - 1);
	return json_array_size(s->rows) == 1 ? OK : error_set(e, ERR_REFUND_WHICH, "%s", receipts);
}

/* Folded, and new for this way; the bank's own debit of that reference, where it is known, must be this refund's. */
static enum err check_reference(struct desk *d, const json_t *row, const char *reference, char out[RECEIPT_SIZE], int64_t *debit,
                                struct error *e)
{
	json_t *known = NULL;
	int64_t used = 0;
	const char *method = json_text(row, "method");
	bool good = false;
	*debit = 0;
	enum err r = receipt_fold(reference, out, &good);
	if (!r && good)
		r = store_int(d->store, SQL_REFUND_HAS_REFERENCE, 0, &used, e, "tt", method, out);
	if (!r && (!good || used))
		return error_set(e, ERR_REFUND_REFERENCE, "%s", reference);
	if (r || strcmp(method, "transfer") != 0)
		return r;
	if (!(r = store_row(d->store, SQL_DEBIT_BY_REFERENCE, &known, e, "t", out)) && known) {
		*debit = json_number(known, "id");
		if (json_number(known, "amount") != json_number(row, "amount") || json_number(known, "refund_id"))
			r = error_set(e, ERR_REFUND_DEBIT, "%s", out);
	}
	json_decref(known);
	return r;
}

/* Inside a step, which it commits. */
static enum err pay_back(struct desk *d, struct refunding *s, const struct staff *who, const char *reference, bool *refunded,
                         struct error *e)
{
	const json_t *row = json_array_get(s->rows, 0);
	const char *method = json_text(row, "method");
	char clean[RECEIPT_SIZE];
	int64_t shift = 0, debit = 0, changed = 1;
	enum err r = check_reference(d, row, reference, clean, &debit, e);
	if (!r) /* what goes by the bank leaves no till, but neither on a day that is closed */
		r = till_shift(d, who, method_is_till(method), &shift, e);
	if (!method_is_till(method))
		shift = 0;
	else if (!r)
		r = till_pay_out(d, who, json_number(row, "payment"), "refund", method, json_number(row, "amount"), json_text(row, "reason"),
		                 e);
	if (!r)
		r = refund_settle(d, json_number(row, "id"), s->order.order_id ? &s->order : NULL, who->id, shift, clean, refunded, e);
	if (!r && debit)
		r = store_run(d->store, SQL_DEBIT_BIND, &changed, e, "ii", debit, json_number(row, "id"));
	json_t *facts = json_pack("{sO sO sO ss}", "method", json_object_get(row, "method"), "amount", json_object_get(row, "amount"),
	                          "receipt", json_object_get(row, "receipt"), "reference", clean);
	if (!r)
		r = desk_commit(d, MAY_REFUND_DONE, NULL, s->name, NULL, facts, e);
	json_decref(facts);
	return r;
}

/* By the provider, in steps of its own; the order is then as it stands afterwards. */
static enum err send_back(struct desk *d, struct refunding *s, bool *refunded, char request_no[ALIPAY_NUMBER_SIZE], struct error *e)
{
	bool order = s->order.order_id;
	enum err r = qr_refund_pay(d, json_number(json_array_get(s->rows, 0), "id"), refunded, request_no, e);
	if (r || !order)
		return r;
	order_free(&s->order);
	s->order = (struct order){0};
	return order_load(d, s->name, &s->order, e);
}

enum err refund_pay(struct desk *d, const char *subject, const char *receipt, const char *reference, json_t **out, struct error *e)
{
	struct refunding s = {0};
	const struct staff *who;
	bool refunded = false, surplus = false, provider = false;
	char request_no[ALIPAY_NUMBER_SIZE];
	*out = NULL;
	enum err r = desk_allow(d, MAY_REFUND_DONE, &who, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = refunding_load(d, subject, &s, e)) && !(r = choose_row(&s, receipt, e))) {
		provider = method_is_provider(json_text(json_array_get(s.rows, 0), "method"));
		if (provider && reference)
			r = error_set(e, ERR_QR_REFUND_SLIP, "%s", reference);
		else if (!provider)
			r = reference ? pay_back(d, &s, who, reference, &refunded, e)
			              : error_set(e, ERR_USAGE, "%s", tr("要填退款凭证号（--reference）", "the slip's number is needed (--reference)"));
	}
	store_rollback(d->store);
	if (!r && provider && !(r = send_back(d, &s, &refunded, request_no, e)))
		reference = request_no;
	if (!r) {
		const json_t *row = json_array_get(s.rows, 0);
		surplus = strcmp(json_text(row, "kind"), "surplus") == 0 && strcmp(s.order.status, "refunding") != 0;
		*out = result_of(&s, json_number(row, "amount"));
		json_object_set_new(*out, "reference", json_string(reference));
		json_object_set_new(*out, "status", *s.order.status ? json_string(s.order.status) : json_null());
		if (refunded || surplus)
			refund_tell(d, &s.order);
	}
	refunding_free(&s);
	return r;
}

/* Back to where the order stood. Only an order that was alive goes on. */
static enum err keep_order(struct desk *d, struct refunding *s, const char *from, struct error *e)
{
	char event[40];
	snprintf(event, sizeof event, "keep-%s", from);
	enum err r = order_advance(d, &s->order, event, e);
	return r ? r : store_run(d->store, SQL_REFUND_KEEP_DEADLINE, NULL, e, "i", s->order.order_id);
}

/* The entry waits for its order again; the payment that stood for it never was one. What came by a code stays one of nobody's. */
static enum err free_entry(struct desk *d, int64_t payment, const char *reason, struct error *e)
{
	enum err r = store_run(d->store, SQL_STATEMENT_ENTRY_UNBIND, NULL, e, "i", payment);
	return r ? r : store_run(d->store, SQL_PAYMENT_VOID, NULL, e, "it", payment, reason);
}

/* What was to go back covers what the order waits for: it has no more to wait for. */
static enum err go_on_paid(struct desk *d, struct order *o, int64_t by, struct error *e)
{
	int64_t paid = 0;
	if (strcmp(o->status, "awaiting-payment") != 0)
		return OK;
	enum err r = order_paid(d, o->order_id, &paid, e);
	if (r || paid < o->amount || (r = refund_surplus(d, o, by, e)))
		return r;
	return effect_paid(d, o, e);
}

static enum err withdraw_rows(struct desk *d, struct refunding *s, const char *reason, int64_t by, struct error *e)
{
	json_t *row;
	size_t i;
	const char *from = NULL;
	enum err r = OK;
	json_array_foreach(s->rows, i, row) {
		const char *kind = json_text(row, "kind");
		if (r)
			break;
		if (!from && strcmp(kind, "order") == 0)
			from = json_text(row, "from_status");
		r = store_run(d->store, SQL_REFUND_WITHDRAW, NULL, e, "i", json_number(row, "id"));
		if (!r && strcmp(kind, "unclaimed") == 0 && !method_is_provider(json_text(row, "method")))
			r = free_entry(d, json_number(row, "payment"), reason, e);
	}
	return r ? r : from ? keep_order(d, s, from, e) : go_on_paid(d, &s->order, by, e);
}

static enum err may_withdraw(struct desk *d, const struct refunding *s, struct error *e)
{
	json_t *row, *sums = NULL;
	size_t i;
	enum err r = OK;
	/* what an order paid too much stays asked for when the order itself goes on */
	for (i = json_array_size(s->rows); strcmp(s->order.status, "refunding") == 0 && i-- > 0;)
		if (strcmp(json_text(json_array_get(s->rows, i), "kind"), "surplus") == 0)
			json_array_remove(s->rows, i);
	if (json_array_size(s->rows) == 0)
		return error_set(e, ERR_REFUND_NONE, "%s", s->name);
	json_array_foreach(s->rows, i, row)
		if (!r && json_number(row, "sent"))
			r = error_set(e, ERR_QR_REFUND_SENT, "%s", json_text(row, "receipt"));
		else if (!r && strcmp(json_text(row, "state"), "approved") == 0)
			r = desk_allow(d, MAY_REFUND_APPROVE, NULL, e);
	if (!r && strcmp(s->order.status, "refunding") == 0 &&
	    !(r = store_row(d->store, SQL_REFUND_SUMS, &sums, e, "i", s->order.order_id)) && json_number(sums, "paid_out") > 0)
		r = error_set(e, ERR_REFUND_PAID_OUT, "%s", s->name);
	json_decref(sums);
	return r;
}

enum err refund_withdraw(struct desk *d, const char *subject, const char *reason, json_t **out, struct error *e)
{
	struct refunding s = {0};
	int64_t amount = 0;
	json_t *row;
	size_t i;
	const struct staff *who;
	*out = NULL;
	enum err r = desk_allow(d, MAY_REFUND_ASK, &who, e);
	if (!r && !reason_good(reason))
		r = error_set(e, ERR_DESK_REASON, "%s", subject);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = refunding_load(d, subject, &s, e)) && !(r = may_withdraw(d, &s, e)) && !(r = withdraw_rows(d, &s, reason, who->id, e))) {
		json_t *facts = json_pack("{ss}", "reason", reason);
		r = desk_commit(d, MAY_REFUND_ASK, "refund.withdraw", subject, NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(d->store);
	json_array_foreach(s.rows, i, row)
		amount += json_number(row, "amount");
	if (!r)
		*out = result_of(&s, amount);
	refunding_free(&s);
	return r;
}

const char *refund_state_title(const char *state)
{
	static const struct {
		const char *state, *zh, *en;
	} titles[] = {{"asked", "待批准", "asked"},
	              {"approved", "待退款", "approved"},
	              {"done", "已退款", "paid back"},
	              {"withdrawn", "已撤回", "withdrawn"}};
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
		if (strcmp(titles[i].state, state) == 0)
			return tr(titles[i].zh, titles[i].en);
	return state;
}

const char *refund_kind_title(const char *kind)
{
	return strcmp(kind, "surplus") == 0   ? tr("多付", "surplus")
	     : strcmp(kind, "unclaimed") == 0 ? tr("无人认领", "unclaimed")
	     : strcmp(kind, "order") == 0     ? tr("订单", "order")
	                                      : kind;
}

enum err refund_list(struct desk *d, bool all, json_t **out, struct error *e)
{
	static const char *const times[] = {"asked_at", "approved_at", "paid_at"};
	json_t *row;
	size_t i;
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_VIEW, NULL, e);
	if (!r)
		r = store_rows(d->store, SQL_REFUND_LIST, out, e, "i", (int64_t)all);
	json_array_foreach(*out, i, row) {
		json_object_del(row, "id");
		json_object_set_new(row, "state_title", json_string(refund_state_title(json_text(row, "state"))));
		for (size_t k = 0; k < sizeof times / sizeof *times; k++)
			desk_time(row, times[k], json_number(row, times[k]));
	}
	return r;
}

enum err refund_gaps(struct desk *d, json_t **out, struct error *e)
{
	*out = NULL;
	return store_rows(d->store, SQL_REFUND_GAPS, out, e, "");
}
