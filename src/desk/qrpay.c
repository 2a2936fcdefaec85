#include "desk/qrpay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypt.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/payrow.h"
#include "desk/qrrow.h"
#include "desk/till.h"
#include "desk/visitrow.h"
#include "print/qr.h"

enum { SUBJECT_DIGITS = 44, MINUTE = 60 };

bool trade_is(const struct trade *t, const char *state)
{
	return strcmp(t->state, state) == 0;
}

bool trade_ended(const struct trade *t)
{
	return trade_is(t, "paid") || trade_is(t, "closed");
}

void trade_free(struct trade *t)
{
	json_decref(t->row);
	json_decref(t->parts);
	*t = (struct trade){0};
}

enum err trade_load(struct desk *d, const char *trade, struct trade *t, struct error *e)
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
	                        json_object_get(t->row, "receipt"), "late", strcmp(json_text(t->row, "payment"), "unclaimed") == 0);
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

json_t *trade_facts(const struct trade *t)
{
	json_t *names = json_array(), *part;
	size_t i;
	json_array_foreach(t->parts, i, part)
		json_array_append(names, json_object_get(part, "order"));
	return json_pack("{ss sI ss so}", "method", "alipay", "amount", (json_int_t)t->amount, "trade", t->trade, "orders", names);
}

/* Starting ----------------------------------------------------------------------------------------- */

void due_free(struct due *u)
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

enum err qr_of(struct desk *d, const char *subject, json_t **out, struct error *e)
{
	char trade[QR_TRADE_SIZE] = "";
	*out = NULL;
	enum err r = open_trade(d, subject, trade, e);
	return r || !*trade ? r : qr_show(d, trade, out, e);
}

enum err qr_open_of_order(struct desk *d, int64_t order_id, enum qr_open *open, char subject[ORDER_NO_SIZE], struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_QR_TRADE_OF_ORDER, &row, e, "i", order_id);
	*open = !row ? QR_NONE_OPEN : strcmp(json_text(row, "state"), "ending") == 0 ? QR_ENDING : QR_SHOWN;
	if (subject)
		text_copy(subject, ORDER_NO_SIZE, json_text(row, "subject"));
	json_decref(row);
	return r;
}

enum err qr_lines(const char *code, struct bytes *out, int *columns, struct error *e)
{
	return qr_blocks(code, out, columns) ? OK : error_set(e, ERR_PAY_PROVIDER_ANSWER, "%s", tr("二维码太长", "its code is too long"));
}
