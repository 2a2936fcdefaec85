/* An administrator enrols a member of staff's key on the screen; beside a customer's it is as if it weren't there. */
#include "life_case.h"

static void test_a_staff_key_stays_in(void **state)
{
	(void)state;
	assert_true(pcscd_insert(&pcscd, 1, "90000001", NULL));
	struct tui *t = case_start(&site);
	case_login(t, "root1");
	case_line(t, "人员");
	case_step(t, "<Enter>", "oi1");
	case_step(t, "<Home>", "is1"); /* the first by name */
	case_step(t, "<F8>", "此人自己的介质");
	assert_true(tui_has(t, "90000001", 0)); /* what is in is proposed */
	case_step(t, "<Enter>", "的介质已登记");
	tui_end(&t);
	t = case_start(&site);
	case_login(t, "op1");
	life_insert(t); /* the customer's opens, and nothing stands in the way */
	assert_false(tui_has(t, "插了不止一个 UKEY", 0));
	tui_wait_text(t, "按回车办理：更新");
	assert_true(pcscd_pull(&pcscd, 1)); /* nor when staff's goes and comes */
	tui_settle(t);
	case_step(t, "<F10>", "待办");
	assert_true(pcscd_insert(&pcscd, 1, "90000001", NULL));
	tui_wait_text(t, "介质 90000001 已插入：是人员自己的");
	tui_end(&t);
	assert_true(pcscd_pull(&pcscd, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate_setup_teardown(test_a_staff_key_stays_in, life_begin, life_end, &life_unit),
	};
	return cmocka_run_group_tests(tests, life_start, life_stop);
}
