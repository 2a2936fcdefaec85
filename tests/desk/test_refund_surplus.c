/* Money that is too much or no order's: the surplus of a cheaper order, unclaimed entries, and what the bank's statement
 * proves of money that went back. */
#include "refunding.h"

#include "desk/invoice.h"

#define PDF "%PDF-1.7\n1 0 obj <<>> endobj xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nstartxref\n9\n%%EOF\n"

static void edit(struct unit_case *c, json_t *data)
{
	as(c, "op1");
	EXPECT(OK, draft_edit(c->d, c->no, data, &c->e));
	json_decref(data);
}

/* Signed again at a lower price. */
static void overpaid(struct unit_case *c)
{
	json_t *dear = json_pack("{s[s]}", "seal_services", "handwritten-seal");
	site_paid(&c->site, c->d, "new-unit", dear, c->no);
	json_decref(dear);
	as(c, "rv1");
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(OK, review_return(c->d, c->no, "不需要签章服务", &out, &c->e));
	edit(c, json_pack("{s[]}", "seal_services"));
	sign_again(c);
}

static void test_the_surplus_of_a_cheaper_order_is_named_and_goes_back(void **state)
{
	struct unit_case *c = *state;
	overpaid(c);
	status_is(c, "in-review"); /* it goes on */
	int64_t paid_all = number_of(c, "paid"), surplus = number_of(c, "surplus");
	assert_true(surplus > 0);
	assert_int_equal(surplus, paid_all - number_of(c, "amount"));
	assert_int_equal(number_of(c, "due"), 0);
	go_back(c, "C-1");
	status_is(c, "in-review");
	assert_int_equal(number_of(c, "surplus"), 0);
	assert_int_equal(number_of(c, "refunded"), surplus);
	assert_int_equal(cash_out(c), surplus);
	/* the rest goes back too, and no more than that */
	EXPECT(OK, refund_ask(c->d, c->no, "不要了", &out, &c->e));
	go_back(c, "C-2");
	status_is(c, "refunded");
	assert_int_equal(number_of(c, "refunded"), paid_all);
	assert_int_equal(cash_out(c), paid_all);
}

static void test_a_surplus_counts_again_when_the_price_rises(void **state)
{
	struct unit_case *c = *state;
	overpaid(c);
	as(c, "rv1");
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(OK, review_return(c->d, c->no, "还是要签章服务", &out, &c->e));
	edit(c, json_pack("{s[s]}", "seal_services", "handwritten-seal"));
	sign_again(c);
	status_is(c, "in-review");
	assert_int_equal(number_of(c, "surplus"), 0);
	assert_int_equal(number_of(c, "due"), 0);
	assert_int_equal(rows_of(c, false), 0);
}

/* Approved to go back, the surplus is missing when the price rises again; kept after all, it pays for that. */
static void test_a_surplus_that_is_kept_pays_for_the_order_that_waits(void **state)
{
	struct unit_case *c = *state;
	overpaid(c);
	as(c, "mg1");
	EXPECT(OK, refund_approve(c->d, c->no, &out, &c->e));
	as(c, "rv1");
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(OK, review_return(c->d, c->no, "还是要签章服务", &out, &c->e));
	edit(c, json_pack("{s[s]}", "seal_services", "handwritten-seal"));
	sign_again(c);
	status_is(c, "awaiting-payment");
	as(c, "mg1");
	EXPECT(OK, refund_withdraw(c->d, c->no, "不退了", &out, &c->e));
	assert_int_equal(number_of(c, "due"), 0);
	status_is(c, "in-review");
}

static void test_what_is_going_back_is_not_voided(void **state)
{
	struct unit_case *c = *state;
	char receipt[ORDER_NO_SIZE + 2];
	overpaid(c);
	snprintf(receipt, sizeof receipt, "R%s", c->no);
	as(c, "mg1");
	EXPECT(OK, refund_approve(c->d, c->no, &out, &c->e));
	EXPECT(ERR_REFUND_BEGUN, pay_void(c->d, c->no, receipt, "输错", &out, &c->e));
	EXPECT(OK, refund_withdraw(c->d, c->no, "先作废", &out, &c->e));
	EXPECT(OK, pay_void(c->d, c->no, receipt, "输错", &out, &c->e));
	status_is(c, "awaiting-payment");
	assert_int_equal(number_of(c, "paid"), 0);
}

static json_t *unclaimed(struct unit_case *c)
{
	json_t *out = NULL;
	site_is(OK, unclaimed_list(c->d, NULL, &out, &c->e), &c->e);
	return out;
}

static void test_late_money_of_a_dead_order_is_named_claimed_and_refunded(void **state)
{
	struct unit_case *c = *state;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	int64_t due = number_of(c, "due");
	EXPECT(OK, pay_take(c->d, c->no, "transfer", "V1", due, &out, &c->e));
	EXPECT(OK, order_cancel(c->d, c->no, &c->e));
	status_is(c, "cancelled");
	import(c, "late.csv", "B-9", due, "北京示例科技有限公司", "证书费");
	status_is(c, "cancelled"); /* it matches no living order */
	json_t *list = unclaimed(c), *row = json_array_get(list, 0);
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(json_text(row, "order"), c->no); /* who announced it */
	assert_string_equal(json_text(row, "payer_name"), "北京示例科技有限公司");
	assert_null(strstr(json_text(row, "payer_account"), "000011112222")); /* masked */
	assert_int_equal(json_number(row, "amount"), due);
	json_decref(list);
	EXPECT(ERR_DESK_REASON, unclaimed_claim(c->d, "two-columns:B-9", c->no, "", &out, &c->e));
	EXPECT(OK, unclaimed_claim(c->d, "two-columns:B-9", c->no, "迟到的转账", &out, &c->e));
	status_is(c, "refunding");
	EXPECT(ERR_UNCLAIMED_NONE, unclaimed_claim(c->d, "two-columns:B-9", c->no, "迟到的转账", &out, &c->e)); /* twice */
	go_back(c, "B-10");
	status_is(c, "refunded");
}

/* References of what is found, with spaces between them. */
static void found_are(struct unit_case *c, const struct unclaimed_wish *wish, const char *wanted)
{
	char have[256] = "";
	json_t *out = NULL, *row;
	size_t i;
	site_is(OK, unclaimed_list(c->d, wish, &out, &c->e), &c->e);
	json_array_foreach(out, i, row)
		snprintf(have + strlen(have), sizeof have - strlen(have), "%s%s", i ? " " : "", json_text(row, "reference") + strlen("two-columns:"));
	assert_string_equal(have, wanted);
	json_decref(out);
}

static void test_unclaimed_money_is_paged_and_searched(void **state)
{
	struct unit_case *c = *state;
	import(c, "a.csv", "B-1", 60000, "某某公司", "货款");
	import(c, "b.csv", "B-2", 7770, "别家公司", "服务费");
	import(c, "c.csv", "B-3", 60000, "某某公司", "证书");
	found_are(c, NULL, "B-1 B-2 B-3");
	found_are(c, &(struct unclaimed_wish){.limit = 2}, "B-1 B-2");
	found_are(c, &(struct unclaimed_wish){.limit = 2, .skip = 2}, "B-3");
	found_are(c, &(struct unclaimed_wish){.text = " 某某 "}, "B-1 B-3");
	found_are(c, &(struct unclaimed_wish){.text = "某某", .skip = 1}, "B-3");
	found_are(c, &(struct unclaimed_wish){.text = "服务"}, "B-2");
	found_are(c, &(struct unclaimed_wish){.text = "600"}, "B-1 B-3");
	found_are(c, &(struct unclaimed_wish){.text = "77.70"}, "B-2");
	found_are(c, &(struct unclaimed_wish){.text = "B-3"}, "B-3");
	found_are(c, &(struct unclaimed_wish){.text = "没有"}, "");
}

static void test_money_of_another_payer_needs_a_manager(void **state)
{
	struct unit_case *c = *state;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	int64_t due = number_of(c, "due");
	import(c, "o.csv", "B-3", due + 500, "某某公司", "货款");
	EXPECT(ERR_DESK_FORBIDDEN, unclaimed_claim(c->d, "two-columns:B-3", c->no, "母公司代付", &out, &c->e));
	as(c, "rv1");
	EXPECT(ERR_DESK_FORBIDDEN, unclaimed_claim(c->d, "two-columns:B-3", c->no, "母公司代付", &out, &c->e));
	as(c, "mg1");
	EXPECT(OK, unclaimed_claim(c->d, "two-columns:B-3", c->no, "母公司代付", &out, &c->e));
	status_is(c, "in-review");
	assert_int_equal(number_of(c, "surplus"), 500); /* what is too much goes back */
	import(c, "o2.csv", "B-4", due, "北京示例科技有限公司", c->no);
	EXPECT(ERR_DESK_STATUS, unclaimed_claim(c->d, "two-columns:B-4", c->no, "付了两次", &out, &c->e));
}

static void test_unclaimed_money_goes_back_without_an_order(void **state)
{
	struct unit_case *c = *state;
	int64_t count = 0;
	import(c, "u.csv", "B-5", 7770, "某某公司", "货款");
	EXPECT(ERR_DESK_REASON, unclaimed_refund(c->d, "two-columns:B-5", "", &out, &c->e));
	EXPECT(ERR_UNCLAIMED_NONE, unclaimed_refund(c->d, "two-columns:B-6", "无人认领", &out, &c->e));
	EXPECT(OK, unclaimed_refund(c->d, "two-columns:B-5", "无人认领", &out, &c->e));
	EXPECT(ERR_UNCLAIMED_NONE, unclaimed_refund(c->d, "two-columns:B-5", "无人认领", &out, &c->e));
	EXPECT(OK, refund_withdraw(c->d, "two-columns:B-5", "客户来了", &out, &c->e)); /* waits again */
	EXPECT(OK, unclaimed_count(c->d, &count, &c->e));
	assert_int_equal(count, 1);
	EXPECT(OK, unclaimed_refund(c->d, "two-columns:B-5", "还是无人认领", &out, &c->e));
	as(c, "mg1");
	EXPECT(OK, refund_approve(c->d, "two-columns:B-5", &out, &c->e));
	as(c, "op1");
	EXPECT(OK, refund_pay(c->d, "two-columns:B-5", NULL, "B-6", &out, &c->e));
	EXPECT(ERR_DESK_NO_ORDER, refund_pay(c->d, "two-columns:B-5", NULL, "B-7", &out, &c->e));
	EXPECT(OK, unclaimed_count(c->d, &count, &c->e));
	assert_int_equal(count, 0);
}

static void test_a_voided_transfer_frees_its_entry(void **state)
{
	struct unit_case *c = *state;
	json_t *order = NULL;
	char receipt[200];
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	import(c, "v.csv", "B-8", number_of(c, "due"), "北京示例科技有限公司", c->no);
	status_is(c, "in-review");
	as(c, "mg1");
	site_is(OK, order_show(c->d, c->no, &order, &c->e), &c->e);
	snprintf(receipt, sizeof receipt, "%s", json_text(json_array_get(json_object_get(order, "payments"), 0), "receipt"));
	json_decref(order);
	EXPECT(OK, pay_void(c->d, c->no, receipt, "是另一张订单的钱", &out, &c->e));
	status_is(c, "awaiting-payment");
	json_t *list = unclaimed(c);
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(json_text(json_array_get(list, 0), "reference"), "two-columns:B-8");
	json_decref(list);
	EXPECT(OK, unclaimed_claim(c->d, "two-columns:B-8", c->no, "还是它的", &out, &c->e)); /* the receipt is a new one */
	status_is(c, "in-review");
}

/* Money out of the account: what the bank says it paid proves the refund. */
static void debit(struct unit_case *c, const char *name, const char *reference, int64_t fen, const char *remark)
{
	char text[600];
	snprintf(text, sizeof text, "交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n2026-11-21,%s,,%lld.%02lld,北京示例科技有限公司,6222000011112222,%s\n",
	         reference, (long long)fen / 100, (long long)fen % 100, remark);
	EXPECT(OK, statement_import(c->d, site_file(&c->site, name, text), &out, &c->e));
}

static int64_t transfer_back(struct unit_case *c, const char *reference)
{
	char name[40];
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	int64_t due = number_of(c, "due");
	snprintf(name, sizeof name, "%s.csv", reference);
	import(c, name, reference, due, "北京示例科技有限公司", c->no);
	status_is(c, "in-review");
	EXPECT(OK, refund_ask(c->d, c->no, "不要了", &out, &c->e));
	as(c, "mg1");
	EXPECT(OK, refund_approve(c->d, c->no, &out, &c->e));
	as(c, "op1");
	return due;
}

static void test_a_statement_proves_a_transfer_back(void **state)
{
	struct unit_case *c = *state;
	int64_t due = transfer_back(c, "B-11");
	debit(c, "d1.csv", "D-1", due + 1, c->no); /* another amount proves nothing */
	status_is(c, "refunding");
	size_t sms = site_messages(&c->site, "sms");
	debit(c, "d2.csv", "D-2", due, c->no);
	status_is(c, "refunded");
	assert_int_equal(site_messages(&c->site, "sms"), sms + 1);
	debit(c, "d2.csv", "D-2", due, c->no); /* once */
}

/* A refund that can't be settled yet keeps no other debit from being matched, nor the import from being told. */
static void test_a_debit_that_waits_for_a_red_invoice_stops_no_import(void **state)
{
	struct unit_case *c = *state;
	char first[ORDER_NO_SIZE], text[700], today[11];
	civil_date_text(desk_now(c->d), today);
	json_t *changes = json_pack("{ssssss}", "unit_name", "上海示例有限公司", "uscc", "91350100M000100Y43", "invoice_tax_number", "91350100M000100Y43");
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	int64_t due = number_of(c, "due");
	import(c, "in1.csv", "B-20", due, "北京示例科技有限公司", c->no);
	EXPECT(OK, invoice_file(c->d, c->no, "26112000000012345678", today, site_file(&c->site, "invoice.pdf", PDF), &out, &c->e));
	EXPECT(OK, refund_ask(c->d, c->no, "不要了", &out, &c->e));
	snprintf(first, sizeof first, "%s", c->no);
	later(c, 61);
	site_signed(&c->site, c->d, "new-unit", changes, c->no);
	json_decref(changes);
	import(c, "in2.csv", "B-21", number_of(c, "due"), "上海示例有限公司", c->no);
	EXPECT(OK, refund_ask(c->d, c->no, "不要了", &out, &c->e));
	as(c, "mg1");
	EXPECT(OK, refund_approve(c->d, first, &out, &c->e));
	EXPECT(OK, refund_approve(c->d, c->no, &out, &c->e));
	as(c, "op1");
	snprintf(text, sizeof text, "交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n2026-11-26,D-20,,%lld.%02lld,甲,6222000011112222,%s\n"
		"2026-11-26,D-21,,%lld.%02lld,乙,6222000011113333,%s\n", (long long)due / 100, (long long)due % 100, first, (long long)due / 100,
		(long long)due % 100, c->no);
	EXPECT(OK, statement_import(c->d, site_file(&c->site, "out.csv", text), &out, &c->e));
	status_is(c, "refunded");
	snprintf(c->no, sizeof c->no, "%s", first);
	status_is(c, "refunding");
	as(c, "mg1");
	EXPECT(OK, invoice_red(c->d, first, "26112000000012345679", today, NULL, &out, &c->e));
	as(c, "op1");
	EXPECT(OK, statement_import(c->d, site_file(&c->site, "out.csv", text), &out, &c->e));
	status_is(c, "refunded"); /* by the debit that was there already */
}

static void test_a_bank_reference_must_be_this_refund(void **state)
{
	struct unit_case *c = *state;
	int64_t due = transfer_back(c, "B-12");
	debit(c, "d3.csv", "D-3", due + 1, "别的付款");
	debit(c, "d4.csv", "D-4", due, "付款");
	status_is(c, "refunded"); /* name and amount are enough where only one fits */
	due = transfer_back(c, "B-13");
	EXPECT(ERR_REFUND_DEBIT, refund_pay(c->d, c->no, NULL, "D-3", &out, &c->e)); /* another amount */
	EXPECT(ERR_REFUND_REFERENCE, refund_pay(c->d, c->no, NULL, "D-4", &out, &c->e)); /* another refund's */
	EXPECT(OK, refund_pay(c->d, c->no, NULL, "D-5", &out, &c->e)); /* the statement comes later */
	status_is(c, "refunded");
	debit(c, "d5.csv", "D-5", due, "付款");
	json_t *row = NULL;
	site_is(OK, store_row(c->d->store, SQL_DEBIT_BY_REFERENCE, &row, &c->e, "t", "D-5"), &c->e);
	assert_true(json_number(row, "refund_id") > 0); /* and is bound to it */
	json_decref(row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_the_surplus_of_a_cheaper_order_is_named_and_goes_back),
		CASE(test_a_surplus_counts_again_when_the_price_rises),
		CASE(test_a_surplus_that_is_kept_pays_for_the_order_that_waits),
		CASE(test_what_is_going_back_is_not_voided),
		CASE(test_late_money_of_a_dead_order_is_named_claimed_and_refunded),
		CASE(test_unclaimed_money_is_paged_and_searched),
		CASE(test_money_of_another_payer_needs_a_manager),
		CASE(test_unclaimed_money_goes_back_without_an_order),
		CASE(test_a_voided_transfer_frees_its_entry),
		CASE(test_a_statement_proves_a_transfer_back),
		CASE(test_a_debit_that_waits_for_a_red_invoice_stops_no_import),
		CASE(test_a_bank_reference_must_be_this_refund),
	};
	return RUN(tests);
}
