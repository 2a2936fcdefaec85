/* Money paid by a code that is not, or no longer, the order's: it waits to be claimed, or the provider sends it back. */
#include "qr_case.h"
#include "visit.h"

#include "desk/refund.h"

static void ask_back(struct unit_case *c)
{
	site_as(&c->site, c->d, "op1");
	EXPECT(OK, refund_ask(c->d, c->no, "客户改变主意", &out, &c->e));
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, refund_approve(c->d, c->no, &out, &c->e));
	site_as(&c->site, c->d, "op1");
}

static void test_qr_money_goes_back_by_the_provider(void **state)
{
	struct unit_case *c = *state;
	json_t *out = NULL;
	paid(c);
	EXPECT(OK, refund_ask(c->d, c->no, "客户改变主意", &out, &c->e));
	EXPECT(ERR_REFUND_WAITS, refund_pay(c->d, c->no, NULL, NULL, &out, &c->e)); /* not before a manager has approved */
	tick(c);
	assert_int_equal(provider_has(), FEN);
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, refund_approve(c->d, c->no, &out, &c->e));
	site_as(&c->site, c->d, "op1");
	EXPECT(ERR_QR_REFUND_SLIP, refund_pay(c->d, c->no, NULL, "X-1", &out, &c->e)); /* nobody says that it went */
	site_is(OK, refund_pay(c->d, c->no, NULL, NULL, &out, &c->e), &c->e);
	assert_string_equal(json_text(out, "reference"), provider.refunds[0].request_no);
	assert_string_equal(json_text(out, "status"), "refunded");
	json_decref(out);
	status_is(c, "refunded");
	assert_int_equal(provider_has(), 0);
	site_as(&c->site, c->d, "mg1");
	EXPECT(ERR_DESK_STATUS, pay_void(c->d, c->no, provider.trades[0].trade_no, "点错", &out, &c->e));
}

static void test_a_refund_cut_anywhere_goes_back_once(void **state)
{
	struct unit_case *c = *state;
	EVP_PKEY *key = provider.key;
	for (int fault = CUT_BEFORE; fault <= CUT_AFTER; fault++)
		for (int at = 1; at <= 2; at++) {
			provider = (struct provider){.key = key};
			paid(c);
			ask_back(c);
			provider.asked = 0;
			provider.fault = (enum fault)fault;
			provider.fault_at = at;
			EXPECT(ERR_PAY_PROVIDER_LINE, refund_pay(c->d, c->no, NULL, NULL, &out, &c->e));
			status_is(c, "refunding");
			site_as(&c->site, c->d, "mg1");
			EXPECT(ERR_QR_REFUND_SENT, refund_withdraw(c->d, c->no, "点错", &out, &c->e));
			open_again(c);
			tick(c);
			status_is(c, "refunded");
			assert_int_equal(provider.refund_count, 1);
			assert_int_equal(provider_has(), 0);
		}
}

static void test_a_wrong_amount_is_not_verified(void **state)
{
	struct unit_case *c = *state;
	char trade[QR_TRADE_SIZE], reference[64];
	signed_order(c);
	shown(c, trade);
	customer_pays();
	provider.fault = ODD_AMOUNT;
	EXPECT(ERR_QR_LATE, pay_verify(c->d, c->no, &out, &c->e));
	status_is(c, "awaiting-payment");
	assert_int_equal(number_of(c, "paid"), 0);
	assert_int_equal(unclaimed(c, reference), 1);
	assert_string_equal(reference, provider.trades[0].trade_no);
}

static void test_qr_money_for_a_dead_order_waits_to_be_claimed(void **state)
{
	struct unit_case *c = *state;
	char trade[QR_TRADE_SIZE], reference[64];
	int64_t count = 0;
	signed_order(c);
	shown(c, trade);
	customer_pays();
	site_is(OK, order_cancel(c->d, c->no, &c->e), &c->e);
	tick(c);
	status_is(c, "cancelled");
	assert_int_equal(unclaimed(c, reference), 1);
	site_is(OK, unclaimed_count(c->d, &count, &c->e), &c->e);
	assert_int_equal(count, 1);
	tick(c); /* once */
	assert_int_equal(unclaimed(c, reference), 1);
	EXPECT(OK, unclaimed_claim(c->d, reference, c->no, "退还", &out, &c->e)); /* the dead order gets it to give it back */
	status_is(c, "refunding");
	assert_int_equal(unclaimed(c, reference), 0);
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, refund_approve(c->d, c->no, &out, &c->e));
	tick(c);
	status_is(c, "refunded");
	assert_int_equal(provider_has(), 0);
}

static void test_unclaimed_qr_money_goes_back_and_can_be_withdrawn_before(void **state)
{
	struct unit_case *c = *state;
	char trade[QR_TRADE_SIZE], reference[64];
	signed_order(c);
	shown(c, trade);
	customer_pays();
	site_is(OK, order_cancel(c->d, c->no, &c->e), &c->e);
	tick(c);
	assert_int_equal(unclaimed(c, reference), 1);
	EXPECT(OK, unclaimed_refund(c->d, reference, "订单已取消", &out, &c->e));
	assert_int_equal(unclaimed(c, trade), 0);
	EXPECT(OK, refund_withdraw(c->d, reference, "再查一下", &out, &c->e));
	assert_int_equal(unclaimed(c, trade), 1); /* it waits as before */
	EXPECT(OK, unclaimed_refund(c->d, reference, "订单已取消", &out, &c->e));
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, refund_approve(c->d, reference, &out, &c->e));
	tick(c);
	assert_int_equal(provider_has(), 0);
}

/* The customer pays between the last question and the closing: the provider gives it back, and the order still waits. */
static void test_a_payment_that_crosses_its_end_is_given_back(void **state)
{
	struct unit_case *c = *state;
	struct qr_talk talk = {0};
	json_t *code = NULL;
	bool more = false;
	signed_order(c);
	shown(c, talk.trade);
	site_is(OK, qr_give_up(c->d, talk.trade, &c->e), &c->e);
	site_is(OK, qr_next(c->d, &talk, &more, &c->e), &c->e);
	assert_int_equal(talk.call.method, ALIPAY_QUERY);
	provider_send(&talk.call);
	site_is(OK, qr_take(c->d, &talk, &more, &code, &c->e), &c->e);
	json_decref(code);
	assert_true(more);
	site_is(OK, qr_next(c->d, &talk, &more, &c->e), &c->e);
	assert_int_equal(talk.call.method, ALIPAY_CANCEL);
	customer_pays();
	provider_send(&talk.call);
	site_is(OK, qr_take(c->d, &talk, &more, &code, &c->e), &c->e);
	assert_string_equal(json_text(code, "state"), "closed");
	assert_true(json_is_true(json_object_get(code, "returned")));
	json_decref(code);
	qr_talk_end(&talk);
	status_is(c, "awaiting-payment");
	assert_int_equal(provider_has(), 0);
}

/* Somebody keyed Alipay's number in as a slip's before the desk had asked. */
static void test_a_number_keyed_in_before_loses_no_money(void **state)
{
	struct unit_case *c = *state;
	char trade[QR_TRADE_SIZE], mine[ORDER_NO_SIZE], reference[64];
	signed_order(c);
	shown(c, trade);
	customer_pays();
	memcpy(mine, c->no, sizeof mine);
	signed_order(c);
	EXPECT(OK, pay_take(c->d, c->no, "pos", provider.trades[0].trade_no, FEN, &out, &c->e));
	memcpy(c->no, mine, sizeof mine);
	ask_is(c, trade, "paid");
	status_is(c, "in-review");
	json_t *order = NULL;
	site_is(OK, order_show(c->d, c->no, &order, &c->e), &c->e);
	snprintf(reference, sizeof reference, "%s#2", provider.trades[0].trade_no);
	assert_string_equal(json_text(json_array_get(json_object_get(order, "payments"), 0), "receipt"), reference);
	json_decref(order);
	EXPECT(OK, refund_ask(c->d, c->no, "客户改变主意", &out, &c->e));
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, refund_approve(c->d, c->no, &out, &c->e));
	tick(c);
	status_is(c, "refunded"); /* by the number that the provider knows */
	assert_int_equal(provider_has(), 0);
}

static void test_a_number_keyed_in_for_its_own_order_leaves_the_money_unclaimed(void **state)
{
	struct unit_case *c = *state;
	char trade[QR_TRADE_SIZE], reference[64], want[64];
	signed_order(c);
	shown(c, trade);
	customer_pays();
	site_is(OK, qr_give_up(c->d, trade, &c->e), &c->e);
	EXPECT(OK, pay_take(c->d, c->no, "pos", provider.trades[0].trade_no, FEN, &out, &c->e));
	tick(c);
	ask_is(c, trade, "paid");
	assert_int_equal(unclaimed(c, reference), 1);
	snprintf(want, sizeof want, "%s#2", provider.trades[0].trade_no);
	assert_string_equal(reference, want);
	EXPECT(OK, unclaimed_refund(c->d, reference, "多付", &out, &c->e));
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, refund_approve(c->d, reference, &out, &c->e));
	tick(c);
	assert_int_equal(provider_has(), 0);
	assert_int_equal(unclaimed(c, reference), 0);
}

/* Without a line it is approved all the same, and goes back with the timer; a refusal of the approval sends nothing. */
static void test_an_approval_sends_back_at_once(void **state)
{
	struct unit_case *c = *state;
	struct error why;
	json_t *done = NULL;
	paid(c);
	EXPECT(OK, refund_ask(c->d, c->no, "客户改变主意", &out, &c->e));
	EXPECT(ERR_DESK_FORBIDDEN, qr_refund_approve(c->d, c->no, &out, &why, &c->e));
	assert_int_equal(provider_has(), FEN);
	site_as(&c->site, c->d, "mg1");
	provider.fault = NO_LINE;
	site_is(OK, qr_refund_approve(c->d, c->no, &done, &why, &c->e), &c->e);
	assert_int_equal(why.code, ERR_PAY_PROVIDER_LINE);
	assert_int_equal(json_number(done, "sent_back"), 0);
	json_decref(done);
	status_is(c, "refunding");
	provider.fault = NO_FAULT;
	tick(c);
	status_is(c, "refunded");
	site_as(&c->site, c->d, "op1");
	paid(c);
	EXPECT(OK, refund_ask(c->d, c->no, "客户改变主意", &out, &c->e));
	site_as(&c->site, c->d, "mg1");
	site_is(OK, qr_refund_approve(c->d, c->no, &done, &why, &c->e), &c->e);
	assert_int_equal(why.code, OK);
	assert_int_equal(json_number(done, "sent_back"), 1);
	json_decref(done);
	status_is(c, "refunded");
	assert_int_equal(provider_has(), 0);
}

static void test_a_code_paid_beside_cash_waits_and_goes_back(void **state)
{
	struct unit_case *c = *state;
	char trade[QR_TRADE_SIZE], reference[64];
	signed_order(c);
	shown(c, trade);
	provider.fault = NO_LINE;
	site_is(OK, qr_give_up(c->d, trade, &c->e), &c->e);
	EXPECT(OK, pay_take(c->d, c->no, "cash", "R-1", FEN, &out, &c->e));
	customer_pays(); /* on the phone, all the same */
	provider.fault = NO_FAULT;
	tick(c);
	assert_int_equal(number_of(c, "paid"), FEN); /* once */
	assert_int_equal(unclaimed(c, reference), 1);
	EXPECT(OK, unclaimed_refund(c->d, reference, "客户付了两次", &out, &c->e));
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, refund_approve(c->d, reference, &out, &c->e));
	tick(c);
	assert_int_equal(provider_has(), 0);
}

/* All of it, or none: one order of the two was cancelled meanwhile. */
static void test_a_visits_money_waits_where_one_order_is_dead(void **state)
{
	struct unit_case *c = *state;
	char reference[64];
	json_t *code = NULL, *now = NULL;
	struct visiting v = two_units(c);
	sign_all(c, &v);
	site_is(OK, qr_start(c->d, v.visit, true, &code, &c->e), &c->e);
	site_is(OK, qr_ask(c->d, json_text(code, "trade"), true, &now, &c->e), &c->e);
	json_decref(now);
	customer_pays();
	site_is(OK, order_cancel(c->d, v.no[0], &c->e), &c->e);
	tick(c);
	order_is(c, v.no[1], "awaiting-payment");
	assert_int_equal(unclaimed(c, reference), 1);
	EXPECT(OK, unclaimed_claim(c->d, reference, v.no[1], "来访一并付款", &out, &c->e));
	order_is(c, v.no[1], "in-review");
	assert_int_equal(number_of(c, "surplus"), FEN); /* the other's part goes back */
	json_decref(code);
}

static void test_what_the_provider_confirmed_is_not_voided(void **state)
{
	struct unit_case *c = *state;
	paid(c);
	site_as(&c->site, c->d, "mg1");
	EXPECT(ERR_QR_VOID, pay_void(c->d, c->no, provider.trades[0].trade_no, "点错", &out, &c->e));
	status_is(c, "in-review");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		QR_CASE(test_qr_money_goes_back_by_the_provider),
		QR_CASE(test_a_refund_cut_anywhere_goes_back_once),
		QR_CASE(test_a_wrong_amount_is_not_verified),
		QR_CASE(test_qr_money_for_a_dead_order_waits_to_be_claimed),
		QR_CASE(test_unclaimed_qr_money_goes_back_and_can_be_withdrawn_before),
		QR_CASE(test_a_payment_that_crosses_its_end_is_given_back),
		QR_CASE(test_a_number_keyed_in_before_loses_no_money),
		QR_CASE(test_a_number_keyed_in_for_its_own_order_leaves_the_money_unclaimed),
		QR_CASE(test_an_approval_sends_back_at_once),
		QR_CASE(test_a_code_paid_beside_cash_waits_and_goes_back),
		QR_CASE(test_a_visits_money_waits_where_one_order_is_dead),
		QR_CASE(test_what_the_provider_confirmed_is_not_voided),
	};
	return cmocka_run_group_tests(tests, qr_base_make, qr_base_end);
}
