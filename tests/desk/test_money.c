/* Money: receipts, amounts, transfers and statements, the unpaid rule, voids. */
#include "case.h"
#include "base/text.h"

static void waiting(struct unit_case *c)
{
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
}

static void test_cash_goes_on_to_review(void **state)
{
	struct unit_case *c = *state;
	waiting(c);
	int64_t due = number_of(c, "due");
	EXPECT(ERR_DESK_AMOUNT, pay_take(c->d, c->no, "cash", "R1", due - 1, &out, &c->e));
	EXPECT(ERR_DESK_AMOUNT, pay_take(c->d, c->no, "cash", "R1", due + 1, &out, &c->e));
	EXPECT(ERR_DESK_RECEIPT, pay_take(c->d, c->no, "cash", "  ", due, &out, &c->e));
	assert_string_equal(c->e.detail, "还没有填");
	EXPECT(ERR_DESK_RECEIPT, pay_take(c->d, c->no, "cash", "R\x1b[31m1", due, &out, &c->e));
	EXPECT(ERR_DESK_METHOD, pay_take(c->d, c->no, "shells", "R1", due, &out, &c->e));
	EXPECT(OK, pay_take(c->d, c->no, "cash", "R1", due, &out, &c->e));
	status_is(c, "in-review");
	EXPECT(ERR_DESK_STATUS, pay_take(c->d, c->no, "cash", "R2", due, &out, &c->e));
}

static void test_a_receipt_number_counts_once(void **state)
{
	struct unit_case *c = *state;
	waiting(c);
	EXPECT(OK, pay_take(c->d, c->no, "pos", "R7", number_of(c, "due"), &out, &c->e));
	char first[ORDER_NO_SIZE], says[96];
	text_copy(first, sizeof first, c->no);
	waiting(c);
	EXPECT(ERR_DESK_RECEIPT, pay_take(c->d, c->no, "pos", "R7", number_of(c, "due"), &out, &c->e));
	snprintf(says, sizeof says, "R7 已用过，是订单 %s 的", first);
	assert_string_equal(c->e.detail, says);
	EXPECT(ERR_DESK_RECEIPT, pay_take(c->d, c->no, "pos", "Ｒ７", number_of(c, "due"), &out, &c->e));
	static const char *const unseen[] = {"R7\u200b", "\u202eR7", "R\u00ad7", "R7\ufeff", "R7\ufe0f", "R\u00a07", "R7\u2028", "R7\uffff", "R7\u3164"};
	for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++) /* to the eye it is the same */
		EXPECT(ERR_DESK_RECEIPT, pay_take(c->d, c->no, "pos", unseen[i], number_of(c, "due"), &out, &c->e));
	EXPECT(OK, pay_take(c->d, c->no, "cheque", "R8", number_of(c, "due"), &out, &c->e));
}

static void test_what_is_open_is_said_of_a_second_voucher(void **state)
{
	struct unit_case *c = *state;
	char sentence[ERROR_DETAIL_SIZE * 3];
	waiting(c);
	int64_t due = number_of(c, "due");
	EXPECT(OK, pay_take(c->d, c->no, "transfer", "V-OPEN-1", due, &out, &c->e));
	EXPECT(ERR_DESK_TRANSFER_OPEN, pay_take(c->d, c->no, "transfer", "V-OPEN-2", due, &out, &c->e));
	error_sentence(&c->e, sentence, sizeof sentence);
	assert_non_null(strstr(sentence, "V-OPEN-1"));
	assert_non_null(strstr(sentence, "pay verify"));
	EXPECT(ERR_DESK_TRANSFER_OPEN, pay_take(c->d, c->no, "transfer", "V-OPEN-1", due, &out, &c->e)); /* the same once more */
	EXPECT(ERR_DESK_TRANSFER_OPEN, pay_take(c->d, c->no, "cash", "R-OPEN-1", due, &out, &c->e));
	status_is(c, "awaiting-payment");
}

static const char *statement(struct unit_case *c, const char *name, int64_t fen, const char *remark)
{
	char text[512];
	snprintf(text, sizeof text, "交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n"
	         "2026-11-20,%s-1,%lld.%02lld,,某某公司,111,货款\n2026-11-20,%s-2,%lld.%02lld,,北京示例科技有限公司,20000012345678,%s\n",
	         name, (long long)(fen + 1) / 100, (long long)(fen + 1) % 100, name, (long long)fen / 100, (long long)fen % 100, remark);
	return site_file(&c->site, name, text);
}

static void test_a_transfer_is_verified_by_the_statement(void **state)
{
	struct unit_case *c = *state;
	waiting(c);
	int64_t due = number_of(c, "due");
	EXPECT(OK, pay_take(c->d, c->no, "transfer", "V1", due, &out, &c->e));
	status_is(c, "awaiting-payment"); /* a voucher is no money */
	EXPECT(ERR_DESK_NOT_MATCHED, pay_verify(c->d, c->no, &out, &c->e));
	const char *file = statement(c, "S1", due, c->no);
	json_t *result = NULL;
	site_is(OK, statement_import(c->d, file, &result, &c->e), &c->e);
	assert_int_equal(json_number(result, "new"), 2);
	assert_int_equal(json_array_size(json_object_get(result, "matched")), 1);
	assert_int_equal(json_number(result, "unmatched"), 1);
	json_decref(result);
	status_is(c, "in-review");
	site_is(OK, statement_import(c->d, file, &result, &c->e), &c->e);
	assert_int_equal(json_number(result, "new"), 0); /* importing it again changes nothing */
	assert_int_equal(json_array_size(json_object_get(result, "matched")), 0);
	json_decref(result);
}

static void test_a_statement_that_came_first_is_found(void **state)
{
	struct unit_case *c = *state;
	EXPECT(OK, statement_import(c->d, statement(c, "S2", 28000, "数字证书"), &out, &c->e));
	waiting(c);
	assert_int_equal(number_of(c, "due"), 28000);
	EXPECT(OK, pay_take(c->d, c->no, "transfer", "V2", 28000, &out, &c->e));
	status_is(c, "in-review"); /* name and account are the unit's */
}

static void test_what_is_no_statement_is_refused_whole(void **state)
{
	struct unit_case *c = *state;
	EXPECT(ERR_PAY_STATEMENT, statement_import(c->d, site_file(&c->site, "x.csv", "姓名,年龄\n张三,3\n"), &out, &c->e));
	EXPECT(ERR_PAY_STATEMENT, statement_import(c->d, site_picture(&c->site, "y.csv"), &out, &c->e));
	EXPECT(ERR_FILE_READ, statement_import(c->d, "/nonexistent/\x1b[2J.csv", &out, &c->e));
	char sentence[1024];
	assert_null(strchr(error_sentence(&c->e, sentence, sizeof sentence), '\x1b'));
}

static void test_unpaid_orders_end_after_24_hours(void **state)
{
	struct unit_case *c = *state;
	int64_t cancelled;
	waiting(c);
	later(c, 24 * 3600 - 1);
	EXPECT(OK, pay_cancel_unpaid(c->d, &cancelled, &c->e));
	assert_int_equal(cancelled, 0);
	later(c, 1);
	EXPECT(OK, pay_cancel_unpaid(c->d, &cancelled, &c->e));
	assert_int_equal(cancelled, 1);
	status_is(c, "cancelled");
}

static void test_a_voucher_gives_five_working_days(void **state)
{
	struct unit_case *c = *state;
	int64_t cancelled, due = 0;
	json_t *order = NULL;
	waiting(c);
	EXPECT(OK, attach_add(c->d, c->no, "payment-voucher", site_picture(&c->site, "voucher.jpg"), false, &out, &c->e));
	later(c, 4 * 86400);
	EXPECT(OK, pay_cancel_unpaid(c->d, &cancelled, &c->e));
	assert_int_equal(cancelled, 0);
	/* which days work, the calendar says: more than six days where holidays lie between */
	site_is(OK, order_show(c->d, c->no, &order, &c->e), &c->e);
	char date[11];
	snprintf(date, sizeof date, "%.10s", json_text(order, "pay_due_at"));
	json_decref(order);
	assert_true(civil_parse_date(date, &due));
	c->d->clock.fixed = due + 86400 - 2;
	EXPECT(OK, pay_cancel_unpaid(c->d, &cancelled, &c->e));
	assert_int_equal(cancelled, 0);
	later(c, 1);
	EXPECT(OK, pay_cancel_unpaid(c->d, &cancelled, &c->e));
	assert_int_equal(cancelled, 1);
}

static int64_t time_text(const char *text)
{
	struct civil t = {0};
	assert_int_equal(sscanf(text, "%d-%d-%dT%d:%d:%dZ", &t.year, &t.month, &t.day, &t.hour, &t.minute, &t.second), 6);
	return civil_to_utc(t) + 8 * 3600;
}

static void pay_due(struct unit_case *c, char out[32])
{
	json_t *o = NULL;
	site_is(OK, order_show(c->d, c->no, &o, &c->e), &c->e);
	snprintf(out, 32, "%s", json_text(o, "pay_due_at"));
	json_decref(o);
}

/* A second scan of it, or the announcement of the same transfer, buys no more time. */
static void test_a_voucher_moves_the_date_once(void **state)
{
	struct unit_case *c = *state;
	char first[32], second[32];
	waiting(c);
	EXPECT(OK, attach_add(c->d, c->no, "payment-voucher", site_picture(&c->site, "voucher.jpg"), false, &out, &c->e));
	pay_due(c, first);
	later(c, 3 * 86400);
	EXPECT(OK, attach_add(c->d, c->no, "payment-voucher", site_picture(&c->site, "voucher-again.jpg"), false, &out, &c->e));
	pay_due(c, second);
	assert_string_equal(first, second);
	EXPECT(OK, pay_take(c->d, c->no, "transfer", "T-77", number_of(c, "due"), &out, &c->e));
	pay_due(c, second);
	assert_string_equal(first, second);
	json_t *kinds = NULL; /* the newest scan is the one that is shown */
	size_t i;
	const json_t *each;
	site_is(OK, attach_kinds(c->d, c->no, &kinds, &c->e), &c->e);
	json_array_foreach(kinds, i, each)
		if (strcmp(json_text(each, "kind"), "payment-voucher") == 0)
			assert_int_equal(time_text(json_text(each, "attached_at")), c->d->clock.fixed);
	json_decref(kinds);
	json_t *change = json_pack("{ss}", "unit_phone", "010-87654321"); /* and the draft again takes it along */
	EXPECT(OK, draft_edit(c->d, c->no, change, &c->e));
	json_decref(change);
	status_is(c, "returned");
}

/* Attached while the form was filled in: the order waits as long as with one that comes later. */
static void test_a_voucher_that_was_there_at_the_signature_counts_too(void **state)
{
	struct unit_case *c = *state;
	int64_t cancelled;
	char later_one[32], with_it[32], code[32];
	waiting(c);
	EXPECT(OK, attach_add(c->d, c->no, "payment-voucher", site_picture(&c->site, "voucher.jpg"), false, &out, &c->e));
	pay_due(c, later_one);
	json_t *changes = json_pack("{ss}", "key_role", "secondary");
	site_draft(&c->site, c->d, "new-unit", changes, c->no);
	json_decref(changes);
	EXPECT(OK, attach_add(c->d, c->no, "payment-voucher", site_picture(&c->site, "voucher.jpg"), false, &out, &c->e));
	EXPECT(OK, sign_send(c->d, c->no, &out, &c->e));
	site_message(&c->site, "sms", "验证码", code);
	EXPECT(OK, sign_code(c->d, c->no, code, &out, &c->e));
	pay_due(c, with_it);
	assert_string_equal(with_it, later_one);
	later(c, 25 * 3600);
	EXPECT(OK, pay_cancel_unpaid(c->d, &cancelled, &c->e));
	status_is(c, "awaiting-payment");
}

static void test_a_void_needs_a_manager_and_a_reason(void **state)
{
	struct unit_case *c = *state;
	waiting(c);
	int64_t due = number_of(c, "due");
	EXPECT(OK, pay_take(c->d, c->no, "cash", "R9", due, &out, &c->e));
	EXPECT(ERR_DESK_FORBIDDEN, pay_void(c->d, c->no, "R9", "输错", &out, &c->e));
	site_as(&c->site, c->d, "mg1");
	EXPECT(ERR_DESK_REASON, pay_void(c->d, c->no, "R9", "", &out, &c->e));
	EXPECT(ERR_DESK_RECEIPT, pay_void(c->d, c->no, "R10", "输错", &out, &c->e));
	EXPECT(OK, pay_void(c->d, c->no, "R9", "输错", &out, &c->e));
	status_is(c, "awaiting-payment");
	site_as(&c->site, c->d, "op1");
	EXPECT(ERR_DESK_RECEIPT, pay_take(c->d, c->no, "cash", "R9", due, &out, &c->e)); /* a void number stays used */
	EXPECT(OK, pay_take(c->d, c->no, "cash", "R11", due, &out, &c->e));
}

static void test_paid_and_not_wanted_waits_for_its_refund(void **state)
{
	struct unit_case *c = *state;
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	site_as(&c->site, c->d, "rv1");
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(OK, review_reject(c->d, c->no, "单位已注销", &out, &c->e));
	status_is(c, "refunding"); /* no order ends paid and without goods */
}

static void void_receipt(struct unit_case *c, const char *receipt, enum err wanted)
{
	site_as(&c->site, c->d, "mg1");
	EXPECT(wanted, pay_void(c->d, c->no, receipt, "输错", &out, &c->e));
	site_as(&c->site, c->d, "op1");
}

static void test_a_receipt_is_voided_once(void **state)
{
	struct unit_case *c = *state;
	waiting(c);
	int64_t due = number_of(c, "due");
	EXPECT(OK, pay_take(c->d, c->no, "cash", "R1", due, &out, &c->e));
	void_receipt(c, "R1", OK);
	EXPECT(OK, pay_take(c->d, c->no, "cash", "R2", due, &out, &c->e));
	void_receipt(c, "R1", ERR_DESK_RECEIPT);
	status_is(c, "in-review"); /* R2 still pays for it */
}

static void test_the_reason_of_a_void_is_text(void **state)
{
	struct unit_case *c = *state;
	waiting(c);
	EXPECT(OK, pay_take(c->d, c->no, "cash", "R1", number_of(c, "due"), &out, &c->e));
	site_as(&c->site, c->d, "mg1");
	EXPECT(ERR_DESK_REASON, pay_void(c->d, c->no, "R1", "\xC4\xE3", &out, &c->e));
}

static void test_the_money_that_came_is_the_money_that_counts(void **state)
{
	struct unit_case *c = *state;
	waiting(c);
	int64_t announced = number_of(c, "due");
	EXPECT(OK, pay_take(c->d, c->no, "transfer", "V1", announced, &out, &c->e));
	json_t *data = json_pack("{s[s]}", "seal_services", "handwritten-seal");
	EXPECT(OK, draft_edit(c->d, c->no, data, &c->e));
	json_decref(data);
	sign_again(c);
	int64_t due = number_of(c, "due");
	assert_int_not_equal(due, announced);
	EXPECT(OK, statement_import(c->d, statement(c, "S3", due, c->no), &out, &c->e));
	status_is(c, "in-review");
	assert_int_equal(number_of(c, "paid"), due);
}

static void test_a_cancelled_order_leaves_no_transfer_open(void **state)
{
	struct unit_case *c = *state;
	json_t *order = NULL;
	waiting(c);
	EXPECT(OK, pay_take(c->d, c->no, "transfer", "V1", number_of(c, "due"), &out, &c->e));
	EXPECT(OK, order_cancel(c->d, c->no, &c->e));
	site_is(OK, order_show(c->d, c->no, &order, &c->e), &c->e);
	assert_string_equal(json_text(json_array_get(json_object_get(order, "payments"), 0), "state"), "unclaimed");
	json_decref(order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_cash_goes_on_to_review), CASE(test_a_receipt_number_counts_once),
		CASE(test_what_is_open_is_said_of_a_second_voucher), CASE(test_a_transfer_is_verified_by_the_statement), CASE(test_a_statement_that_came_first_is_found),
		CASE(test_what_is_no_statement_is_refused_whole), CASE(test_unpaid_orders_end_after_24_hours), CASE(test_a_voucher_moves_the_date_once),
		CASE(test_a_voucher_that_was_there_at_the_signature_counts_too),
		CASE(test_a_voucher_gives_five_working_days), CASE(test_a_void_needs_a_manager_and_a_reason),
		CASE(test_paid_and_not_wanted_waits_for_its_refund), CASE(test_a_receipt_is_voided_once),
		CASE(test_the_reason_of_a_void_is_text), CASE(test_the_money_that_came_is_the_money_that_counts),
		CASE(test_a_cancelled_order_leaves_no_transfer_open),
	};
	return RUN(tests);
}
