#include "desk/qrrefund.h"

#include <stdio.h>
#include <string.h>

#include "base/crypt.h"
#include "base/json.h"
#include "desk/refundrow.h"
#include "desk/till.h"

/* The approved row as it is; ERR_REFUND_NONE where it isn't any more. */
static enum err load(struct desk *d, int64_t refund, json_t **row, struct error *e)
{
	enum err r = store_row(d->store, SQL_QR_REFUND_ROW, row, e, "i", refund);
	return r || *row ? r : error_set(e, ERR_REFUND_NONE, "%lld", (long long)refund);
}

static json_t *facts_of(const json_t *row, const char *request_no)
{
	return json_pack("{ss sO sO ss}", "method", "alipay", "amount", json_object_get(row, "amount"), "receipt", json_object_get(row, "receipt"),
	                 "reference", request_no);
}

/* Its number, recorded before the provider hears of it. *known: an earlier run may have sent it. */
static enum err number(struct desk *d, int64_t refund, char request_no[ALIPAY_NUMBER_SIZE], bool *known, struct error *e)
{
	json_t *row = NULL, *had = NULL;
	uint8_t raw[10];
	char digits[2 * sizeof raw + 1];
	enum err r = store_begin(d->store, e);
	if (r)
		return r;
	if (!(r = load(d, refund, &row, e)))
		r = store_row(d->store, SQL_QR_REFUND_GET, &had, e, "i", refund);
	*known = had != NULL;
	random_bytes(raw, sizeof raw);
	hex_encode(digits, raw, sizeof raw);
	snprintf(request_no, ALIPAY_NUMBER_SIZE, "%.*s", ALIPAY_NUMBER_SIZE - 1, had ? json_text(had, "request_no") : digits);
	if (!r && !had &&
	    !(r = store_insert(d->store, SQL_QR_REFUND_INSERT, NULL, e, "iiti", json_number(row, "dk"), refund, request_no, desk_now(d)))) {
		json_t *facts = facts_of(row, request_no);
		r = desk_commit(d, MAY_REFUND_DONE, "refund.send", json_text(row, "subject"), NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(d->store);
	json_decref(row);
	json_decref(had);
	return r;
}

/* What the provider says of this refund: *back where the money went back, all of it. */
static enum err look(struct desk *d, const json_t *row, const char *request_no, bool *back, struct error *e)
{
	struct alipay_answer a;
	struct alipay_request q = {.method = ALIPAY_REFUND_QUERY, .trade_no = json_text(row, "trade_no"), .request_no = request_no};
	*back = false;
	enum err r = provider_ask(d, &q, &a, e);
	if (!r && a.result == ALIPAY_UNCLEAR)
		r = error_set(e, ERR_PAY_PROVIDER_BUSY, "%s", a.why);
	else if (!r && a.refunded && (strcmp(a.request_no, request_no) != 0 || strcmp(a.trade_no, q.trade_no) != 0 || a.amount != json_number(row, "amount")))
		r = error_set(e, ERR_PAY_PROVIDER_ANSWER, "%s %s", a.trade_no, a.request_no);
	else if (!r)
		*back = a.result == ALIPAY_DONE && a.refunded;
	return r;
}

static enum err send(struct desk *d, const json_t *row, const char *request_no, struct error *e)
{
	struct alipay_answer a;
	struct alipay_request q = {.method = ALIPAY_REFUND, .trade_no = json_text(row, "trade_no"), .request_no = request_no,
	                           .reason = json_text(row, "reason"), .amount = json_number(row, "amount")};
	enum err r = provider_ask(d, &q, &a, e);
	if (!r && (a.result == ALIPAY_REFUSED || a.result == ALIPAY_NONE))
		r = error_set(e, ERR_PAY_PROVIDER_REFUSED, "%s", a.why);
	else if (!r && a.result == ALIPAY_UNCLEAR)
		r = error_set(e, ERR_PAY_PROVIDER_BUSY, "%s", a.why);
	return r;
}

static enum err settle(struct desk *d, int64_t refund, const struct staff *who, const char *request_no, bool *refunded, struct error *e)
{
	struct order o = {0};
	json_t *row = NULL;
	int64_t shift = 0;
	enum err r = store_begin(d->store, e);
	if (r)
		return r;
	bool order = !(r = load(d, refund, &row, e)) && json_number(row, "order_id");
	if (order)
		r = order_load(d, json_text(row, "subject"), &o, e);
	if (!r) /* it leaves no till, but neither on a day that is closed */
		r = till_shift(d, who, false, &shift, e);
	if (!r && !(r = refund_settle(d, refund, order ? &o : NULL, d->timer ? 0 : who->id, 0, request_no, refunded, e))) {
		json_t *facts = facts_of(row, request_no);
		r = desk_commit(d, MAY_REFUND_DONE, "refund.provider", json_text(row, "subject"), NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(d->store);
	order_free(&o);
	json_decref(row);
	return r;
}

enum err qr_refund_pay(struct desk *d, int64_t refund, bool *refunded, char request_no[ALIPAY_NUMBER_SIZE], struct error *e)
{
	const struct staff *who;
	json_t *row = NULL;
	bool known = false, back = false;
	*refunded = false;
	request_no[0] = '\0';
	enum err r = desk_allow(d, MAY_REFUND_DONE, &who, e);
	const struct staff by = r ? (struct staff){0} : *who; /* a second person's credential ends with the first step */
	if (!r)
		r = provider_ready(d, e);
	if (!r && !(r = load(d, refund, &row, e)) && !(r = number(d, refund, request_no, &known, e)) && known)
		r = look(d, row, request_no, &back, e);
	if (!r && !back && !(r = send(d, row, request_no, e)))
		r = look(d, row, request_no, &back, e);
	if (!r && !back)
		r = error_set(e, ERR_QR_REFUND_WAITS, "%s", json_text(row, "receipt"));
	if (!r)
		r = settle(d, refund, &by, request_no, refunded, e);
	json_decref(row);
	return r;
}
