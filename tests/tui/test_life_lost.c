/* Unlocking, replacement, revocation, loss and finding again, and the query, on the screens, in Chinese. */
#include "life_case.h"

#include "desk/keys.h"

/* Wrong PINs until none is left. */
static void block_key(void)
{
	struct secret wrong;
	secret_set(&wrong, "00000009", 8);
	assert_true(pcscd_insert(&pcscd, 0, LIFE_KEY, NULL));
	for (int i = 0; i < 10; i++) {
		struct token *t = NULL;
		assert_int_equal(token_open(LIFE_KEY, &t, NULL), OK);
		token_verify_pin(t, &wrong, NULL);
		token_close(&t);
	}
	assert_true(pcscd_pull(&pcscd, 0));
}

static enum err pin_opens(const char *pin)
{
	struct token *t = NULL;
	struct secret s;
	secret_set(&s, pin, strlen(pin));
	assert_int_equal(token_open(LIFE_KEY, &t, NULL), OK);
	enum err r = token_verify_pin(t, &s, NULL);
	token_close(&t);
	secret_wipe(&s);
	return r;
}

/* The customer's new PIN, twice. */
static void new_pin(struct tui *t, const char *pin)
{
	char keys[64];
	tui_wait_text(t, "设置新的证书密码");
	snprintf(keys, sizeof keys, "%s<Enter>", pin);
	case_step(t, keys, "再输入一次");
	assert_false(tui_has(t, pin, 0));
	tui_keys(t, keys);
}

static void unlock_first_time(struct tui **t, char no[ORDER_NO_SIZE])
{
	char code[32], wrong[40];
	case_login(*t, "op1");
	life_insert(*t);
	tui_wait_text(*t, "已锁死，请办理解锁");
	case_step(*t, "<Enter>", "证书解锁 ·"); /* due: chosen already; no PIN is asked for */
	tui_wait_text(*t, "已核验证件原件且人证一致");
	tui_keys(*t, "yy");
	tui_settle(*t);
	case_step(*t, "<F2>", "申请声明");
	tui_keys(*t, "<Enter>");
	life_code(*t, "下一步：审核，等审核员");
	life_number(*t, no);
	assert_true(pcscd_pull(&pcscd, 0));
	life_review(t, no, "所办证书");
	assert_string_equal(case_status(&site, no), "approved");
	case_change(t, &site, "is1");
	case_line(*t, "待制证");
	tui_wait_gone(*t, case_short(no));
	case_line(*t, "待解锁");
	tui_wait_text(*t, case_short(no));
	int row, column;
	tui_cursor(*t, &row, &column);
	assert_non_null(strstr(tui_row(*t, row), "1  "));
	life_insert(*t);
	case_step(*t, "<Enter>", "输入解锁授权码");
	tui_wait_text(*t, "还可以试 0 次");
	site_message(&site, "mail", "解锁授权码", code);
	snprintf(wrong, sizeof wrong, "%06d", (atoi(code) + 1) % 1000000);
	tui_keys(*t, wrong);
	tui_wait_text(*t, "还可以试 4 次"); /* before the customer chooses a PIN for nothing */
	tui_wait_text(*t, "请核对收到的短信或邮件");
	tui_keys(*t, code);
	new_pin(*t, "24681357");
	tui_wait_text(*t, "已解锁，新的证书密码已生效");
	assert_string_equal(case_status(&site, no), "done");
	assert_int_equal(pin_opens("24681357"), OK);
}

/* The first time with identity, review and the code from the mail; later the code to the phone is enough. */
static void test_unlock_twice(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	block_key();
	struct tui *t = case_start(&site);
	unlock_first_time(&t, no);
	assert_true(pcscd_pull(&pcscd, 0));
	block_key();
	case_change(&t, &site, "oi1");
	life_insert(t);
	case_step(t, "<Enter>", "证书解锁 ·");
	assert_false(tui_has(t, "人证一致", 0));
	tui_keys(t, "y");
	tui_settle(t);
	case_step(t, "<F2>", "申请声明");
	tui_keys(t, "<Enter>");
	life_code(t, "下一步：解锁（按回车）");
	tui_keys(t, "<Up><Enter><Enter>"); /* not right behind the code; the second one before the readers have answered */
	new_pin(t, "13572468");
	tui_wait_text(t, "已解锁，新的证书密码已生效");
	assert_int_equal(pin_opens("13572468"), OK);
	tui_end(&t);
}

static void attach_all(struct tui *t, int count)
{
	tui_wait_text(t, "要的资料");
	for (int i = 0; i < count; i++) {
		tui_keys(t, "<Enter>");
		tui_settle(t);
	}
	tui_wait_text(t, "资料已齐");
	case_step(t, "<Enter>", "申请声明");
}

/* Opens 业务 of the customer's certificate without its key. */
static void about_certificate(struct tui *t)
{
	case_line(t, "证书");
	case_step(t, "<Enter>", "证书内容");
	case_step(t, "b", "证书业务");
}

/* Come to by its certificate, with its key in: what wants the key isn't refused for want of it. */
static void test_a_certificate_whose_key_is_in(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	life_insert(t);
	case_step(t, "<F10>", "工作台");
	case_line(t, "证书");
	case_step(t, "<Enter>", "证书内容");
	case_step(t, "b", "介质业务");
	life_choose(t, "变更");
	tui_wait_text(t, "按回车办理：变更");
	tui_end(&t);
}

/* What the order says of who took it. */
static void taken_by(const char *no, const char *who)
{
	json_t *order = NULL;
	struct desk *d = site_open(&site);
	site_as(&site, d, "au1");
	assert_int_equal(order_show(d, no, &order, NULL), OK);
	assert_string_equal(json_text(json_object_get(order, "handover"), "taker"), who);
	assert_string_equal(json_text(order, "status"), "done");
	json_decref(order);
	desk_close(&d);
}

/* Name and document are asked, and judged while they are keyed. */
static void somebody_else_takes_it(struct tui *t)
{
	tui_keys(t, "<Up>");
	tui_settle(t);
	tui_keys(t, "2");
	tui_settle(t);
	case_step(t, "H0201<Enter>", "登记领取人的姓名和有效身份证件");
	case_step(t, "<Esc>", "就是这张订单的");
	case_step(t, "<Enter>", "登记领取人的姓名和有效身份证件");
	case_step(t, "王五<Enter>", "护照");
	case_step(t, "<Enter>", "证件号");
	case_step(t, "110101199003071234<Enter>", "校验");
	case_step(t, "<Bs>3<Enter>", "已领取，订单已完成");
	assert_true(tui_has(t, "王*  居民身份证 110101********1233", 0));
}

/* Lost: suspended with the signature, revoked when the new key has its own; the lost one is refused. */
static void test_replacement_lost(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	about_certificate(t);
	life_choose(t, "更新");
	tui_wait_text(t, "请插入要办理的介质");
	life_choose(t, "补办");
	case_step(t, "<Enter>", life_title("补办"));
	tui_keys(t, "1<Enter>");
	tui_settle(t);
	case_step(t, "<F2>", "请回答“是”或“否”"); /* whether files wait */
	tui_keys(t, "n");
	tui_settle(t);
	case_step(t, "<F2>", "已核验证件原件且人证一致");
	tui_keys(t, "yy");
	tui_settle(t);
	tui_keys(t, "<F2>");
	attach_all(t, customer->replacement_documents);
	assert_true(tui_has(t, "签名后立即挂失", 0));
	tui_keys(t, "<Enter>");
	life_code(t, "应收");
	life_states("suspended");
	life_pay(t, "R0201", "下一步：审核，等审核员");
	life_number(t, no);
	tui_wait_text(t, "介质记为丢失");
	life_review(&t, no, "签名后立即挂失");
	case_change(&t, &site, "is1");
	case_find(t, no);
	case_step(t, "<Enter>", "下一步：制证");
	assert_true(pcscd_insert(&pcscd, 0, LIFE_KEY, NULL)); /* the lost one was found */
	case_step(t, "<Enter>", "插入一个在库的介质（UKEY-RS）");
	case_step(t, "<Enter>", "不能用于这张订单。请换一个在库的介质");
	assert_false(tui_has(t, "从断点继续", 0)); /* nothing is begun */
	assert_true(pcscd_pull(&pcscd, 0));
	assert_true(pcscd_insert(&pcscd, 0, "10000003", NULL));
	tui_wait_text(t, "插入一个在库的介质（UKEY-RS）"); /* and not what was said of the other key */
	tui_wait_text(t, "10000003    UKEY-RS");
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "制证完成：介质 10000003");
	life_states("active revoked");
	case_change(&t, &site, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "下一步：领取");
	case_step(t, "<Enter>", "就是这张订单的");
	assert_true(tui_has(t, customer->agent, 0));
	assert_true(tui_has(t, customer == &life_person ? "1 本人" : "2 法定代表人", 0));
	assert_false(tui_has(t, customer == &life_person ? "法定代表人" : "本人", 0));
	if (customer == &life_person)
		somebody_else_takes_it(t);
	else
		case_step(t, "H0201<Enter>", "已领取，订单已完成");
	taken_by(no, customer == &life_person ? "其他人（凭证件）" : customer->agent);
	assert_true(pcscd_pull(&pcscd, 0));
	case_change(&t, &site, "op1");
	life_insert(t); /* the lost one */
	tui_wait_text(t, "丢失");
	life_choose(t, "解锁");
	case_step(t, "<Enter>", "这张证书已换成新证书：介质 10000003 里的");
	assert_false(tui_has(t, "证书解锁 ·", 0));
	case_step(t, "<F10>", "工作台");
	case_find(t, life_order); /* the order that made it tells what became of it */
	case_step(t, "<Enter>", "没有待办的步骤");
	assert_true(tui_has(t, "已吊销  自 ", 0));
	tui_end(&t);
}

static void test_revocation(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_find(t, life_order); /* from the order that made it */
	case_step(t, "<Enter>", "没有待办的步骤");
	case_step(t, "b", "证书业务");
	life_choose(t, "吊销");
	case_step(t, "<Enter>", life_title("吊销"));
	tui_keys(t, "1<Enter>");
	tui_settle(t);
	tui_keys(t, "yy");
	tui_settle(t);
	tui_keys(t, "<F2>");
	attach_all(t, 1);
	assert_true(tui_has(t, "停止使用", 0));
	tui_keys(t, "<Enter>");
	life_code(t, "下一步：审核，等审核员");
	life_number(t, no);
	life_states("active");
	case_change(&t, &site, "rv1");
	case_find(t, no);
	case_step(t, "<Enter>", "停止使用");
	case_step(t, "a", "证书随即吊销，不能恢复"); /* what the decision does */
	tui_keys(t, "y");
	tui_wait_row(t, 0, "工作台");
	tui_settle(t);
	assert_string_equal(case_status(&site, no), "done");
	life_states("revoked");
	tui_end(&t);
}

/* What needs no more than the code to the phone, from the desk and back to it. */
static void by_phone(struct tui *t, const char *business, const char *title, const char *after)
{
	about_certificate(t);
	life_choose(t, business);
	case_step(t, "<Enter>", title);
	case_step(t, "<Enter>", "客户已阅读并同意"); /* by the phone: nothing else to say */
	tui_keys(t, "y");
	tui_settle(t);
	case_step(t, "<F2>", "申请声明");
	tui_keys(t, "<Enter>");
	life_code(t, "签名已确认：已完成");
	life_states(after);
	for (int k = 0; k < 4 && !strstr(tui_row(t, 0), "工作台"); k++) {
		tui_keys(t, "<Esc>");
		tui_settle(t);
	}
}

/* Suspended at once by the code to the phone, and back again. */
static void test_loss_report_and_lifting(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	by_phone(t, "挂失", "证书挂失 ·", "suspended");
	by_phone(t, "解挂", "证书解挂 ·", "active");
	tui_end(&t);
}

/* The query's screen with this kind of number in it, then `keys`. */
static void ask_for(struct tui *t, const char *number, const char *keys)
{
	case_step(t, "<F7>", "证件类型");
	tui_keys(t, customer->query_kind);
	tui_settle(t);
	tui_keys(t, number);
	tui_keys(t, keys);
	tui_settle(t);
}

/* By number and a code; an unfinished one goes on from there. Without the code a reason, by who may. */
static void test_query(void **state)
{
	char code[32], wrong[40], draft[ORDER_NO_SIZE], keys[80], title[80];
	(void)state;
	struct desk *d = site_open(&site);
	json_t *data = site_sample(customer->form, NULL);
	site_as(&site, d, "op1");
	assert_int_equal(draft_new(d, customer->form, data, draft, NULL), OK);
	json_decref(data);
	desk_close(&d);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	ask_for(t, customer->wrong_number, "<Enter>");
	tui_wait_text(t, "校验");
	snprintf(keys, sizeof keys, "<C-u>%s<Enter>", customer->number);
	case_step(t, keys, "验证码已发送至经办人手机 13");
	site_message(&site, "sms", "验证码", code);
	snprintf(wrong, sizeof wrong, "%06d", (atoi(code) + 1) % 1000000);
	snprintf(title, sizeof title, "%s 的订单", customer->name);
	case_step(t, wrong, "还可以试 4 次");
	snprintf(wrong, sizeof wrong, "%s<Enter>", code); /* by habit: the first order isn't opened by it */
	case_step(t, wrong, title);
	tui_settle(t);
	assert_true(tui_has(t, title, 0));
	tui_wait_text(t, draft);
	tui_wait_text(t, "按回车继续办理");
	case_step(t, "<Down>", "按回车查看订单");
	assert_true(tui_has(t, customer->product, 0));
	assert_true(tui_has(t, LIFE_KEY, 0));
	assert_true(tui_has(t, "短信  已送达", 0) || tui_has(t, "短信  已发送", 0));
	case_step(t, "<Enter>", "没有待办的步骤");
	case_step(t, "<Esc>", "的订单");
	case_step(t, "<Home><Enter>", "要的资料"); /* its next step at once */
	case_change(&t, &site, "mg1");
	ask_for(t, customer->number, "<F6>");
	tui_wait_text(t, "写明为什么查看");
	case_step(t, "<Enter>", "请填写");
	case_step(t, "客户来电<Enter>", title);
	case_change(&t, &site, "op1");
	ask_for(t, customer->number, "<F6>");
	assert_false(tui_has(t, "写明为什么查看", 0)); /* not theirs */
	case_step(t, "<F4>", "护照");
	tui_end(&t);
}

/* ---- CA 主动办理: a reviewer begins it, a manager authorises it on the spot ---- */

static void second_person(struct tui *t, const char *who, const char *seen)
{
	tui_wait_text(t, "授权人用户名");
	tui_keys(t, who);
	case_step(t, "<Enter>", "授权人口令");
	case_step(t, SITE_PASSWORD "<Enter>", seen);
}

/* The customer's certificate, found by name among all. */
static void find_certificate(struct tui *t)
{
	case_line(t, "证书");
	case_step(t, "<Enter>", "证书内容");
	case_step(t, "<F3>", "查找证书");
	tui_keys(t, "没有这家<Enter>");
	tui_wait_text(t, "没有找到“没有这家”");
	tui_keys(t, "<Esc>"); /* clears the search as at the desk, and stays */
	tui_wait_gone(t, "Esc 清除");
	tui_wait_text(t, LIFE_KEY);
	case_step(t, "<F3>", "查找证书");
	tui_keys(t, customer->shown);
	case_step(t, "<Enter>", "查找：");
	tui_wait_text(t, LIFE_KEY);
}

/* What it was suspended for before, or has been since. */
static void below_the_cas_own(const char *state, const char *reason)
{
	char command[300];
	snprintf(command, sizeof command, "sqlite3 -cmd '.timeout 5000' '%s/certdesk.db' \"UPDATE certificate SET state = '%s', reason = '%s' WHERE key_serial = '" LIFE_KEY "'\"",
	         site.dir, state, reason);
	assert_int_equal(system(command), 0);
}

static void test_the_ca_suspends_resumes_and_revokes_by_two_persons(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "rv1");
	find_certificate(t);
	case_step(t, "x", "CA 主动办理");
	assert_false(tui_has(t, "恢复：", 0)); /* it isn't suspended */
	assert_false(tui_has(t, "挂失", 0)); /* nobody reports a loss */
	case_step(t, "1", "暂停：可以恢复");
	case_step(t, "<Enter>", "依据");
	case_step(t, "<Enter>", "请填写"); /* no ground, no step */
	case_step(t, "法院协查函〔2026〕8号<Enter>", "此操作需要两人");
	second_person(t, "op1", "op1"); /* an operator is none */
	tui_wait_text(t, "op1 不能授权");
	life_states("active");
	second_person(t, "mg1", "证书已暂停");
	life_states("suspended");
	tui_wait_text(t, " 起，CA 主动办理"); /* since when, and why */
	case_step(t, "x", "恢复：重新有效");
	assert_false(tui_has(t, "暂停：", 0)); /* the CA suspended it itself */
	below_the_cas_own("suspended", "own-ground-undone");
	case_step(t, "1<Enter>", "依据");
	case_step(t, "协查结束<Enter>", "此操作需要两人");
	second_person(t, "mg1", "CA 的暂停已解除，证书仍为“已暂停”（领取已撤销），不能使用");
	life_states("suspended");
	below_the_cas_own("suspended", "own-ground");
	case_step(t, "x", "恢复：重新有效");
	case_step(t, "1<Enter>", "依据");
	case_step(t, "协查结束<Enter>", "此操作需要两人");
	second_person(t, "mg1", "证书已恢复");
	life_states("active");
	case_step(t, "b", "证书业务"); /* from what can be done with it, too */
	case_step(t, "x", "吊销：不能恢复");
	case_step(t, "2<Enter>", "吊销原因");
	assert_false(tui_has(t, "7  挂失", 0));
	case_step(t, "2<Enter>", "依据");
	case_step(t, "私钥泄露通报<Enter>", "吊销后不能恢复");
	case_step(t, "y", "此操作需要两人");
	second_person(t, "mg1", "证书已吊销");
	tui_wait_text(t, " 起，密钥泄露");
	life_states("revoked");
	assert_false(tui_has(t, "x CA", 0)); /* nothing is left to do about it */
	tui_end(&t);
}

/* What was reported lost is that still when the CA lifts its own suspension, and nobody is told that it can be used. */
static void test_a_reported_loss_stays_when_the_ca_resumes(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	by_phone(t, "挂失", "证书挂失 ·", "suspended");
	case_change(&t, &site, "rv1");
	find_certificate(t);
	case_step(t, "x", "CA 主动办理");
	case_step(t, "2<Enter>", "依据");
	case_step(t, "法院协查函〔2026〕8号<Enter>", "此操作需要两人");
	assert_false(tui_has(t, "起，挂失", 0)); /* 已挂失, and not why once more */
	second_person(t, "mg1", "证书已暂停");
	tui_wait_text(t, "CA 主动办理，原已挂失");
	case_step(t, "x", "恢复：重新有效");
	case_step(t, "1<Enter>", "依据");
	case_step(t, "协查结束<Enter>", "此操作需要两人");
	second_person(t, "mg1", "证书仍为“已挂失”");
	assert_false(tui_has(t, "证书已恢复", 0));
	life_states("suspended");
	tui_end(&t);
}

static void test_who_may_not_is_not_offered_it(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	find_certificate(t);
	tui_keys(t, "x");
	tui_settle(t);
	assert_false(tui_has(t, "主动", 0));
	life_states("active");
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE_TEST(test_unlock_twice),
		LIFE_FOR(test_a_certificate_whose_key_is_in, "unit", life_unit),
		LIFE_TEST(test_replacement_lost),
		LIFE_TEST(test_revocation),
		LIFE_FOR(test_the_ca_suspends_resumes_and_revokes_by_two_persons, "unit", life_unit),
		LIFE_FOR(test_a_reported_loss_stays_when_the_ca_resumes, "unit", life_unit),
		LIFE_FOR(test_who_may_not_is_not_offered_it, "unit", life_unit),
		LIFE_TEST(test_loss_report_and_lifting),
		LIFE_TEST(test_query),
	};
	return cmocka_run_group_tests(tests, life_start, life_stop);
}
