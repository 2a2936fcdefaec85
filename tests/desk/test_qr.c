/* Payment by a code: verified by asking the provider, and booked once whatever is cut. */
#include "qr_case.h"
#include "visit.h"

#include "desk/admin.h"

enum { MOST_CUTS = 40 };

static void test_a_qr_payment_is_verified_by_asking_the_provider(void **state)
{
	struct unit_case *c = *state;
	char trade[QR_TRADE_SIZE];
	json_t *order = NULL;
	signed_order(c);
	shown(c, trade);
	EXPECT(ERR_QR_UNPAID, pay_verify(c->d, c->no, &out, &c->e)); /* nothing is ticked */
	status_is(c, "awaiting-payment");
	customer_pays();
	status_is(c, "awaiting-payment"); /* nor believed before it is asked */
	EXPECT(OK, pay_verify(c->d, c->no, &out, &c->e));
	site_is(OK, order_show(c->d, c->no, &order, &c->e), &c->e);
	const json_t *payment = json_array_get(json_object_get(order, "payments"), 0);
	assert_string_equal(json_text(order, "status"), "in-review");
	assert_string_equal(json_text(payment, "method"), "alipay");
	assert_string_equal(json_text(payment, "receipt"), provider.trades[0].trade_no);
	assert_string_equal(json_text(payment, "state"), "verified");
	json_decref(order);
	EXPECT(ERR_DESK_METHOD, pay_take(c->d, c->no, "alipay", "R-1", FEN, &out, &c->e)); /* no way to key it in */
}

static void test_who_may_not_take_money_shows_no_code(void **state)
{
	struct unit_case *c = *state;
	char trade[QR_TRADE_SIZE];
	signed_order(c);
	site_as(&c->site, c->d, "rv1");
	EXPECT(ERR_DESK_FORBIDDEN, qr_start(c->d, c->no, false, &out, &c->e));
	site_as(&c->site, c->d, "op1");
	shown(c, trade);
	site_as(&c->site, c->d, "rv1");
	EXPECT(ERR_DESK_FORBIDDEN, qr_ask(c->d, trade, false, &out, &c->e));
	assert_int_equal(qr_give_up(c->d, trade, &c->e), ERR_DESK_FORBIDDEN);
}

static void test_nothing_is_recorded_where_it_could_not_be_sent(void **state)
{
	struct unit_case *c = *state;
	json_t *code = NULL;
	signed_order(c);
	chmod(c->d->config.alipay_key, 0644);
	EXPECT(ERR_PAY_PROVIDER_MODE, qr_start(c->d, c->no, false, &out, &c->e));
	chmod(c->d->config.alipay_key, 0600);
	c->d->config.alipay_app_id[0] = '\0';
	EXPECT(ERR_PAY_PROVIDER_NONE, qr_start(c->d, c->no, false, &out, &c->e));
	assert_int_equal(qr_of(c->d, c->no, &code, &c->e), OK);
	assert_null(code);
}

static void test_an_open_answer_gives_five_working_days(void **state)
{
	struct unit_case *c = *state;
	char trade[QR_TRADE_SIZE], other[ORDER_NO_SIZE];
	signed_order(c);
	memcpy(other, c->no, sizeof other);
	signed_order(c);
	shown(c, trade);
	provider.fault = NO_LINE; /* the answer stays open */
	later(c, DAY + HOUR);
	tick(c);
	status_is(c, "awaiting-payment");
	char mine[ORDER_NO_SIZE];
	memcpy(mine, c->no, sizeof mine);
	memcpy(c->no, other, sizeof other);
	status_is(c, "cancelled"); /* without one */
	memcpy(c->no, mine, sizeof mine);
	later(c, 12 * DAY);
	tick(c);
	status_is(c, "cancelled");
}

static void test_a_closed_answer_lets_the_hours_count_again(void **state)
{
	struct unit_case *c = *state;
	char trade[QR_TRADE_SIZE];
	signed_order(c);
	shown(c, trade);
	later(c, HOUR);
	tick(c); /* its minutes are over: the provider was asked, and closed it */
	assert_true(provider.trades[0].closed);
	later(c, DAY);
	tick(c);
	status_is(c, "cancelled");
}

/* The process ends behind any of its steps, or the line breaks before or behind any of the provider's: in the end it is paid once. */
static int pay_with_cut(struct unit_case *c, int cut)
{
	int steps = 0;
	for (int tries = 0; tries < 12; tries++) {
		struct qr_talk talk = {0};
		json_t *code = NULL;
		bool more = true;
		site_is(OK, qr_start(c->d, c->no, false, &code, &c->e), &c->e);
		snprintf(talk.trade, sizeof talk.trade, "%s", json_text(code, "trade"));
		talk.fresh = !json_is_true(json_object_get(code, "resumed"));
		bool killed = ++steps == cut;
		for (int rounds = 0; !killed && rounds < 8; rounds++) {
			json_decref(code);
			code = NULL;
			if (qr_next(c->d, &talk, &more, &c->e) || !more || (killed = ++steps == cut))
				break;
			provider_send(&talk.call);
			if ((killed = ++steps == cut) || qr_take(c->d, &talk, &more, &code, &c->e) || (killed = ++steps == cut))
				break;
			if (strcmp(json_text(code, "state"), "shown") == 0 && !provider.trades[provider.count - 1].scanned)
				customer_pays();
			else if (strcmp(json_text(code, "state"), "paid") == 0)
				break;
		}
		bool done = strcmp(json_text(code, "state"), "paid") == 0;
		json_decref(code);
		qr_talk_end(&talk);
		if (killed)
			open_again(c);
		if (done)
			return steps;
		json_t *order = NULL;
		site_is(OK, order_show(c->d, c->no, &order, &c->e), &c->e);
		bool there = strcmp(json_text(order, "status"), "in-review") == 0;
		json_decref(order);
		if (there)
			return steps;
	}
	fail_msg("not paid after a cut at %d", cut);
	return 0;
}

static void paid_once(struct unit_case *c)
{
	status_is(c, "in-review");
	assert_int_equal(number_of(c, "paid"), FEN);
	assert_int_equal(provider_has(), FEN);
}

static void test_a_payment_cut_anywhere_is_taken_once(void **state)
{
	struct unit_case *c = *state;
	EVP_PKEY *key = provider.key;
	signed_order(c);
	int all = pay_with_cut(c, 0);
	assert_in_range(all, 7, MOST_CUTS);
	paid_once(c);
	for (int cut = 1; cut <= all; cut++) {
		provider = (struct provider){.key = key};
		signed_order(c);
		pay_with_cut(c, cut);
		paid_once(c);
	}
	for (int fault = CUT_BEFORE; fault <= CUT_AFTER; fault++)
		for (int at = 1; at <= 3; at++) {
			provider = (struct provider){.key = key, .fault = (enum fault)fault, .fault_at = at};
			signed_order(c);
			pay_with_cut(c, 0);
			paid_once(c);
		}
}

static void test_two_windows_book_it_once(void **state)
{
	struct unit_case *c = *state;
	struct qr_talk a = {0}, b = {0};
	json_t *code = NULL;
	bool more = false;
	signed_order(c);
	shown(c, a.trade);
	snprintf(b.trade, sizeof b.trade, "%s", a.trade);
	customer_pays();
	site_is(OK, qr_next(c->d, &a, &more, &c->e), &c->e);
	site_is(OK, qr_next(c->d, &b, &more, &c->e), &c->e);
	provider_send(&a.call);
	provider_send(&b.call);
	site_is(OK, qr_take(c->d, &a, &more, &code, &c->e), &c->e);
	json_decref(code);
	site_is(OK, qr_take(c->d, &b, &more, &code, &c->e), &c->e);
	assert_string_equal(json_text(code, "state"), "paid");
	assert_false(json_is_true(json_object_get(code, "late")));
	json_decref(code);
	qr_talk_end(&a);
	qr_talk_end(&b);
	assert_int_equal(number_of(c, "paid"), FEN);
}

static void test_money_is_not_taken_twice_beside_a_code(void **state)
{
	struct unit_case *c = *state;
	char trade[QR_TRADE_SIZE];
	json_t *code = NULL;
	signed_order(c);
	provider.fault = CUT_AFTER;
	site_is(OK, qr_start(c->d, c->no, false, &code, &c->e), &c->e);
	EXPECT(ERR_PAY_PROVIDER_LINE, qr_ask(c->d, json_text(code, "trade"), true, &out, &c->e));
	json_decref(code);
	provider.fault = NO_FAULT;
	shown(c, trade); /* the same code, asked for before it was sent again */
	assert_int_equal(provider.count, 1);
	EXPECT(ERR_QR_OPEN, pay_take(c->d, c->no, "cash", "R-1", FEN, &out, &c->e));
	site_is(OK, qr_give_up(c->d, trade, &c->e), &c->e);
	ask_is(c, trade, "closed");
	EXPECT(OK, pay_take(c->d, c->no, "cash", "R-1", FEN, &out, &c->e));
	EXPECT(ERR_DESK_STATUS, qr_start(c->d, c->no, false, &out, &c->e));
}

static void test_the_same_money_never_pays_two_codes(void **state)
{
	struct unit_case *c = *state;
	char trade[QR_TRADE_SIZE];
	paid(c);
	signed_order(c);
	shown(c, trade);
	customer_pays();
	memcpy(provider.trades[1].trade_no, provider.trades[0].trade_no, sizeof provider.trades[0].trade_no);
	EXPECT(ERR_PAY_PROVIDER_ANSWER, pay_verify(c->d, c->no, &out, &c->e));
	status_is(c, "awaiting-payment");
}

/* One that lay there past its end makes room for a new one, in one conversation. */
static void test_a_code_found_closed_is_begun_anew(void **state)
{
	struct unit_case *c = *state;
	struct qr_talk talk;
	char trade[QR_TRADE_SIZE];
	json_t *code = NULL;
	signed_order(c);
	shown(c, trade);
	later(c, HOUR);
	site_is(OK, qr_begin(c->d, c->no, false, &talk, &code, &c->e), &c->e);
	assert_string_equal(json_text(code, "trade"), trade);
	json_decref(code);
	site_is(OK, qr_talk_on(c->d, &talk, &code, &c->e), &c->e);
	assert_string_equal(json_text(code, "state"), "shown");
	assert_string_not_equal(json_text(code, "trade"), trade);
	assert_string_equal(talk.trade, json_text(code, "trade"));
	assert_string_not_equal(json_text(code, "code_text"), "");
	json_decref(code);
	ask_is(c, trade, "closed");
	later(c, HOUR);
	site_is(OK, qr_talk_on(c->d, &talk, &code, &c->e), &c->e);
	assert_string_equal(json_text(code, "state"), "closed"); /* its own isn't begun anew */
	json_decref(code);
	qr_talk_end(&talk);
}

static void test_a_dead_orders_code_is_not_begun_anew(void **state)
{
	struct unit_case *c = *state;
	struct qr_talk talk;
	char trade[QR_TRADE_SIZE];
	json_t *code = NULL;
	signed_order(c);
	shown(c, trade);
	site_is(OK, qr_begin(c->d, c->no, false, &talk, &code, &c->e), &c->e);
	json_decref(code);
	site_is(OK, order_cancel(c->d, c->no, &c->e), &c->e); /* nothing is to be paid any more */
	assert_int_equal(qr_talk_on(c->d, &talk, &code, &c->e), ERR_DESK_STATUS);
	qr_talk_end(&talk);
	assert_int_equal(provider.count, 1);
	ask_is(c, trade, "closed");
}

/* The line is down and the customer pays cash: the code is given up, and asked about when the line is back. */
static void test_cash_is_taken_for_a_code_given_up_without_a_line(void **state)
{
	struct unit_case *c = *state;
	char trade[QR_TRADE_SIZE];
	signed_order(c);
	shown(c, trade);
	provider.fault = NO_LINE;
	EXPECT(ERR_QR_OPEN, pay_take(c->d, c->no, "cash", "R-1", FEN, &out, &c->e)); /* while it can be paid */
	site_is(OK, qr_give_up(c->d, trade, &c->e), &c->e);
	EXPECT(ERR_PAY_PROVIDER_LINE, qr_ask(c->d, trade, false, &out, &c->e));
	EXPECT(OK, pay_take(c->d, c->no, "cash", "R-1", FEN, &out, &c->e));
	status_is(c, "in-review");
	tick(c);
	provider.fault = NO_FAULT;
	tick(c);
	ask_is(c, trade, "closed");
	assert_int_equal(number_of(c, "paid"), FEN);
}

static void test_doctor_names_a_code_without_an_answer(void **state)
{
	struct unit_case *c = *state;
	char trade[QR_TRADE_SIZE];
	json_t *list = NULL, *each;
	size_t i;
	bool named = false;
	paid(c);
	signed_order(c);
	shown(c, trade);
	customer_pays();
	memcpy(provider.trades[1].trade_no, provider.trades[0].trade_no, sizeof provider.trades[0].trade_no);
	later(c, 2 * HOUR);
	tick(c);
	site_is(OK, doctor_run(c->d, &list, &c->e), &c->e);
	json_array_foreach(list, i, each)
		named = named || (strcmp(json_text(each, "state"), "warning") == 0 && strstr(json_text(each, "detail"), trade));
	assert_true(named);
	json_decref(list);
}

static void test_a_visit_is_paid_by_one_code(void **state)
{
	struct unit_case *c = *state;
	json_t *code = NULL, *now = NULL;
	struct visiting v = two_units(c);
	sign_all(c, &v);
	site_is(OK, qr_start(c->d, v.visit, true, &code, &c->e), &c->e);
	assert_int_equal(json_number(code, "amount"), 2 * FEN);
	site_is(OK, qr_ask(c->d, json_text(code, "trade"), true, &now, &c->e), &c->e);
	json_decref(now);
	EXPECT(ERR_QR_OPEN, qr_start(c->d, v.no[0], false, &out, &c->e)); /* one of its orders alone */
	EXPECT(ERR_QR_OPEN, visit_pay(c->d, v.visit, "cash", "R-1", 2 * FEN, &out, &c->e));
	customer_pays();
	EXPECT(OK, pay_verify(c->d, v.no[1], &out, &c->e));
	for (size_t i = 0; i < v.count; i++) {
		order_is(c, v.no[i], "in-review");
		assert_int_equal(number_of(c, "paid"), FEN);
		assert_int_equal(entries_of(c, v.no[i], "qr.paid"), 1);
	}
	json_decref(code);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		QR_CASE(test_a_qr_payment_is_verified_by_asking_the_provider),
		QR_CASE(test_who_may_not_take_money_shows_no_code),
		QR_CASE(test_nothing_is_recorded_where_it_could_not_be_sent),
		QR_CASE(test_an_open_answer_gives_five_working_days),
		QR_CASE(test_a_closed_answer_lets_the_hours_count_again),
		QR_CASE(test_a_payment_cut_anywhere_is_taken_once),
		QR_CASE(test_two_windows_book_it_once),
		QR_CASE(test_money_is_not_taken_twice_beside_a_code),
		QR_CASE(test_the_same_money_never_pays_two_codes),
		QR_CASE(test_a_code_found_closed_is_begun_anew),
		QR_CASE(test_a_dead_orders_code_is_not_begun_anew),
		QR_CASE(test_cash_is_taken_for_a_code_given_up_without_a_line),
		QR_CASE(test_doctor_names_a_code_without_an_answer),
		QR_CASE(test_a_visit_is_paid_by_one_code),
	};
	return cmocka_run_group_tests(tests, qr_base_make, qr_base_end);
}
