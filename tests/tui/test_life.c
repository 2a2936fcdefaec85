/* Renewal and change of data on the screens, in Chinese: from the key that is put in to the certificate that is on it. */
#include "life_case.h"

#include "desk/visit.h"

/* Once the form is open with its cursor on what is to be decided. */
static void renewal_form(struct tui *t)
{
	life_type(t, "<Enter>");
	tui_wait_text(t, "由客户本人输入");
	tui_keys(t, life_pin);
	life_type(t, "<Enter>");
	tui_wait_text(t, life_title("更新"));
	int row, column;
	tui_wait_text(t, "必填还差 1"); /* nobody has answered for the customer */
	tui_settle(t);
	tui_cursor(t, &row, &column);
	assert_non_null(strstr(tui_row(t, row), "有未开标或待解密文件"));
	assert_non_null(strstr(tui_row(t, row), "答完即完成")); /* what the one answer does is said before */
}

/* The answer is all that was missing: with nothing else changed it finishes the form. */
static void sign_by_key(struct tui *t)
{
	life_type(t, "n");
	tui_wait_text(t, "或按 F8 用介质 10000001 签名");
	life_type(t, "<F8>");
	tui_wait_text(t, "由客户本人输入");
	tui_keys(t, life_pin);
	life_type(t, "<Enter>");
	tui_wait_text(t, "应收");
}

static void take_cash(struct tui *t, const char *receipt)
{
	life_type(t, "<Enter>");
	tui_keys(t, receipt);
	life_type(t, "<Enter>");
	life_type(t, "<Enter>");
	tui_wait_text(t, "收款完成。订单状态：已通过"); /* nothing changed: no review */
}

static void write_again(struct tui *t)
{
	tui_wait_text(t, "由客户本人输入");
	tui_keys(t, life_pin);
	life_type(t, "<Enter>");
	tui_wait_text(t, "请客户核对新证书的内容");
}

/* Renewal with nothing changed takes at most ten keys beyond PIN, codes and the receipt's number. */
static void test_renewal_in_ten_keys(void **state)
{
	char no[ORDER_NO_SIZE];
	int new, old, column;
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "oi1");
	life_insert(t);
	assert_true(tui_has(t, "还可以试", 0)); /* the PIN's tries */
	assert_true(tui_has(t, "还有 60 天", 0) || tui_has(t, "还有 59 天", 0));
	assert_true(tui_has(t, "按回车办理：更新", 0)); /* it is due: chosen already */
	renewal_form(t);
	sign_by_key(t);
	take_cash(t, "R0101");
	tui_wait_text(t, "下一步：制证");
	life_number(t, no);
	life_type(t, "<Enter>");
	write_again(t);
	print_message("keys of a renewal with nothing changed, one person: %zu (at most 10)\n", life_keys);
	assert_true(life_keys <= 10);
	assert_true(tui_has(t, "新证书内容", 0));
	assert_string_equal(case_status(&site, no), "issued"); /* it is written, and not accepted yet */
	life_states("active superseded");
	case_step(t, "<Enter>", "没有待办的步骤");
	assert_string_equal(case_status(&site, no), "done");
	assert_true(tui_find(t, "证书与介质", &new, &column)); /* the new certificate stands before the old one */
	assert_true(!tui_find(t, "所办证书", &old, &column) || new < old);
	case_step(t, "h", "客户接受证书");
	case_step(t, "<Esc>", "没有待办的步骤");
	/* the new end is a year further: outside the window, and it is said why */
	assert_true(pcscd_pull(&pcscd, 0));
	life_insert(t);
	life_choose(t, "更新");
	tui_wait_text(t, "起才可以更新（到期前 90 天内）");
	case_step(t, "<Enter>", "请到时再来，或按新办申请");
	life_choose(t, "新办"); /* … and a new application begins with its data */
	case_step(t, "<Enter>", life_title("新办"));
	tui_wait_text(t, customer->mail);
	tui_end(&t);
}

/* A visit takes in what the customer's key allows, beside new applications. */
static void test_a_renewal_is_begun_in_a_visit(void **state)
{
	char no[ORDER_NO_SIZE], visit[VISIT_NO_SIZE], of[VISIT_NO_SIZE];
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_line(t, "来访");
	case_step(t, "<Enter>", "今天的来访");
	case_step(t, "<F2>", "排队号");
	case_step(t, "C7<Enter>", "还没有订单");
	assert_int_equal(sscanf(tui_row(t, 1), "── %31s", visit), 1);
	case_step(t, "<F2>", "已插入的介质");
	case_step(t, "3<Enter>", "还没有插入介质");
	assert_true(pcscd_insert(&pcscd, 0, LIFE_KEY, NULL));
	case_step(t, "<F2>", "已插入的介质");
	case_step(t, "3<Enter>", "按回车办理：更新");
	renewal_form(t);
	case_step(t, "n<Enter>", "或按 F8 用介质 10000001 签名"); /* Enter by habit sends no code */
	assert_false(tui_has(t, "验证码已发送", 0));
	life_number(t, no);
	struct desk *d = site_open(&site);
	site_as(&site, d, "op1");
	assert_int_equal(visit_of(d, no, of, NULL), OK);
	desk_close(&d);
	assert_string_equal(of, visit);
	tui_end(&t);
}

/* To leave the page isn't to accept: the order stays issued, nothing is handed over, and Enter takes it up again. */
static void test_leaving_the_acceptance_accepts_nothing(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "oi1");
	life_insert(t);
	renewal_form(t);
	sign_by_key(t);
	take_cash(t, "R0103");
	tui_wait_text(t, "下一步：制证");
	life_number(t, no);
	case_step(t, "<Enter>", "由客户本人输入");
	write_again(t);
	case_step(t, "<F10>", "客户还没有接受证书");
	tui_wait_text(t, "下一步：证书接受（按回车）");
	assert_string_equal(case_status(&site, no), "issued");
	case_step(t, "<F9>", "菜单"); /* the key never left the customer's hands */
	assert_false(tui_has(t, "核对介质并交给客户", 0));
	case_step(t, "<Esc>", "下一步：证书接受");
	case_step(t, "<Enter>", "请客户核对新证书的内容");
	case_step(t, "<Esc>", "客户还没有接受证书");
	assert_string_equal(case_status(&site, no), "issued");
	case_change(&t, &site, "is1"); /* another day, another window */
	case_line(t, "待领取");
	tui_wait_text(t, case_short(no));
	case_step(t, "<Enter><Enter>", "下一步：证书接受");
	case_step(t, "<Enter>", "请客户核对新证书的内容");
	case_step(t, "<Enter>", "客户已接受证书，订单已完成");
	assert_string_equal(case_status(&site, no), "done");
	case_step(t, "h", "客户接受证书");
	tui_end(&t);
}

/* The same by an operator and an issuer: the key finds its order. */
static void test_renewal_by_two(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	life_insert(t);
	renewal_form(t);
	sign_by_key(t);
	take_cash(t, "R0102");
	tui_wait_text(t, "下一步：制证，等制证员");
	assert_true(tui_has(t, "没有资料", 0)); /* none is asked for */
	case_step(t, "b", "办理中：更新"); /* for the operator nothing to go on with */
	case_step(t, "<Home>", "按回车查看订单。下一步：制证，等制证员");
	assert_true(pcscd_pull(&pcscd, 0));
	case_change(&t, &site, "is1");
	life_insert(t);
	tui_wait_text(t, "按回车继续办理：更新");
	life_type(t, "<Enter>");
	write_again(t);
	print_message("keys of a renewal with nothing changed, operator and issuer: %zu (at most 10)\n", life_keys);
	assert_true(life_keys <= 10);
	life_states("active superseded");
	tui_end(&t);
}

/* A wrong PIN is asked for again, with the tries left; a second key stops everything until it is out again. */
static void test_wrong_pin_and_second_key(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	life_insert(t);
	case_step(t, "<Enter>", "由客户本人输入");
	assert_true(tui_has(t, "还可以试", 0));
	case_step(t, "00000009<Enter>", "不对");
	assert_true(tui_has(t, "由客户本人输入", 0)); /* it is asked again */
	case_step(t, "<Esc>", "按回车办理：更新");
	assert_true(pcscd_insert(&pcscd, 1, "10000002", NULL));
	tui_wait_text(t, "插了不止一个 UKEY");
	tui_keys(t, "<Enter>");
	tui_wait_row(t, 22, "插了不止一个 UKEY"); /* the answer; above, it stands there all the time */
	tui_settle(t);
	assert_false(tui_has(t, "由客户本人输入", 0)); /* nobody types a PIN for nothing */
	assert_false(tui_has(t, life_title("更新"), 0));
	assert_true(pcscd_pull(&pcscd, 1));
	tui_wait_text(t, "按回车办理：更新");
	assert_true(pcscd_pull(&pcscd, 0));
	tui_wait_text(t, "介质 10000001 已拔出");
	tui_wait_row(t, 0, "工作台");
	assert_true(pcscd_insert(&pcscd, 0, "10000002", NULL)); /* of the stock: only a line */
	tui_wait_text(t, "介质 10000002 已插入：在库，还没有证书");
	assert_true(strstr(tui_row(t, 0), "工作台") != NULL);
	assert_true(pcscd_pull(&pcscd, 0));
	life_insert(t);
	assert_false(tui_has(t, "介质 10000002 已插入", 0)); /* was said of another key */
	case_step(t, "<Enter>", "由客户本人输入");
	assert_true(pcscd_pull(&pcscd, 0)); /* while it is asked for: the page goes with its key */
	assert_true(pcscd_insert(&pcscd, 0, "10000002", NULL));
	tui_keys(t, "<Esc>");
	tui_wait_row(t, 0, "工作台");
	tui_wait_text(t, "介质 10000002 已插入：在库，还没有证书");
	tui_end(&t);
}

/* At the writing too: what was said of a second key or of none goes with it, and the PIN is asked for at once. */
static void test_the_key_that_is_back_is_asked_for_its_pin(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	life_insert(t);
	renewal_form(t);
	sign_by_key(t);
	take_cash(t, "R0104");
	assert_true(pcscd_pull(&pcscd, 0));
	case_change(&t, &site, "is1");
	life_insert(t);
	case_step(t, "<Enter>", "由客户本人输入");
	assert_true(pcscd_insert(&pcscd, 1, "10000002", NULL));
	life_pin_in(t, life_pin, "没有完成，见屏幕中间的说明");
	tui_wait_text(t, "请只留 10000001");
	assert_true(pcscd_pull(&pcscd, 1));
	tui_wait_text(t, "由客户本人输入");
	assert_false(tui_has(t, "请只留", 0));
	case_step(t, "<Esc>", "插入客户的同一个介质");
	assert_true(pcscd_pull(&pcscd, 0));
	tui_wait_text(t, "没有插入介质");
	assert_true(pcscd_insert(&pcscd, 0, LIFE_KEY, NULL));
	life_pin_in(t, life_pin, "请客户核对新证书的内容");
	tui_end(&t);
}

/* While a form is filled in, a key that is put in takes nothing away; F6 asks for it afterwards. */
static void test_typing_goes_on(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_step(t, "<F2>", "必填还差");
	case_step(t, "1<Enter>91110105MA", "91110105MA");
	assert_true(pcscd_insert(&pcscd, 0, LIFE_KEY, NULL));
	case_step(t, "01ABCD5", "91110105MA01ABCD5");
	assert_false(tui_has(t, "介质业务", 1500));
	tui_keys(t, "<C-u><Esc>");
	tui_settle(t);
	for (int i = 0; i < 4 && !strstr(tui_row(t, 0), "工作台"); i++) {
		tui_keys(t, "<Esc>");
		tui_settle(t);
	}
	case_step(t, "<F6>", "按回车办理：更新");
	tui_end(&t);
	t = case_start(&site);
	case_login(t, "rv1");
	case_step(t, "<F6>", "由受理员办理：更新"); /* who fills in no form isn't sent to one */
	assert_true(tui_has(t, "建议现在办（由受理员办）", 0));
	assert_false(tui_has(t, "按回车办理", 0));
	tui_end(&t);
}

static void begin_change(struct tui *t)
{
	life_insert(t);
	life_choose(t, "变更");
	tui_keys(t, "<Enter>");
	life_pin_in(t, life_pin, life_title("变更"));
	tui_settle(t);
}

/* Goes to the field with this label, and puts another value there. */
static void put(struct tui *t, const char *label, const char *value)
{
	char keys[300];
	for (int i = 0; i < 40; i++) {
		int row, column;
		tui_cursor(t, &row, &column);
		if (strstr(tui_row(t, row), label)) {
			snprintf(keys, sizeof keys, "<C-u>%s<Tab>", value);
			tui_keys(t, keys);
			tui_settle(t);
			return;
		}
		tui_keys(t, "<Tab>");
		tui_settle(t);
	}
	tui_dump(t);
	fail_msg("no field %s", label);
}

/* Whether files wait is asked in a renewal, too; once other data were touched the answer finishes nothing. */
static void test_the_answer_finishes_only_what_nobody_changed(void **state)
{
	int row, column;
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	life_insert(t);
	renewal_form(t);
	case_step(t, "<F2>", "请回答“是”或“否”");
	put(t, "电子邮箱", customer->new_mail);
	for (int i = 0; i < 40 && (tui_cursor(t, &row, &column), !strstr(tui_row(t, row), "有未开标或待解密文件")); i++) {
		tui_keys(t, "<BackTab>");
		tui_settle(t);
	}
	case_step(t, "y", "必填项已齐");
	tui_wait_text(t, life_title("更新")); /* still the form */
	case_step(t, "<F2>", "介质 10000001 签名");
	tui_end(&t);
}

/* Consent and the end of the form. */
static void finish_form(struct tui *t, const char *seen)
{
	case_step(t, "<F2>", "客户已阅读并同意");
	tui_keys(t, "yn"); /* … and no files wait */
	tui_settle(t);
	case_step(t, "<F2>", seen);
}

/* A change of data that changes nothing is said on the form, where it can be put right. */
static void test_a_change_of_nothing_is_said_on_the_form(void **state)
{
	int row, column;
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	begin_change(t);
	case_step(t, "<F2>", "客户已阅读并同意");
	tui_keys(t, "y");
	tui_settle(t);
	case_step(t, "<F2>", "请回答“是”或“否”"); /* what nobody has asked the customer is no answer */
	tui_keys(t, "n");
	tui_settle(t);
	case_step(t, "<F2>", "没有改动任何资料");
	tui_wait_text(t, life_title("变更")); /* still the form */
	for (int i = 0; i < 30 && (tui_cursor(t, &row, &column), !strstr(tui_row(t, row), "经办人电子邮箱")); i++) {
		tui_keys(t, "<BackTab>");
		tui_settle(t);
	}
	put(t, "电子邮箱", "wangwu@example.com");
	case_step(t, "<F2>", "变更内容");
	tui_wait_text(t, "→  wangwu@example.com");
	tui_end(&t);
}

/* An address of mail: before and after side by side, the key signs, it counts at once. */
static void test_change_of_mail_at_once(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	begin_change(t);
	put(t, "电子邮箱", customer->new_mail);
	finish_form(t, "变更内容");
	assert_true(tui_has(t, customer->mail, 0));
	assert_true(tui_has(t, customer->new_mail, 0));
	tui_keys(t, "<F8>");
	life_pin_in(t, life_pin, "签名已确认：已完成");
	life_number(t, no);
	assert_string_equal(case_status(&site, no), "done");
	char after[80];
	snprintf(after, sizeof after, "→  %s", customer->new_mail);
	tui_wait_text(t, after);
	life_states("active");
	tui_end(&t);
}

/* A new name: the new licence, a review that sees both names, and the same key written again. */
static void test_change_of_name_reviewed(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	begin_change(t);
	int row, column;
	tui_cursor(t, &row, &column);
	assert_non_null(strstr(tui_row(t, row), customer->first_field)); /* the first thing that can change */
	put(t, customer->name_field, customer->new_name);
	finish_form(t, customer->name_document);
	case_step(t, "<Enter>", "资料已齐");
	case_step(t, "<Enter>", customer->new_name);
	tui_keys(t, "<F8>");
	life_pin_in(t, life_pin, "应收");
	life_pay(t, "R0104", "下一步：审核，等审核员");
	life_number(t, no);
	assert_true(pcscd_pull(&pcscd, 0));
	life_review(&t, no, "变更内容");
	case_change(&t, &site, "is1");
	life_insert(t);
	case_step(t, "<Enter>", "由客户本人输入"); /* the order is chosen already */
	tui_keys(t, life_pin);
	case_step(t, "<Enter>", "请客户核对新证书的内容");
	assert_true(tui_has(t, customer->new_name, 0));
	assert_string_equal(case_status(&site, no), "issued");
	case_step(t, "<Enter>", "客户已接受证书，订单已完成");
	assert_string_equal(case_status(&site, no), "done");
	life_states("active superseded");
	tui_end(&t);
}

/* A new phone: a code to each number; the key can't sign it. */
static void test_change_of_phone_two_codes(void **state)
{
	char no[ORDER_NO_SIZE], new_code[32], old_code[32], word[80];
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	begin_change(t);
	put(t, customer->phone_field, "13900139001");
	finish_form(t, "经办人或手机号有变更");
	assert_true(tui_has(t, "139****9001", 0));
	assert_false(tui_has(t, "F8 用介质", 0));
	case_step(t, "<Enter>", "原手机验证码");
	life_number(t, no);
	snprintf(word, sizeof word, "%s，验证码", no);
	site_message(&site, "sms", word, new_code);
	site_message(&site, "sms", "正在变更", old_code);
	assert_string_not_equal(new_code, old_code);
	snprintf(word, sizeof word, "%s<Enter>", new_code); /* on to the other one by itself: Enter behind it is habit */
	tui_keys(t, word);
	tui_settle(t);
	assert_false(tui_has(t, "请输入两个手机短信里的", 0));
	snprintf(word, sizeof word, "%06d", (atoi(old_code) + 1) % 1000000);
	case_step(t, word, "原手机的验证码不对，还可以试 4 次");
	assert_true(tui_has(t, new_code, 0)); /* it was right, and stays */
	snprintf(word, sizeof word, "<Up><C-u>%06d", (atoi(new_code) + 1) % 1000000);
	tui_keys(t, word);
	tui_settle(t);
	case_step(t, old_code, "新手机的验证码不对，还可以试 4 次");
	case_step(t, new_code, "签名已确认：已完成");
	assert_string_equal(case_status(&site, no), "done");
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE_TEST(test_renewal_in_ten_keys),
		LIFE_FOR(test_a_renewal_is_begun_in_a_visit, "unit", life_unit),
		LIFE_TEST(test_leaving_the_acceptance_accepts_nothing),
		LIFE_TEST(test_renewal_by_two),
		LIFE_TEST(test_the_answer_finishes_only_what_nobody_changed), LIFE_TEST(test_wrong_pin_and_second_key), LIFE_FOR(test_the_key_that_is_back_is_asked_for_its_pin, "unit", life_unit),
		LIFE_TEST(test_typing_goes_on),
		LIFE_TEST(test_a_change_of_nothing_is_said_on_the_form),
		LIFE_TEST(test_change_of_mail_at_once),
		LIFE_TEST(test_change_of_name_reviewed),
		LIFE_TEST(test_change_of_phone_two_codes),
	};
	return cmocka_run_group_tests(tests, life_start, life_stop);
}
