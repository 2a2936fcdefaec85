#include "desk/payrow.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/money.h"
#include "base/text.h"
#include "desk/duedate.h"
#include "desk/effect.h"
#include "desk/pay.h"
#include "desk/qrpay.h"
#include "desk/till.h"
#include "rules/paymethod.h"

enum err receipt_fold(const char *receipt, char out[RECEIPT_SIZE], bool *good)
{
	char *folded = text_fold_width(receipt);
	*good = false;
	if (!folded)
		return ERR_MEMORY;
	text_trim(folded);
	bool named = false; /* a sign alone is no number: a key that slipped */
	for (const char *s = folded; *s && !named; s++)
		named = isalnum((unsigned char)*s) || (unsigned char)*s >= 0x80;
	*good = named && strlen(folded) < RECEIPT_SIZE && text_visible_word(folded);
	text_copy(out, RECEIPT_SIZE, folded);
	free(folded);
	return OK;
}

/* Folds a receipt number; refuses an empty, odd or used one. */
static enum err clean_receipt(struct desk *d, const char *receipt, char out[RECEIPT_SIZE], struct error *e)
{
	json_t *used = NULL;
	bool good = false;
	enum err r = receipt_fold(receipt, out, &good);
	if (r)
		return r;
	if (!good)
		return error_set(e, ERR_DESK_RECEIPT, *out ? tr("%s 太长，里面有空格或看不见的字符，或没有字母和数字",
		                                                "%s is too long, has spaces or invisible characters, or neither letter nor digit") : tr("还没有填", "it is empty"), out);
	r = store_row(d->store, SQL_PAYMENT_HAS_RECEIPT, &used, e, "t", out);
	if (!r && used)
		r = error_set(e, ERR_DESK_RECEIPT, *json_text(used, "order") ? tr("%s 已用过，是订单 %s 的", "%s is used already, for order %s")
		                                                             : tr("%s 已用过", "%s is used already"), out, json_text(used, "order"));
	json_decref(used);
	return r;
}

enum err pay_method(const char *method, bool *till, struct error *e)
{
	*till = method_is_till(method);
	return method_by_hand(method) ? OK : error_set(e, ERR_DESK_METHOD, "%s", method);
}

/* One row of money, and its part for each order. */
static enum err record(struct desk *d, struct order *orders, const int64_t *due, size_t count, const struct staff *who,
                       const struct taking *t, const char *receipt, struct error *e)
{
	bool till = method_is_till(t->method), verified = till || method_is_provider(t->method);
	int64_t shift = 0, payment = 0, proofs = 0, now = desk_now(d);
	char date[11];
	desk_business_date(d, date);
	enum err r = till_shift(d, who, till, &shift, e); /* a voucher is no money in the till */
	if (!r)
		r = store_insert(d->store, SQL_PAYMENT_INSERT, &payment, e, verified ? "ittitiitii" : "ittitiitin", orders->dk, t->method, receipt,
		                 t->amount, verified ? "verified" : "open", shift, who->id, date, now, now);
	for (size_t i = 0; !r && i < count; i++)
		r = store_insert(d->store, SQL_PAYMENT_ALLOCATE, NULL, e, "iiii", orders[i].dk, payment, orders[i].order_id, due[i]);
	for (size_t i = 0; !r && i < count; i++) /* a transfer waits for the statement */
		if (verified)
			r = effect_paid(d, &orders[i], e);
		else if (!(r = duedate_proofs(d, &orders[i], &proofs, e)) && proofs == 1) /* no voucher was there before */
			r = duedate_set_payment(d, &orders[i], e);
	return r;
}

static enum err check_amount(int64_t due, int64_t amount, struct error *e)
{
	char want[MONEY_TEXT_SIZE], have[MONEY_TEXT_SIZE];
	if (amount == due)
		return OK;
	money_text(due, want);
	money_text(amount, have);
	return error_set(e, ERR_DESK_AMOUNT, "%s ≠ %s", have, want);
}

enum err pay_not_under_way(struct desk *d, const struct order *o, struct error *e)
{
	json_t *open = NULL;
	enum qr_open code = QR_NONE_OPEN;
	enum err r = store_row(d->store, SQL_PAYMENT_OPEN_OF, &open, e, "i", o->order_id);
	if (!r && open)
		r = error_set(e, ERR_DESK_TRANSFER_OPEN, "%s", json_text(open, "receipt"));
	json_decref(open);
	if (!r && !(r = qr_open_of_order(d, o->order_id, &code, NULL, e)) && code == QR_SHOWN)
		r = error_set(e, ERR_QR_OPEN, "%s", o->no);
	return r;
}

enum err pay_orders(struct desk *d, struct order *orders, const int64_t *due, size_t count, const char *subject, const struct taking *t,
                    struct error *e)
{
	const struct staff *who = t->by;
	const char *to;
	char clean[RECEIPT_SIZE];
	int64_t sum = 0;
	bool visit = strcmp(subject, orders->no) != 0;
	json_t *names = json_array();
	enum err r = who ? OK : desk_allow(d, MAY_PAY, &who, e);
	for (size_t i = 0; !r && i < count; i++) {
		sum += due[i];
		json_array_append_new(names, json_string(orders[i].no));
		r = order_next(&orders[i], "pay", &to, e);
	}
	for (size_t i = 0; !r && i < count; i++) /* before the number, which may be that of what is open */
		r = pay_not_under_way(d, &orders[i], e);
	if (!r && !(r = check_amount(sum, t->amount, e)))
		r = clean_receipt(d, t->receipt, clean, e);
	if (!r && !(r = record(d, orders, due, count, who, t, clean, e))) {
		json_t *facts = json_pack("{sssIss}", "method", t->method, "amount", (json_int_t)t->amount, "receipt", clean);
		if (visit)
			json_object_set(facts, "orders", names);
		r = desk_commit(d, MAY_PAY, t->action ? t->action : visit ? "visit.pay" : NULL, subject, NULL, facts, e);
		json_decref(facts);
	}
	json_decref(names);
	return r;
}
