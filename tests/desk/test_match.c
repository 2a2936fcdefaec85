/* Bank entries and the orders that wait for them, where there are many, and where one of them may not go on. */
#include "refunding.h"

#include "desk/unclaimed.h"

enum { MANY = 2000 };

/* Copies of the signed order c->no that wait for money, the last of `count` with its own amount, all others with 1 fen. */
static void crowd(struct unit_case *c, int count, int64_t amount)
{
	struct rows *rows = NULL;
	struct bytes sealed = {0};
	char no[ORDER_NO_SIZE];
	size_t length;
	int64_t now = desk_now(c->d);
	site_is(OK, store_begin(c->d->store, &c->e), &c->e);
	site_is(OK, store_query(c->d->store, SQL_ORDER_GET, &rows, &c->e, "t", c->no), &c->e);
	assert_true(rows_next(rows));
	int64_t dk = rows_int(rows, 1), customer = rows_int(rows, 11);
	char name[256];
	snprintf(name, sizeof name, "%s", rows_text(rows, 7));
	const void *blob = rows_blob(rows, 19, &length);
	assert_int_equal(bytes_add(&sealed, blob, length), OK);
	site_is(OK, rows_end(&rows, &c->e), &c->e);
	for (int i = 1; i <= count; i++) {
		snprintf(no, sizeof no, "%.20s-%05d", c->no, i);
		site_is(OK, store_insert(c->d->store, SQL_ORDER_INSERT, NULL, &c->e, "itittti" "tttttt" "iititiit" "b", dk, no, (int64_t)1, "new",
		                         "new-unit", "sha256:0", customer, "unit", name, "RS", "", "counter", "awaiting-payment",
		                         i == count ? amount : (int64_t)1, (int64_t)0, c->d->site, c->d->actor.id, "01", now, now, "2026-11-25",
		                         (const void *)sealed.data, sealed.length), &c->e);
	}
	site_is(OK, desk_commit(c->d, MAY_SIGN, NULL, c->no, NULL, NULL, &c->e), &c->e);
	bytes_free(&sealed);
}

/* An entry that fits two orders equally well is for a person to decide, however many orders wait. */
static void test_the_two_thousand_and_first_order_counts_too(void **state)
{
	struct unit_case *c = *state;
	json_t *out = NULL;
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	int64_t due = number_of(c, "due");
	crowd(c, MANY, due);
	char text[400]; /* the payer's account isn't known: the name alone speaks for the unit's orders */
	snprintf(text, sizeof text, "交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n2026-11-20,M1,%lld.00,,北京示例科技有限公司,,数字证书\n",
	         (long long)due / 100);
	site_is(OK, statement_import(c->d, site_file(&c->site, "s.csv", text), &out, &c->e), &c->e);
	assert_int_equal(json_array_size(json_object_get(out, "matched")), 0);
	assert_int_equal(json_number(out, "unmatched"), 1);
	json_decref(out);
	status_is(c, "awaiting-payment");
	/* with the order number in the remark there is nothing to decide */
	import(c, "t.csv", "M2", due, "北京示例科技有限公司", c->no);
	status_is(c, "in-review");
}

/* The unit pays from another account than it said: a person decides, and is told whose money it may be. */
static void test_money_from_another_account_is_named_with_its_order(void **state)
{
	struct unit_case *c = *state;
	json_t *out = NULL;
	char text[400];
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	long long due = (long long)number_of(c, "due") / 100;
	snprintf(text, sizeof text, "交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n2026-11-20,M1,%lld.00,,北京示例科技有限公司,622200009999,货款\n"
	         "2026-11-20,M2,%lld.00,,北京别的公司,622200009998,货款\n", due, due);
	site_is(OK, statement_import(c->d, site_file(&c->site, "s.csv", text), &out, &c->e), &c->e);
	assert_int_equal(json_number(out, "unmatched"), 2);
	json_decref(out);
	site_is(OK, unclaimed_list(c->d, NULL, &out, &c->e), &c->e);
	assert_int_equal(json_array_size(out), 2);
	for (size_t i = 0; i < 2; i++) {
		json_t *row = json_array_get(out, i);
		bool its = strcmp(json_text(row, "payer_name"), "北京示例科技有限公司") == 0;
		assert_string_equal(json_text(row, "order"), its ? c->no : "");
	}
	json_decref(out);
	status_is(c, "awaiting-payment");
}

/* What the bank took back pays for nothing and lies nowhere for somebody to claim; what comes after that does. */
static void test_money_that_the_bank_took_back_pays_for_nothing(void **state)
{
	struct unit_case *c = *state;
	json_t *out = NULL;
	char text[600];
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	int64_t due = number_of(c, "due");
	snprintf(text, sizeof text, "交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n2026-11-20,M1,%lld.00,,北京示例科技有限公司,20000012345678,%s\n"
	         "2026-11-20,M2,-%lld.00,,北京示例科技有限公司,20000012345678,冲正\n", (long long)due / 100, c->no, (long long)due / 100);
	for (int again = 0; again < 2; again++) {
		site_is(OK, statement_import(c->d, site_file(&c->site, "s.csv", text), &out, &c->e), &c->e);
		assert_int_equal(json_array_size(json_object_get(out, "matched")), 0);
		assert_int_equal(json_array_size(json_object_get(out, "taken_back")), 1);
		assert_int_equal(json_number(out, "new"), 0);
		assert_int_equal(json_number(out, "unmatched"), 0);
		json_decref(out);
		status_is(c, "awaiting-payment");
	}
	import(c, "t.csv", "M3", due, "北京示例科技有限公司", c->no);
	status_is(c, "in-review");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_the_two_thousand_and_first_order_counts_too), CASE(test_money_from_another_account_is_named_with_its_order),
		CASE(test_money_that_the_bank_took_back_pays_for_nothing),
	};
	return RUN(tests);
}
