/* Refunds on the screens: asked at the order, approved and paid back from the manager's list; unclaimed money claimed; a
 * mistaken hand-over undone. */
#include "key_case.h"

#include "desk/handover.h"
#include "desk/issue.h"
#include "desk/pay.h"

static void test_a_refund_from_first_key_to_done(void **state)
{
	char no[ORDER_NO_SIZE];
	struct tui *t = NULL;
	(void)state;
	struct desk *d = site_open(&site);
	site_paid(&site, d, "new-unit", NULL, no);
	desk_close(&d);
	case_change(&t, &site, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "下一步：审核");
	case_step(t, "r", "不再办理，已付");
	case_step(t, "客户改变主意<Enter>", "已申请退款，等待主管批准");
	assert_string_equal(case_status(&site, no), "refunding");
	assert_true(tui_has(t, "待批准", 0)); /* named on the order */
	assert_true(tui_has(t, "下一步：批准退款，等主管", 0));
	assert_false(tui_has(t, "按回车", 0)); /* not an operator's */
	case_change(&t, &site, "mg1");
	case_line(t, "退款与认领");
	case_step(t, "<Enter>", "退款：1 笔");
	assert_true(tui_has(t, "北京示例科技有限公司", 0));
	case_step(t, "a", "┌─ 批准退款");
	case_step(t, "n", "退款：1 笔"); /* anything but y is no */
	assert_true(tui_has(t, "待批准", 0));
	tui_keys(t, "a");
	tui_wait_text(t, "┌─ 批准退款");
	case_step(t, "y", "已批准，等待付款");
	assert_true(tui_has(t, "待退款", 0));
	case_change(&t, &site, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "下一步：办理退款");
	case_step(t, "r", "现金收据号");
	case_step(t, "TK-1<Enter>", "已登记退款");
	assert_string_equal(case_status(&site, no), "refunded");
	tui_keys(t, "<PgDn>");
	tui_wait_text(t, "TK-1");
	tui_end(&t);
}

static void test_unclaimed_money_is_claimed_on_the_screen(void **state)
{
	char no[ORDER_NO_SIZE], csv[512];
	struct tui *t = NULL;
	struct error e = {0};
	json_t *out = NULL;
	(void)state;
	struct desk *d = site_open(&site);
	site_signed(&site, d, "new-unit", NULL, no);
	site_is(OK, order_show(d, no, &out, &e), &e);
	int64_t due = json_number(out, "due");
	json_decref(out);
	snprintf(csv, sizeof csv, "交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n2026-11-20,B-1,%lld.00,,某某公司,6222000011112222,货款\n",
		(long long)due / 100);
	desk_close(&d);
	case_change(&t, &site, "mg1");
	case_line(t, "退款与认领");
	case_step(t, "<Enter>", "没有待认领的款");
	case_step(t, "<F6>", "银行对账单 CSV"); /* where what it brings is seen; no order is needed for it */
	tui_keys(t, site_file(&site, "s.csv", csv));
	case_step(t, "<Enter>", "对账单：1 条，新 1 条，匹配 0 条");
	assert_true(tui_has(t, "待认领的到账：1 笔", 0));
	case_step(t, "c", "这笔到账属于哪张订单");
	case_step(t, "<C-u>99999<Enter>", "没有这张订单"); /* before the reason is written */
	tui_keys(t, "<C-u>");
	tui_keys(t, case_short(no)); /* as a narrow list shows it */
	case_step(t, "<Enter>", "为什么是这张订单的款");
	case_step(t, "母公司代付<Enter>", "已认领。订单状态：审核中");
	assert_string_equal(case_status(&site, no), "in-review");
	assert_true(tui_has(t, "没有待认领的款", 0));
	tui_end(&t);
}

static void test_a_hand_over_is_undone_on_the_screen(void **state)
{
	char no[ORDER_NO_SIZE];
	struct tui *t = NULL;
	struct error e = {0};
	json_t *out = NULL;
	(void)state;
	struct desk *d = site_open(&site);
	site_approved(&site, d, "new-unit", NULL, no);
	assert_true(pcscd_insert(&pcscd, 0, "10000001", NULL));
	site_as(&site, d, "is1");
	site_is(OK, issue_run(d, no, "10000001", NULL, NULL, &out, &e), &e);
	json_decref(out);
	site_as(&site, d, "op1");
	site_is(OK, handover_take(d, no, "10000001", "agent", "H-1", &out, &e), &e);
	json_decref(out);
	desk_close(&d);
	case_change(&t, &site, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "没有待办的步骤");
	tui_keys(t, "u"); /* not an operator's */
	tui_settle(t);
	assert_false(tui_has(t, "交错了人", 0));
	case_change(&t, &site, "mg1");
	case_find(t, no);
	case_step(t, "<Enter>", "没有待办的步骤");
	case_step(t, "u", "证书立即暂停");
	case_step(t, "交错了人<Enter>", "领取已撤销，证书已暂停");
	assert_string_equal(case_status(&site, no), "issued");
	tui_end(&t);
}

static void test_more_than_a_page_of_unclaimed_money_is_reached_and_searched(void **state)
{
	static char csv[64 * 1024];
	struct tui *t = NULL;
	struct error e = {0};
	json_t *out = NULL;
	(void)state;
	struct desk *d = site_open(&site);
	size_t n = (size_t)snprintf(csv, sizeof csv, "交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n");
	for (int i = 1; i <= 450; i++)
		n += (size_t)snprintf(csv + n, sizeof csv - n, "2026-11-20,M-%d,%d.00,,第%d家公司,62220000%08d,货款\n", i, i == 449 ? 1234567 : 10000 + i, i, i);
	site_as(&site, d, "op1");
	site_is(OK, statement_import(d, site_file(&site, "many.csv", csv), &out, &e), &e);
	json_decref(out);
	desk_close(&d);
	case_change(&t, &site, "mg1");
	case_line(t, "退款与认领");
	case_step(t, "<Enter>", "待认领的到账：450 笔");
	for (int i = 0; i < 4; i++) { /* each time at the end of what is read */
		tui_keys(t, "<End>");
		tui_settle(t);
	}
	tui_wait_text(t, "第450家公司");
	assert_true(tui_has(t, "¥1,234,567.00", 0)); /* an amount is never cut */
	case_step(t, "<F3>", "查询待认领的到账");
	case_step(t, "10333<Enter>", "第333家公司");
	tui_wait_text(t, "查询：10333（1 笔");
	case_step(t, "c", "这笔到账属于哪张订单");
	case_step(t, "<Esc>", "查询：10333");
	case_step(t, "<Esc>", "待认领的到账：450 笔");
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_refund_from_first_key_to_done),
		cmocka_unit_test(test_unclaimed_money_is_claimed_on_the_screen),
		cmocka_unit_test(test_more_than_a_page_of_unclaimed_money_is_reached_and_searched),
		cmocka_unit_test(test_a_hand_over_is_undone_on_the_screen),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
