#include "desk/refundrow.h"

#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/money.h"
#include "desk/tell.h"

/* One row for each payment, up to `most` in all; *asked is what was asked. */
static enum err ask_rows(struct desk *d, const struct order *o, const char *kind, int64_t most, int64_t asked_by, const char *reason,
                         int64_t *asked, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	*asked = 0;
	enum err r = store_rows(d->store, SQL_REFUND_REMAINING, &rows, e, "i", o->order_id);
	json_array_foreach(rows, i, row) {
		int64_t amount = json_number(row, "amount");
		if (amount > most - *asked)
			amount = most - *asked;
		if (r || amount <= 0)
			continue;
		r = store_insert(d->store, SQL_REFUND_INSERT, NULL, e, "iiitit" "ttii", o->dk, json_number(row, "id"), o->order_id, kind, amount,
		                 json_text(row, "method"), o->status, reason, asked_by, desk_now(d));
		*asked += amount;
	}
	json_decref(rows);
	return r;
}

enum err refund_begin(struct desk *d, struct order *o, int64_t asked_by, const char *reason, bool *began, struct error *e)
{
	int64_t asked = 0;
	enum err r = ask_rows(d, o, "order", INT64_MAX, asked_by, reason, &asked, e);
	if (!r && asked > 0 && strcmp(o->status, "refunding") != 0)
		r = order_advance(d, o, "refund", e);
	if (began)
		*began = asked > 0;
	return r;
}

enum err refund_surplus(struct desk *d, const struct order *o, int64_t asked_by, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	int64_t paid = 0, asked = 0, amount = 0;
	enum err r = store_rows(d->store, SQL_REFUND_SURPLUS_OF, &rows, e, "i", o->order_id);
	json_array_foreach(rows, i, row)
		if (!r)
			r = store_run(d->store, SQL_REFUND_WITHDRAW, NULL, e, "i", json_number(row, "id"));
	json_decref(rows);
	if (!r && !(r = order_paid(d, o->order_id, &paid, e)))
		r = store_int(d->store, SQL_ORDER_AMOUNT, 0, &amount, e, "i", o->order_id); /* a draft knows none */
	if (!r && paid > amount)
		r = ask_rows(d, o, "surplus", paid - amount, asked_by, tr("多付", "paid too much"), &asked, e);
	return r;
}

enum err refund_unclaimed(struct desk *d, int64_t dk, int64_t payment, const char *method, int64_t amount, int64_t asked_by,
                          const char *reason, struct error *e)
{
	return store_insert(d->store, SQL_REFUND_INSERT, NULL, e, "iiitit" "ttii", dk, payment, (int64_t)0, "unclaimed", amount, method,
	                    "", reason, asked_by, desk_now(d));
}

enum err refund_settle(struct desk *d, int64_t refund, struct order *o, int64_t paid_by, int64_t shift, const char *reference,
                       bool *refunded, struct error *e)
{
	int64_t changed = 0, open = 1;
	char date[11];
	desk_business_date(d, date);
	enum err r = store_run(d->store, SQL_REFUND_DONE, &changed, e, "iiitit", refund, paid_by, desk_now(d), reference, shift, date);
	if (!r && changed != 1) /* another window was quicker */
		r = error_set(e, ERR_REFUND_NONE, "%s", o ? o->no : reference);
	if (!r && o && strcmp(o->status, "refunding") == 0)
		r = store_int(d->store, SQL_REFUND_OPEN_COUNT, 1, &open, e, "i", o->order_id);
	if (!r && open == 0)
		r = order_advance(d, o, "refunded", e);
	if (refunded)
		*refunded = !r && open == 0;
	return r;
}

void refund_tell(struct desk *d, const struct order *o)
{
	json_t *sums = NULL;
	char amount[MONEY_TEXT_SIZE];
	if (store_row(d->store, SQL_REFUND_SUMS, &sums, NULL, "i", o->order_id))
		return;
	money_text(json_number(sums, "refunded"), amount);
	const struct message_value values[] = {{"amount", amount}};
	tell_customer(d, o, "refunded", values, 1, NULL);
	json_decref(sums);
}

int64_t refund_keep(json_t *rows, const char *state)
{
	int64_t sum = 0;
	for (size_t i = json_array_size(rows); i-- > 0;)
		if (strcmp(json_text(json_array_get(rows, i), "state"), state) == 0)
			sum += json_number(json_array_get(rows, i), "amount");
		else
			json_array_remove(rows, i);
	return sum;
}

/* Who asked or took the money doesn't approve it. */
bool refund_rows_separate(const json_t *rows, const struct staff *who)
{
	const json_t *row;
	size_t i;
	json_array_foreach(rows, i, row)
		if ((json_number(row, "asked_by") == who->id && !separation_allows(MAY_REFUND_ASK, MAY_REFUND_APPROVE, false, false)) ||
		    (json_number(row, "taken_by") == who->id && !separation_allows(MAY_PAY, MAY_REFUND_APPROVE, false, false)))
			return false;
	return true;
}

enum err refund_approved(struct desk *d, const struct order *o, bool *approved, struct error *e)
{
	json_t *rows = NULL;
	enum err r = store_rows(d->store, SQL_REFUND_OF_ORDER, &rows, e, "i", o->order_id);
	*approved = !r && refund_keep(rows, "approved") > 0;
	json_decref(rows);
	return r;
}

enum err refund_separate(struct desk *d, const struct order *o, const struct staff *who, bool *apart, struct error *e)
{
	json_t *rows = NULL;
	enum err r = store_rows(d->store, SQL_REFUND_OF_ORDER, &rows, e, "i", o->order_id);
	refund_keep(rows, "asked");
	*apart = !r && refund_rows_separate(rows, who);
	json_decref(rows);
	return r;
}
