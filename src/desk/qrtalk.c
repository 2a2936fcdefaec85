#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/qrpay.h"
#include "desk/qrrow.h"

/* Asked, closed, and begun anew: the most that one question leads to. */
enum { ROUNDS = 6 };

/* Starting ----------------------------------------------------------------------------------------- */

static enum err start(struct desk *d, struct qr_talk *talk, json_t **code, struct error *e)
{
	enum err r = qr_start(d, talk->subject, talk->visit, code, e);
	talk->fresh = !r && !json_is_true(json_object_get(*code, "resumed"));
	talk->looked = false;
	if (!r)
		text_copy(talk->trade, sizeof talk->trade, json_text(*code, "trade"));
	return r;
}

enum err qr_begin(struct desk *d, const char *subject, bool visit, struct qr_talk *talk, json_t **out, struct error *e)
{
	*talk = (struct qr_talk){.visit = visit};
	text_copy(talk->subject, sizeof talk->subject, subject);
	enum err r = start(d, talk, out, e);
	talk->resumed = !r && !talk->fresh;
	return r;
}

/* In place of the one that lay there and is closed. */
static enum err anew(struct desk *d, struct qr_talk *talk, struct error *e)
{
	json_t *code = NULL;
	talk->resumed = false;
	enum err r = start(d, talk, &code, e);
	json_decref(code);
	return r;
}

/* The conversation --------------------------------------------------------------------------------- */

/* Nobody is to pay it any more. */
static bool over(const struct desk *d, const struct trade *t)
{
	return trade_is(t, "ending") || !t->waits || desk_now(d) >= t->expires_at;
}

static enum alipay_method method_of(const struct trade *t, const struct qr_talk *talk)
{
	if (trade_is(t, "asked"))
		return talk->fresh || talk->looked ? ALIPAY_PRECREATE : ALIPAY_QUERY;
	return trade_is(t, "ending") && talk->looked ? ALIPAY_CANCEL : ALIPAY_QUERY;
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
	if (!r && trade_is(&t, "asked") && over(d, &t) && !(r = trade_step(d, talk->trade, "closed", "", "qr.closed", NULL, e)))
		text_copy(t.state, sizeof t.state, "closed"); /* nobody has its code */
	if (!r && trade_is(&t, "closed") && talk->resumed && !(r = anew(d, talk, e))) {
		trade_free(&t);
		r = trade_load(d, talk->trade, &t, e);
	}
	if (!r && !trade_ended(&t)) {
		if (talk->looked && !trade_is(&t, "asked") && !trade_is(&t, "ending") && over(d, &t) && !(r = trade_step(d, talk->trade, "ending", "", "qr.end", NULL, e)))
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
		return trade_step(d, talk->trade, "shown", a->code, "qr.code", NULL, e);
	if (strstr(a->why, "TRADE_HAS_SUCCESS")) { /* paid, by a code that an earlier run has lost */
		*more = true;
		return OK;
	}
	enum err r = trade_step(d, talk->trade, "closed", "", "qr.closed", NULL, e); /* nobody has a code */
	return r ? r : error_set(e, ERR_PAY_PROVIDER_REFUSED, "%s", a->why);
}

static enum err take_query(struct desk *d, struct qr_talk *talk, const struct alipay_answer *a, bool *more, struct error *e)
{
	struct trade t = {0};
	if (a->result == ALIPAY_DONE && a->trade == ALIPAY_PAID)
		return trade_book(d, talk->trade, a, e);
	if (a->result == ALIPAY_DONE && a->trade == ALIPAY_CLOSED)
		return trade_step(d, talk->trade, "closed", "", "qr.closed", NULL, e);
	if (a->result == ALIPAY_REFUSED)
		return error_set(e, ERR_PAY_PROVIDER_REFUSED, "%s", a->why);
	talk->looked = true;
	enum err r = trade_load(d, talk->trade, &t, e);
	*more = !r && !trade_ended(&t) && (trade_is(&t, "asked") || over(d, &t));
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
	return trade_step(d, talk->trade, "closed", "", "qr.closed", more, e);
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
	if (!r && !(r = qr_show(d, talk->trade, out, e)) && talk->resumed && strcmp(json_text(*out, "state"), "closed") == 0) {
		json_decref(*out);
		*out = NULL;
		if (!(r = anew(d, talk, e)) && !(r = qr_show(d, talk->trade, out, e)))
			*more = true;
	}
	if (!r)
		json_object_update(*out, said);
	json_decref(said);
	return r;
}

void qr_talk_end(struct qr_talk *talk)
{
	provider_free(&talk->call);
}

enum err qr_talk_on(struct desk *d, struct qr_talk *talk, json_t **out, struct error *e)
{
	bool more = true;
	*out = NULL;
	enum err r = OK;
	for (int i = 0; !r && more && i < ROUNDS; i++) {
		json_decref(*out);
		*out = NULL;
		if (!(r = qr_next(d, talk, &more, e)) && more) {
			provider_send(&talk->call);
			r = qr_take(d, talk, &more, out, e);
		}
	}
	return r || *out ? r : qr_show(d, talk->trade, out, e);
}

enum err qr_ask(struct desk *d, const char *trade, bool fresh, json_t **out, struct error *e)
{
	struct qr_talk talk = {.fresh = fresh};
	text_copy(talk.trade, sizeof talk.trade, trade);
	enum err r = qr_talk_on(d, &talk, out, e);
	qr_talk_end(&talk);
	return r;
}

enum err qr_give_up(struct desk *d, const char *trade, struct error *e)
{
	struct trade t = {0};
	enum err r = desk_allow(d, MAY_PAY, NULL, e);
	if (!r)
		r = trade_load(d, trade, &t, e);
	if (!r && !trade_ended(&t))
		r = trade_is(&t, "asked") ? trade_step(d, trade, "closed", "", "qr.closed", NULL, e) : trade_step(d, trade, "ending", "", "qr.end", NULL, e);
	trade_free(&t);
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

