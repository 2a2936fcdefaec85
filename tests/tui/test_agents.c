/* Several agents of a unit on the screen: who stands at the desk is chosen, and one comes off file. */
#include "life_case.h"

static void second_agent(void)
{
	struct error e = {0};
	json_t *out = NULL, *changes = json_pack("{ss ss ss ss}", "key_role", "secondary", "agent_name", "王五", "agent_mobile", "13700137000",
	                                         "agent_id_number", "110105200002290013");
	char no[ORDER_NO_SIZE];
	struct desk *d = site_open(&site);
	site_approved(&site, d, "new-unit", changes, no);
	assert_true(pcscd_insert(&pcscd, 0, "10000002", NULL));
	site_as(&site, d, "is1");
	site_is(OK, issue_run(d, no, "10000002", NULL, NULL, &out, &e), &e);
	assert_true(pcscd_pull(&pcscd, 0));
	json_decref(out);
	json_decref(changes);
	desk_close(&d);
}

static void test_the_agent_who_stands_here_is_chosen(void **state)
{
	(void)state;
	second_agent();
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	life_insert(t);
	tui_keys(t, "<Enter>");
	life_pin_in(t, life_pin, life_title("更新"));
	tui_settle(t);
	case_step(t, "<F5>", "由哪位在册经办人办理");
	tui_wait_text(t, "137****7000  联系人");
	tui_keys(t, "<Home><Enter>");
	tui_wait_text(t, "已带入这位经办人");
	case_step(t, "n", "必填项已齐");
	case_step(t, "<F2>", "139****9000"); /* the code would go to that agent */
	assert_false(tui_has(t, "137****7000", 0));
	tui_end(&t);
}

static void test_the_querys_code_and_who_comes_off_file(void **state)
{
	(void)state;
	second_agent();
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_step(t, "<F7>", "证件号码");
	tui_keys(t, customer->number);
	case_step(t, "<Enter>", "验证码发给哪位在册经办人");
	case_step(t, "<Home><Enter>", "139****9000");
	char code[32];
	site_message(&site, "sms", "验证码", code);
	case_step(t, code, "的订单");
	case_step(t, "<F7>", "在册经办人（回车：移出在册）");
	case_step(t, "<Home><Enter>", "移出在册");
	tui_paste(t, "已离职");
	case_step(t, "<Enter>", "已移出在册");
	tui_end(&t);
	t = case_start(&site);
	case_login(t, "op1");
	case_step(t, "<F7>", "证件号码");
	tui_keys(t, customer->number);
	case_step(t, "<Enter>", "验证码刚发过"); /* nobody is left to choose from */
	assert_false(tui_has(t, "验证码发给哪位在册经办人", 0));
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate_setup_teardown(test_the_agent_who_stands_here_is_chosen, life_begin, life_end, &life_unit),
		cmocka_unit_test_prestate_setup_teardown(test_the_querys_code_and_who_comes_off_file, life_begin, life_end, &life_unit),
	};
	return cmocka_run_group_tests(tests, life_start, life_stop);
}
