/* The whole story on the screens, in Chinese: an operator keys in a new unit certificate, attaches the scans, has it
 * signed and takes the money; a reviewer approves; an issuer makes the key; the operator hands it over; a manager exports
 * the day. */
#include "key_case.h"

static void key_in(struct tui *t, char no[ORDER_NO_SIZE])
{
	int row, column;
	tui_keys(t, "<F2>");
	tui_wait_text(t, "必填还差");
	assert_true(tui_find(t, "单位证书新办 · ", &row, &column));
	assert_int_equal(sscanf(strstr(tui_row(t, 1), "· ") + strlen("· "), "%39s", no), 1);
	static const char *const keys[] = {
		"1<Enter>",                  /* by the legal representative's mobile */
		"91110105MA01ABCD5F",        /* goes on by itself, as the other numbers do */
		"<Enter>北京示例科技有限公司<Enter>",
		"110114<Enter>",
		"欧阳·建国<Enter>",
		"13800138000",
		"<Enter>11010519491231002X",
		"1<Enter>",
		"李四<Enter>",
		"13900139000",
		"<Enter>110101199003071233",
		"<Enter>lisi@example.com<Enter>",
		"y<Enter>",
		"y<Enter>",
	};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		tui_keys(t, keys[i]);
		tui_settle(t);
	}
	case_step(t, "<F2>", "要的资料");
}

static void attach(struct tui *t)
{
	static const char *const next[] = {"经办人身份证（头像面）", "经办人身份证（国徽面）", "单位签章采样表", "法人授权书"};
	char wanted[200];
	tui_wait_text(t, "把选中的扫描件用作“营业执照”");
	for (size_t i = 0; i < sizeof next / sizeof *next; i++) {
		snprintf(wanted, sizeof wanted, "把选中的扫描件用作“%s”", next[i]);
		case_step(t, "<Enter>", wanted);
	}
	case_step(t, "<Enter>", "资料已齐");
	assert_true(tui_has(t, "✓ 法人授权书", 0));
}

static void sign(struct tui *t)
{
	char code[32];
	case_step(t, "<Enter>", "申请声明");
	assert_true(tui_has(t, "139****9000", 0));
	case_step(t, "<Enter>", "短信写入 outbox]");
	assert_true(tui_has(t, "秒后可重发", 0));
	site_message(&site, "sms", "验证码", code);
	char wrong[40];
	int row, column;
	snprintf(wrong, sizeof wrong, "%06d", (atoi(code) + 1) % 1000000);
	case_step(t, wrong, "还可以试 4 次");
	tui_keys(t, "<Enter>"); /* typed by habit: why not is still to be read */
	tui_settle(t);
	assert_true(tui_has(t, "还可以试 4 次", 0));
	snprintf(wrong, sizeof wrong, "%s<Enter>", code);
	case_step(t, wrong, "应收"); /* six digits are enough: Enter behind them is habit, and leads nowhere else */
	tui_settle(t);
	tui_cursor(t, &row, &column);
	assert_non_null(strstr(tui_row(t, row), "支付方式"));
}

static int64_t amount_of(const char *no)
{
	json_t *order = NULL;
	struct desk *d = site_open(&site);
	site_as(&site, d, "op1");
	assert_int_equal(order_show(d, no, &order, NULL), OK);
	int64_t amount = json_number(order, "amount");
	json_decref(order);
	desk_close(&d);
	return amount;
}

static void pay(struct tui *t, const char *no)
{
	char due[40], given[40];
	int64_t yuan = amount_of(no) / 100;
	snprintf(due, sizeof due, "¥%lld.00", (long long)yuan);
	snprintf(given, sizeof given, "<C-u>%lld", (long long)yuan + 20);
	assert_true(tui_has(t, due, 0));
	case_step(t, "2", "POS 刷卡");
	assert_false(tui_has(t, "实收", 0));
	case_step(t, "<Up>1", "实收");
	tui_keys(t, "<Up>R");
	tui_settle(t);
	tui_keys(t, "0002"); /* where the way is chosen: a receipt's number, and no way among its digits */
	tui_wait_row(t, 17, "R0002");
	assert_true(tui_has(t, "实收", 0));
	tui_keys(t, "<C-u>R0001<Enter>");
	tui_settle(t);
	case_step(t, given, "找零 ¥20.00");
	case_step(t, "<Enter>", "收款完成。订单状态：审核中");
	assert_true(tui_has(t, "下一步：审核，等审核员", 0));
}

static void review(struct tui *t, const char *no)
{
	tui_wait_row(t, 1, "待审核");
	tui_wait_text(t, case_short(no));
	case_step(t, "<Enter>", "待审核");
	case_step(t, "<Enter>", "数字证书渠道");
	assert_true(tui_has(t, "审核中（客户在等候）", 0));
	case_step(t, "<F1>", "不予受理，写明理由");
	assert_false(tui_has(t, "转交", 0)); /* no headquarters, nobody to hand it on to */
	tui_keys(t, "<Esc>");
	tui_wait_gone(t, "不予受理，写明理由");
	tui_keys(t, "<Tab>"); /* narrow: documents instead of data */
	tui_wait_gone(t, "数字证书渠道");
	assert_true(tui_has(t, "营业执照", 0));
	case_step(t, "<Tab>", "数字证书渠道");
	case_step(t, "a", "通过后不能撤回");
	case_step(t, "y", "已通过");
	tui_wait_row(t, 0, "工作台");
	assert_string_equal(case_status(&site, no), "approved");
}

static void issue(struct tui *t, const char *no)
{
	tui_wait_row(t, 1, "待制证");
	case_step(t, "<Enter><Enter>", "下一步：制证");
	case_step(t, "<Enter>", "没有插入介质");
	case_step(t, "<Enter>", "还没有插入介质");
	assert_true(pcscd_insert(&pcscd, 0, "10000009", NULL));
	tui_wait_text(t, "10000009"); /* seen without a key stroke */
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "制证完成：介质 10000009");
	assert_true(tui_has(t, "下一步：领取", 0));
	assert_string_equal(case_status(&site, no), "issued");
}

static void hand_over(struct tui *t, const char *no)
{
	case_line(t, "待领取");
	case_step(t, "<Enter><Enter>", "下一步：领取");
	case_step(t, "<Enter>", "就是这张订单的");
	assert_true(tui_has(t, "北京示例科技有限公司", 0));
	case_step(t, "<Enter>", "请输入领取回执的号码");
	case_step(t, "H0001<Enter>", "已领取，订单已完成");
	assert_string_equal(case_status(&site, no), "done");
	case_step(t, "h", "订单历史");
	tui_wait_text(t, "审核通过");
	assert_non_null(strstr(tui_row(t, 1), no)); /* whose history it is */
	assert_non_null(strstr(tui_row(t, 1), "北京示例科技有限公司"));
	assert_non_null(strstr(tui_row(t, 3), "王受理")); /* by name, as everywhere else */
	case_step(t, "<Home><Enter>", "王受理 110114-01/op1");
	tui_keys(t, "<Enter>");
	tui_wait_gone(t, "110114-01/op1");
	case_step(t, "<Esc>", "没有待办的步骤");
}

static void report(struct tui *t)
{
	char path[200], keys[300];
	struct stat st;
	snprintf(path, sizeof path, "%s/day.xlsx", site.root);
	snprintf(keys, sizeof keys, "<C-u>%s<Enter>", path);
	tui_wait_row(t, 2, "日报");
	case_step(t, "<Enter>", "业务日期");
	tui_keys(t, "<Enter><Enter>");
	tui_settle(t);
	case_step(t, keys, "已保存：");
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size > 4000);
}

static void test_story(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	key_in(t, no);
	attach(t);
	sign(t);
	pay(t, no);
	case_change(&t, &site, "rv1");
	review(t, no);
	case_change(&t, &site, "is1");
	issue(t, no);
	case_change(&t, &site, "op1");
	hand_over(t, no);
	case_change(&t, &site, "mg1");
	report(t);
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_story)};
	return cmocka_run_group_tests(tests, start, stop);
}
