/* Refunds: asked, approved by another, each payment back by its own method; no order ends paid and without goods. */
#include "refunding.h"

#include "desk/till.h"

static void manager_add(struct unit_case *c, const char *login, const char *roles)
{
	struct secret p;
	as(c, "root1");
	secret_set(&p, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_is(OK, staff_add(c->d, login, login, roles, &p, &c->e), &c->e);
	site_is(OK, staff_login(c->d, login, &p, &c->e), &c->e);
	if (c->site.count < sizeof c->site.people / sizeof *c->site.people)
		c->site.people[c->site.count++] = c->d->actor;
}

static void paid(struct unit_case *c)
{
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
}

static void test_a_paid_order_is_refunded_by_the_way_it_came(void **state)
{
	struct unit_case *c = *state;
	paid(c);
	int64_t amount = number_of(c, "amount");
	EXPECT(OK, refund_ask(c->d, c->no, "客户改变主意", &out, &c->e));
	status_is(c, "refunding");
	assert_int_equal(number_of(c, "refunding"), amount);
	assert_int_equal(number_of(c, "due"), 0);
	assert_int_equal(rows_of(c, false), 1);
	EXPECT(ERR_REFUND_WAITS, refund_pay(c->d, c->no, NULL, "C-1", &out, &c->e));
	as(c, "mg1");
	EXPECT(OK, refund_approve(c->d, c->no, &out, &c->e));
	as(c, "op1");
	assert_int_equal(cash_out(c), 0);
	size_t sms = site_messages(&c->site, "sms"), mail = site_messages(&c->site, "mail");
	EXPECT(OK, refund_pay(c->d, c->no, NULL, "C-1", &out, &c->e));
	status_is(c, "refunded");
	assert_int_equal(cash_out(c), amount); /* it left this shift's till */
	struct till_where here = {0};
	json_t *shifts = NULL;
	site_is(OK, till_show(c->d, &here, &shifts, &c->e), &c->e);
	assert_int_equal(json_number(json_array_get(shifts, 0), "expected_cash"), 0); /* in, and out again */
	json_decref(shifts);
	assert_int_equal(number_of(c, "refunded"), amount);
	assert_int_equal(number_of(c, "paid"), amount); /* what was paid stays on record */
	assert_int_equal(site_messages(&c->site, "sms"), sms + 1);
	assert_int_equal(site_messages(&c->site, "mail"), mail + 1);
	assert_int_equal(rows_of(c, false), 0);
	assert_int_equal(rows_of(c, true), 1);
	EXPECT(ERR_REFUND_NONE, refund_pay(c->d, c->no, NULL, "C-2", &out, &c->e)); /* twice */
	EXPECT(ERR_REFUND_NONE, refund_ask(c->d, c->no, "再退一次", &out, &c->e));
}

static void test_who_asked_or_took_the_money_does_not_approve(void **state)
{
	struct unit_case *c = *state;
	manager_add(c, "om1", "operator,manager");
	paid(c); /* op1 took the money */
	as(c, "om1");
	EXPECT(OK, refund_ask(c->d, c->no, "客户改变主意", &out, &c->e));
	EXPECT(ERR_DESK_SEPARATION, refund_approve(c->d, c->no, &out, &c->e));
	as(c, "mg1");
	c->d->second = c->d->actor; /* on the spot */
	c->d->actor = c->site.people[c->site.count - 1];
	EXPECT(OK, refund_approve(c->d, c->no, &out, &c->e));
	assert_int_equal(c->d->second.id, 0);
	json_t *list = NULL;
	site_is(OK, refund_list(c->d, false, &list, &c->e), &c->e);
	assert_string_equal(json_text(json_array_get(list, 0), "approved_by"), "孙主管");
	json_decref(list);
	EXPECT(ERR_REFUND_NONE, refund_approve(c->d, c->no, &out, &c->e)); /* once */

	/* and who took the money */
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	int64_t due = number_of(c, "due");
	as(c, "om1");
	EXPECT(OK, pay_take(c->d, c->no, "cash", "OM-1", due, &out, &c->e));
	as(c, "op1");
	EXPECT(OK, refund_ask(c->d, c->no, "客户改变主意", &out, &c->e));
	as(c, "om1");
	EXPECT(ERR_DESK_SEPARATION, refund_approve(c->d, c->no, &out, &c->e));
	as(c, "mg1");
	EXPECT(OK, refund_approve(c->d, c->no, &out, &c->e));
}

static void test_roles_and_reasons_of_a_refund(void **state)
{
	struct unit_case *c = *state;
	paid(c);
	as(c, "rv1");
	EXPECT(ERR_DESK_FORBIDDEN, refund_ask(c->d, c->no, "不要了", &out, &c->e));
	as(c, "op1");
	EXPECT(ERR_DESK_REASON, refund_ask(c->d, c->no, "", &out, &c->e));
	EXPECT(ERR_DESK_NO_ORDER, refund_ask(c->d, "11011401-000000-00000", "不要了", &out, &c->e));
	EXPECT(OK, refund_ask(c->d, c->no, "不要了", &out, &c->e));
	EXPECT(ERR_DESK_STATUS, refund_ask(c->d, c->no, "不要了", &out, &c->e)); /* twice */
	EXPECT(ERR_DESK_FORBIDDEN, refund_approve(c->d, c->no, &out, &c->e));
	as(c, "au1");
	EXPECT(ERR_DESK_FORBIDDEN, refund_pay(c->d, c->no, NULL, "C-1", &out, &c->e));
	EXPECT(ERR_DESK_FORBIDDEN, refund_withdraw(c->d, c->no, "错了", &out, &c->e));
	assert_int_equal(rows_of(c, false), 1);
	as(c, "mg1");
	EXPECT(ERR_DESK_NO_ORDER, refund_approve(c->d, "no-such", &out, &c->e));
}

static void test_unpaid_and_issued_orders_are_not_refunded(void **state)
{
	struct unit_case *c = *state;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(ERR_DESK_STATUS, refund_ask(c->d, c->no, "不要了", &out, &c->e)); /* nothing was paid */
	site_approved(&c->site, c->d, "new-unit", NULL, c->no);
	struct error e = {0};
	static const char *const statuses[] = {"issuing", "issued", "done"};
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		char before[24] = "approved";
		int64_t id = 0;
		if (i > 0)
			snprintf(before, sizeof before, "%s", statuses[i - 1]);
		as(c, "is1");
		site_is(OK, store_begin(c->d->store, &e), &e);
		site_is(OK, store_int(c->d->store, SQL_CERT_ORDER_HAS, 0, &id, &e, "t", c->no), &e);
		site_is(OK, store_run(c->d->store, SQL_ORDER_SET_STATUS, NULL, &e, "itt", id, statuses[i], before), &e);
		site_is(OK, desk_commit(c->d, MAY_ISSUE, NULL, c->no, NULL, NULL, &e), &e);
		as(c, "op1");
		EXPECT(ERR_DESK_STATUS, refund_ask(c->d, c->no, "不要了", &out, &c->e));
		EXPECT(ERR_DESK_STATUS, order_cancel(c->d, c->no, &c->e));
	}
}

static void test_a_reference_counts_once(void **state)
{
	struct unit_case *c = *state;
	char first[ORDER_NO_SIZE];
	paid(c);
	snprintf(first, sizeof first, "%s", c->no);
	EXPECT(OK, refund_ask(c->d, c->no, "不要了", &out, &c->e));
	go_back(c, "C-1");
	paid(c);
	EXPECT(OK, refund_ask(c->d, c->no, "不要了", &out, &c->e));
	as(c, "mg1");
	EXPECT(OK, refund_approve(c->d, c->no, &out, &c->e));
	as(c, "op1");
	char taken[ORDER_NO_SIZE + 2];
	snprintf(taken, sizeof taken, "R%s", first); /* a receipt of a payment: the pad is one */
	EXPECT(ERR_REFUND_REFERENCE, refund_pay(c->d, c->no, NULL, "C-1", &out, &c->e));
	EXPECT(ERR_REFUND_REFERENCE, refund_pay(c->d, c->no, NULL, "Ｃ-１", &out, &c->e));
	EXPECT(ERR_REFUND_REFERENCE, refund_pay(c->d, c->no, NULL, " ", &out, &c->e));
	EXPECT(ERR_REFUND_REFERENCE, refund_pay(c->d, c->no, NULL, "C\x1b[31m", &out, &c->e));
	EXPECT(ERR_REFUND_REFERENCE, refund_pay(c->d, c->no, NULL, taken, &out, &c->e));
	status_is(c, "refunding");
	EXPECT(OK, refund_pay(c->d, c->no, NULL, "C-2", &out, &c->e));
	status_is(c, "refunded");
}

/* A part by transfer, the rest by POS: two payments, each goes back by itself. */
static void test_each_payment_goes_back_by_its_own_method(void **state)
{
	struct unit_case *c = *state;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	int64_t due = number_of(c, "due");
	import(c, "p.csv", "B-1", 10000, "某某公司", "货款");
	as(c, "mg1");
	EXPECT(OK, unclaimed_claim(c->d, "two-columns:B-1", c->no, "母公司代付", &out, &c->e));
	status_is(c, "awaiting-payment"); /* a part of it */
	assert_int_equal(number_of(c, "due"), due - 10000);
	as(c, "op1");
	EXPECT(OK, pay_take(c->d, c->no, "pos", "P-1", due - 10000, &out, &c->e));
	status_is(c, "in-review");
	EXPECT(OK, refund_ask(c->d, c->no, "不要了", &out, &c->e));
	as(c, "mg1");
	EXPECT(OK, refund_approve(c->d, c->no, &out, &c->e));
	as(c, "op1");
	EXPECT(ERR_REFUND_WHICH, refund_pay(c->d, c->no, NULL, "X-1", &out, &c->e));
	EXPECT(ERR_REFUND_NONE, refund_pay(c->d, c->no, "P-2", "X-1", &out, &c->e));
	EXPECT(OK, refund_pay(c->d, c->no, "P-1", "X-1", &out, &c->e));
	status_is(c, "refunding"); /* partly */
	as(c, "mg1");
	EXPECT(ERR_REFUND_PAID_OUT, refund_withdraw(c->d, c->no, "错了", &out, &c->e)); /* not even the rest */
	as(c, "op1");
	EXPECT(OK, refund_pay(c->d, c->no, NULL, "X-1", &out, &c->e)); /* another way: another series */
	status_is(c, "refunded");
	assert_int_equal(number_of(c, "refunded"), due);
	assert_int_equal(cash_out(c), 0);
}

static void test_a_refund_asked_by_mistake_is_withdrawn(void **state)
{
	struct unit_case *c = *state;
	paid(c);
	EXPECT(OK, refund_ask(c->d, c->no, "不要了", &out, &c->e));
	EXPECT(ERR_DESK_REASON, refund_withdraw(c->d, c->no, "", &out, &c->e));
	EXPECT(OK, refund_withdraw(c->d, c->no, "点错订单", &out, &c->e));
	status_is(c, "in-review");
	assert_int_equal(number_of(c, "refunding"), 0);
	EXPECT(ERR_REFUND_NONE, refund_withdraw(c->d, c->no, "点错订单", &out, &c->e));
	EXPECT(OK, refund_ask(c->d, c->no, "真的不要了", &out, &c->e));
	as(c, "mg1");
	EXPECT(OK, refund_approve(c->d, c->no, &out, &c->e));
	as(c, "op1");
	EXPECT(ERR_DESK_FORBIDDEN, refund_withdraw(c->d, c->no, "点错订单", &out, &c->e)); /* a manager's word stands */
	as(c, "mg1");
	EXPECT(OK, refund_withdraw(c->d, c->no, "点错订单", &out, &c->e));
	status_is(c, "in-review");
	as(c, "op1");
	EXPECT(OK, order_cancel(c->d, c->no, &c->e));
	EXPECT(ERR_DESK_STATUS, refund_withdraw(c->d, c->no, "点错订单", &out, &c->e)); /* it has ended */
	status_is(c, "refunding");
}

static void due_of(struct unit_case *c, char out[40])
{
	json_t *order = NULL;
	site_is(OK, order_show(c->d, c->no, &order, &c->e), &c->e);
	snprintf(out, 40, "%s", json_text(order, "due_at"));
	json_decref(order);
}

static void test_a_withdrawn_refund_keeps_the_deadline(void **state)
{
	struct unit_case *c = *state;
	char before[40], after[40];
	paid(c);
	due_of(c, before);
	assert_true(*before != '\0');
	later(c, 2 * 86400);
	EXPECT(OK, refund_ask(c->d, c->no, "不要了", &out, &c->e));
	later(c, 5 * 86400);
	EXPECT(OK, refund_withdraw(c->d, c->no, "点错订单", &out, &c->e));
	due_of(c, after);
	assert_string_equal(after, before); /* late as it is */
}

static void test_cancelling_a_paid_order_goes_through_the_refund(void **state)
{
	struct unit_case *c = *state;
	paid(c);
	EXPECT(OK, order_cancel(c->d, c->no, &c->e));
	status_is(c, "refunding");
	EXPECT(ERR_DESK_STATUS, order_cancel(c->d, c->no, &c->e));
	go_back(c, "C-1");
	status_is(c, "refunded");
	site_approved(&c->site, c->d, "new-unit", NULL, c->no);
	as(c, "op1");
	EXPECT(OK, order_cancel(c->d, c->no, &c->e));
	status_is(c, "refunding");
}

static void test_a_returned_order_that_is_given_up_is_refunded(void **state)
{
	struct unit_case *c = *state;
	paid(c);
	as(c, "rv1");
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(OK, review_return(c->d, c->no, "营业执照不清楚", &out, &c->e));
	as(c, "op1");
	EXPECT(OK, refund_ask(c->d, c->no, "客户放弃", &out, &c->e));
	status_is(c, "refunding"); /* no draft is left to go on with */
	go_back(c, "C-1");
	status_is(c, "refunded");
}

static void test_a_rejected_order_waits_and_its_reviewer_does_not_approve(void **state)
{
	struct unit_case *c = *state;
	manager_add(c, "rm1", "reviewer,manager");
	paid(c);
	as(c, "rm1");
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(OK, review_reject(c->d, c->no, "单位已注销", &out, &c->e));
	status_is(c, "refunding");
	EXPECT(ERR_DESK_SEPARATION, refund_approve(c->d, c->no, &out, &c->e));
	go_back(c, "C-1");
	status_is(c, "refunded");
}

static void test_money_that_came_in_part_is_refunded_when_the_time_is_up(void **state)
{
	struct unit_case *c = *state;
	int64_t cancelled = 0;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	import(c, "p.csv", "B-1", 10000, "北京示例科技有限公司", "定金");
	EXPECT(OK, unclaimed_claim(c->d, "two-columns:B-1", c->no, "定金", &out, &c->e)); /* the payer is the unit */
	later(c, 25 * 3600);
	EXPECT(OK, pay_cancel_unpaid(c->d, &cancelled, &c->e));
	status_is(c, "refunding");
	go_back(c, "B-77");
	status_is(c, "refunded");
}

/* An order put aside by a program that knew no refunds: its money is asked back by rule, nothing is lost. */
static void test_an_order_that_waited_before_is_refunded_too(void **state)
{
	struct unit_case *c = *state;
	struct error e = {0};
	int64_t id = 0;
	paid(c);
	site_is(OK, store_begin(c->d->store, &e), &e);
	site_is(OK, store_int(c->d->store, SQL_CERT_ORDER_HAS, 0, &id, &e, "t", c->no), &e);
	site_is(OK, store_run(c->d->store, SQL_ORDER_SET_STATUS, NULL, &e, "itt", id, "refunding", "in-review"), &e);
	site_is(OK, desk_commit(c->d, MAY_ORDER_CANCEL, NULL, c->no, NULL, NULL, &e), &e);
	assert_int_equal(rows_of(c, false), 1);
	go_back(c, "C-1");
	status_is(c, "refunded");
}

static size_t gaps(struct unit_case *c)
{
	json_t *out = NULL;
	site_is(OK, refund_gaps(c->d, &out, &c->e), &c->e);
	size_t n = json_array_size(out);
	json_decref(out);
	return n;
}

static void test_no_order_ends_paid_and_without_goods(void **state)
{
	struct unit_case *c = *state;
	struct error e = {0};
	int64_t id = 0;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(OK, order_cancel(c->d, c->no, &c->e)); /* unpaid: nothing to miss */
	paid(c);
	EXPECT(OK, order_cancel(c->d, c->no, &c->e));
	go_back(c, "C-1");
	assert_int_equal(gaps(c), 0);
	paid(c);
	site_is(OK, store_begin(c->d->store, &e), &e); /* what no use case does */
	site_is(OK, store_int(c->d->store, SQL_CERT_ORDER_HAS, 0, &id, &e, "t", c->no), &e);
	site_is(OK, store_run(c->d->store, SQL_ORDER_SET_STATUS, NULL, &e, "itt", id, "cancelled", "in-review"), &e);
	site_is(OK, desk_commit(c->d, MAY_ORDER_CANCEL, NULL, c->no, NULL, NULL, &e), &e);
	assert_int_equal(gaps(c), 1);
	json_t *findings = NULL, *row;
	size_t i, warned = 0;
	site_is(OK, doctor_run(c->d, &findings, &c->e), &c->e);
	json_array_foreach(findings, i, row)
		warned += strcmp(json_text(row, "state"), "good") != 0 && strstr(json_text(row, "detail"), c->no) != NULL;
	json_decref(findings);
	assert_int_equal(warned, 1);
	as(c, "au1");
	json_t *audit = NULL;
	site_is(OK, audit_verify(c->d, NULL, NULL, &audit, &c->e), &c->e);
	assert_int_equal(json_array_size(json_object_get(audit, "unsettled")), 1);
	json_decref(audit);
	as(c, "op1");
	EXPECT(OK, refund_ask(c->d, c->no, "补办退款", &out, &c->e)); /* and how it is mended */
	go_back(c, "C-3");
	assert_int_equal(gaps(c), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_paid_order_is_refunded_by_the_way_it_came),
		CASE(test_who_asked_or_took_the_money_does_not_approve),
		CASE(test_roles_and_reasons_of_a_refund),
		CASE(test_unpaid_and_issued_orders_are_not_refunded),
		CASE(test_a_reference_counts_once),
		CASE(test_each_payment_goes_back_by_its_own_method),
		CASE(test_a_refund_asked_by_mistake_is_withdrawn),
		CASE(test_a_withdrawn_refund_keeps_the_deadline),
		CASE(test_cancelling_a_paid_order_goes_through_the_refund),
		CASE(test_a_returned_order_that_is_given_up_is_refunded),
		CASE(test_a_rejected_order_waits_and_its_reviewer_does_not_approve),
		CASE(test_money_that_came_in_part_is_refunded_when_the_time_is_up),
		CASE(test_an_order_that_waited_before_is_refunded_too),
		CASE(test_no_order_ends_paid_and_without_goods),
	};
	return RUN(tests);
}
