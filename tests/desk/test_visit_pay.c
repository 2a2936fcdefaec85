/* Visits: one payment for several orders, and what becomes of each one's part of it. */
#include "visit.h"

#include "desk/refund.h"
#include "desk/unclaimed.h"

static void test_one_payment_is_allocated_to_each_order(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	sign_all(c, &v);
	int64_t due = sum_of(c, v.visit, "due");
	EXPECT(ERR_DESK_AMOUNT, visit_pay(c->d, v.visit, "cash", "R1", due - 1, &out, &c->e));
	EXPECT(ERR_DESK_METHOD, visit_pay(c->d, v.visit, "shells", "R1", due, &out, &c->e));
	EXPECT(OK, visit_pay(c->d, v.visit, "cash", "R1", due, &out, &c->e));
	assert_int_equal(rows_in(c, SQL_ALL_PAYMENT), 1);
	assert_int_equal(rows_in(c, SQL_ALL_PAYMENT_ORDER), 2);
	int64_t sum = 0;
	for (size_t i = 0; i < 2; i++) {
		json_t *o = order_of(c, v.no[i]);
		assert_string_equal(json_text(o, "status"), "in-review");
		assert_int_equal(json_number(o, "paid"), json_number(o, "amount"));
		sum += json_number(o, "paid");
		json_decref(o);
		assert_int_equal(entries_of(c, v.no[i], "visit.pay"), 1);
	}
	assert_int_equal(sum, due);
	EXPECT(ERR_VISIT_EMPTY, visit_pay(c->d, v.visit, "cash", "R2", 0, &out, &c->e));
}

static void test_what_is_paid_already_is_not_due_again(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	sign_all(c, &v);
	json_t *o = order_of(c, v.no[0]);
	int64_t all = sum_of(c, v.visit, "due"), one = json_number(o, "due");
	json_decref(o);
	EXPECT(OK, pay_take(c->d, v.no[0], "pos", "P1", one, &out, &c->e));
	assert_int_equal(sum_of(c, v.visit, "due"), all - one);
	EXPECT(ERR_DESK_AMOUNT, visit_pay(c->d, v.visit, "cash", "R1", all, &out, &c->e));
	EXPECT(OK, visit_pay(c->d, v.visit, "cash", "R1", all - one, &out, &c->e));
	order_is(c, v.no[1], "in-review");
}

static const char *statement(struct unit_case *c, const char *name, int64_t fen, const char *remark)
{
	char text[512];
	snprintf(text, sizeof text, "交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n2026-11-20,%s-1,%lld.%02lld,,某某,111,%s\n", name,
	         (long long)fen / 100, (long long)fen % 100, remark);
	return site_file(&c->site, name, text);
}

static void test_one_transfer_pays_for_the_visit(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	sign_all(c, &v);
	int64_t due = sum_of(c, v.visit, "due");
	EXPECT(OK, visit_pay(c->d, v.visit, "transfer", "V1", due, &out, &c->e));
	order_is(c, v.no[0], "awaiting-payment");
	assert_int_equal(sum_of(c, v.visit, "due"), 0); /* announced */
	EXPECT(ERR_DESK_TRANSFER_OPEN, pay_take(c->d, v.no[0], "cash", "R1", number_of(c, "due"), &out, &c->e)); /* not twice */
	EXPECT(OK, statement_import(c->d, statement(c, "S1", due, v.no[1]), &out, &c->e));
	order_is(c, v.no[0], "in-review");
	order_is(c, v.no[1], "in-review");
	assert_int_equal(entries_of(c, v.no[0], "statement.match") + entries_of(c, v.no[1], "statement.match"), 2);
	assert_int_equal(rows_in(c, SQL_ALL_PAYMENT), 1);
}

static void test_money_for_a_cancelled_order_of_a_transfer_waits_to_go_back(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	sign_all(c, &v);
	int64_t due = sum_of(c, v.visit, "due");
	EXPECT(OK, visit_pay(c->d, v.visit, "transfer", "V1", due, &out, &c->e));
	site_is(OK, order_cancel(c->d, v.no[0], &c->e), &c->e);
	order_is(c, v.no[0], "cancelled");
	EXPECT(OK, statement_import(c->d, statement(c, "S1", due, v.no[1]), &out, &c->e));
	order_is(c, v.no[0], "refunding");
	order_is(c, v.no[1], "in-review");
}

/* Every order that it was announced for has its part of the money, whichever of them it is claimed for. */
static void test_a_transfer_for_several_dead_orders_goes_back_for_all_of_them(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	json_t *gaps = NULL;
	sign_all(c, &v);
	int64_t due = sum_of(c, v.visit, "due");
	EXPECT(OK, visit_pay(c->d, v.visit, "transfer", "V1", due, &out, &c->e));
	for (size_t i = 0; i < v.count; i++)
		site_is(OK, order_cancel(c->d, v.no[i], &c->e), &c->e);
	EXPECT(OK, statement_import(c->d, statement(c, "S1", due, v.no[0]), &out, &c->e));
	EXPECT(OK, unclaimed_claim(c->d, "two-columns:S1-1", v.no[0], "迟到的转账", &out, &c->e));
	site_is(OK, refund_gaps(c->d, &gaps, &c->e), &c->e);
	assert_int_equal(json_array_size(gaps), 0);
	json_decref(gaps);
	order_is(c, v.no[0], "refunding");
	order_is(c, v.no[1], "refunding");
}

/* … also where the last one that waits had been returned when the first was given up. */
static void test_a_transfer_announced_for_an_order_that_died_pays_for_the_other_alone(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	sign_all(c, &v);
	int64_t due = sum_of(c, v.visit, "due");
	EXPECT(OK, visit_pay(c->d, v.visit, "transfer", "V1", due, &out, &c->e));
	json_t *changes = quoted("{'department':'财务部'}");
	site_is(OK, draft_edit(c->d, v.no[1], changes, &c->e), &c->e);
	json_decref(changes);
	site_is(OK, order_cancel(c->d, v.no[0], &c->e), &c->e);
	snprintf(c->no, sizeof c->no, "%s", v.no[1]);
	sign_again(c);
	EXPECT(OK, statement_import(c->d, statement(c, "S1", due, v.no[1]), &out, &c->e));
	EXPECT(OK, unclaimed_claim(c->d, "two-columns:S1-1", v.no[1], "两张订单一并转账", &out, &c->e));
	order_is(c, v.no[0], "refunding");
	order_is(c, v.no[1], "in-review");
}

/* Of money that was paid together only the part of the order that died goes back. */
static void test_a_rejected_order_gets_its_part_of_the_payment_back(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	json_t *rows = NULL;
	sign_all(c, &v);
	EXPECT(OK, visit_pay(c->d, v.visit, "cash", "R1", sum_of(c, v.visit, "due"), &out, &c->e));
	json_t *o = order_of(c, v.no[0]);
	int64_t part = json_number(o, "paid");
	json_decref(o);
	site_as(&c->site, c->d, "rv1");
	EXPECT(OK, review_claim(c->d, v.no[0], &out, &c->e));
	EXPECT(OK, review_reject(c->d, v.no[0], "资料不实", &out, &c->e));
	order_is(c, v.no[0], "refunding");
	order_is(c, v.no[1], "in-review");
	site_is(OK, store_rows(c->d->store, SQL_ALL_REFUND, &rows, &c->e, ""), &c->e);
	assert_int_equal(json_array_size(rows), 1);
	assert_int_equal(json_number(json_array_get(rows, 0), "amount"), part);
	json_decref(rows);
}

static void test_a_voided_receipt_is_void_for_all_its_orders(void **state)
{
	struct unit_case *c = *state;
	struct visiting v = two_units(c);
	sign_all(c, &v);
	EXPECT(OK, visit_pay(c->d, v.visit, "cash", "R1", sum_of(c, v.visit, "due"), &out, &c->e));
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, pay_void(c->d, v.no[0], "R1", "开错", &out, &c->e));
	order_is(c, v.no[0], "awaiting-payment");
	order_is(c, v.no[1], "awaiting-payment");
	assert_int_equal(entries_of(c, v.no[1], "pay.void"), 1);
	site_as(&c->site, c->d, "op1");
	EXPECT(OK, visit_pay(c->d, v.visit, "cash", "R2", sum_of(c, v.visit, "due"), &out, &c->e));
	site_as(&c->site, c->d, "rv1");
	EXPECT(OK, review_claim(c->d, v.no[1], &out, &c->e));
	EXPECT(OK, review_approve(c->d, v.no[1], &out, &c->e));
	site_as(&c->site, c->d, "mg1");
	EXPECT(ERR_VISIT_PAID_TOGETHER, pay_void(c->d, v.no[0], "R2", "开错", &out, &c->e));
	order_is(c, v.no[0], "in-review");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_one_payment_is_allocated_to_each_order),
		CASE(test_what_is_paid_already_is_not_due_again),
		CASE(test_one_transfer_pays_for_the_visit),
		CASE(test_money_for_a_cancelled_order_of_a_transfer_waits_to_go_back),
		CASE(test_a_transfer_for_several_dead_orders_goes_back_for_all_of_them),
		CASE(test_a_transfer_announced_for_an_order_that_died_pays_for_the_other_alone),
		CASE(test_a_rejected_order_gets_its_part_of_the_payment_back),
		CASE(test_a_voided_receipt_is_void_for_all_its_orders),
	};
	return RUN(tests);
}
