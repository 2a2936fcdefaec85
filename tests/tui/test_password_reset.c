/* On the staff's screen: a manager's password is set with the second administrator on the spot. */
#include "site_case.h"

#include "desk/staff.h"

static void test_the_second_administrator_comes(void **state)
{
	(void)state;
	struct secret word;
	struct error e = {0};
	struct desk *d = site_open(&site);
	secret_set(&word, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(&site, d, "root1");
	site_is(OK, staff_add(d, "aa2", "管理二", "admin", &word, &e), &e); /* the first row */
	site_is(OK, staff_second(d, "aa2", &word, &e), &e);
	site_is(OK, staff_add(d, "aa1", "主管二", "manager", &word, &e), &e);
	desk_close(&d);
	struct tui *t = case_start(&site);
	case_login(t, "root1");
	case_line(t, "人员");
	case_step(t, "<Enter>", "aa1");
	tui_keys(t, "<Home>");
	tui_settle(t);
	case_step(t, "<F5>", "新口令");
	tui_keys(t, "New-Horse-77!<Enter>");
	tui_settle(t);
	case_step(t, "New-Horse-77!<Enter>", "授权人用户名"); /* alone it isn't done */
	case_step(t, "aa2<Enter>" SITE_PASSWORD "<Enter>", "aa1 的口令已重设");
	tui_end(&t);
}

static void test_who_is_unlocked_and_disabled_is_said_to_be(void **state)
{
	(void)state;
	struct secret word;
	struct error e = {0};
	struct desk *d = site_open(&site);
	secret_set(&word, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(&site, d, "root1");
	site_is(OK, staff_second(d, "aa2", &word, &e), &e);
	site_is(OK, staff_add(d, "aa0", "受理九", "operator", &word, &e), &e);
	site_is(OK, staff_disable(d, "aa0", &e), &e);
	desk_close(&d);
	struct tui *t = case_start(&site);
	case_login(t, "root1");
	case_line(t, "人员");
	case_step(t, "<Enter>", "aa0");
	tui_keys(t, "<Home>");
	tui_settle(t);
	case_step(t, "<F6>", "aa0 已解锁，但仍是停用的，不能登录。要恢复，用 F4 岗位");
	tui_end(&t);
}

/* From the menu of every screen, for everybody. */
static void test_ones_own_needs_the_old_one(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_step(t, "<F9>", "─ 菜单");
	tui_keys(t, "<End><Up><Up>");
	tui_settle(t);
	case_step(t, "<Enter>", "先输入原口令");
	case_step(t, "not the one<Enter>", "原口令不对"); /* before the new one is typed twice */
	assert_false(tui_has(t, "─ 新口令", 0));
	case_step(t, SITE_PASSWORD "<Enter>", "op1 的新口令，至少 8 位");
	tui_keys(t, "New-Horse-77!<Enter>");
	tui_settle(t);
	case_step(t, "New-Horse-77!<Enter>", "口令已修改");
	tui_end(&t);
	struct secret word;
	struct error e = {0};
	struct desk *d = site_open(&site);
	secret_set(&word, "New-Horse-77!", 13);
	site_is(OK, staff_login(d, "op1", &word, &e), &e);
	desk_close(&d);
}

/* What is wrong is said to its last word, also where it takes three lines. */
static void test_a_lock_is_said_whole(void **state)
{
	(void)state;
	struct tui *t = case_start_in_english(&site, "rv1");
	case_step(t, "<F9>", "─ Menu");
	tui_keys(t, "<End><Up><Up>");
	tui_settle(t);
	case_step(t, "<Enter>", "Old password");
	for (int i = 0; i < 5; i++) {
		tui_keys(t, "not the one<Enter>");
		tui_settle(t);
	}
	case_step(t, SITE_PASSWORD "<Enter>", "locked");
	tui_wait_text(t, "administrator");
	assert_false(tui_has(t, "New password", 0));
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_second_administrator_comes), cmocka_unit_test(test_who_is_unlocked_and_disabled_is_said_to_be),
		cmocka_unit_test(test_ones_own_needs_the_old_one),
		cmocka_unit_test(test_a_lock_is_said_whole)};
	return cmocka_run_group_tests(tests, site_start, site_stop);
}
