/* A busy day at the window: how many keys an order takes, sessions that end under a dialog, receipts that were wrong, the
 * journal, staff, mail. */
#include "key_case.h"

#include <signal.h>

static size_t keys_typed;

/* As tui_keys, counting: a name in brackets is one key. */
static void type(struct tui *t, const char *keys)
{
	for (const char *at = keys; *at; at++) {
		if (*at == '<')
			at = strchr(at, '>');
		keys_typed++;
	}
	tui_keys(t, keys);
	tui_settle(t);
}

static void attach_and_sign(struct tui *t, int documents)
{
	char code[32];
	for (int i = 0; i < documents; i++)
		type(t, "<Enter>");
	tui_wait_text(t, "资料已齐");
	type(t, "<Enter>");
	tui_wait_text(t, "申请声明");
	type(t, "<Enter>");
	tui_wait_text(t, "秒后可重发");
	site_message(&site, "sms", "验证码", code);
	type(t, code);
	tui_wait_text(t, "应收");
}

static void pay_in_cash(struct tui *t, const char *receipt)
{
	type(t, "<Tab>");
	type(t, receipt);
	type(t, "<Enter>");
	type(t, "<Enter>");
	tui_wait_text(t, "收款完成");
}

static void back_to_desk(struct tui *t)
{
	tui_keys(t, "<Esc>");
	tui_wait_row(t, 0, "工作台");
	tui_settle(t);
}

/* Everything is on file; the receipt's number goes on from the one before. */
static size_t known_customer(struct tui *t, const char *receipt)
{
	keys_typed = 0;
	type(t, "<F2>");
	tui_wait_text(t, "必填还差");
	type(t, "<Enter>");
	type(t, "91110105MA01ABCD5F");
	tui_wait_text(t, "在本受理点办理过");
	type(t, "<Enter>");
	tui_wait_text(t, "必填还差 2 项");
	type(t, "yy");
	tui_wait_text(t, "必填项已齐");
	type(t, "<F2>");
	tui_wait_text(t, "要的资料");
	attach_and_sign(t, 4); /* a secondary key is offered: no sample of the seal */
	pay_in_cash(t, receipt);
	back_to_desk(t);
	return keys_typed;
}

static void test_keys(void **state)
{
	static const char *const data[] = {"1<Enter>", "91110105MA01ABCD5F", "北京示例科技有限公司<Enter>", "110114<Enter>",
		"欧阳·建国<Enter>", "13800138000", "11010519491231002X", "1<Enter>", "李四<Enter>",
		"13900139000", "110101199003071233", "lisi@example.com<Enter>"};
	size_t overhead = 0;
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	keys_typed = 0;
	type(t, "<F2>");
	tui_wait_text(t, "必填还差");
	overhead = keys_typed;
	for (size_t i = 0; i < sizeof data / sizeof *data; i++) {
		type(t, data[i]);
		overhead += strstr(data[i], "<Enter>") != NULL;
	}
	keys_typed = overhead;
	type(t, "yy");
	type(t, "<F2>");
	tui_wait_text(t, "要的资料");
	attach_and_sign(t, 5);
	keys_typed -= 6; /* the customer's code is data */
	overhead = keys_typed;
	pay_in_cash(t, "R0007");
	overhead += 3;
	back_to_desk(t);
	print_message("keys of a new order beyond its data: %zu (at most 25)\n", overhead);
	assert_true(overhead <= 25);
	size_t all = known_customer(t, "");
	print_message("keys of a new order of a known customer, all: %zu (at most 40)\n", all);
	assert_true(all <= 40);
	tui_end(&t);
}

/* What is typed beyond a full field stands in the next one; beyond a wrong one it is kept off, and the clerk hears why. */
static void test_typed_in_one_burst(void **state)
{
	int row, column;
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_step(t, "<F2>", "必填还差");
	tui_keys(t, "<Enter>");
	tui_settle(t);
	tui_bytes(t, "91110114MA00048171北京甲乙丙", strlen("91110114MA00048171北京甲乙丙"));
	tui_wait_text(t, "北京甲乙丙");
	assert_true(tui_find(t, "北京甲乙丙", &row, &column));
	assert_int_equal(strncmp(strstr(tui_row(t, row), "单位名称"), "单位名称", strlen("单位名称")), 0);
	assert_true(tui_has(t, "91110114MA00048171", 0));
	tui_keys(t, "<C-u><Up><Up><C-u>"); /* back over the kind of licence to the number */
	tui_settle(t);
	tui_bytes(t, "91110105MA01ABCD5A北京甲乙丙", strlen("91110105MA01ABCD5A北京甲乙丙"));
	tui_wait_row(t, 22, "统一社会信用代码");
	assert_true(tui_beeped(t));
	assert_false(tui_has(t, "甲乙丙", 0));
	assert_true(tui_has(t, "91110105MA01ABCD5A", 0));
	tui_keys(t, "<Esc><Esc>");
	tui_wait_row(t, 0, "工作台");
	tui_end(&t);
}

static void test_journal(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "au1");
	case_line(t, "审计校验");
	case_step(t, "<Enter>", "按回车开始校验");
	case_step(t, "<Enter>", "记录完整");
	case_logout(t);
	case_login(t, "op1"); /* who may not isn't offered it */
	case_step(t, "<F9>", "介质入库与库存");
	assert_false(tui_has(t, "校验全部记录", 0));
	assert_false(tui_has(t, "增加、停用", 0));
	tui_end(&t);
}

static void test_void(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct tui *t = case_order(&site, site_paid, NULL, no, "mg1");
	case_step(t, "<Enter>", "下一步：审核");
	case_step(t, "<C-t>", "作废收据");
	case_step(t, "<Enter>", "请填写");
	tui_keys(t, "收据开错<Enter>");
	tui_wait_text(t, "已作废。订单状态：待支付");
	assert_string_equal(case_status(&site, no), "awaiting-payment");
	case_step(t, "h", "作废收款");
	tui_keys(t, "<End><Enter>");
	tui_wait_text(t, "理由：收据开错");
	tui_end(&t);
}

static void test_staff(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "root1");
	case_step(t, "<Enter>", "王受理");
	case_step(t, "<F2>", "用户名");
	case_step(t, "op7<Enter>", "姓名");
	case_step(t, "周七<Enter>", "岗位（回车选中或取消）");
	case_step(t, "<Enter>", "✓ 受理员");
	case_step(t, "<Enter>", "新口令");
	case_step(t, "short<Enter>", "至少要 8 位");
	case_step(t, "<C-u>Long-enough-7!<Enter>", "再输入一次");
	case_step(t, "Long-enough-7!<Enter>", "已增加 op7");
	assert_true(tui_has(t, "周七", 0));
	tui_keys(t, "<Home>");
	tui_settle(t);
	for (int i = 0; i < 10; i++) {
		int row, column;
		tui_cursor(t, &row, &column);
		if (strstr(tui_row(t, row), "op7"))
			break;
		tui_keys(t, "<Down>");
		tui_settle(t);
	}
	case_step(t, "<F4>", "op7 的岗位（回车选中或取消）");
	case_step(t, "2<Enter>", "✓");
	case_step(t, "<Enter>", "op7 的岗位已改");
	assert_true(tui_has(t, "受理员、审核员", 0)); /* who may what is what the list is for */
	case_step(t, "<F5>", "新口令");
	case_step(t, "Other-one-8!<Enter>", "再输入一次");
	case_step(t, "Other-one-8!<Enter>", "op7 的口令已重设");
	case_step(t, "<Del>", "停用 op7");
	case_step(t, "y", "op7 已停用");
	tui_end(&t);
}

/* A key that went in the middle of the writing; another one takes its place only after a word. By the unit's account, so
 * the PIN goes into the remark; and the order is mailed. */
static void test_another_key_and_mail(void **state)
{
	char no[ORDER_NO_SIZE];
	json_t *changes = json_pack("{ss ss ss ss ss ss}", "delivery", "mail", "mail_region", "110114", "mail_address",
		"某路 1 号", "enterprise_auth", "bank-account", "account_number", "20000012345678", "account_bank", "北京银行");
	json_object_set_new(changes, "account_region", json_string("110000"));
	(void)state;
	struct desk *d = site_open(&site);
	site_approved(&site, d, "new-unit", changes, no);
	json_decref(changes);
	desk_close(&d);
	assert_true(pcscd_insert(&pcscd, 0, "10000001", "--vanish-at", "46", NULL));
	struct tui *t = case_start(&site);
	case_login(t, "is1");
	case_find(t, no);
	case_step(t, "<Enter>", "下一步：制证");
	case_step(t, "<Enter>", "10000001");
	tui_keys(t, "<Enter>");
	assert_true(pcscd_vanished(&pcscd, 0));
	tui_wait_text(t, "按回车再试");
	assert_true(pcscd_insert(&pcscd, 0, "10000002", NULL));
	tui_wait_text(t, "10000002");
	case_step(t, "<Enter>", "改用 10000002 会从头再来");
	tui_keys(t, "<Enter>"); /* no */
	tui_wait_gone(t, "会从头再来");
	case_step(t, "<Enter>", "会从头再来");
	tui_keys(t, "y");
	tui_wait_text(t, "附言");
	tui_wait_text(t, "下一步：寄出");
	assert_true(tui_has(t, "制证完成：介质 10000002", 0));
	case_change(&t, &site, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "下一步：寄出");
	case_step(t, "<Enter>", "快递单号");
	case_step(t, "SF 12<Enter>", "快递单号不对"); /* refused, and still there to be corrected */
	assert_true(tui_has(t, "快递单号  SF 12", 0));
	tui_keys(t, "<C-u>SF1234567890<Enter>");
	tui_wait_text(t, "已寄出");
	tui_wait_text(t, "没有待办的步骤"); /* what the screen shows is read again */
	tui_wait_text(t, "快递单号 SF1234567890");
	assert_true(tui_has(t, "s 签收，k 退件", 0));
	tui_settle(t);
	case_step(t, "k", "包裹被退回");
	case_step(t, "地址不详<Enter>", "F8 由客户领取");
	case_step(t, "<F8>", "✓ 插入的介质 10000002");
	case_step(t, "<Esc>", "下一步：寄出");
	case_step(t, "<F2>", "更正哪一项"); /* it was the address */
	tui_wait_text(t, "某路 1 号");
	case_step(t, "4<Enter>", "写到门牌号");
	case_step(t, "<C-u>某路 2 号<Enter>", "邮寄地址已更正");
	case_step(t, "m", "快递单号");
	case_step(t, "SF1234567891<Enter>", "已寄出");
	case_step(t, "s", "签收日期");
	case_step(t, "<C-u>2099-01-01<Enter>", "签收日期不对");
	assert_true(tui_has(t, "签收日期  2099-01-01", 0));
	case_step(t, "<C-u><Enter>", "请填写后再按回车");
	case_step(t, "<Esc>", "s 签收");
	case_step(t, "s", "签收日期");
	case_step(t, "<Enter>", "已签收，订单已完成");
	tui_end(&t);
}

/* A key that went in the middle and doesn't come back: the issuer undoes the issue on its screen, the manager another one
 * on the order's. */
static void test_undo_issue(void **state)
{
	char no[2][ORDER_NO_SIZE];
	static const char *const serials[] = {"10000003", "10000004"};
	(void)state;
	struct desk *d = site_open(&site);
	json_t *second = json_pack("{ss}", "key_role", "secondary");
	for (int i = 0; i < 2; i++)
		site_approved(&site, d, "new-unit", second, no[i]);
	json_decref(second);
	desk_close(&d);
	assert_true(pcscd_pull(&pcscd, 0));
	struct tui *t = case_start(&site);
	case_login(t, "is1");
	for (int i = 0; i < 2; i++) {
		assert_true(pcscd_insert(&pcscd, 0, serials[i], "--vanish-at", "43", NULL));
		case_find(t, no[i]);
		case_step(t, "<Enter>", "下一步：制证");
		assert_false(tui_has(t, "撤销制证", 0));
		case_step(t, "<Enter>", serials[i]);
		tui_keys(t, "<Enter>");
		if (!pcscd_vanished(&pcscd, 0))
			fail_msg("the key did not vanish:\n%s", tui_screen(t));
		tui_wait_text(t, "按回车再试");
		case_step(t, "<C-z>", "订单退回“已通过”");
		if (i == 0) {
			case_step(t, "<Enter>", "理由"); /* not without one */
			case_step(t, "介质坏了<Enter>", "制证已撤销，订单已通过");
			assert_string_equal(case_status(&site, no[i]), "approved");
			case_step(t, "<Esc><Esc>", "工作台");
		} else
			case_step(t, "<Esc>", "按回车再试");
	}
	case_change(&t, &site, "mg1");
	case_find(t, no[1]);
	case_step(t, "<Enter>", "下一步：继续制证，等制证员");
	case_step(t, "<C-z>", "按损坏登记");
	case_step(t, "客户改期<Enter>", "制证已撤销，订单已通过");
	assert_string_equal(case_status(&site, no[1]), "approved");
	case_step(t, "h", "撤销制证");
	tui_end(&t);
	assert_true(pcscd_insert(&pcscd, 0, "10000002", NULL)); /* as it was */
}

/* The drafts that are open and what came back stand together, and are counted so. */
static void test_goes_on(void **state)
{
	char draft[ORDER_NO_SIZE];
	(void)state;
	struct desk *d = site_open(&site);
	site_as(&site, d, "op1");
	assert_int_equal(draft_new(d, "new-person", NULL, draft, NULL), OK);
	json_t *drafts = NULL;
	char count[16];
	assert_int_equal(draft_list(d, &drafts, NULL), OK);
	snprintf(count, sizeof count, "%zu", json_array_size(drafts));
	json_decref(drafts);
	desk_close(&d);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	assert_true(strncmp(tui_row(t, 2), "继续办理", strlen("继续办理")) == 0);
	char shown[16] = "";
	assert_int_equal(sscanf(tui_row(t, 2) + strlen("继续办理"), "%15s", shown), 1);
	assert_string_equal(shown, count);
	tui_end(&t);
}

/* A form that is opened and left again leaves no draft behind. */
static void test_nothing_keyed(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	char before[400];
	snprintf(before, sizeof before, "%s", tui_row(t, 2));
	case_step(t, "<F4>", "个人证书新办 ·");
	case_step(t, "<Esc>", "草稿没有保留");
	assert_true(strstr(tui_row(t, 0), "工作台") != NULL);
	assert_string_equal(tui_row(t, 2), before);
	tui_end(&t);
}

/* The window's size changes under every screen and dialog; what was there is there again. */
static void test_resize_anywhere(void **state)
{
	static const struct {
		const char *who, *keys, *seen;
	} places[] = {
		{"op1", "<F2>1<Enter>911101<F1>", "照营业执照"},
		{"op1", "<F2>1<Enter>911101<F9>", "做什么"},
		{"op1", "<F3>", "查询订单"},
		{"op1", "<C-x>", "屏幕已锁定"},
		{"mg1", "<Enter>", "业务日期"},
		{"au1", "<End><Enter>", "王受理"},
		{"root1", "<Enter><F4>", "岗位（回车"},
		{"rv1", "<Enter><Enter>", "数字证书渠道"},
		{"rv1", "<Enter><Enter>r", "资料不清晰"},
		{"is1", "<Enter><Enter><Enter>", "10000002"},
	};
	static const int sizes[][2] = {{30, 100}, {20, 60}, {48, 160}, {5, 20}, {24, 80}};
	char no[ORDER_NO_SIZE];
	(void)state;
	struct desk *d = site_open(&site);
	json_t *second = json_pack("{ss}", "key_role", "secondary");
	site_paid(&site, d, "new-unit", second, no);
	site_approved(&site, d, "new-unit", second, no);
	json_decref(second);
	desk_close(&d);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct tui *t = case_start(&site);
		case_login(t, places[i].who);
		tui_keys(t, places[i].keys);
		tui_wait_text(t, places[i].seen);
		tui_settle(t);
		char *before = tui_screen(t);
		for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
			tui_resize(t, sizes[k][0], sizes[k][1]);
			tui_settle(t);
		}
		tui_wait_text(t, places[i].seen);
		tui_settle(t);
		char *after = tui_screen(t);
		char *first = strchr(before, '\n'), *last = strchr(after, '\n'); /* the clock is above */
		if (strcmp(first, last) != 0)
			fail_msg("%s %s:\n%s\nbecame\n%s", places[i].who, places[i].keys, before, after);
		free(before);
		free(after);
		tui_end(&t);
	}
}

/* The idle lock with a dialog open: nothing of the dialog stays when the session is ended there. Last: it changes the
 * site's configuration. */
static void test_dialog_ends_with_the_session(void **state)
{
	char path[200];
	struct bytes old = {0};
	(void)state;
	snprintf(path, sizeof path, "%s/certdesk.yaml", site.dir);
	file_read(path, 1 << 20, &old, NULL);
	bytes_text(&old, "idle_seconds: 2\n");
	assert_int_equal(file_write(path, 0600, old.data, old.length, NULL), OK);
	bytes_free(&old);
	struct tui *t = case_start(&site);
	case_login(t, "root1");
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "王受理");
	tui_keys(t, "<F2>");
	tui_wait_text(t, "小写字母");
	tui_keys(t, "op8");
	tui_wait_text(t, "屏幕已锁定");
	tui_keys(t, "<F10>");
	tui_wait_text(t, "口令");
	tui_wait_gone(t, "小写字母");
	tui_wait_gone(t, "屏幕已锁定");
	assert_false(tui_has(t, "op8", 0));
	tui_wait_text(t, "用户名");
	case_login(t, "op1"); /* the keys go to the login screen again */
	tui_wait_text(t, "继续办理");
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_typed_in_one_burst),
		cmocka_unit_test(test_journal),
		cmocka_unit_test(test_void),
		cmocka_unit_test(test_staff),
		cmocka_unit_test(test_another_key_and_mail),
		cmocka_unit_test(test_undo_issue),
		cmocka_unit_test(test_goes_on),
		cmocka_unit_test(test_nothing_keyed),
		cmocka_unit_test(test_resize_anywhere),
		cmocka_unit_test(test_dialog_ends_with_the_session),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
