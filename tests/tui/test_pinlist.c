/* An issuer makes the bank's list of PINs on the screen, with the manager beside them. */
#include "key_case.h"

#include "desk/issue.h"

static char no[ORDER_NO_SIZE];

static void issued_for_the_account(void)
{
	json_t *changes = json_pack("{ss sn}", "enterprise_auth", "bank-account", "legal_mobile"), *out = NULL;
	struct error e = {0};
	struct desk *d = site_open(&site);
	site_approved(&site, d, "new-unit", changes, no);
	site_as(&site, d, "is1");
	assert_true(pcscd_insert(&pcscd, 0, "10000001", NULL));
	site_is(OK, issue_run(d, no, "10000001", NULL, NULL, &out, &e), &e);
	assert_true(pcscd_pull(&pcscd, 0));
	json_decref(out);
	json_decref(changes);
	desk_close(&d);
}

static void test_list_for_the_bank(void **state)
{
	(void)state;
	char command[600], path[200];
	issued_for_the_account();
	snprintf(command, sizeof command, "openssl req -x509 -newkey rsa:2048 -nodes -keyout %s/bank.key -subj /CN=bank -days 30 -out %s/bank.pem 2>/dev/null",
		site.root, site.root);
	assert_int_equal(system(command), 0);
	struct tui *t = case_start(&site);
	case_login(t, "is1");
	case_line(t, "密码待送银行");
	case_step(t, "<Enter>", no);
	case_step(t, "<F5>", "清单只有银行能打开");
	snprintf(path, sizeof path, "%s/bank.key", site.root);
	tui_paste(t, path);
	case_step(t, "<Enter>", "不能加密给这张银行证书"); /* before anybody is called */
	case_step(t, "<F5>", "清单只有银行能打开");
	snprintf(path, sizeof path, "%s/bank.pem", site.root);
	tui_paste(t, path);
	case_step(t, "<Enter>", "要两人办理");
	tui_keys(t, "<C-u>");
	snprintf(path, sizeof path, "%s/list.p7m", site.root);
	tui_paste(t, path);
	case_step(t, "<Enter>", "当场授权"); /* the manager comes */
	case_step(t, "mg1<Enter>" SITE_PASSWORD "<Enter>", "第 1 份清单，1 个密码");
	tui_wait_text(t, "没有等候送银行的证书密码");
	snprintf(command, sizeof command, "openssl cms -decrypt -inform DER -in %s -inkey %s/bank.key | grep -q 0.01,证书密码", path, site.root);
	assert_int_equal(system(command), 0);
	tui_end(&t);
}

/* The account was wrong: the customer is checked again, the key gets another PIN, and the list has that with the right account. */
static void test_new_pin_after_another_check(void **state)
{
	(void)state;
	char command[600];
	struct tui *t = case_start(&site);
	case_login(t, "is1");
	case_find(t, no);
	case_step(t, "<Enter>", "1 分钱付款的附言");
	assert_true(pcscd_insert(&pcscd, 0, "10000001", NULL));
	case_step(t, "<C-n>", "手机号或账号");
	case_step(t, "12<Enter>", "接收证书密码的号码不对"); /* before anybody is called */
	tui_keys(t, "<C-u>");
	case_step(t, "20000099998888<Enter>", "重新核对证件原件");
	case_step(t, "y", "当场授权");
	case_step(t, "rv1<Enter>" SITE_PASSWORD "<Enter>", "新证书密码已设置");
	tui_wait_text(t, "附言  已更换");
	tui_wait_gone(t, "失败");
	assert_true(pcscd_pull(&pcscd, 0)); /* else the desk opens it */
	case_step(t, "<F10>", "查询：");
	case_step(t, "<Esc>", "待办");
	tui_wait_gone(t, "查询：");
	case_line(t, "密码待送银行");
	case_step(t, "<Enter>", no);
	case_step(t, "<F5>", "清单只有银行能打开");
	snprintf(command, sizeof command, "%s/bank.pem", site.root);
	tui_paste(t, command);
	case_step(t, "<Enter>", "要两人办理");
	tui_keys(t, "<C-u>");
	snprintf(command, sizeof command, "%s/list2.p7m", site.root);
	tui_paste(t, command);
	case_step(t, "<Enter>", "当场授权");
	case_step(t, "mg1<Enter>" SITE_PASSWORD "<Enter>", "第 2 份清单，1 个密码");
	snprintf(command, sizeof command, "openssl cms -decrypt -inform DER -in %s/list2.p7m -inkey %s/bank.key | grep -q 1,20000099998888,", site.root, site.root);
	assert_int_equal(system(command), 0);
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_list_for_the_bank), cmocka_unit_test(test_new_pin_after_another_check)};
	return cmocka_run_group_tests(tests, start, stop);
}
