#include "desk/qrpay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypt.h"
#include "base/lang.h"
#include "desk/payrow.h"
#include "desk/qrrow.h"
#include "desk/till.h"
#include "desk/visitrow.h"
#include "print/qr.h"

enum { SUBJECT_DIGITS = 44, MINUTE = 60 };

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
	for (size_t i = 0; !r && i < u.count; i++) {
		enum qr_open open = QR_NONE_OPEN;
		if (!(r = order_next(&u.orders[i], "pay", &to, e)) && !(r = pay_not_under_way(d, &u.orders[i], e)))
			r = qr_open_of_order(d, u.orders[i].order_id, &open, NULL, e);
		if (!r && open != QR_NONE_OPEN) /* where the line is up, one at a time */
			r = error_set(e, ERR_QR_OPEN, "%s", u.orders[i].no);
	}
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
	if (!(r = trade_open_of(d, subject, trade, e)) && !(resumed = *trade))
		r = begin(d, subject, visit, who, trade, e);
	store_rollback(d->store);
	if (!r && !(r = qr_show(d, trade, out, e)))
		json_object_set_new(*out, "resumed", json_boolean(resumed));
	return r;
}

enum err qr_lines(const char *code, struct bytes *out, int *columns, struct error *e)
{
	return qr_blocks(code, out, columns) ? OK : error_set(e, ERR_PAY_PROVIDER_ANSWER, "%s", tr("二维码太长", "its code is too long"));
}
